//! The SQL of links.

use std::collections::{HashMap, HashSet};

use sea_orm::ConnectionTrait;
use skald_kernel::{CampaignId, EntityId, Result, Viewer};
use skald_platform::http::{Page, PageQuery};
use uuid::Uuid;

use crate::{
    bind::{Binds, column},
    entities::EntityKind,
    sight::Sight,
    words::words,
};

/// Values of one statement; SQLite takes 32 766 at most.
const BATCH: usize = 500;

words! {
    /// Where in a body a name stands.
    PlaceOf {
        /// In what whoever reads the body reads.
        Open = "open",
        /// In a passage for game masters only.
        Gm = "gm",
        /// In a passage for the audience that its number names.
        Some = "some",
        /// In the fence of a passage.
        Audience = "audience",
    }
}

/// A name in a body.
pub(super) struct Link {
    pub place: PlaceOf,
    /// The passage it stands in.
    pub passage: i32,
    pub key: String,
    pub target: Option<EntityId>,
}

/// Who bears a name or an alias.
pub(super) struct Bearer {
    pub id: EntityId,
    pub kind: EntityKind,
}

/// What the names of a body meant until now.
pub(super) struct Before {
    links: HashMap<String, EntityId>,
    audiences: HashMap<String, EntityId>,
}

impl Before {
    /// What a link led to, if that is still there.
    pub fn link(&self, key: &str) -> Option<EntityId> {
        self.links.get(key).copied()
    }

    /// Who an audience is, whether or not it is still there: nobody inherits a secret with a name.
    pub fn audience(&self, key: &str) -> Option<EntityId> {
        self.audiences.get(key).copied()
    }
}

pub(super) async fn of_source(db: &impl ConnectionTrait, source: EntityId) -> Result<Before> {
    let mut binds = Binds::default();
    let text = format!(
        "SELECT l.place, l.text_key, l.target_id, t.id AS there FROM entity_links l \
         LEFT JOIN entities t ON t.id = l.target_id AND t.deleted_at IS NULL \
         WHERE l.source_id = {} AND l.target_id IS NOT NULL",
        binds.add(source.0)
    );
    let mut before = Before { links: HashMap::new(), audiences: HashMap::new() };
    for row in binds.rows(db, text).await? {
        let (key, target) = (column(&row, "text_key")?, EntityId(column(&row, "target_id")?));
        if PlaceOf::read(&column::<String>(&row, "place")?)? == PlaceOf::Audience {
            before.audiences.insert(key, target);
        } else if column::<Option<Uuid>>(&row, "there")?.is_some() {
            before.links.insert(key, target);
        }
    }
    Ok(before)
}

/// Who bears each of the names: names before aliases, the oldest first. Without a viewer, to decide what a link means.
pub(super) async fn bearers(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    keys: &[&str],
) -> Result<HashMap<String, Vec<Bearer>>> {
    let mut bearers: HashMap<String, Vec<Bearer>> = HashMap::new();
    for keys in keys.chunks(BATCH) {
        let mut binds = Binds::default();
        let campaign = binds.add(campaign.0);
        let places: Vec<String> = keys.iter().map(|key| binds.add(*key)).collect();
        let places = places.join(", ");
        let text = format!(
            "SELECT e.name_key AS bears, e.id, e.kind, 0 AS rank FROM entities e \
             WHERE e.campaign_id = {campaign} AND e.deleted_at IS NULL AND e.name_key IN ({places}) \
             UNION ALL SELECT a.alias_key AS bears, e.id, e.kind, 1 AS rank FROM entity_aliases a \
             JOIN entities e ON e.id = a.entity_id AND e.deleted_at IS NULL \
             WHERE a.campaign_id = {campaign} AND a.alias_key IN ({places}) ORDER BY rank, id"
        );
        for row in binds.rows(db, text).await? {
            let bearer =
                Bearer { id: EntityId(column(&row, "id")?), kind: EntityKind::read(&column::<String>(&row, "kind")?)? };
            bearers.entry(column(&row, "bears")?).or_default().push(bearer);
        }
    }
    Ok(bearers)
}

/// Puts these in the place of all the links a source had.
pub(super) async fn replace(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    source: EntityId,
    links: &[Link],
) -> Result<()> {
    let mut binds = Binds::default();
    let text = format!("DELETE FROM entity_links WHERE source_id = {}", binds.add(source.0));
    binds.run(db, text).await?;
    for (batch, links) in links.chunks(BATCH).enumerate() {
        let mut binds = Binds::default();
        let rows: Vec<String> = links
            .iter()
            .enumerate()
            .map(|(n, link)| {
                binds.row([
                    source.0.into(),
                    ((batch * BATCH + n) as i32).into(),
                    campaign.0.into(),
                    link.place.as_str().into(),
                    link.passage.into(),
                    link.key.clone().into(),
                    link.target.map(|id| id.0).into(),
                ])
            })
            .collect();
        let text = format!(
            "INSERT INTO entity_links (source_id, position, campaign_id, place, passage, text_key, target_id) VALUES {}",
            rows.join(", ")
        );
        binds.run(db, text).await?;
    }
    Ok(())
}

/// Leads links that lead nowhere, or to what was deleted, to an entity. Audiences stay who they are.
pub(super) async fn lead_to(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: EntityId,
    keys: &[String],
) -> Result<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let mut binds = Binds::default();
    let target = binds.add(id.0);
    let campaign = binds.add(campaign.0);
    let keys: Vec<String> = keys.iter().map(|key| binds.add(key.clone())).collect();
    let text = format!(
        "UPDATE entity_links SET target_id = {target} WHERE campaign_id = {campaign} AND text_key IN ({}) \
         AND place <> 'audience' AND (target_id IS NULL OR EXISTS (SELECT 1 FROM entities gone \
         WHERE gone.id = entity_links.target_id AND gone.deleted_at IS NOT NULL))",
        keys.join(", ")
    );
    binds.run(db, text).await.map(drop)
}

/// The names in the fences of these bodies that are the viewer's own: characters they look through, factions of theirs.
pub(super) async fn own_audiences(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    sources: &[EntityId],
) -> Result<Vec<(EntityId, String)>> {
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let text = format!(
        "SELECT l.source_id, l.text_key FROM entity_links l WHERE l.source_id IN {} AND l.place = 'audience' AND {}",
        binds.ids(sources),
        sight.is_known_as("l.target_id")
    );
    let rows = binds.rows(db, text).await?;
    rows.iter().map(|row| Ok((EntityId(column(row, "source_id")?), column(row, "text_key")?))).collect()
}

/// What a name in a body leads to, as far as the viewer may know.
pub(super) struct Lead {
    pub source: EntityId,
    pub key: String,
    /// Whether it leads anywhere, for those who may know.
    pub leads: bool,
    /// Whether it stands in a fence.
    pub audience: bool,
    pub target: Option<(EntityId, String, EntityKind)>,
}

pub(super) async fn leads(db: &impl ConnectionTrait, viewer: &Viewer, sources: &[EntityId]) -> Result<Vec<Lead>> {
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let text = format!(
        "SELECT l.source_id, l.text_key, l.place, l.target_id, t.id, t.name, t.kind FROM entity_links l \
         LEFT JOIN entities t ON t.id = l.target_id AND {} WHERE l.source_id IN {}",
        sight.entity("t"),
        binds.ids(sources)
    );
    let rows = binds.rows(db, text).await?;
    rows.iter()
        .map(|row| {
            let target = match column::<Option<Uuid>>(row, "id")? {
                Some(id) => {
                    let kind = EntityKind::read(&column::<String>(row, "kind")?)?;
                    Some((EntityId(id), column(row, "name")?, kind))
                }
                None => None,
            };
            Ok(Lead {
                source: EntityId(column(row, "source_id")?),
                key: column(row, "text_key")?,
                leads: column::<Option<Uuid>>(row, "target_id")?.is_some(),
                audience: PlaceOf::read(&column::<String>(row, "place")?)? == PlaceOf::Audience,
                target,
            })
        })
        .collect()
}

/// The pages that link to an entity in passages the viewer may read, by name; with the count of all.
pub(super) async fn sources(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    target: EntityId,
    page: &PageQuery,
) -> Result<Page<EntityId>> {
    let limit = page.limit()?;
    let after = page.after::<(String, Uuid)>()?;
    let from = |binds: &mut Binds| {
        let sight = Sight::new(viewer, binds);
        format!(
            "FROM entities e WHERE {} AND e.id IN (SELECT l.source_id FROM entity_links l WHERE l.target_id = {} AND {})",
            sight.entity("e"),
            binds.add(target.0),
            sight.passage("l")
        )
    };
    let mut binds = Binds::default();
    let mut text = format!("SELECT e.id, e.name_key {}", from(&mut binds));
    if let Some((name, id)) = after {
        text.push_str(&format!(" AND (e.name_key, e.id) > ({}, {})", binds.add(name), binds.add(id)));
    }
    text.push_str(&format!(" ORDER BY e.name_key, e.id LIMIT {}", binds.add(limit as i64 + 1)));
    let rows = binds.rows(db, text).await?;
    let rows: Result<Vec<(Uuid, String)>> =
        rows.iter().map(|row| Ok((column(row, "id")?, column(row, "name_key")?))).collect();
    let page = Page::from_rows(rows?, limit, |(id, key)| (key.clone(), *id)).map(|(id, _)| EntityId(id));

    let mut binds = Binds::default();
    let text = format!("SELECT COUNT(*) AS n {}", from(&mut binds));
    let rows = binds.rows(db, text).await?;
    let total = rows.first().map(|row| column::<i64>(row, "n")).transpose()?.unwrap_or_default();
    Ok(page.with_total(total.unsigned_abs()))
}

/// Those of the ids that the viewer may know.
pub(super) async fn seen(db: &impl ConnectionTrait, viewer: &Viewer, ids: &[EntityId]) -> Result<HashSet<EntityId>> {
    let mut seen = HashSet::new();
    for ids in ids.chunks(BATCH) {
        let mut binds = Binds::default();
        let sight = Sight::new(viewer, &mut binds);
        let text = format!("SELECT e.id FROM entities e WHERE e.id IN {} AND {}", binds.ids(ids), sight.entity("e"));
        for row in binds.rows(db, text).await? {
            seen.insert(EntityId(column(&row, "id")?));
        }
    }
    Ok(seen)
}
