//! What a valid entity is, what a patch makes of it, and what of its fields a viewer may know. Pure.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};
use skald_kernel::{EntityId, Error, Result, error::Fields, text::fold};
use uuid::Uuid;

use super::dto::{EntityIn, EntityKind, EntityOut, EntityPatch, Subtype, Visibility};
use crate::{history, locations, passages};

pub(crate) const NAME: usize = 120;
const SUMMARY: usize = 500;
const BODY: usize = 100_000;
const TAGS: usize = 50;
const TAG: usize = 40;
const ALIASES: usize = 20;
const FIELDS_BYTES: usize = 64 * 1024;
const SEEN_BY: usize = 200;
const WORDS: usize = 200;
const LOCKS: usize = 100;
/// The fields that can be locked, besides each key of `fields`.
const LOCKABLE: [&str; 11] = [
    "name",
    "subtype",
    "aliases",
    "summary",
    "body",
    "tags",
    "fields",
    "visibility",
    "visible_to",
    "parent_id",
    "portrait_id",
];
/// A key longer than an index takes is cut; the rest of a name decides nothing.
const KEY: usize = 500;

/// Brings an entity into the form that is stored: no space around names, tags and aliases once each.
pub(super) fn tidy(entity: &mut EntityIn) {
    entity.name = entity.name.trim().to_owned();
    entity.aliases = once_each(&entity.aliases);
    entity.tags = once_each(&entity.tags);
    let mut seen = HashSet::new();
    entity.visible_to.retain(|id| seen.insert(*id));
    if entity.kind == EntityKind::Character && entity.subtype.is_none() {
        entity.subtype = Some(Subtype::Npc);
    }
}

fn once_each(texts: &[String]) -> Vec<String> {
    let mut seen = HashSet::new();
    texts.iter().map(|text| text.trim().to_owned()).filter(|text| seen.insert(fold(text))).collect()
}

/// Refuses what is too long, empty or of the wrong kind; ids are checked against the campaign elsewhere.
pub(super) fn check(entity: &EntityIn) -> Result<()> {
    let mut wrong = Fields::default();
    wrong.text("name", &entity.name, NAME).at_most("summary", &entity.summary, SUMMARY).at_most(
        "body",
        &entity.body,
        BODY,
    );
    for (field, text) in [("name", &entity.name), ("summary", &entity.summary), ("body", &entity.body)] {
        storable(&mut wrong, field, text);
    }
    list(&mut wrong, "aliases", &entity.aliases, ALIASES, NAME);
    list(&mut wrong, "tags", &entity.tags, TAGS, TAG);
    if entity.subtype.is_some() && entity.kind != EntityKind::Character {
        wrong.add("subtype", "not_a_character", "Only characters have a subtype.");
    }
    if entity.parent_id.is_some() && entity.kind != EntityKind::Location {
        wrong.add("parent_id", "not_a_location", "Only locations lie inside another.");
    }
    if entity.visible_to.len() > SEEN_BY {
        wrong.add("visible_to", "too_many", format!("At most {SEEN_BY}; a faction counts as one."));
    }
    let bytes = serde_json::to_vec(&entity.fields).map_or(usize::MAX, |json| json.len());
    if bytes > FIELDS_BYTES {
        wrong.add("fields", "too_long", "At most 64 KiB of JSON.");
    }
    if entity.fields.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)) {
        wrong.add("fields", "nul", NUL);
    }
    exits(&mut wrong, &entity.fields);
    for misfit in passages::check(&entity.body) {
        wrong.add("body", misfit.code, format!("Line {}: {}", misfit.line, misfit.message));
    }
    if entity.kind == EntityKind::Location {
        locations::check_fields(&mut wrong, &entity.fields);
    }
    wrong.check()
}

const NUL: &str = "The character U+0000 cannot be stored.";

/// Notes a text with a character that PostgreSQL cannot store.
pub(crate) fn storable(wrong: &mut Fields, field: &str, text: &str) {
    if text.contains('\0') {
        wrong.add(field, "nul", NUL);
    }
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(map) => map.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

fn list(wrong: &mut Fields, field: &str, texts: &[String], most: usize, longest: usize) {
    if texts.len() > most {
        wrong.add(field, "too_many", format!("At most {most}."));
    }
    for (n, text) in texts.iter().enumerate() {
        let place = format!("{field}.{n}");
        wrong.text(&place, text, longest);
        storable(wrong, &place, text);
    }
}

fn exits(wrong: &mut Fields, fields: &Map<String, Value>) {
    match fields.get("exits") {
        None | Some(Value::Null) => {}
        Some(Value::Array(exits)) => {
            for (n, exit) in exits.iter().enumerate() {
                if id_of(exit).is_none() {
                    wrong.add(&format!("fields.exits.{n}"), "wrong_type", "The id of a location.");
                }
            }
        }
        Some(_) => {
            wrong.add("fields.exits", "wrong_type", "A list of ids of locations.");
        }
    }
}

fn id_of(value: &Value) -> Option<EntityId> {
    value.as_str().and_then(|text| Uuid::try_parse(text).ok()).map(EntityId)
}

/// An id in a request, where it stands, and what it may be an id of.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    /// The field, to say where it is wrong.
    pub field: String,
    /// What it names.
    pub id: EntityId,
    /// The kinds that fit; any, when empty.
    pub kinds: &'static [EntityKind],
}

/// The kinds that can know something.
pub(crate) const KNOWERS: &[EntityKind] = &[EntityKind::Character, EntityKind::Faction];

/// The ids an entity names that it did not name before: what was deleted since does not stand in the way of a change.
pub(super) fn names(entity: &EntityIn, before: Option<&EntityIn>) -> Vec<Named> {
    let mut names = Vec::new();
    if let Some(id) = entity.parent_id.filter(|id| before.is_none_or(|old| old.parent_id != Some(*id))) {
        names.push(Named { field: "parent_id".into(), id, kinds: &[EntityKind::Location] });
    }
    for (n, id) in entity.visible_to.iter().enumerate() {
        if before.is_none_or(|old| !old.visible_to.contains(id)) {
            names.push(Named { field: format!("visible_to.{n}"), id: *id, kinds: KNOWERS });
        }
    }
    let exits = |entity: &EntityIn| -> Vec<Option<EntityId>> {
        entity.fields.get("exits").and_then(Value::as_array).map(|a| a.iter().map(id_of).collect()).unwrap_or_default()
    };
    let old = before.map(exits).unwrap_or_default();
    for (n, id) in exits(entity).into_iter().enumerate() {
        if let Some(id) = id.filter(|id| !old.contains(&Some(*id))) {
            names.push(Named { field: format!("fields.exits.{n}"), id, kinds: &[EntityKind::Location] });
        }
    }
    names
}

/// Refuses ids that are none of the campaign's, or of the wrong kind.
pub(crate) fn check_names(names: &[Named], known: &HashMap<EntityId, EntityKind>) -> Result<()> {
    let mut wrong = Fields::default();
    for name in names {
        match known.get(&name.id) {
            None => {
                wrong.add(&name.field, "unknown", "There is no such entity in this campaign.");
            }
            Some(kind) if !name.kinds.is_empty() && !name.kinds.contains(kind) => {
                let fitting: Vec<&str> = name.kinds.iter().map(|kind| kind.as_str()).collect();
                wrong.add(&name.field, "wrong_kind", format!("A {}, not a {}.", fitting.join(" or a "), kind.as_str()));
            }
            Some(_) => {}
        }
    }
    wrong.check()
}

/// What an entity, as a GM sees it, was made from.
pub(super) fn input_of(entity: &EntityOut) -> EntityIn {
    EntityIn {
        kind: entity.kind,
        subtype: entity.subtype,
        name: entity.name.clone(),
        aliases: entity.aliases.clone(),
        summary: entity.summary.clone(),
        body: entity.body.clone(),
        tags: entity.tags.clone(),
        fields: entity.fields.clone(),
        visibility: entity.visibility,
        visible_to: entity.visible_to.clone().unwrap_or_default(),
        parent_id: entity.parent_id,
        portrait_id: entity.portrait_id,
    }
}

/// The entity after the patch.
pub(super) fn patched(entity: &EntityIn, patch: EntityPatch) -> Result<EntityIn> {
    let mut wrong = Fields::default();
    let mut out = entity.clone();
    match patch.name {
        Some(Some(name)) => out.name = name,
        Some(None) => not_null(&mut wrong, "name"),
        None => {}
    }
    match patch.visibility {
        Some(Some(visibility)) => out.visibility = visibility,
        Some(None) => not_null(&mut wrong, "visibility"),
        None => {}
    }
    if let Some(subtype) = patch.subtype {
        out.subtype = subtype;
    }
    if let Some(aliases) = patch.aliases {
        out.aliases = aliases.unwrap_or_default();
    }
    if let Some(summary) = patch.summary {
        out.summary = summary.unwrap_or_default();
    }
    if let Some(body) = patch.body {
        out.body = body.unwrap_or_default();
    }
    if let Some(tags) = patch.tags {
        out.tags = tags.unwrap_or_default();
    }
    if let Some(fields) = patch.fields {
        out.fields = fields.unwrap_or_default();
    }
    if let Some(visible_to) = patch.visible_to {
        out.visible_to = visible_to.unwrap_or_default();
    }
    if let Some(parent_id) = patch.parent_id {
        out.parent_id = parent_id;
    }
    if let Some(portrait_id) = patch.portrait_id {
        out.portrait_id = portrait_id;
    }
    wrong.check()?;
    Ok(out)
}

/// What the history keeps of an entity, as a GM sees it.
pub(crate) fn snapshot_of(entity: &EntityOut) -> Value {
    snapshot(&input_of(entity), entity.locked.as_deref().unwrap_or_default())
}

/// The same, from what it is made of.
pub(super) fn snapshot(entity: &EntityIn, locked: &[String]) -> Value {
    let mut snapshot = serde_json::json!(entity);
    snapshot["locked"] = serde_json::json!(locked);
    snapshot
}

/// Brings names of locked fields into the form that is stored.
///
/// # Errors
/// A name that is no field's; too many.
pub(super) fn check_locked(locked: Vec<String>) -> Result<Vec<String>> {
    let mut wrong = Fields::default();
    for (n, name) in locked.iter().enumerate() {
        let place = format!("locked.{n}");
        let key = name.strip_prefix("fields.");
        if !LOCKABLE.contains(&name.as_str()) && key.is_none_or(|key| key.is_empty() || key.chars().count() > NAME) {
            wrong.add(&place, "unknown", format!("One of {}, or `fields.` and a key.", LOCKABLE.join(", ")));
        }
        storable(&mut wrong, &place, name);
    }
    if locked.len() > LOCKS {
        wrong.add("locked", "too_many", format!("At most {LOCKS}."));
    }
    wrong.check()?;
    let mut locked = locked;
    locked.sort_unstable();
    locked.dedup();
    Ok(locked)
}

/// The fields that differ, were locked and stay so.
pub(super) fn locked_changes(before: &EntityIn, after: &EntityIn, locked: &[String], stays: &[String]) -> Vec<String> {
    let changed = history::changed(&serde_json::json!(before), &serde_json::json!(after));
    let hit = |name: &String| changed.iter().any(|field| field == name || (name == "fields" && is_in_fields(field)));
    locked.iter().filter(|name| stays.contains(name) && hit(name)).cloned().collect()
}

fn is_in_fields(field: &str) -> bool {
    field.starts_with("fields.")
}

/// Refuses changes of locked fields, each at its name.
pub(super) fn refuse_locked(fields: &[String]) -> Result<()> {
    let mut wrong = Fields::default();
    for field in fields {
        wrong.add(field, "locked", "It is locked. Unlock it in the same change, by leaving its name out of `locked`.");
    }
    wrong.check()
}

/// Notes a null where there must be a value.
pub(crate) fn not_null(wrong: &mut Fields, field: &str) {
    wrong.add(field, "null", "Leave it out, or give a value.");
}

/// Refuses to put one kind in the place of another.
pub(super) fn same_kind(before: &EntityIn, after: &EntityIn) -> Result<()> {
    if before.kind == after.kind {
        Ok(())
    } else {
        Err(Error::field("kind", "fixed", format!("It is a {} and stays one.", before.kind.as_str())))
    }
}

/// The names of the fields that differ, for the audit.
pub(super) fn changed(before: &EntityIn, after: &EntityIn) -> Vec<&'static str> {
    let mut names = Vec::new();
    let mut note = |name, differs: bool| {
        if differs {
            names.push(name);
        }
    };
    note("subtype", before.subtype != after.subtype);
    note("name", before.name != after.name);
    note("aliases", before.aliases != after.aliases);
    note("summary", before.summary != after.summary);
    note("body", before.body != after.body);
    note("tags", before.tags != after.tags);
    note("fields", before.fields != after.fields);
    note("visibility", before.visibility != after.visibility);
    note("visible_to", before.visible_to != after.visible_to);
    note("parent_id", before.parent_id != after.parent_id);
    note("portrait_id", before.portrait_id != after.portrait_id);
    names
}

/// Whether news of a thing may reach every member: it is, or was until now, visible to everyone.
pub(super) fn is_news_for_all(visibilities: &[Visibility]) -> bool {
    visibilities.contains(&Visibility::Everyone)
}

/// All that an entity is called.
pub(super) fn names_of(entity: &EntityIn) -> Vec<&str> {
    std::iter::once(&entity.name).chain(&entity.aliases).map(String::as_str).collect()
}

/// The key a name is sorted and found by.
pub(crate) fn name_key(name: &str) -> String {
    fold(name).chars().take(KEY).collect()
}

/// The key aliases are found by: every folded one between line breaks, which folding leaves nowhere inside.
pub(super) fn aliases_key(aliases: &[String]) -> String {
    let mut key = String::new();
    for alias in aliases {
        key.push('\n');
        key.push_str(&fold(alias));
    }
    if !key.is_empty() {
        key.push('\n');
    }
    key
}

/// The folded words of a search.
pub(crate) fn words(q: &str) -> Result<Vec<String>> {
    let mut wrong = Fields::default();
    wrong.at_most("q", q, WORDS);
    storable(&mut wrong, "q", q);
    wrong.check()?;
    Ok(fold(q).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect())
}

/// The key of a tag that is looked for.
pub(crate) fn tag_key(tag: &str) -> Result<String> {
    let mut wrong = Fields::default();
    wrong.at_most("tag", tag, TAG);
    storable(&mut wrong, "tag", tag);
    wrong.check()?;
    Ok(fold(tag))
}

/// Every text in the fields, key or value, that reads as an id.
pub(super) fn ids_in(fields: &Map<String, Value>, ids: &mut HashSet<Uuid>) {
    for (key, value) in fields {
        ids.extend(Uuid::try_parse(key).ok());
        ids_in_value(value, ids);
    }
}

fn ids_in_value(value: &Value, ids: &mut HashSet<Uuid>) {
    match value {
        Value::String(text) => ids.extend(Uuid::try_parse(text).ok()),
        Value::Array(items) => items.iter().for_each(|item| ids_in_value(item, ids)),
        Value::Object(map) => ids_in(map, ids),
        _ => {}
    }
}

/// Takes out what a viewer that does not see all may not know: keys that begin with `gm_`, and `hidden` ids wherever they
/// stand (the item of a list, the key with its value).
pub(super) fn strip(fields: &mut Map<String, Value>, hidden: &HashSet<Uuid>) {
    fields.retain(|key, value| {
        let stays = !key.starts_with("gm_") && !is_hidden_text(key, hidden) && !is_hidden(value, hidden);
        if stays {
            strip_value(value, hidden);
        }
        stays
    });
}

fn strip_value(value: &mut Value, hidden: &HashSet<Uuid>) {
    match value {
        Value::Object(map) => strip(map, hidden),
        Value::Array(items) => {
            items.retain(|item| !is_hidden(item, hidden));
            items.iter_mut().for_each(|item| strip_value(item, hidden));
        }
        _ => {}
    }
}

fn is_hidden(value: &Value, hidden: &HashSet<Uuid>) -> bool {
    value.as_str().is_some_and(|text| is_hidden_text(text, hidden))
}

fn is_hidden_text(text: &str, hidden: &HashSet<Uuid>) -> bool {
    Uuid::try_parse(text).is_ok_and(|id| hidden.contains(&id))
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
