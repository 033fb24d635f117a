//! The verbs of maps and pins: create, update, delete.

use serde_json::json;
use skald_access::Gm;
use skald_kernel::{EntityId, Error, Event, Lane, MapId, MediaId, PinId, Result};
use skald_platform::Tx;
use uuid::Uuid;

use super::{
    dto::{MapIn, MapOut, MapPatch, PinIn, PinOut, PinPatch},
    find, find_pin, queries, rules,
};
use crate::{
    entities::{self, Visibility},
    media,
};

/// Makes a map.
///
/// # Errors
/// Invalid fields; ids in them that are not the campaign's.
pub async fn create(tx: &mut Tx, by: &Gm, mut input: MapIn) -> Result<MapOut> {
    rules::tidy(&mut input);
    rules::check(&input)?;
    entities::check_names(tx.conn(), by.campaign, &rules::map_names(&input, None)).await?;
    check_picture(tx, by, input.media_id).await?;
    if queries::count(tx.conn(), Err(by.campaign)).await? >= rules::MAPS {
        return Err(Error::field("name", "too_many", format!("A campaign has at most {} maps.", rules::MAPS)));
    }
    let id: MapId = tx.ids().next();
    queries::insert(tx.conn(), by.campaign, id, &input, tx.now()).await?;
    news(tx, by, "map.created", id.0, &[Shown::map(&input)]).await?;
    tx.audit(Some(by.campaign), "map.create", id.0, json!({"name": input.name}));
    find(tx.conn(), &by.viewer(), id).await
}

/// Changes some of a map; `expected` is the version the change was made from.
///
/// # Errors
/// Not found; `version_stale` with what is stored; invalid fields.
pub async fn update(tx: &mut Tx, by: &Gm, id: MapId, expected: i64, patch: MapPatch) -> Result<MapOut> {
    let before = rules::input_of(&expect(tx, by, id, expected).await?);
    let mut after = rules::patched(&before, patch)?;
    rules::tidy(&mut after);
    rules::check(&after)?;
    entities::check_names(tx.conn(), by.campaign, &rules::map_names(&after, Some(&before))).await?;
    if after.media_id != before.media_id {
        check_picture(tx, by, after.media_id).await?;
    }
    if !queries::update(tx.conn(), by.campaign, id, expected, &after, tx.now()).await? {
        return Err(stale(tx, by, id).await);
    }
    news(tx, by, "map.updated", id.0, &[Shown::map(&before), Shown::map(&after)]).await?;
    tx.audit(Some(by.campaign), "map.update", id.0, json!({"name": after.name, "version": expected + 1}));
    find(tx.conn(), &by.viewer(), id).await
}

/// Deletes a map softly, and its pins with it. Its picture stays.
///
/// # Errors
/// Not found; `version_stale` with what is stored.
pub async fn delete(tx: &mut Tx, by: &Gm, id: MapId, expected: i64) -> Result<()> {
    let stored = rules::input_of(&expect(tx, by, id, expected).await?);
    if !queries::delete(tx.conn(), "maps", by.campaign, id.0, expected, tx.now()).await? {
        return Err(stale(tx, by, id).await);
    }
    news(tx, by, "map.deleted", id.0, &[Shown::map(&stored)]).await?;
    tx.audit(Some(by.campaign), "map.delete", id.0, json!({"name": stored.name}));
    Ok(())
}

/// Sets a pin on a map.
///
/// # Errors
/// Not found; invalid fields; ids in them that are not the campaign's.
pub async fn pin(tx: &mut Tx, by: &Gm, map: MapId, mut input: PinIn) -> Result<PinOut> {
    let on = rules::input_of(&find(tx.conn(), &by.viewer(), map).await?);
    rules::tidy_pin(&mut input);
    rules::check_pin(&input)?;
    entities::check_names(tx.conn(), by.campaign, &rules::pin_names(&input, None)).await?;
    if queries::count(tx.conn(), Ok(map)).await? >= rules::PINS {
        return Err(Error::field("label", "too_many", format!("A map has at most {} pins.", rules::PINS)));
    }
    let id: PinId = tx.ids().next();
    queries::insert_pin(tx.conn(), by.campaign, map, id, &input, tx.now()).await?;
    news(tx, by, "pin.created", id.0, &[Shown::pin(&input, &on)]).await?;
    tx.audit(Some(by.campaign), "pin.create", id.0, json!({"map": map, "label": input.label}));
    find_pin(tx.conn(), &by.viewer(), id).await
}

/// Changes some of a pin, such as where it stands; `expected` is the version the change was made from.
///
/// # Errors
/// Not found; `version_stale` with what is stored; invalid fields.
pub async fn update_pin(tx: &mut Tx, by: &Gm, id: PinId, expected: i64, patch: PinPatch) -> Result<PinOut> {
    let stored = expect_pin(tx, by, id, expected).await?;
    let on = rules::input_of(&find(tx.conn(), &by.viewer(), stored.map_id).await?);
    let before = rules::pin_input_of(&stored);
    let mut after = rules::pin_patched(&before, patch)?;
    rules::tidy_pin(&mut after);
    rules::check_pin(&after)?;
    entities::check_names(tx.conn(), by.campaign, &rules::pin_names(&after, Some(&before))).await?;
    if !queries::update_pin(tx.conn(), by.campaign, id, expected, &after, tx.now()).await? {
        return Err(stale_pin(tx, by, id).await);
    }
    news(tx, by, "pin.updated", id.0, &[Shown::pin(&before, &on), Shown::pin(&after, &on)]).await?;
    tx.audit(Some(by.campaign), "pin.update", id.0, json!({"label": after.label, "version": expected + 1}));
    find_pin(tx.conn(), &by.viewer(), id).await
}

/// Takes a pin off its map.
///
/// # Errors
/// Not found; `version_stale` with what is stored.
pub async fn delete_pin(tx: &mut Tx, by: &Gm, id: PinId, expected: i64) -> Result<()> {
    let stored = expect_pin(tx, by, id, expected).await?;
    let on = rules::input_of(&find(tx.conn(), &by.viewer(), stored.map_id).await?);
    if !queries::delete(tx.conn(), "map_pins", by.campaign, id.0, expected, tx.now()).await? {
        return Err(stale_pin(tx, by, id).await);
    }
    news(tx, by, "pin.deleted", id.0, &[Shown::pin(&rules::pin_input_of(&stored), &on)]).await?;
    tx.audit(Some(by.campaign), "pin.delete", id.0, json!({"map": stored.map_id, "label": stored.label}));
    Ok(())
}

async fn check_picture(tx: &Tx, by: &Gm, id: MediaId) -> Result<()> {
    if media::existing(tx.conn(), by.campaign, &[id]).await?.is_empty() {
        return Err(Error::field("media_id", "unknown", "There is no such picture in this campaign."));
    }
    Ok(())
}

async fn expect(tx: &Tx, by: &Gm, id: MapId, expected: i64) -> Result<MapOut> {
    let stored = find(tx.conn(), &by.viewer(), id).await?;
    if stored.version == expected { Ok(stored) } else { Err(Error::stale(json!(stored))) }
}

async fn stale(tx: &Tx, by: &Gm, id: MapId) -> Error {
    match find(tx.conn(), &by.viewer(), id).await {
        Ok(current) => Error::stale(json!(current)),
        Err(error) => error,
    }
}

async fn expect_pin(tx: &Tx, by: &Gm, id: PinId, expected: i64) -> Result<PinOut> {
    let stored = find_pin(tx.conn(), &by.viewer(), id).await?;
    if stored.version == expected { Ok(stored) } else { Err(Error::stale(json!(stored))) }
}

async fn stale_pin(tx: &Tx, by: &Gm, id: PinId) -> Error {
    match find_pin(tx.conn(), &by.viewer(), id).await {
        Ok(current) => Error::stale(json!(current)),
        Err(error) => error,
    }
}

/// What decides who hears of a map or pin.
struct Shown {
    open: bool,
    entities: Vec<EntityId>,
}

impl Shown {
    fn map(map: &MapIn) -> Self {
        Self { open: map.visibility == Visibility::Everyone, entities: map.location_id.into_iter().collect() }
    }

    fn pin(pin: &PinIn, on: &MapIn) -> Self {
        let map = Self::map(on);
        Self {
            open: map.open && pin.visibility == Visibility::Everyone,
            entities: map.entities.into_iter().chain(pin.entity_id).collect(),
        }
    }
}

/// News reaches every member only when everybody may see the thing with all that it shows, or might until now.
async fn news(tx: &mut Tx, by: &Gm, kind: &'static str, id: Uuid, states: &[Shown]) -> Result<()> {
    let mut lane = Lane::Gm;
    for state in states.iter().filter(|state| state.open) {
        let shown = entities::named(tx.conn(), &by.viewer(), &state.entities).await?;
        if shown.iter().all(|entity| entity.visibility == Visibility::Everyone) {
            lane = Lane::Shared;
        }
    }
    tx.event(Event { campaign: by.campaign, lane, kind, subject: id });
    Ok(())
}
