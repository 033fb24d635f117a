//! The verbs of random tables: create, update, delete, roll.

use std::collections::HashMap;

use serde_json::json;
use skald_access::Gm;
use skald_kernel::{EntityId, Error, Event, Lane, Result, TableId, error::Fields};
use skald_platform::Tx;

use super::{
    dto::{Rolled, TableIn, TableOut, TablePatch, TableRollIn, TableRollOut},
    find, names, queries, rules,
};
use crate::{entities, entities::EntityName, locations};

/// Seeds are whole numbers that JSON holds exactly.
const SEEDS: u64 = 1 << 53;
const COUNT: u32 = 20;

/// Makes a table.
///
/// # Errors
/// Invalid fields; `conflict` when a row leads back to the table.
pub async fn create(tx: &mut Tx, by: &Gm, mut input: TableIn) -> Result<TableOut> {
    rules::tidy(&mut input);
    rules::check(&mut input)?;
    entities::check_names(tx.conn(), by.campaign, &rules::names(&input.rows, &[])).await?;
    let id: TableId = tx.ids().next();
    let others = others(tx, by, id).await?;
    if others.len() >= rules::TABLES {
        return Err(Error::field("name", "too_many", format!("A campaign has at most {} tables.", rules::TABLES)));
    }
    rules::check_among(id, &input, others)?;
    queries::insert(tx.conn(), by.campaign, id, &input, tx.now()).await?;
    news(tx, by, "table.created", id);
    tx.audit(Some(by.campaign), "table.create", id.0, json!({"name": input.name}));
    find(tx.conn(), &by.viewer(), id).await
}

/// Changes some of a table; `expected` is the version the change was made from.
///
/// # Errors
/// Not found; `version_stale` with what is stored; invalid fields; `conflict` when a row leads back to the table.
pub async fn update(tx: &mut Tx, by: &Gm, id: TableId, expected: i64, patch: TablePatch) -> Result<TableOut> {
    let stored = expect(tx, by, id, expected).await?;
    let before = TableIn {
        name: stored.name,
        description: stored.description,
        dice: stored.dice,
        rows: stored.rows.unwrap_or_default(),
    };
    let mut after = rules::patched(&before, patch)?;
    rules::tidy(&mut after);
    rules::check(&mut after)?;
    entities::check_names(tx.conn(), by.campaign, &rules::names(&after.rows, &before.rows)).await?;
    rules::check_among(id, &after, others(tx, by, id).await?)?;
    if !queries::update(tx.conn(), by.campaign, id, expected, &after, tx.now()).await? {
        return Err(stale(tx, by, id).await);
    }
    news(tx, by, "table.updated", id);
    tx.audit(Some(by.campaign), "table.update", id.0, json!({"name": after.name, "version": expected + 1}));
    find(tx.conn(), &by.viewer(), id).await
}

/// Deletes a table softly. Rows that call it by name show the name from then on.
///
/// # Errors
/// Not found; `version_stale` with what is stored.
pub async fn delete(tx: &mut Tx, by: &Gm, id: TableId, expected: i64) -> Result<()> {
    let stored = expect(tx, by, id, expected).await?;
    if !queries::delete(tx.conn(), by.campaign, id, expected, tx.now()).await? {
        return Err(stale(tx, by, id).await);
    }
    news(tx, by, "table.deleted", id);
    tx.audit(Some(by.campaign), "table.delete", id.0, json!({"name": stored.name}));
    Ok(())
}

/// Rolls on a table and keeps the roll.
///
/// # Errors
/// Not found; an invalid seed or count.
pub async fn roll(tx: &mut Tx, by: &Gm, id: TableId, input: TableRollIn) -> Result<TableRollOut> {
    let mut wrong = Fields::default();
    if input.seed.is_some_and(|seed| seed >= SEEDS) {
        wrong.add("seed", "out_of_range", "Less than 2^53.");
    }
    if input.count.is_some_and(|count| count == 0 || count > COUNT) {
        wrong.add("count", "out_of_range", format!("Between 1 and {COUNT}."));
    }
    wrong.check()?;
    let table = queries::find(tx.conn(), by.campaign, id).await?.ok_or_else(Error::not_found)?;
    let version = table.version;
    let start = stored(table);
    // Only what leads on needs the other tables.
    let known = if rules::leads_on(&start.rows) { others(tx, by, id).await? } else { Vec::new() };
    let known = rules::Known::new(known.into_iter().chain([start.clone()]).collect());
    let seed = input.seed.unwrap_or_else(|| tx.app().seeds().seed());
    let mut results = rules::roll(&known, &start, seed, input.count.unwrap_or(1));
    let mut about = HashMap::new();
    known.abouts(&results, &mut about);
    let ids: Vec<EntityId> = about.values().copied().collect();
    let entities: HashMap<EntityId, EntityName> =
        names(tx.conn(), &by.viewer(), ids).await?.into_iter().map(|name| (name.id, name)).collect();
    name_all(&mut results, &about, &entities);
    let roll = TableRollOut {
        id: tx.ids().next(),
        table_id: id,
        table_version: version,
        user_id: tx.actor().user,
        seed,
        results,
        created_at: tx.now(),
    };
    queries::insert_roll(tx.conn(), by.campaign, &roll).await?;
    news(tx, by, "table.rolled", id);
    Ok(roll)
}

/// Gives results the entities that their rows are about; a text that is empty is the entity's name.
fn name_all(
    results: &mut [Rolled],
    about: &HashMap<(TableId, u32), EntityId>,
    entities: &HashMap<EntityId, EntityName>,
) {
    for rolled in results {
        let id = rolled.row.and_then(|row| about.get(&(rolled.table_id, row)));
        rolled.entity = id.and_then(|id| entities.get(id)).cloned();
        if let Some(entity) = rolled.entity.as_ref().filter(|_| rolled.text.is_empty()) {
            rolled.text = entity.name.clone();
        }
        name_all(&mut rolled.nested, about, entities);
    }
}

fn stored(table: TableOut) -> rules::Stored {
    rules::Stored { id: table.id, name: table.name, dice: table.dice, rows: table.rows.unwrap_or_default() }
}

/// The other tables of the campaign. Changes wait for each other: two at once could close a circle that neither sees.
async fn others(tx: &Tx, by: &Gm, id: TableId) -> Result<Vec<rules::Stored>> {
    locations::lock(tx.conn(), by.campaign).await?;
    let all = queries::list(tx.conn(), by.campaign).await?;
    Ok(all.into_iter().filter(|table| table.id != id).map(stored).collect())
}

async fn expect(tx: &Tx, by: &Gm, id: TableId, expected: i64) -> Result<TableOut> {
    let stored = find(tx.conn(), &by.viewer(), id).await?;
    if stored.version == expected { Ok(stored) } else { Err(Error::stale(json!(stored))) }
}

async fn stale(tx: &Tx, by: &Gm, id: TableId) -> Error {
    match find(tx.conn(), &by.viewer(), id).await {
        Ok(current) => Error::stale(json!(current)),
        Err(error) => error,
    }
}

fn news(tx: &mut Tx, by: &Gm, kind: &'static str, id: TableId) {
    tx.event(Event { campaign: by.campaign, lane: Lane::Gm, kind, subject: id.0 });
}
