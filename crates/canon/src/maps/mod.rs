//! Maps: pictures with pins on them.
//!
//! A map is seen when its own visibility allows it and, if it is the map of a location, when the location is seen. A pin is
//! seen when its map is, its own visibility allows it, and, if it shows an entity, when the entity is seen: two players
//! may look at one map and see other pins. A pin at a location that has a map of its own opens that map. Only game masters
//! change maps. Whoever sees a map sees its picture ([`picture_is_seen`]). Absent by design: drawing on maps, tokens, fog.

mod actions;
mod dto;
mod queries;
mod routes;
mod rules;

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use skald_kernel::{EntityId, Error, MapId, PinId, Result, Viewer};
use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use actions::{create, delete, delete_pin, pin, update, update_pin};
pub use dto::{MapIn, MapOut, MapPatch, MapQuery, PinIn, PinOut, PinPatch};

use crate::{entities, sight::Sight};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::list_maps, routes::create_map))
        .routes(routes!(routes::get_map, routes::update_map, routes::delete_map))
        .routes(routes!(routes::create_pin))
        .routes(routes!(routes::update_pin, routes::delete_pin))
}

/// The maps that the viewer may know, by name, without their pins: of a location, or with a pin of an entity, if asked.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &impl ConnectionTrait, viewer: &Viewer, query: &MapQuery) -> Result<Vec<MapOut>> {
    queries::list(db, viewer, query).await
}

/// One map with the pins that the viewer may know.
///
/// # Errors
/// Not found, also for what the viewer may not know.
pub async fn find(db: &impl ConnectionTrait, viewer: &Viewer, id: MapId) -> Result<MapOut> {
    let mut map = queries::find(db, viewer, id).await?.ok_or_else(Error::not_found)?;
    let mut pins = queries::pins(db, viewer, queries::Pins::On(id)).await?;
    fill(db, viewer, &mut pins).await?;
    map.pins = Some(pins);
    Ok(map)
}

/// One pin.
///
/// # Errors
/// Not found, also for what the viewer may not know.
pub async fn find_pin(db: &impl ConnectionTrait, viewer: &Viewer, id: PinId) -> Result<PinOut> {
    let mut pins = queries::pins(db, viewer, queries::Pins::This(id)).await?;
    fill(db, viewer, &mut pins).await?;
    pins.pop().ok_or_else(Error::not_found)
}

/// Adds what the pins show, and which maps they open.
async fn fill(db: &impl ConnectionTrait, viewer: &Viewer, pins: &mut [PinOut]) -> Result<()> {
    let mut shown: Vec<EntityId> = pins.iter().filter_map(|pin| pin.entity_id).collect();
    shown.sort_unstable();
    shown.dedup();
    let entities: HashMap<EntityId, _> =
        entities::named(db, viewer, &shown).await?.into_iter().map(|entity| (entity.id, entity)).collect();
    let maps = queries::maps_of(db, viewer, &shown).await?;
    for pin in pins {
        pin.entity = pin.entity_id.and_then(|id| entities.get(&id).cloned());
        pin.opens = pin.entity_id.and_then(|id| maps.get(&id).copied());
    }
    Ok(())
}

/// Whether the viewer sees a map by that id.
pub(crate) async fn sees(db: &impl ConnectionTrait, viewer: &Viewer, id: MapId) -> Result<bool> {
    Ok(queries::find(db, viewer, id).await?.is_some())
}

/// Whether the viewer sees a pin by that id.
pub(crate) async fn sees_pin(db: &impl ConnectionTrait, viewer: &Viewer, id: PinId) -> Result<bool> {
    Ok(!queries::pins(db, viewer, queries::Pins::This(id)).await?.is_empty())
}

/// The condition under which the viewer sees a map that shows the picture `m`.
pub(crate) fn picture_is_seen(sight: &Sight) -> String {
    format!("EXISTS (SELECT 1 FROM maps map WHERE map.media_id = m.id AND {})", queries::seen(sight, "map"))
}
