//! The SQL of facts. Reads go through [`Sight`]; the knowers of a page are fetched together.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use skald_kernel::{CampaignId, EntityId, Error, FactId, Result, Viewer};
use skald_platform::http::{Page, PageQuery};
use uuid::Uuid;

use super::{
    dto::{Evidence, FactIn, FactOut, FactStatus, Knower},
    rules,
};
use crate::{
    bind::{Binds, column},
    links,
    sight::Sight,
};

const COLUMNS: &str = "f.id, f.subject_id, s.name AS subject_name, f.predicate, f.object_id, o.name AS object_name, f.text, \
                       f.story_from, f.story_to, f.find_dc, f.status, f.evidence, f.version, f.created_at, f.updated_at";

pub(super) async fn find(db: &impl ConnectionTrait, viewer: &Viewer, id: FactId) -> Result<Option<FactOut>> {
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let text = format!("SELECT {COLUMNS} {} AND f.id = {}", sight.facts(), binds.add(id.0));
    Ok(read(db, viewer, binds, text).await?.into_iter().next())
}

pub(super) async fn these(db: &impl ConnectionTrait, viewer: &Viewer, ids: &[FactId]) -> Result<Vec<FactOut>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let text = format!("SELECT {COLUMNS} {} AND f.id IN {}", sight.facts(), binds.ids(ids));
    read(db, viewer, binds, text).await
}

pub(super) async fn list(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    subject: Option<EntityId>,
    page: &PageQuery,
) -> Result<Page<FactOut>> {
    let limit = page.limit()?;
    let after = page.after::<Uuid>()?;
    let about =
        |binds: &mut Binds| subject.map_or(String::new(), |id| format!(" AND f.subject_id = {}", binds.add(id.0)));
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let mut text = format!("SELECT {COLUMNS} {}{}", sight.facts(), about(&mut binds));
    if let Some(id) = after {
        text.push_str(&format!(" AND f.id > {}", binds.add(id)));
    }
    text.push_str(&format!(" ORDER BY f.id LIMIT {}", binds.add(limit as i64 + 1)));
    let page = Page::from_rows(read(db, viewer, binds, text).await?, limit, |fact| fact.id.0);

    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let text = format!("SELECT COUNT(*) AS n {}{}", sight.facts(), about(&mut binds));
    let rows = binds.rows(db, text).await?;
    let row = rows.first().ok_or_else(|| Error::internal("a count gave no row"))?;
    Ok(page.with_total(column::<i64>(row, "n")?.unsigned_abs()))
}

pub(super) async fn about(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    subjects: &[EntityId],
    limit: u64,
) -> Result<Vec<FactOut>> {
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    // Not by id alone: to have that order for nothing, SQLite would read every fact of the campaign.
    let text = format!(
        "SELECT {COLUMNS} {} AND f.status = 'canon' AND f.subject_id IN {} ORDER BY f.created_at, f.id LIMIT {}",
        sight.facts(),
        binds.ids(subjects),
        binds.add(limit as i64)
    );
    read(db, viewer, binds, text).await
}

pub(super) async fn to_find(db: &impl ConnectionTrait, party: &Viewer, subjects: &[EntityId]) -> Result<Vec<FactOut>> {
    if subjects.is_empty() || party.sees_all() {
        return Ok(Vec::new());
    }
    let everything = Viewer::gm(party.campaign());
    let mut binds = Binds::default();
    let sight = Sight::new(&everything, &mut binds);
    let known = Sight::new(party, &mut binds).knows("f");
    let text = format!(
        "SELECT {COLUMNS} {} AND f.status = 'canon' AND f.find_dc IS NOT NULL AND f.subject_id IN {} AND NOT {known} \
         ORDER BY f.find_dc, f.id",
        sight.facts(),
        binds.ids(subjects),
    );
    read(db, &everything, binds, text).await
}

async fn read(db: &impl ConnectionTrait, viewer: &Viewer, binds: Binds, text: String) -> Result<Vec<FactOut>> {
    let rows: Result<Vec<_>> = binds.rows(db, text).await?.iter().map(fact).collect();
    let mut facts = rows?;
    if !viewer.sees_all() {
        facts.iter_mut().for_each(|fact| fact.find_dc = None);
        links::quote(db, viewer, facts.iter_mut().map(|fact| &mut fact.text)).await?;
    } else if !facts.is_empty() {
        let ids: Vec<FactId> = facts.iter().map(|fact| fact.id).collect();
        let mut knowers = knowers(db, &ids).await?;
        for fact in &mut facts {
            fact.knowers = Some(knowers.remove(&fact.id).unwrap_or_default());
        }
    }
    Ok(facts)
}

async fn knowers(db: &impl ConnectionTrait, ids: &[FactId]) -> Result<HashMap<FactId, Vec<Knower>>> {
    let mut binds = Binds::default();
    let text = format!("SELECT fact_id, knower_type, knower_id FROM fact_knowers WHERE fact_id IN {}", binds.ids(ids));
    let mut knowers: HashMap<FactId, Vec<Knower>> = HashMap::new();
    for row in binds.rows(db, text).await? {
        let word: String = column(&row, "knower_type")?;
        let knower = rules::read(&word, column(&row, "knower_id")?)
            .ok_or_else(|| Error::internal(format!("{word} is no kind of knower")))?;
        knowers.entry(FactId(column(&row, "fact_id")?)).or_default().push(knower);
    }
    knowers.values_mut().for_each(|known_by| known_by.sort_unstable());
    Ok(knowers)
}

fn fact(row: &QueryResult) -> Result<FactOut> {
    Ok(FactOut {
        id: FactId(column(row, "id")?),
        subject_id: EntityId(column(row, "subject_id")?),
        subject_name: column(row, "subject_name")?,
        predicate: column(row, "predicate")?,
        object_id: column::<Option<Uuid>>(row, "object_id")?.map(EntityId),
        object_name: column(row, "object_name")?,
        text: column(row, "text")?,
        knowers: None,
        story_from: column(row, "story_from")?,
        story_to: column(row, "story_to")?,
        find_dc: column(row, "find_dc")?,
        status: FactStatus::read(&column::<String>(row, "status")?)?,
        evidence: serde_json::from_value(column(row, "evidence")?).map_err(Error::internal)?,
        version: column(row, "version")?,
        created_at: column(row, "created_at")?,
        updated_at: column(row, "updated_at")?,
    })
}

pub(super) async fn insert(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: FactId,
    fact: &FactIn,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut binds = Binds::default();
    let row = binds.row([
        id.0.into(),
        campaign.0.into(),
        fact.subject_id.0.into(),
        fact.predicate.clone().into(),
        fact.object_id.map(|id| id.0).into(),
        fact.text.clone().into(),
        fact.story_from.into(),
        fact.story_to.into(),
        fact.find_dc.into(),
        fact.status.as_str().into(),
        rules::evidence(&fact.evidence).into(),
        1_i64.into(),
        now.into(),
        now.into(),
    ]);
    let text = format!(
        "INSERT INTO facts (id, campaign_id, subject_id, predicate, object_id, text, story_from, story_to, find_dc, status, \
         evidence, version, created_at, updated_at) VALUES {row}"
    );
    binds.run(db, text).await?;
    learn(db, campaign, id, &fact.knowers, None, now).await
}

/// Adds knowers; `evidence` says how they came to know. Who knows it already keeps the evidence of the first time.
pub(super) async fn learn(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: FactId,
    knowers: &[Knower],
    evidence: Option<&Evidence>,
    now: DateTime<Utc>,
) -> Result<()> {
    if knowers.is_empty() {
        return Ok(());
    }
    let mut binds = Binds::default();
    let rows: Vec<String> = knowers
        .iter()
        .map(|knower| {
            let (word, knower) = rules::stored(*knower);
            let evidence = evidence.map(rules::evidence);
            binds.row([id.0.into(), word.into(), knower.into(), campaign.0.into(), evidence.into(), now.into()])
        })
        .collect();
    let text = format!(
        "INSERT INTO fact_knowers (fact_id, knower_type, knower_id, campaign_id, evidence, since) VALUES {} \
         ON CONFLICT (fact_id, knower_type, knower_id) DO NOTHING",
        rows.join(", ")
    );
    binds.run(db, text).await.map(drop)
}

/// Takes knowers away.
async fn forget(db: &impl ConnectionTrait, id: FactId, knowers: &[Knower]) -> Result<()> {
    if knowers.is_empty() {
        return Ok(());
    }
    let mut binds = Binds::default();
    let fact = binds.add(id.0);
    let these: Vec<String> = knowers
        .iter()
        .map(|knower| {
            let (word, knower) = rules::stored(*knower);
            format!("(knower_type = {} AND knower_id = {})", binds.add(word), binds.add(knower))
        })
        .collect();
    let text = format!("DELETE FROM fact_knowers WHERE fact_id = {fact} AND ({})", these.join(" OR "));
    binds.run(db, text).await.map(drop)
}

/// Whether the stored version was the expected one; if not, nothing is changed.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: FactId,
    expected: i64,
    before: &FactIn,
    fact: &FactIn,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let mut sets = Vec::new();
    for (name, value) in [
        ("predicate", sea_orm::Value::from(fact.predicate.clone())),
        ("object_id", fact.object_id.map(|id| id.0).into()),
        ("text", fact.text.clone().into()),
        ("story_from", fact.story_from.into()),
        ("story_to", fact.story_to.into()),
        ("find_dc", fact.find_dc.into()),
        ("status", fact.status.as_str().into()),
        ("evidence", rules::evidence(&fact.evidence).into()),
        ("updated_at", now.into()),
    ] {
        sets.push(format!("{name} = {}", binds.add(value)));
    }
    let text = format!(
        "UPDATE facts SET {}, version = version + 1 \
         WHERE id = {} AND campaign_id = {} AND version = {} AND deleted_at IS NULL",
        sets.join(", "),
        binds.add(id.0),
        binds.add(campaign.0),
        binds.add(expected)
    );
    if binds.run(db, text).await? == 0 {
        return Ok(false);
    }
    forget(db, id, &rules::learning(&fact.knowers, &before.knowers)).await?;
    learn(db, campaign, id, &rules::learning(&before.knowers, &fact.knowers), None, now).await?;
    Ok(true)
}

/// Holds a fact's row until the commit, so that its knowers are read and added to by one at a time.
pub(super) async fn hold(db: &impl ConnectionTrait, campaign: CampaignId, id: FactId) -> Result<()> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE facts SET version = version WHERE id = {} AND campaign_id = {}",
        binds.add(id.0),
        binds.add(campaign.0)
    );
    binds.run(db, text).await.map(drop)
}

/// Counts a change of the knowers as a change of the fact.
pub(super) async fn touch(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: FactId,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE facts SET version = version + 1, updated_at = {} WHERE id = {} AND campaign_id = {}",
        binds.add(now),
        binds.add(id.0),
        binds.add(campaign.0)
    );
    binds.run(db, text).await.map(drop)
}

/// Whether the stored version was the expected one; if not, nothing is changed.
pub(super) async fn delete(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: FactId,
    expected: i64,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE facts SET deleted_at = {}, version = version + 1 \
         WHERE id = {} AND campaign_id = {} AND version = {} AND deleted_at IS NULL",
        binds.add(now),
        binds.add(id.0),
        binds.add(campaign.0),
        binds.add(expected)
    );
    Ok(binds.run(db, text).await? > 0)
}

/// Whether it was deleted and is back now.
pub(super) async fn restore(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: FactId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE facts SET deleted_at = NULL, updated_at = {}, version = version + 1 \
         WHERE id = {} AND campaign_id = {} AND deleted_at IS NOT NULL",
        binds.add(now),
        binds.add(id.0),
        binds.add(campaign.0)
    );
    Ok(binds.run(db, text).await? > 0)
}
