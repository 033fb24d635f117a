//! The SQL of maps and pins. Reads go through [`Sight`].

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use skald_kernel::{CampaignId, EntityId, Error, MapId, MediaId, PinId, Result, Viewer};
use uuid::Uuid;

use super::dto::{MapIn, MapOut, MapQuery, PinIn, PinOut};
use crate::{
    bind::{Binds, column},
    entities::Visibility,
    sight::Sight,
};

/// The condition under which the map `m` is seen.
pub(super) fn seen(sight: &Sight, m: &str) -> String {
    format!(
        "{} AND ({m}.location_id IS NULL OR EXISTS (SELECT 1 FROM entities shown WHERE shown.id = {m}.location_id AND {}))",
        sight.open(m, "map_visible_to", "map_id"),
        sight.entity("shown")
    )
}

/// The condition under which the pin `p` is seen, if its map is.
fn pin_seen(sight: &Sight, p: &str) -> String {
    format!(
        "{} AND ({p}.entity_id IS NULL OR EXISTS (SELECT 1 FROM entities pinned WHERE pinned.id = {p}.entity_id AND {}))",
        sight.open(p, "pin_visible_to", "pin_id"),
        sight.entity("pinned")
    )
}

fn source(sight: &Sight) -> String {
    format!(
        "SELECT m.id, m.campaign_id, m.name, m.media_id, picture.width, picture.height, m.location_id, \
         place.name AS location_name, m.visibility, m.version FROM maps m JOIN media picture ON picture.id = m.media_id \
         LEFT JOIN entities place ON place.id = m.location_id WHERE {}",
        seen(sight, "m")
    )
}

pub(super) async fn list(db: &impl ConnectionTrait, viewer: &Viewer, query: &MapQuery) -> Result<Vec<MapOut>> {
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let mut text = source(&sight);
    if let Some(location) = query.location_id {
        text.push_str(&format!(" AND m.location_id = {}", binds.add(location.0)));
    }
    if let Some(entity) = query.entity_id {
        text.push_str(&format!(
            " AND EXISTS (SELECT 1 FROM map_pins p WHERE p.map_id = m.id AND p.entity_id = {} AND {})",
            binds.add(entity.0),
            pin_seen(&sight, "p")
        ));
    }
    text.push_str(" ORDER BY m.name, m.id");
    binds.rows(db, text).await?.iter().map(map).collect()
}

pub(super) async fn find(db: &impl ConnectionTrait, viewer: &Viewer, id: MapId) -> Result<Option<MapOut>> {
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let text = format!("{} AND m.id = {}", source(&sight), binds.add(id.0));
    let rows = binds.rows(db, text).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let mut found = map(row)?;
    if viewer.sees_all() {
        found.visible_to = visible_to(db, "map_visible_to", "map_id", &[id.0]).await?.remove(&id.0);
        found.visible_to.get_or_insert_default();
    }
    Ok(Some(found))
}

fn map(row: &QueryResult) -> Result<MapOut> {
    Ok(MapOut {
        id: MapId(column(row, "id")?),
        campaign_id: CampaignId(column(row, "campaign_id")?),
        name: column(row, "name")?,
        media_id: MediaId(column(row, "media_id")?),
        width: column::<i32>(row, "width")?.unsigned_abs(),
        height: column::<i32>(row, "height")?.unsigned_abs(),
        location_id: column::<Option<Uuid>>(row, "location_id")?.map(EntityId),
        location_name: column(row, "location_name")?,
        visibility: Visibility::read(&column::<String>(row, "visibility")?)?,
        visible_to: None,
        pins: None,
        version: column(row, "version")?,
    })
}

/// The first map of each location that has one the viewer may know.
pub(super) async fn maps_of(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    locations: &[EntityId],
) -> Result<HashMap<EntityId, MapId>> {
    if locations.is_empty() {
        return Ok(HashMap::new());
    }
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let text = format!(
        "SELECT m.id, m.location_id FROM maps m WHERE m.location_id IN {} AND {} ORDER BY m.id DESC",
        binds.ids(locations),
        seen(&sight, "m")
    );
    let rows = binds.rows(db, text).await?;
    rows.iter().map(|row| Ok((EntityId(column(row, "location_id")?), MapId(column(row, "id")?)))).collect()
}

/// Which pins.
pub(super) enum Pins {
    On(MapId),
    This(PinId),
}

pub(super) async fn pins(db: &impl ConnectionTrait, viewer: &Viewer, which: Pins) -> Result<Vec<PinOut>> {
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let which = match which {
        Pins::On(map) => format!("p.map_id = {}", binds.add(map.0)),
        Pins::This(pin) => format!("p.id = {}", binds.add(pin.0)),
    };
    let text = format!(
        "SELECT p.id, p.map_id, p.x, p.y, p.label, p.entity_id, p.icon, p.colour, p.visibility, p.version \
         FROM map_pins p JOIN maps m ON m.id = p.map_id AND {} WHERE {} AND {which} ORDER BY p.id",
        seen(&sight, "m"),
        pin_seen(&sight, "p")
    );
    let rows: Result<Vec<PinOut>> = binds.rows(db, text).await?.iter().map(pin).collect();
    let mut pins = rows?;
    if viewer.sees_all() {
        let ids: Vec<Uuid> = pins.iter().map(|pin| pin.id.0).collect();
        let mut knowers = visible_to(db, "pin_visible_to", "pin_id", &ids).await?;
        for pin in &mut pins {
            pin.visible_to = Some(knowers.remove(&pin.id.0).unwrap_or_default());
        }
    }
    Ok(pins)
}

fn pin(row: &QueryResult) -> Result<PinOut> {
    Ok(PinOut {
        id: PinId(column(row, "id")?),
        map_id: MapId(column(row, "map_id")?),
        x: column(row, "x")?,
        y: column(row, "y")?,
        label: column(row, "label")?,
        entity_id: column::<Option<Uuid>>(row, "entity_id")?.map(EntityId),
        entity: None,
        opens: None,
        icon: column(row, "icon")?,
        colour: column(row, "colour")?,
        visibility: Visibility::read(&column::<String>(row, "visibility")?)?,
        visible_to: None,
        version: column(row, "version")?,
    })
}

async fn visible_to(
    db: &impl ConnectionTrait,
    table: &'static str,
    of: &'static str,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<EntityId>>> {
    let mut knowers: HashMap<Uuid, Vec<EntityId>> = HashMap::new();
    if ids.is_empty() {
        return Ok(knowers);
    }
    let mut binds = Binds::default();
    let text =
        format!("SELECT {of} AS of_id, knower_id FROM {table} WHERE {of} IN {} ORDER BY knower_id", binds.ids(ids));
    for row in binds.rows(db, text).await? {
        knowers.entry(column(&row, "of_id")?).or_default().push(EntityId(column(&row, "knower_id")?));
    }
    Ok(knowers)
}

/// How many maps a campaign has, or pins a map.
pub(super) async fn count(db: &impl ConnectionTrait, of: Result<MapId, CampaignId>) -> Result<u64> {
    let mut binds = Binds::default();
    let of = match of {
        Ok(map) => format!("map_pins WHERE map_id = {}", binds.add(map.0)),
        Err(campaign) => format!("maps WHERE campaign_id = {}", binds.add(campaign.0)),
    };
    let rows = binds.rows(db, format!("SELECT COUNT(*) AS n FROM {of} AND deleted_at IS NULL")).await?;
    let row = rows.first().ok_or_else(|| Error::internal("a count gave no row"))?;
    Ok(column::<i64>(row, "n")?.unsigned_abs())
}

pub(super) async fn insert(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: MapId,
    map: &MapIn,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut binds = Binds::default();
    let row = binds.row([
        id.0.into(),
        campaign.0.into(),
        map.name.clone().into(),
        map.media_id.0.into(),
        map.location_id.map(|id| id.0).into(),
        map.visibility.as_str().into(),
        1_i64.into(),
        now.into(),
        now.into(),
    ]);
    let text = format!(
        "INSERT INTO maps (id, campaign_id, name, media_id, location_id, visibility, version, created_at, updated_at) \
         VALUES {row}"
    );
    binds.run(db, text).await?;
    write_visible_to(db, ("map_visible_to", "map_id"), campaign, id.0, &map.visible_to).await
}

/// Whether the stored version was the expected one; if not, nothing is changed.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: MapId,
    expected: i64,
    map: &MapIn,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE maps SET name = {}, media_id = {}, location_id = {}, visibility = {}, updated_at = {}, \
         version = version + 1 WHERE id = {} AND campaign_id = {} AND version = {} AND deleted_at IS NULL",
        binds.add(map.name.clone()),
        binds.add(map.media_id.0),
        binds.add(map.location_id.map(|id| id.0)),
        binds.add(map.visibility.as_str()),
        binds.add(now),
        binds.add(id.0),
        binds.add(campaign.0),
        binds.add(expected)
    );
    let changed = binds.run(db, text).await? > 0;
    if changed {
        write_visible_to(db, ("map_visible_to", "map_id"), campaign, id.0, &map.visible_to).await?;
    }
    Ok(changed)
}

pub(super) async fn insert_pin(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    map: MapId,
    id: PinId,
    pin: &PinIn,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut binds = Binds::default();
    let row = binds.row([
        id.0.into(),
        campaign.0.into(),
        map.0.into(),
        pin.x.into(),
        pin.y.into(),
        pin.label.clone().into(),
        pin.entity_id.map(|id| id.0).into(),
        pin.icon.clone().into(),
        pin.colour.clone().into(),
        pin.visibility.as_str().into(),
        1_i64.into(),
        now.into(),
        now.into(),
    ]);
    let text = format!(
        "INSERT INTO map_pins (id, campaign_id, map_id, x, y, label, entity_id, icon, colour, visibility, version, \
         created_at, updated_at) VALUES {row}"
    );
    binds.run(db, text).await?;
    write_visible_to(db, ("pin_visible_to", "pin_id"), campaign, id.0, &pin.visible_to).await
}

/// Whether the stored version was the expected one; if not, nothing is changed.
pub(super) async fn update_pin(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: PinId,
    expected: i64,
    pin: &PinIn,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE map_pins SET x = {}, y = {}, label = {}, entity_id = {}, icon = {}, colour = {}, visibility = {}, \
         updated_at = {}, version = version + 1 WHERE id = {} AND campaign_id = {} AND version = {} AND deleted_at IS NULL",
        binds.add(pin.x),
        binds.add(pin.y),
        binds.add(pin.label.clone()),
        binds.add(pin.entity_id.map(|id| id.0)),
        binds.add(pin.icon.clone()),
        binds.add(pin.colour.clone()),
        binds.add(pin.visibility.as_str()),
        binds.add(now),
        binds.add(id.0),
        binds.add(campaign.0),
        binds.add(expected)
    );
    let changed = binds.run(db, text).await? > 0;
    if changed {
        write_visible_to(db, ("pin_visible_to", "pin_id"), campaign, id.0, &pin.visible_to).await?;
    }
    Ok(changed)
}

/// Whether the stored version was the expected one; if not, nothing is changed.
pub(super) async fn delete(
    db: &impl ConnectionTrait,
    table: &'static str,
    campaign: CampaignId,
    id: Uuid,
    expected: i64,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE {table} SET deleted_at = {}, version = version + 1 \
         WHERE id = {} AND campaign_id = {} AND version = {} AND deleted_at IS NULL",
        binds.add(now),
        binds.add(id),
        binds.add(campaign.0),
        binds.add(expected)
    );
    Ok(binds.run(db, text).await? > 0)
}

/// Puts the knowers in the place of those who are stored.
async fn write_visible_to(
    db: &impl ConnectionTrait,
    (table, of): (&'static str, &'static str),
    campaign: CampaignId,
    id: Uuid,
    knowers: &[EntityId],
) -> Result<()> {
    let mut binds = Binds::default();
    let text = format!("DELETE FROM {table} WHERE {of} = {}", binds.add(id));
    binds.run(db, text).await?;
    if knowers.is_empty() {
        return Ok(());
    }
    let mut binds = Binds::default();
    let rows: Vec<String> =
        knowers.iter().map(|knower| binds.row([id.into(), knower.0.into(), campaign.0.into()])).collect();
    let text = format!("INSERT INTO {table} ({of}, knower_id, campaign_id) VALUES {}", rows.join(", "));
    binds.run(db, text).await.map(drop)
}
