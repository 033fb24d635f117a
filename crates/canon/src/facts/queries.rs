//! The SQL of facts. Reads go through [`Sight`]; the knowers of a page are fetched together.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::json;
use skald_kernel::{CampaignId, EntityId, Error, FactId, Result, Viewer};
use skald_platform::http::{Page, PageQuery};
use uuid::Uuid;

use super::{
    dto::{Evidence, FactIn, FactKind, FactOrder, FactOut, FactQuery, FactStatus, Knower, Known},
    rules,
};
use crate::{
    bind::{Binds, column},
    links, search,
    sight::Sight,
};

/// Whose knowledge is asked for.
#[derive(Debug)]
pub(super) enum KnownTo {
    /// Somebody with these eyes.
    Eyes(Viewer),
    /// A word of the list of knowers.
    Word(&'static str),
}

fn columns(sight: &Sight) -> String {
    let known_from = if sight.sees_all() { "CAST(NULL AS bigint)".to_owned() } else { sight.known_since("f") };
    format!(
        "f.id, f.subject_id, s.name AS subject_name, s.name_key AS subject_key, f.kind, f.predicate, f.object_id, \
         o.name AS object_name, f.text, {known_from} AS known_from, f.story_from, f.story_to, f.find_dc, f.status, f.evidence, \
         f.version, f.created_at, f.updated_at"
    )
}

pub(super) async fn find(db: &impl ConnectionTrait, viewer: &Viewer, id: FactId) -> Result<Option<FactOut>> {
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let text = format!("SELECT {} {} AND f.id = {}", columns(&sight), sight.facts(), binds.add(id.0));
    Ok(read(db, viewer, binds, text).await?.into_iter().next())
}

pub(super) async fn these(db: &impl ConnectionTrait, viewer: &Viewer, ids: &[FactId]) -> Result<Vec<FactOut>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let text = format!("SELECT {} {} AND f.id IN {}", columns(&sight), sight.facts(), binds.ids(ids));
    read(db, viewer, binds, text).await
}

pub(super) async fn list(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    query: &FactQuery,
    known_to: Option<&KnownTo>,
) -> Result<Page<FactOut>> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor.clone() };
    let limit = page.limit()?;
    let by_subject = query.order == Some(FactOrder::Subject);
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let mut text = format!("SELECT {} {}", columns(&sight), narrowed(&sight, query, known_to, &mut binds));
    if by_subject {
        if let Some((name, subject, id)) = page.after::<(String, Uuid, Uuid)>()? {
            let (name, subject, id) = (binds.add(name), binds.add(subject), binds.add(id));
            text.push_str(&format!(
                " AND (s.name_key > {name} OR (s.name_key = {name} AND (s.id > {subject} OR (s.id = {subject} AND f.id > {id}))))"
            ));
        }
        text.push_str(" ORDER BY s.name_key, s.id, f.id");
    } else {
        if let Some(id) = page.after::<Uuid>()? {
            text.push_str(&format!(" AND f.id > {}", binds.add(id)));
        }
        text.push_str(" ORDER BY f.id");
    }
    text.push_str(&format!(" LIMIT {}", binds.add(limit as i64 + 1)));
    let rows = binds.rows(db, text).await?;
    // Taken from the rows themselves: the name in the answer is not the key that it is sorted by.
    let keys: Result<HashMap<Uuid, String>> =
        rows.iter().map(|row| Ok((column(row, "id")?, column(row, "subject_key")?))).collect();
    let keys = keys?;
    let facts = complete(db, viewer, &rows).await?;
    let page = if by_subject {
        let key = |fact: &FactOut| (keys.get(&fact.id.0).cloned().unwrap_or_default(), fact.subject_id.0, fact.id.0);
        Page::from_rows(facts, limit, key)
    } else {
        Page::from_rows(facts, limit, |fact| fact.id.0)
    };

    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let text = format!("SELECT COUNT(*) AS n {}", narrowed(&sight, query, known_to, &mut binds));
    let rows = binds.rows(db, text).await?;
    let row = rows.first().ok_or_else(|| Error::internal("a count gave no row"))?;
    Ok(page.with_total(column::<i64>(row, "n")?.unsigned_abs()))
}

/// `FROM … WHERE …` of the facts that the viewer may know and that are asked for.
fn narrowed(sight: &Sight, query: &FactQuery, known_to: Option<&KnownTo>, binds: &mut Binds) -> String {
    let moment = query.as_of.map(|minute| binds.add(minute));
    let mut text = sight.facts_at(moment.as_deref());
    if let Some(subject) = query.subject_id {
        text.push_str(&format!(" AND f.subject_id = {}", binds.add(subject.0)));
    }
    if let Some(kind) = query.kind {
        text.push_str(&format!(" AND f.kind = {}", binds.add(kind.as_str())));
    }
    if let Some(status) = query.status {
        text.push_str(&format!(" AND f.status = {}", binds.add(status.as_str())));
    }
    match known_to {
        None => {}
        Some(KnownTo::Eyes(eyes)) => {
            let knows = Sight::new(eyes, binds).knows("f", moment.as_deref());
            text.push_str(&format!(" AND {knows}"));
        }
        Some(KnownTo::Word(word)) => text.push_str(&format!(
            " AND EXISTS (SELECT 1 FROM fact_knowers held WHERE held.fact_id = f.id AND held.knower_type = {})",
            binds.add(*word)
        )),
    }
    if let Some(q) = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        text.push_str(&search::fact_says(sight, q, binds));
    }
    text
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
        "SELECT {} {} AND f.status = 'canon' AND f.subject_id IN {} ORDER BY f.created_at, f.id LIMIT {}",
        columns(&sight),
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
    let known = Sight::new(party, &mut binds).knows("f", None);
    let text = format!(
        "SELECT {} {} AND f.status = 'canon' AND f.find_dc IS NOT NULL AND f.subject_id IN {} AND NOT {known} \
         ORDER BY f.find_dc, f.id",
        columns(&sight),
        sight.facts(),
        binds.ids(subjects),
    );
    read(db, &everything, binds, text).await
}

async fn read(db: &impl ConnectionTrait, viewer: &Viewer, binds: Binds, text: String) -> Result<Vec<FactOut>> {
    let rows = binds.rows(db, text).await?;
    complete(db, viewer, &rows).await
}

async fn complete(db: &impl ConnectionTrait, viewer: &Viewer, rows: &[QueryResult]) -> Result<Vec<FactOut>> {
    let facts: Result<Vec<_>> = rows.iter().map(fact).collect();
    let mut facts = facts?;
    if !viewer.sees_all() {
        facts.iter_mut().for_each(|fact| fact.find_dc = None);
        links::quote(db, viewer, facts.iter_mut().map(|fact| &mut fact.text)).await?;
    } else if !facts.is_empty() {
        let ids: Vec<FactId> = facts.iter().map(|fact| fact.id).collect();
        let mut knowers = knowers(db, &ids).await?;
        for fact in &mut facts {
            let known = knowers.remove(&fact.id).unwrap_or_default();
            fact.knowers = Some(known.iter().map(|known| known.by).collect());
            fact.known = Some(known);
        }
    }
    Ok(facts)
}

async fn knowers(db: &impl ConnectionTrait, ids: &[FactId]) -> Result<HashMap<FactId, Vec<Known>>> {
    let mut binds = Binds::default();
    let text = format!(
        "SELECT fact_id, knower_type, knower_id, known_from, since, evidence FROM fact_knowers WHERE fact_id IN {}",
        binds.ids(ids)
    );
    let mut knowers: HashMap<FactId, Vec<Known>> = HashMap::new();
    for row in binds.rows(db, text).await? {
        let word: String = column(&row, "knower_type")?;
        let by = rules::read(&word, column(&row, "knower_id")?)
            .ok_or_else(|| Error::internal(format!("{word} is no kind of knower")))?;
        let evidence = column::<Option<serde_json::Value>>(&row, "evidence")?.filter(|value| !value.is_null());
        let evidence = evidence.map(serde_json::from_value).transpose().map_err(Error::internal)?;
        let known = Known { by, known_from: column(&row, "known_from")?, since: column(&row, "since")?, evidence };
        knowers.entry(FactId(column(&row, "fact_id")?)).or_default().push(known);
    }
    knowers.values_mut().for_each(|known| known.sort_unstable_by_key(|known| known.by));
    Ok(knowers)
}

fn fact(row: &QueryResult) -> Result<FactOut> {
    Ok(FactOut {
        id: FactId(column(row, "id")?),
        subject_id: EntityId(column(row, "subject_id")?),
        subject_name: column(row, "subject_name")?,
        kind: FactKind::read(&column::<String>(row, "kind")?)?,
        predicate: column(row, "predicate")?,
        object_id: column::<Option<Uuid>>(row, "object_id")?.map(EntityId),
        object_name: column(row, "object_name")?,
        text: column(row, "text")?,
        knowers: None,
        known: None,
        known_from: column(row, "known_from")?,
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
        rules::kind(fact).as_str().into(),
        fact.predicate.clone().into(),
        fact.object_id.map(|id| id.0).into(),
        fact.text.clone().into(),
        fact.story_from.into(),
        fact.story_to.into(),
        fact.find_dc.into(),
        fact.status.as_str().into(),
        json!(fact.evidence).into(),
        1_i64.into(),
        now.into(),
        now.into(),
    ]);
    let text = format!(
        "INSERT INTO facts (id, campaign_id, subject_id, kind, predicate, object_id, text, story_from, story_to, find_dc, status, \
         evidence, version, created_at, updated_at) VALUES {row}"
    );
    binds.run(db, text).await?;
    let learning: Vec<(FactId, Knower)> = fact.knowers.iter().map(|knower| (id, *knower)).collect();
    learn(db, campaign, &learning, &How { known_from: fact.known_from, evidence: None, now }).await
}

/// How somebody came to know.
pub(super) struct How<'a> {
    /// In which minute of story time; none for always.
    pub known_from: Option<i64>,
    pub evidence: Option<&'a Evidence>,
    pub now: DateTime<Utc>,
}

/// Adds knowers to facts. Who knows one already keeps how and when they came to know it.
pub(super) async fn learn(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    learning: &[(FactId, Knower)],
    how: &How<'_>,
) -> Result<()> {
    // Eight values a row: far from what a statement may bind.
    for some in learning.chunks(1_000) {
        let mut binds = Binds::default();
        let rows: Vec<String> = some
            .iter()
            .map(|(fact, knower)| {
                let (word, knower) = rules::stored(*knower);
                binds.row([
                    fact.0.into(),
                    word.into(),
                    knower.into(),
                    campaign.0.into(),
                    how.evidence.map(|evidence| json!(evidence)).into(),
                    how.known_from.into(),
                    how.now.into(),
                ])
            })
            .collect();
        let text = format!(
            "INSERT INTO fact_knowers (fact_id, knower_type, knower_id, campaign_id, evidence, known_from, since) VALUES {} \
             ON CONFLICT (fact_id, knower_type, knower_id) DO NOTHING",
            rows.join(", ")
        );
        binds.run(db, text).await?;
    }
    Ok(())
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
        ("kind", sea_orm::Value::from(rules::kind(fact).as_str())),
        ("predicate", fact.predicate.clone().into()),
        ("object_id", fact.object_id.map(|id| id.0).into()),
        ("text", fact.text.clone().into()),
        ("story_from", fact.story_from.into()),
        ("story_to", fact.story_to.into()),
        ("find_dc", fact.find_dc.into()),
        ("status", fact.status.as_str().into()),
        ("evidence", json!(fact.evidence).into()),
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
    let new = rules::learning(&before.knowers, &fact.knowers);
    let learning: Vec<(FactId, Knower)> = new.into_iter().map(|knower| (id, knower)).collect();
    learn(db, campaign, &learning, &How { known_from: fact.known_from, evidence: None, now }).await?;
    Ok(true)
}

/// Holds the rows of facts until the commit, so that their knowers are read and added to by one at a time.
pub(super) async fn hold(db: &impl ConnectionTrait, campaign: CampaignId, ids: &[FactId]) -> Result<()> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE facts SET version = version WHERE id IN {} AND campaign_id = {}",
        binds.ids(ids),
        binds.add(campaign.0)
    );
    binds.run(db, text).await.map(drop)
}

/// Counts a change of the knowers as a change of the facts.
pub(super) async fn touch(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    ids: &[FactId],
    now: DateTime<Utc>,
) -> Result<()> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE facts SET version = version + 1, updated_at = {} WHERE id IN {} AND campaign_id = {}",
        binds.add(now),
        binds.ids(ids),
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
