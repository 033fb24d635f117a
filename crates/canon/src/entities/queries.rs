//! The SQL of entities. Reads go through [`Sight`]; a page's tags, knowers and children are fetched together.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::{Map, Value};
use skald_kernel::{CampaignId, EntityId, Error, MediaId, Result, Viewer, text::fold};
use skald_platform::http::Page;
use uuid::Uuid;

use super::{
    FieldIs,
    dto::{EntityBrief, EntityIn, EntityKind, EntityOut, Filter, Place, Subtype, Visibility},
    rules,
};
use crate::{
    bind::{Binds, column},
    links,
    sight::Sight,
};

const BRIEF: &str = "e.id, e.kind, e.subtype, e.name, e.name_key, e.summary, e.visibility, e.portrait_id, \
                     p.id AS parent_id";
const FULL: &str = "e.id, e.campaign_id, e.kind, e.subtype, e.name, e.aliases, e.summary, e.body, e.fields, e.visibility, \
                    e.locked, p.id AS parent_id, e.portrait_id, e.version, e.created_at, e.updated_at";

/// `FROM … WHERE …` of the entities `e` that are seen, with the parents `p` that are seen too.
fn source(sight: &Sight) -> String {
    format!(
        "FROM entities e LEFT JOIN entities p ON p.id = e.parent_id AND {} WHERE {}",
        sight.entity("p"),
        sight.entity("e")
    )
}

fn conditions(filter: &Filter, sight: &Sight, binds: &mut Binds) -> Result<String> {
    let mut text = String::new();
    if let Some(kind) = filter.kind {
        text.push_str(&format!(" AND e.kind = {}", binds.add(kind.as_str())));
    }
    match filter.place {
        Place::Anywhere => {}
        Place::Roots => text.push_str(" AND e.kind = 'location' AND p.id IS NULL"),
        // By both, so that the index is used and a parent that is hidden has no children.
        Place::Inside(parent) => {
            let parent = binds.add(parent.0);
            text.push_str(&format!(" AND e.parent_id = {parent} AND p.id = {parent}"));
        }
        Place::Under(outer) => {
            let outer = binds.add(outer.0);
            text.push_str(&format!(" AND e.id IN ({})", under(sight, &outer)));
        }
    }
    if let Some(tag) = &filter.tag {
        let tag = binds.add(rules::tag_key(tag)?);
        text.push_str(&format!(
            " AND e.id IN (SELECT t.entity_id FROM entity_tags t WHERE t.campaign_id = {} AND t.tag_key = {tag})",
            sight.campaign()
        ));
    }
    Ok(text)
}

/// The ids of what lies in a location. For who sees all it is one range of paths. Others go down step by step: a range would
/// also hold what lies behind a location that they cannot see.
fn under(sight: &Sight, outer: &str) -> String {
    let campaign = sight.campaign();
    if sight.sees_all() {
        let path = format!("(SELECT o.path FROM location_paths o WHERE o.entity_id = {outer})");
        return format!(
            "SELECT l.entity_id FROM location_paths l \
             WHERE l.campaign_id = {campaign} AND l.path > {path} AND l.path < {path} || 'g'"
        );
    }
    format!(
        "WITH RECURSIVE inside(id) AS (SELECT n.id FROM entities n WHERE n.id = {outer} AND {seen} \
         UNION ALL SELECT n.id FROM entities n JOIN inside ON n.parent_id = inside.id AND {seen}) \
         SELECT id FROM inside WHERE id <> {outer}",
        seen = sight.entity("n")
    )
}

pub(super) async fn list(db: &impl ConnectionTrait, viewer: &Viewer, filter: &Filter) -> Result<Page<EntityBrief>> {
    let limit = filter.page.limit()?;
    let after = filter.page.after::<(String, Uuid)>()?;
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let mut text = format!("SELECT {BRIEF} {}{}", source(&sight), conditions(filter, &sight, &mut binds)?);
    if let Some((name, id)) = after {
        text.push_str(&format!(" AND (e.name_key, e.id) > ({}, {})", binds.add(name), binds.add(id)));
    }
    text.push_str(&format!(" ORDER BY e.name_key, e.id LIMIT {}", binds.add(limit as i64 + 1)));
    let rows = binds.rows(db, text).await?;
    let rows: Result<Vec<_>> = rows.iter().map(|row| Ok((brief(row)?, column::<String>(row, "name_key")?))).collect();
    let page = Page::from_rows(rows?, limit, |(brief, key)| (key.clone(), brief.id.0)).map(|(brief, _)| brief);
    let total = count(db, viewer, filter).await?;
    let items = filled(db, viewer, page.items).await?;
    Ok(Page { items, next_cursor: page.next_cursor, total: Some(total) })
}

async fn count(db: &impl ConnectionTrait, viewer: &Viewer, filter: &Filter) -> Result<u64> {
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    // Only a filter by place asks for the parent.
    let from = match filter.place {
        Place::Anywhere | Place::Under(_) => format!("FROM entities e WHERE {}", sight.entity("e")),
        Place::Roots | Place::Inside(_) => source(&sight),
    };
    let text = format!("SELECT COUNT(*) AS n {from}{}", conditions(filter, &sight, &mut binds)?);
    let rows = binds.rows(db, text).await?;
    let row = rows.first().ok_or_else(|| Error::internal("a count gave no row"))?;
    Ok(column::<i64>(row, "n")?.unsigned_abs())
}

pub(super) async fn named(db: &impl ConnectionTrait, viewer: &Viewer, ids: &[EntityId]) -> Result<Vec<EntityBrief>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let text = format!("SELECT {BRIEF} {} AND e.id IN {}", source(&sight), binds.ids(ids));
    let rows: Result<Vec<_>> = binds.rows(db, text).await?.iter().map(brief).collect();
    let mut found = filled(db, viewer, rows?).await?;
    let order: HashMap<EntityId, usize> = ids.iter().enumerate().map(|(n, id)| (*id, n)).collect();
    found.sort_by_key(|entity| order.get(&entity.id).copied());
    Ok(found)
}

pub(super) async fn called(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    name: &str,
    kind: Option<EntityKind>,
) -> Result<Vec<EntityBrief>> {
    let key = rules::name_key(name);
    if key.is_empty() || key.contains('\0') {
        return Ok(Vec::new());
    }
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let name = binds.add(key);
    let mut text = format!(
        "SELECT {BRIEF} {} AND (e.name_key = {name} OR e.id IN (SELECT a.entity_id FROM entity_aliases a \
         WHERE a.campaign_id = {} AND a.alias_key = {name}))",
        source(&sight),
        sight.campaign()
    );
    if let Some(kind) = kind {
        text.push_str(&format!(" AND e.kind = {}", binds.add(kind.as_str())));
    }
    // Whoever bears it as a name comes before whoever has it as an alias.
    text.push_str(&format!(" ORDER BY CASE WHEN e.name_key = {name} THEN 0 ELSE 1 END, e.name_key, e.id LIMIT 20"));
    let rows: Result<Vec<_>> = binds.rows(db, text).await?.iter().map(brief).collect();
    filled(db, viewer, rows?).await
}

/// Which entities to read whole.
pub(super) enum Which<'a> {
    These(&'a [EntityId]),
    Kind(EntityKind),
    Field(EntityKind, &'a str, FieldIs<'a>),
    Names(EntityKind, &'a [String]),
}

pub(super) async fn full(db: &impl ConnectionTrait, viewer: &Viewer, which: Which<'_>) -> Result<Vec<EntityOut>> {
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let condition = match which {
        Which::These([]) => return Ok(Vec::new()),
        Which::These(ids) => format!("e.id IN {}", binds.ids(ids)),
        Which::Kind(kind) => format!("e.kind = {}", binds.add(kind.as_str())),
        Which::Field(kind, field, is) => {
            let (kind, field) = (binds.add(kind.as_str()), binds.add(field));
            // SQLite reads the JSON value true as 1.
            let values = match is {
                FieldIs::True => "('true', '1')".to_owned(),
                FieldIs::Id(id) => format!("({})", binds.add(id.to_string())),
            };
            format!("e.kind = {kind} AND CAST(e.fields ->> {field} AS TEXT) IN {values}")
        }
        Which::Names(_, []) => return Ok(Vec::new()),
        Which::Names(kind, names) => {
            let kind = binds.add(kind.as_str());
            let keys: Vec<String> = names.iter().map(|name| binds.add(rules::name_key(name))).collect();
            format!("e.kind = {kind} AND e.name_key IN ({})", keys.join(", "))
        }
    };
    let text = format!("SELECT {FULL} {} AND {condition} ORDER BY e.name_key, e.id", source(&sight));
    let rows: Result<Vec<_>> = binds.rows(db, text).await?.iter().map(whole).collect();
    let mut entities = rows?;
    let ids: Vec<EntityId> = entities.iter().map(|entity| entity.id).collect();
    let mut tags = tags(db, &ids).await?;
    for entity in &mut entities {
        entity.tags = tags.remove(&entity.id).unwrap_or_default();
    }
    if viewer.sees_all() {
        let mut visible_to = visible_to(db, &ids).await?;
        for entity in &mut entities {
            entity.visible_to = Some(visible_to.remove(&entity.id).unwrap_or_default());
        }
    } else {
        entities.iter_mut().for_each(|entity| entity.locked = None);
        let mut named = HashSet::new();
        entities.iter().for_each(|entity| rules::ids_in(&entity.fields, &mut named));
        let hidden = hidden(db, viewer, named).await?;
        entities.iter_mut().for_each(|entity| rules::strip(&mut entity.fields, &hidden));
    }
    links::read(db, viewer, &mut entities).await?;
    Ok(entities)
}

/// Those of the ids that are entities the viewer cannot see; ids of anything else are left alone.
async fn hidden(db: &impl ConnectionTrait, viewer: &Viewer, ids: HashSet<Uuid>) -> Result<HashSet<Uuid>> {
    if ids.is_empty() {
        return Ok(ids);
    }
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let text = format!("SELECT e.id FROM entities e WHERE e.id IN {} AND NOT ({})", binds.ids(&ids), sight.entity("e"));
    binds.rows(db, text).await?.iter().map(|row| column(row, "id")).collect()
}

async fn tags(db: &impl ConnectionTrait, ids: &[EntityId]) -> Result<HashMap<EntityId, Vec<String>>> {
    let mut tags: HashMap<EntityId, Vec<String>> = HashMap::new();
    if ids.is_empty() {
        return Ok(tags);
    }
    let mut binds = Binds::default();
    let text = format!("SELECT entity_id, tag FROM entity_tags WHERE entity_id IN {} ORDER BY tag_key", binds.ids(ids));
    for row in binds.rows(db, text).await? {
        tags.entry(EntityId(column(&row, "entity_id")?)).or_default().push(column(&row, "tag")?);
    }
    Ok(tags)
}

async fn visible_to(db: &impl ConnectionTrait, ids: &[EntityId]) -> Result<HashMap<EntityId, Vec<EntityId>>> {
    let mut knowers: HashMap<EntityId, Vec<EntityId>> = HashMap::new();
    if ids.is_empty() {
        return Ok(knowers);
    }
    let mut binds = Binds::default();
    let text = format!(
        "SELECT entity_id, knower_id FROM entity_visible_to WHERE entity_id IN {} ORDER BY knower_id",
        binds.ids(ids)
    );
    for row in binds.rows(db, text).await? {
        knowers.entry(EntityId(column(&row, "entity_id")?)).or_default().push(EntityId(column(&row, "knower_id")?));
    }
    Ok(knowers)
}

/// Adds tags, and the number of children that the viewer can see to locations.
async fn filled(db: &impl ConnectionTrait, viewer: &Viewer, mut items: Vec<EntityBrief>) -> Result<Vec<EntityBrief>> {
    let ids: Vec<EntityId> = items.iter().map(|entity| entity.id).collect();
    let mut tags = tags(db, &ids).await?;
    let locations: Vec<EntityId> = items.iter().filter(|e| e.kind == EntityKind::Location).map(|e| e.id).collect();
    let mut children = HashMap::new();
    if !locations.is_empty() {
        let mut binds = Binds::default();
        let sight = Sight::new(viewer, &mut binds);
        let text = format!(
            "SELECT e.parent_id, COUNT(*) AS n FROM entities e WHERE e.parent_id IN {} AND {} GROUP BY e.parent_id",
            binds.ids(&locations),
            sight.entity("e")
        );
        for row in binds.rows(db, text).await? {
            children.insert(EntityId(column(&row, "parent_id")?), column::<i64>(&row, "n")?.unsigned_abs());
        }
    }
    for entity in &mut items {
        entity.tags = tags.remove(&entity.id).unwrap_or_default();
        if entity.kind == EntityKind::Location {
            entity.child_count = Some(children.remove(&entity.id).unwrap_or_default());
        }
    }
    links::quote(db, viewer, items.iter_mut().map(|entity| &mut entity.summary)).await?;
    Ok(items)
}

fn subtype(row: &QueryResult) -> Result<Option<Subtype>> {
    column::<Option<String>>(row, "subtype")?.map(|word| Subtype::read(&word)).transpose()
}

fn brief(row: &QueryResult) -> Result<EntityBrief> {
    Ok(EntityBrief {
        id: EntityId(column(row, "id")?),
        kind: EntityKind::read(&column::<String>(row, "kind")?)?,
        subtype: subtype(row)?,
        name: column(row, "name")?,
        summary: column(row, "summary")?,
        tags: Vec::new(),
        parent_id: column::<Option<Uuid>>(row, "parent_id")?.map(EntityId),
        portrait_id: column::<Option<Uuid>>(row, "portrait_id")?.map(MediaId),
        visibility: Visibility::read(&column::<String>(row, "visibility")?)?,
        child_count: None,
    })
}

fn whole(row: &QueryResult) -> Result<EntityOut> {
    Ok(EntityOut {
        id: EntityId(column(row, "id")?),
        campaign_id: CampaignId(column(row, "campaign_id")?),
        kind: EntityKind::read(&column::<String>(row, "kind")?)?,
        subtype: subtype(row)?,
        name: column(row, "name")?,
        aliases: serde_json::from_value(column(row, "aliases")?).map_err(Error::internal)?,
        summary: column(row, "summary")?,
        body: column(row, "body")?,
        tags: Vec::new(),
        fields: serde_json::from_value::<Map<String, Value>>(column(row, "fields")?).map_err(Error::internal)?,
        visibility: Visibility::read(&column::<String>(row, "visibility")?)?,
        visible_to: None,
        locked: Some(serde_json::from_value(column(row, "locked")?).map_err(Error::internal)?),
        parent_id: column::<Option<Uuid>>(row, "parent_id")?.map(EntityId),
        portrait_id: column::<Option<Uuid>>(row, "portrait_id")?.map(MediaId),
        ancestors: None,
        links: Vec::new(),
        version: column(row, "version")?,
        created_at: column(row, "created_at")?,
        updated_at: column(row, "updated_at")?,
    })
}

/// The kinds of those ids that are entities of the campaign; for checking what a game master wrote, so without a viewer.
pub(super) async fn kinds(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    ids: &[EntityId],
) -> Result<HashMap<EntityId, EntityKind>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut binds = Binds::default();
    let text = format!(
        "SELECT id, kind FROM entities WHERE campaign_id = {} AND deleted_at IS NULL AND id IN {}",
        binds.add(campaign.0),
        binds.ids(ids)
    );
    let rows = binds.rows(db, text).await?;
    rows.iter()
        .map(|row| Ok((EntityId(column(row, "id")?), EntityKind::read(&column::<String>(row, "kind")?)?)))
        .collect()
}

pub(super) async fn insert(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: EntityId,
    entity: &EntityIn,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut binds = Binds::default();
    let row = binds.row([
        id.0.into(),
        campaign.0.into(),
        entity.kind.as_str().into(),
        entity.subtype.map(|subtype| subtype.as_str().to_owned()).into(),
        entity.name.clone().into(),
        rules::name_key(&entity.name).into(),
        serde_json::json!(entity.aliases).into(),
        rules::aliases_key(&entity.aliases).into(),
        entity.summary.clone().into(),
        entity.body.clone().into(),
        Value::Object(entity.fields.clone()).into(),
        entity.visibility.as_str().into(),
        entity.parent_id.map(|id| id.0).into(),
        entity.portrait_id.map(|id| id.0).into(),
        1_i64.into(),
        now.into(),
        now.into(),
    ]);
    let text = format!(
        "INSERT INTO entities (id, campaign_id, kind, subtype, name, name_key, aliases, aliases_key, summary, body, fields, \
         visibility, parent_id, portrait_id, version, created_at, updated_at) VALUES {row}"
    );
    binds.run(db, text).await?;
    write_aliases(db, campaign, id, &entity.aliases).await?;
    write_tags(db, campaign, id, &entity.tags).await?;
    write_visible_to(db, id, &entity.visible_to).await
}

/// Whether the stored version was the expected one; if not, nothing is changed.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: EntityId,
    expected: i64,
    before: &EntityIn,
    (entity, locked): (&EntityIn, &[String]),
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let mut sets = Vec::new();
    for (name, value) in [
        ("subtype", sea_orm::Value::from(entity.subtype.map(|subtype| subtype.as_str().to_owned()))),
        ("name", entity.name.clone().into()),
        ("name_key", rules::name_key(&entity.name).into()),
        ("aliases", serde_json::json!(entity.aliases).into()),
        ("aliases_key", rules::aliases_key(&entity.aliases).into()),
        ("summary", entity.summary.clone().into()),
        ("body", entity.body.clone().into()),
        ("fields", Value::Object(entity.fields.clone()).into()),
        ("visibility", entity.visibility.as_str().into()),
        ("parent_id", entity.parent_id.map(|id| id.0).into()),
        ("portrait_id", entity.portrait_id.map(|id| id.0).into()),
        ("locked", serde_json::json!(locked).into()),
        ("updated_at", now.into()),
    ] {
        sets.push(format!("{name} = {}", binds.add(value)));
    }
    let text = format!(
        "UPDATE entities SET {}, version = version + 1 \
         WHERE id = {} AND campaign_id = {} AND version = {} AND deleted_at IS NULL",
        sets.join(", "),
        binds.add(id.0),
        binds.add(campaign.0),
        binds.add(expected)
    );
    if binds.run(db, text).await? == 0 {
        return Ok(false);
    }
    if before.aliases != entity.aliases {
        clear(db, "entity_aliases", id).await?;
        write_aliases(db, campaign, id, &entity.aliases).await?;
    }
    if before.tags != entity.tags {
        clear(db, "entity_tags", id).await?;
        write_tags(db, campaign, id, &entity.tags).await?;
    }
    if before.visible_to != entity.visible_to {
        clear(db, "entity_visible_to", id).await?;
        write_visible_to(db, id, &entity.visible_to).await?;
    }
    Ok(true)
}

/// Whether the stored version was the expected one; if not, nothing is changed.
pub(super) async fn delete(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: EntityId,
    expected: i64,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE entities SET deleted_at = {}, version = version + 1 \
         WHERE id = {} AND campaign_id = {} AND version = {} AND deleted_at IS NULL",
        binds.add(now),
        binds.add(id.0),
        binds.add(campaign.0),
        binds.add(expected)
    );
    Ok(binds.run(db, text).await? > 0)
}

async fn clear(db: &impl ConnectionTrait, table: &'static str, id: EntityId) -> Result<()> {
    let mut binds = Binds::default();
    let text = format!("DELETE FROM {table} WHERE entity_id = {}", binds.add(id.0));
    binds.run(db, text).await.map(drop)
}

async fn write_aliases(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: EntityId,
    aliases: &[String],
) -> Result<()> {
    let keys: HashSet<String> = aliases.iter().map(|alias| rules::name_key(alias)).collect();
    if keys.is_empty() {
        return Ok(());
    }
    let mut binds = Binds::default();
    let rows: Vec<String> =
        keys.into_iter().map(|key| binds.row([id.0.into(), key.into(), campaign.0.into()])).collect();
    let text = format!("INSERT INTO entity_aliases (entity_id, alias_key, campaign_id) VALUES {}", rows.join(", "));
    binds.run(db, text).await.map(drop)
}

async fn write_tags(db: &impl ConnectionTrait, campaign: CampaignId, id: EntityId, tags: &[String]) -> Result<()> {
    if tags.is_empty() {
        return Ok(());
    }
    let mut binds = Binds::default();
    let rows: Vec<String> = tags
        .iter()
        .map(|tag| binds.row([id.0.into(), fold(tag).into(), tag.clone().into(), campaign.0.into()]))
        .collect();
    let text = format!("INSERT INTO entity_tags (entity_id, tag_key, tag, campaign_id) VALUES {}", rows.join(", "));
    binds.run(db, text).await.map(drop)
}

async fn write_visible_to(db: &impl ConnectionTrait, id: EntityId, knowers: &[EntityId]) -> Result<()> {
    if knowers.is_empty() {
        return Ok(());
    }
    let mut binds = Binds::default();
    let rows: Vec<String> = knowers.iter().map(|knower| binds.row([id.0.into(), knower.0.into()])).collect();
    let text = format!("INSERT INTO entity_visible_to (entity_id, knower_id) VALUES {}", rows.join(", "));
    binds.run(db, text).await.map(drop)
}
