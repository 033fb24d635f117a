//! The SQL of proposals. A game master reads all of the campaign; anybody else reads their own ([`Reader`]).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::{Map, Value};
use skald_access::Member;
use skald_kernel::{BatchId, CallId, CampaignId, EntityId, Error, JobId, ProposalId, Result, UserId};
use skald_platform::http::{Page, PageQuery};
use uuid::Uuid;

use super::{
    authors::Author,
    dto::{
        ProposalAuthorKind, ProposalBatch, ProposalCounts, ProposalEvidence, ProposalFilter, ProposalOperation,
        ProposalQuery, ProposalStatus, ProposalTarget,
    },
};
use crate::{
    bind::{Binds, column},
    entities::EntityKind,
};

/// Who reads proposals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader {
    campaign: CampaignId,
    /// Whose; everybody's, for a game master.
    own: Option<UserId>,
}

impl Reader {
    pub fn of(member: &Member) -> Self {
        let own = (!member.viewer().sees_all()).then_some(member.user);
        Self { campaign: member.campaign, own }
    }

    /// The game master of a campaign, or Skald itself.
    pub fn all(campaign: CampaignId) -> Self {
        Self { campaign, own: None }
    }

    fn sees(&self, binds: &mut Binds) -> String {
        let campaign = format!("p.campaign_id = {}", binds.add(self.campaign.0));
        match self.own {
            None => campaign,
            Some(user) => format!("{campaign} AND p.author_kind = 'member' AND p.author_id = {}", binds.add(user.0)),
        }
    }
}

/// A proposal as it is stored.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub id: ProposalId,
    pub campaign: CampaignId,
    pub author: Author,
    /// Of the member.
    pub author_name: Option<String>,
    pub batch: Option<ProposalBatch>,
    pub target_type: ProposalTarget,
    pub operation: ProposalOperation,
    pub entity_kind: Option<EntityKind>,
    pub target_id: Option<Uuid>,
    pub base_version: Option<i64>,
    pub base: Map<String, Value>,
    pub change: Map<String, Value>,
    pub reference: Option<String>,
    pub label: String,
    pub evidence: Vec<ProposalEvidence>,
    pub reason: String,
    pub status: ProposalStatus,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<DateTime<Utc>>,
    pub decided_note: String,
    pub result_id: Option<Uuid>,
    pub edited: Option<Map<String, Value>>,
    pub undo: Option<Value>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
}

const SELECT: &str = "SELECT p.id, p.campaign_id, p.batch_id, b.title AS batch_title, p.author_kind, p.author_id, \
                      p.author_task, u.display_name AS author_name, p.target_type, p.operation, p.entity_kind, \
                      p.target_id, p.base_version, p.base, p.change, p.ref, p.label, p.evidence, p.reason, p.status, \
                      p.decided_by, p.decided_at, p.decided_note, p.result_id, p.edited, p.undo, p.version, p.created_at \
                      FROM proposals p LEFT JOIN proposal_batches b ON b.id = p.batch_id \
                      LEFT JOIN users u ON u.id = p.author_id AND p.author_kind = 'member'";

fn json<T: serde::de::DeserializeOwned>(row: &QueryResult, name: &str) -> Result<T> {
    serde_json::from_value(column(row, name)?).map_err(Error::internal)
}

fn row(row: &QueryResult) -> Result<Row> {
    let kind = ProposalAuthorKind::read(&column::<String>(row, "author_kind")?)?;
    let author_id: Option<Uuid> = column(row, "author_id")?;
    // In a campaign that came from another server, nobody here is the author.
    let known = author_id.unwrap_or_default();
    let author = match kind {
        ProposalAuthorKind::Ai => Author::Ai { task: column(row, "author_task")?, call: author_id.map(CallId) },
        ProposalAuthorKind::Import => Author::Import { job: JobId(known) },
        ProposalAuthorKind::Member => Author::Member { user: UserId(known) },
    };
    let batch: Option<Uuid> = column(row, "batch_id")?;
    let title: Option<String> = column(row, "batch_title")?;
    let entity_kind: String = column(row, "entity_kind")?;
    Ok(Row {
        id: ProposalId(column(row, "id")?),
        campaign: CampaignId(column(row, "campaign_id")?),
        author,
        author_name: column(row, "author_name")?,
        batch: batch.zip(title).map(|(id, title)| ProposalBatch { id: BatchId(id), title }),
        target_type: ProposalTarget::read(&column::<String>(row, "target_type")?)?,
        operation: ProposalOperation::read(&column::<String>(row, "operation")?)?,
        entity_kind: if entity_kind.is_empty() { None } else { Some(EntityKind::read(&entity_kind)?) },
        target_id: column(row, "target_id")?,
        base_version: column(row, "base_version")?,
        base: json(row, "base")?,
        change: json(row, "change")?,
        reference: column(row, "ref")?,
        label: column(row, "label")?,
        evidence: json(row, "evidence")?,
        reason: column(row, "reason")?,
        status: ProposalStatus::read(&column::<String>(row, "status")?)?,
        decided_by: column::<Option<Uuid>>(row, "decided_by")?.map(UserId),
        decided_at: column(row, "decided_at")?,
        decided_note: column(row, "decided_note")?,
        result_id: column(row, "result_id")?,
        edited: column::<Option<Value>>(row, "edited")?.and_then(|edited| edited.as_object().cloned()),
        undo: column(row, "undo")?,
        version: column(row, "version")?,
        created_at: column(row, "created_at")?,
    })
}

pub(super) async fn find(db: &impl ConnectionTrait, reader: Reader, id: ProposalId) -> Result<Option<Row>> {
    Ok(these(db, reader, &[id]).await?.pop())
}

/// In the order they came in.
pub(super) async fn these(db: &impl ConnectionTrait, reader: Reader, ids: &[ProposalId]) -> Result<Vec<Row>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut binds = Binds::default();
    let text = format!("{SELECT} WHERE {} AND p.id IN {} ORDER BY p.id", reader.sees(&mut binds), binds.ids(ids));
    binds.rows(db, text).await?.iter().map(row).collect()
}

fn filtered(filter: &ProposalFilter, binds: &mut Binds) -> String {
    let mut text = String::new();
    for (column, value) in [
        ("author_kind", filter.author.map(|author| sea_orm::Value::from(author.as_str()))),
        ("target_type", filter.target_type.map(|target| target.as_str().into())),
        ("entity_kind", filter.entity_kind.map(|kind| kind.as_str().into())),
        ("batch_id", filter.batch_id.map(|id| id.0.into())),
        ("target_id", filter.target_id.map(Into::into)),
    ] {
        if let Some(value) = value {
            text.push_str(&format!(" AND p.{column} = {}", binds.add(value)));
        }
    }
    text
}

pub(super) async fn list(
    db: &impl ConnectionTrait,
    reader: Reader,
    query: &ProposalQuery,
) -> Result<(Page<Row>, ProposalCounts)> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor.clone() };
    let (limit, after) = (page.limit()?, page.after::<Uuid>()?);
    let filter = query.filter();
    let mut binds = Binds::default();
    let mut text = format!("{SELECT} WHERE {}{}", reader.sees(&mut binds), filtered(&filter, &mut binds));
    let (beyond, order) = if query.status == Some(ProposalStatus::Open) { (">", "ASC") } else { ("<", "DESC") };
    if let Some(status) = query.status {
        text.push_str(&format!(" AND p.status = {}", binds.add(status.as_str())));
    }
    if let Some(id) = after {
        text.push_str(&format!(" AND p.id {beyond} {}", binds.add(id)));
    }
    text.push_str(&format!(" ORDER BY p.id {order} LIMIT {}", binds.add(limit as i64 + 1)));
    let rows: Result<Vec<Row>> = binds.rows(db, text).await?.iter().map(row).collect();
    let page = Page::from_rows(rows?, limit, |row| row.id.0);

    let mut binds = Binds::default();
    let text = format!(
        "SELECT p.status, COUNT(*) AS n FROM proposals p WHERE {}{} GROUP BY p.status",
        reader.sees(&mut binds),
        filtered(&filter, &mut binds)
    );
    let mut counts = ProposalCounts::default();
    for row in binds.rows(db, text).await? {
        let n = column::<i64>(&row, "n")?.unsigned_abs();
        match ProposalStatus::read(&column::<String>(&row, "status")?)? {
            ProposalStatus::Open => counts.open = n,
            ProposalStatus::Accepted => counts.accepted = n,
            ProposalStatus::Edited => counts.edited = n,
            ProposalStatus::Rejected => counts.rejected = n,
            ProposalStatus::Superseded => counts.superseded = n,
        }
    }
    Ok((page, counts))
}

/// The first open ones that fit, oldest first, and how many fit in all.
pub(super) async fn open(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    filter: &ProposalFilter,
    limit: u64,
) -> Result<(Vec<(ProposalId, String)>, u64)> {
    let mut binds = Binds::default();
    let all = Reader::all(campaign).sees(&mut binds);
    let text = format!(
        "SELECT p.id, p.label FROM proposals p WHERE {all} AND p.status = 'open'{} ORDER BY p.id LIMIT {}",
        filtered(filter, &mut binds),
        binds.add(limit as i64)
    );
    let rows = binds.rows(db, text).await?;
    let found: Result<Vec<_>> =
        rows.iter().map(|row| Ok((ProposalId(column(row, "id")?), column(row, "label")?))).collect();
    let mut binds = Binds::default();
    let all = Reader::all(campaign).sees(&mut binds);
    let text = format!(
        "SELECT COUNT(*) AS n FROM proposals p WHERE {all} AND p.status = 'open'{}",
        filtered(filter, &mut binds)
    );
    let rows = binds.rows(db, text).await?;
    let total = rows.first().map(|row| column::<i64>(row, "n")).transpose()?.unwrap_or_default();
    Ok((found?, total.unsigned_abs()))
}

/// How many nobody has decided: of the campaign, and of this author.
pub(super) async fn waiting(db: &impl ConnectionTrait, campaign: CampaignId, author: &Author) -> Result<(u64, u64)> {
    let mut binds = Binds::default();
    let by = author.is("p", true, &mut binds);
    let text = format!(
        "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(CASE WHEN {by} THEN 1 ELSE 0 END), 0) AS BIGINT) AS own \
         FROM proposals p WHERE p.campaign_id = {} AND p.status = 'open'",
        binds.add(campaign.0)
    );
    let rows = binds.rows(db, text).await?;
    let row = rows.first().ok_or_else(|| Error::internal("a count gave no row"))?;
    Ok((column::<i64>(row, "n")?.unsigned_abs(), column::<i64>(row, "own")?.unsigned_abs()))
}

/// What the proposals of a batch that can be referred to have made.
#[derive(Clone, Debug)]
pub(super) struct Promise {
    pub id: ProposalId,
    pub reference: String,
    pub kind: EntityKind,
    pub label: String,
    /// Once it was accepted.
    pub made: Option<EntityId>,
}

pub(super) async fn promises(db: &impl ConnectionTrait, batch: BatchId) -> Result<Vec<Promise>> {
    let mut binds = Binds::default();
    let text = format!(
        "SELECT p.id, p.ref, p.entity_kind, p.label, p.result_id FROM proposals p \
         WHERE p.batch_id = {} AND p.ref IS NOT NULL ORDER BY p.id",
        binds.add(batch.0)
    );
    let promise = |row: &QueryResult| {
        Ok(Promise {
            id: ProposalId(column(row, "id")?),
            reference: column(row, "ref")?,
            kind: EntityKind::read(&column::<String>(row, "entity_kind")?)?,
            label: column(row, "label")?,
            made: column::<Option<Uuid>>(row, "result_id")?.map(EntityId),
        })
    };
    binds.rows(db, text).await?.iter().map(promise).collect()
}

/// The accepted proposals of a batch.
pub(super) async fn accepted(db: &impl ConnectionTrait, batch: BatchId) -> Result<Vec<Row>> {
    let mut binds = Binds::default();
    let text = format!(
        "{SELECT} WHERE p.batch_id = {} AND p.status IN ('accepted', 'edited') ORDER BY p.id",
        binds.add(batch.0)
    );
    binds.rows(db, text).await?.iter().map(row).collect()
}

/// Whether a batch is there, of this campaign and author.
pub(super) async fn is_batch_of(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    batch: BatchId,
    author: &Author,
) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "SELECT b.id FROM proposal_batches b WHERE b.id = {} AND b.campaign_id = {} AND {}",
        binds.add(batch.0),
        binds.add(campaign.0),
        author.is("b", false, &mut binds)
    );
    Ok(!binds.rows(db, text).await?.is_empty())
}

pub(super) async fn insert_batch(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    batch: &ProposalBatch,
    author: &Author,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut binds = Binds::default();
    let row = binds.row([
        batch.id.0.into(),
        campaign.0.into(),
        batch.title.clone().into(),
        author.kind().as_str().into(),
        author.id().into(),
        now.into(),
    ]);
    let text = format!(
        "INSERT INTO proposal_batches (id, campaign_id, title, author_kind, author_id, created_at) VALUES {row}"
    );
    binds.run(db, text).await.map(drop)
}

pub(super) async fn insert(db: &impl ConnectionTrait, rows: &[Row]) -> Result<()> {
    let mut binds = Binds::default();
    let values: Vec<String> = rows
        .iter()
        .map(|row| {
            binds.row([
                row.id.0.into(),
                row.campaign.0.into(),
                row.batch.as_ref().map(|batch| batch.id.0).into(),
                row.author.kind().as_str().into(),
                row.author.id().into(),
                row.author.task().into(),
                row.target_type.as_str().into(),
                row.operation.as_str().into(),
                row.entity_kind.map_or("", EntityKind::as_str).into(),
                row.target_id.into(),
                row.base_version.into(),
                Value::Object(row.base.clone()).into(),
                Value::Object(row.change.clone()).into(),
                row.reference.clone().into(),
                row.label.clone().into(),
                serde_json::json!(row.evidence).into(),
                row.reason.clone().into(),
                row.status.as_str().into(),
                "".into(),
                1_i64.into(),
                row.created_at.into(),
            ])
        })
        .collect();
    let text = format!(
        "INSERT INTO proposals (id, campaign_id, batch_id, author_kind, author_id, author_task, target_type, operation, \
         entity_kind, target_id, base_version, base, change, ref, label, evidence, reason, status, decided_note, version, \
         created_at) VALUES {}",
        values.join(", ")
    );
    binds.run(db, text).await.map(drop)
}

/// Open proposals by the same author about the same things.
pub(super) async fn older(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    author: &Author,
    targets: &[Uuid],
) -> Result<Vec<Row>> {
    if targets.is_empty() {
        return Ok(Vec::new());
    }
    let mut binds = Binds::default();
    let text = format!(
        "{SELECT} WHERE p.campaign_id = {} AND p.status = 'open' AND p.target_id IN {} AND {} ORDER BY p.id",
        binds.add(campaign.0),
        binds.ids(targets),
        author.is("p", true, &mut binds)
    );
    binds.rows(db, text).await?.iter().map(row).collect()
}

/// What is written down of a decision.
#[derive(Debug)]
pub(super) struct Decided<'a> {
    pub status: ProposalStatus,
    pub by: Option<UserId>,
    pub note: &'a str,
    pub at: DateTime<Utc>,
}

/// Decides those of the proposals that are open; gives how many were.
pub(super) async fn decide(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    ids: &[ProposalId],
    decided: &Decided<'_>,
) -> Result<u64> {
    if ids.is_empty() {
        return Ok(0);
    }
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE proposals SET status = {}, decided_by = {}, decided_at = {}, decided_note = {}, version = version + 1 \
         WHERE campaign_id = {} AND status = 'open' AND id IN {}",
        binds.add(decided.status.as_str()),
        binds.add(decided.by.map(|id| id.0)),
        binds.add(decided.at),
        binds.add(decided.note),
        binds.add(campaign.0),
        binds.ids(ids)
    );
    binds.run(db, text).await
}

/// Writes down what an accepted proposal made, and how to take it back.
pub(super) async fn finish(
    db: &impl ConnectionTrait,
    id: ProposalId,
    result: Uuid,
    edited: Option<&Map<String, Value>>,
    undo: Value,
) -> Result<()> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE proposals SET result_id = {}, edited = {}, undo = {} WHERE id = {}",
        binds.add(result),
        binds.add(edited.map(|edited| Value::Object(edited.clone()))),
        binds.add(undo),
        binds.add(id.0)
    );
    binds.run(db, text).await.map(drop)
}

/// Makes a decided proposal an open one; whether it was still decided in that way.
pub(super) async fn reopen(db: &impl ConnectionTrait, id: ProposalId, version: i64) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE proposals SET status = 'open', decided_by = NULL, decided_at = NULL, decided_note = '', result_id = NULL, \
         edited = NULL, undo = NULL, version = version + 1 \
         WHERE id = {} AND version = {} AND status IN ('accepted', 'edited', 'rejected')",
        binds.add(id.0),
        binds.add(version)
    );
    Ok(binds.run(db, text).await? > 0)
}

/// The locked fields of those entities that have some.
pub(super) async fn locked(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<String>>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut binds = Binds::default();
    let text = format!(
        "SELECT id, locked FROM entities WHERE campaign_id = {} AND id IN {}",
        binds.add(campaign.0),
        binds.ids(ids)
    );
    binds.rows(db, text).await?.iter().map(|row| Ok((column(row, "id")?, json(row, "locked")?))).collect()
}
