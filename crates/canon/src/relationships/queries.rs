//! The SQL of relationships. Reads go through [`Sight`].

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use skald_kernel::{CampaignId, EntityId, Error, RelationshipId, Result, Viewer};

use super::{
    Edge, EdgeFilter, Ends,
    dto::{Openness, RelationshipIn, RelationshipOut, RelationshipState},
    rules,
};
use crate::{
    bind::{Binds, column},
    links,
    sight::Sight,
};

/// Where the state of the relationships `r` is read: in their own row, or in the state of a moment.
struct State {
    alias: &'static str,
    join: String,
}

impl State {
    fn at(as_of: Option<i64>, binds: &mut Binds) -> Self {
        let Some(moment) = as_of else { return Self { alias: "r", join: String::new() } };
        let moment = binds.add(moment);
        let join = format!(
            "JOIN relationship_states st ON st.relationship_id = r.id AND st.story_from = (SELECT MAX(n.story_from) \
             FROM relationship_states n WHERE n.relationship_id = r.id AND n.story_from <= {moment})"
        );
        Self { alias: "st", join }
    }

    /// `symmetric` is a word of PostgreSQL's own, so it is quoted.
    fn columns(&self) -> String {
        let st = self.alias;
        format!("r.id, r.from_id, r.to_id, r.\"symmetric\", {st}.kind, {st}.strength, {st}.note, {st}.story_from")
    }

    fn select(&self, sight: &Sight) -> String {
        format!(
            "SELECT {}, a.name AS from_name, b.name AS to_name, r.visibility, r.version {}",
            self.columns(),
            sight.relationships(&self.join)
        )
    }
}

pub(super) async fn find(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    id: RelationshipId,
    as_of: Option<i64>,
) -> Result<Option<RelationshipOut>> {
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let state = State::at(as_of, &mut binds);
    let text = format!("{} AND r.id = {}", state.select(&sight), binds.add(id.0));
    Ok(read(db, viewer, binds, text).await?.pop())
}

pub(super) async fn these(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    ids: &[RelationshipId],
) -> Result<Vec<RelationshipOut>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let text = format!("{} AND r.id IN {}", State::at(None, &mut binds).select(&sight), binds.ids(ids));
    read(db, viewer, binds, text).await
}

pub(super) async fn of(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    entity: EntityId,
    as_of: Option<i64>,
) -> Result<Vec<RelationshipOut>> {
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let state = State::at(as_of, &mut binds);
    let end = binds.add(entity.0);
    let text = format!(
        "{} AND (r.from_id = {end} OR r.to_id = {end}) ORDER BY {}.kind, r.id",
        state.select(&sight),
        state.alias
    );
    read(db, viewer, binds, text).await
}

async fn read(db: &impl ConnectionTrait, viewer: &Viewer, binds: Binds, text: String) -> Result<Vec<RelationshipOut>> {
    let rows: Result<Vec<_>> = binds.rows(db, text).await?.iter().map(relationship).collect();
    let mut relationships = rows?;
    links::quote(db, viewer, relationships.iter_mut().map(|relationship| &mut relationship.note)).await?;
    Ok(relationships)
}

pub(super) async fn edges(db: &impl ConnectionTrait, viewer: &Viewer, filter: &EdgeFilter<'_>) -> Result<Vec<Edge>> {
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let state = State::at(filter.as_of, &mut binds);
    let mut text = format!("SELECT {} {}", state.columns(), sight.relationships(&state.join));
    match filter.ends {
        Ends::Any => {}
        Ends::One([]) | Ends::Both([]) => return Ok(Vec::new()),
        Ends::One(ids) => {
            let ids = binds.ids(ids);
            text.push_str(&format!(" AND (r.from_id IN {ids} OR r.to_id IN {ids})"));
        }
        Ends::Both(ids) => {
            let ids = binds.ids(ids);
            text.push_str(&format!(" AND r.from_id IN {ids} AND r.to_id IN {ids}"));
        }
    }
    if let Some(kind) = filter.kind {
        text.push_str(&format!(" AND {}.kind = {}", state.alias, binds.add(kind)));
    }
    // Where not all fit, the strongest stay.
    if !matches!(filter.ends, Ends::Any) {
        text.push_str(&format!(" ORDER BY ABS({}.strength) DESC, r.id", state.alias));
    }
    text.push_str(&format!(" LIMIT {}", binds.add(filter.limit as i64)));
    binds.rows(db, text).await?.iter().map(edge).collect()
}

fn edge(row: &QueryResult) -> Result<Edge> {
    Ok(Edge {
        id: RelationshipId(column(row, "id")?),
        from_id: EntityId(column(row, "from_id")?),
        to_id: EntityId(column(row, "to_id")?),
        kind: column(row, "kind")?,
        strength: column(row, "strength")?,
        symmetric: column(row, "symmetric")?,
    })
}

/// The states of a relationship, in their order. The caller has made sure that the viewer sees the relationship.
pub(super) async fn states(db: &impl ConnectionTrait, id: RelationshipId) -> Result<Vec<RelationshipState>> {
    let mut binds = Binds::default();
    let text = format!(
        "SELECT story_from, kind, strength, note, evidence, created_at FROM relationship_states \
         WHERE relationship_id = {} ORDER BY story_from",
        binds.add(id.0)
    );
    let rows = binds.rows(db, text).await?;
    rows.iter()
        .map(|row| {
            Ok(RelationshipState {
                since: rules::since(column(row, "story_from")?),
                kind: column(row, "kind")?,
                strength: column(row, "strength")?,
                note: column(row, "note")?,
                evidence: serde_json::from_value(column(row, "evidence")?).map_err(Error::internal)?,
                created_at: column(row, "created_at")?,
            })
        })
        .collect()
}

/// Writes the state that begins at the relationship's `story_time`.
pub(super) async fn put_state(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: RelationshipId,
    state: &RelationshipIn,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut binds = Binds::default();
    let row = binds.row([
        id.0.into(),
        rules::stored(state.story_time).into(),
        campaign.0.into(),
        state.kind.clone().into(),
        state.strength.into(),
        state.note.clone().into(),
        serde_json::json!(state.evidence).into(),
        now.into(),
    ]);
    let text = format!(
        "INSERT INTO relationship_states (relationship_id, story_from, campaign_id, kind, strength, note, evidence, \
         created_at) VALUES {row} ON CONFLICT (relationship_id, story_from) DO UPDATE SET kind = excluded.kind, \
         strength = excluded.strength, note = excluded.note, evidence = excluded.evidence"
    );
    binds.run(db, text).await.map(drop)
}

/// Whether there was such a state.
pub(super) async fn delete_state(db: &impl ConnectionTrait, id: RelationshipId, since: Option<i64>) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "DELETE FROM relationship_states WHERE relationship_id = {} AND story_from = {}",
        binds.add(id.0),
        binds.add(rules::stored(since))
    );
    Ok(binds.run(db, text).await? > 0)
}

fn relationship(row: &QueryResult) -> Result<RelationshipOut> {
    Ok(RelationshipOut {
        id: RelationshipId(column(row, "id")?),
        from_id: EntityId(column(row, "from_id")?),
        from_name: column(row, "from_name")?,
        to_id: EntityId(column(row, "to_id")?),
        to_name: column(row, "to_name")?,
        kind: column(row, "kind")?,
        strength: column(row, "strength")?,
        symmetric: column(row, "symmetric")?,
        visibility: Openness::read(&column::<String>(row, "visibility")?)?,
        note: column(row, "note")?,
        since: column::<Option<i64>>(row, "story_from")?.and_then(rules::since),
        version: column(row, "version")?,
    })
}

pub(super) async fn insert(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: RelationshipId,
    relationship: &RelationshipIn,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut binds = Binds::default();
    let row = binds.row([
        id.0.into(),
        campaign.0.into(),
        relationship.from_id.0.into(),
        relationship.to_id.0.into(),
        relationship.kind.clone().into(),
        relationship.strength.into(),
        relationship.symmetric.into(),
        relationship.visibility.as_str().into(),
        relationship.note.clone().into(),
        relationship.story_time.into(),
        1_i64.into(),
        now.into(),
        now.into(),
    ]);
    let text = format!(
        "INSERT INTO relationships (id, campaign_id, from_id, to_id, kind, strength, \"symmetric\", visibility, note, story_from, \
         version, created_at, updated_at) VALUES {row}"
    );
    binds.run(db, text).await.map(drop)
}

/// Whether the stored version was the expected one; if not, nothing is changed.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: RelationshipId,
    expected: i64,
    relationship: &RelationshipIn,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE relationships SET kind = {}, strength = {}, \"symmetric\" = {}, visibility = {}, note = {}, story_from = {}, \
         updated_at = {}, version = version + 1 WHERE id = {} AND campaign_id = {} AND version = {} AND deleted_at IS NULL",
        binds.add(relationship.kind.clone()),
        binds.add(relationship.strength),
        binds.add(relationship.symmetric),
        binds.add(relationship.visibility.as_str()),
        binds.add(relationship.note.clone()),
        binds.add(relationship.story_time),
        binds.add(now),
        binds.add(id.0),
        binds.add(campaign.0),
        binds.add(expected)
    );
    Ok(binds.run(db, text).await? > 0)
}

/// Whether the stored version was the expected one; if not, nothing is changed.
pub(super) async fn delete(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: RelationshipId,
    expected: i64,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE relationships SET deleted_at = {}, version = version + 1 \
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
    id: RelationshipId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE relationships SET deleted_at = NULL, updated_at = {}, version = version + 1 \
         WHERE id = {} AND campaign_id = {} AND deleted_at IS NOT NULL",
        binds.add(now),
        binds.add(id.0),
        binds.add(campaign.0)
    );
    Ok(binds.run(db, text).await? > 0)
}
