//! What a valid map or pin is, and what a patch makes of it. Pure.

use std::collections::HashSet;

use skald_kernel::{EntityId, Result, error::Fields};

use super::dto::{MapIn, MapOut, MapPatch, PinIn, PinOut, PinPatch};
use crate::entities::{EntityKind, KNOWERS, Named, not_null, storable};

const NAME: usize = 120;
const ICON: usize = 30;
const SEEN_BY: usize = 200;
/// Pins that one map holds.
pub(super) const PINS: u64 = 2_000;
/// Maps that one campaign holds.
pub(super) const MAPS: u64 = 500;

pub(super) fn tidy(map: &mut MapIn) {
    map.name = map.name.trim().to_owned();
    once_each(&mut map.visible_to);
}

pub(super) fn tidy_pin(pin: &mut PinIn) {
    pin.label = pin.label.trim().to_owned();
    pin.colour = pin.colour.to_lowercase();
    once_each(&mut pin.visible_to);
}

fn once_each(ids: &mut Vec<EntityId>) {
    let mut seen = HashSet::new();
    ids.retain(|id| seen.insert(*id));
}

pub(super) fn check(map: &MapIn) -> Result<()> {
    let mut wrong = Fields::default();
    wrong.text("name", &map.name, NAME);
    storable(&mut wrong, "name", &map.name);
    seen_by(&mut wrong, &map.visible_to);
    wrong.check()
}

pub(super) fn check_pin(pin: &PinIn) -> Result<()> {
    let mut wrong = Fields::default();
    for (field, value) in [("x", pin.x), ("y", pin.y)] {
        if !(0.0..=1.0).contains(&value) {
            wrong.add(field, "out_of_range", "Between 0 and 1: a part of the picture.");
        }
    }
    wrong.at_most("label", &pin.label, NAME);
    storable(&mut wrong, "label", &pin.label);
    if pin.label.is_empty() && pin.entity_id.is_none() {
        wrong.add("label", "empty", "A pin says something, or shows an entity.");
    }
    let plain = |c: char| c.is_ascii_lowercase() || c == '-';
    if pin.icon.is_empty() || pin.icon.len() > ICON || !pin.icon.chars().all(plain) {
        wrong.add("icon", "wrong_type", format!("1 to {ICON} lower-case letters and hyphens."));
    }
    let hex = |colour: &str| colour.len() == 6 && colour.chars().all(|c| c.is_ascii_hexdigit());
    if !pin.colour.is_empty() && !pin.colour.strip_prefix('#').is_some_and(hex) {
        wrong.add("colour", "wrong_type", "Such as #a03020, or nothing.");
    }
    seen_by(&mut wrong, &pin.visible_to);
    wrong.check()
}

fn seen_by(wrong: &mut Fields, ids: &[EntityId]) {
    if ids.len() > SEEN_BY {
        wrong.add("visible_to", "too_many", format!("At most {SEEN_BY}; a faction counts as one."));
    }
}

/// The ids a map or pin names that it did not name before.
fn names(
    shown: (&'static str, Option<EntityId>, &'static [EntityKind]),
    visible_to: &[EntityId],
    before: (Option<EntityId>, &[EntityId]),
) -> Vec<Named> {
    let (field, id, kinds) = shown;
    let mut names = Vec::new();
    if let Some(id) = id.filter(|_| id != before.0) {
        names.push(Named { field: field.into(), id, kinds });
    }
    for (n, id) in visible_to.iter().enumerate().filter(|(_, id)| !before.1.contains(id)) {
        names.push(Named { field: format!("visible_to.{n}"), id: *id, kinds: KNOWERS });
    }
    names
}

pub(super) fn map_names(map: &MapIn, before: Option<&MapIn>) -> Vec<Named> {
    let before = before.map_or((None, &[][..]), |old| (old.location_id, &old.visible_to[..]));
    names(("location_id", map.location_id, &[EntityKind::Location]), &map.visible_to, before)
}

pub(super) fn pin_names(pin: &PinIn, before: Option<&PinIn>) -> Vec<Named> {
    let before = before.map_or((None, &[][..]), |old| (old.entity_id, &old.visible_to[..]));
    names(("entity_id", pin.entity_id, &[]), &pin.visible_to, before)
}

pub(super) fn input_of(map: &MapOut) -> MapIn {
    MapIn {
        name: map.name.clone(),
        media_id: map.media_id,
        location_id: map.location_id,
        visibility: map.visibility,
        visible_to: map.visible_to.clone().unwrap_or_default(),
    }
}

pub(super) fn pin_input_of(pin: &PinOut) -> PinIn {
    PinIn {
        x: pin.x,
        y: pin.y,
        label: pin.label.clone(),
        entity_id: pin.entity_id,
        icon: pin.icon.clone(),
        colour: pin.colour.clone(),
        visibility: pin.visibility,
        visible_to: pin.visible_to.clone().unwrap_or_default(),
    }
}

/// Sets what must have a value.
fn set<T>(wrong: &mut Fields, field: &str, out: &mut T, patch: Option<Option<T>>) {
    match patch {
        Some(Some(value)) => *out = value,
        Some(None) => not_null(wrong, field),
        None => {}
    }
}

/// The map after the patch.
pub(super) fn patched(map: &MapIn, patch: MapPatch) -> Result<MapIn> {
    let mut wrong = Fields::default();
    let mut out = map.clone();
    set(&mut wrong, "name", &mut out.name, patch.name);
    set(&mut wrong, "media_id", &mut out.media_id, patch.media_id);
    set(&mut wrong, "visibility", &mut out.visibility, patch.visibility);
    if let Some(location) = patch.location_id {
        out.location_id = location;
    }
    if let Some(visible_to) = patch.visible_to {
        out.visible_to = visible_to.unwrap_or_default();
    }
    wrong.check()?;
    Ok(out)
}

/// The pin after the patch.
pub(super) fn pin_patched(pin: &PinIn, patch: PinPatch) -> Result<PinIn> {
    let mut wrong = Fields::default();
    let mut out = pin.clone();
    set(&mut wrong, "x", &mut out.x, patch.x);
    set(&mut wrong, "y", &mut out.y, patch.y);
    set(&mut wrong, "visibility", &mut out.visibility, patch.visibility);
    if let Some(label) = patch.label {
        out.label = label.unwrap_or_default();
    }
    if let Some(entity) = patch.entity_id {
        out.entity_id = entity;
    }
    if let Some(icon) = patch.icon {
        out.icon = icon.unwrap_or_else(|| "pin".to_owned());
    }
    if let Some(colour) = patch.colour {
        out.colour = colour.unwrap_or_default();
    }
    if let Some(visible_to) = patch.visible_to {
        out.visible_to = visible_to.unwrap_or_default();
    }
    wrong.check()?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(result: Result<()>) -> Vec<String> {
        let error = result.unwrap_err();
        error.fields().iter().map(|field| format!("{} {}", field.field, field.code)).collect()
    }

    #[test]
    fn a_pin_lies_on_the_picture_and_says_something() {
        let mut pin = PinIn::new(0.0, 1.0);
        pin.label = "Here".into();
        pin.colour = "#A0b010".into();
        assert!(check_pin(&pin).is_ok());
        pin.label.clear();
        pin.x = f64::NAN;
        pin.y = 1.01;
        pin.icon = "Skull!".into();
        pin.colour = "red".into();
        assert_eq!(
            codes(check_pin(&pin)),
            ["x out_of_range", "y out_of_range", "label empty", "icon wrong_type", "colour wrong_type"]
        );
    }

    #[test]
    fn a_patch_of_a_pin_leaves_clears_and_sets() {
        let mut pin = PinIn::new(0.5, 0.5);
        pin.label = "Here".into();
        pin.icon = "tower".into();
        let patch: PinPatch = serde_json::from_value(serde_json::json!({ "x": 0.25, "icon": null })).unwrap();
        let after = pin_patched(&pin, patch).unwrap();
        assert_eq!((after.x, after.y, after.icon.as_str(), after.label.as_str()), (0.25, 0.5, "pin", "Here"));
        let patch: PinPatch = serde_json::from_value(serde_json::json!({ "y": null })).unwrap();
        assert_eq!(codes(pin_patched(&pin, patch).map(drop)), ["y null"]);
    }
}
