//! What a table may hold, and what a seed gives on it. Pure.

use std::collections::{HashMap, HashSet};

use skald_kernel::{
    EntityId, Error, Result, TableId,
    dice::{self, Dice, DieRolled, sub_seed},
    error::{ErrorCode, Fields},
    text::fold,
};
use uuid::Uuid;

use super::dto::{Rolled, TableIn, TablePatch, TableRow};
use crate::entities::{Named, not_null, storable};

/// A campaign has at most this many tables.
pub(super) const TABLES: usize = 300;
const ROWS: usize = 200;
const TEXT: usize = 500;
const WEIGHT: u32 = 1_000;
/// One result takes at most this many rolls on other tables; what is beyond stays as it is written.
const ROLLS: usize = 100;

/// A table, as much of it as a roll needs.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub id: TableId,
    pub name: String,
    pub dice: Option<String>,
    pub rows: Vec<TableRow>,
}

/// The tables of a campaign by what rows call them.
#[derive(Debug, Default)]
pub(super) struct Known {
    tables: Vec<Stored>,
    by_name: HashMap<String, usize>,
    by_id: HashMap<TableId, usize>,
}

impl Known {
    pub fn new(tables: Vec<Stored>) -> Self {
        let by_name = tables.iter().enumerate().map(|(i, table)| (fold(&table.name), i)).collect();
        let by_id = tables.iter().enumerate().map(|(i, table)| (table.id, i)).collect();
        Self { tables, by_name, by_id }
    }

    /// The table called by a name or an id.
    fn called(&self, name: &str) -> Option<&Stored> {
        let by_id = || Uuid::try_parse(name.trim()).ok().and_then(|id| self.by_id.get(&TableId(id)));
        self.by_name.get(&fold(name)).or_else(by_id).map(|i| &self.tables[*i])
    }

    fn get(&self, id: TableId) -> Option<&Stored> {
        self.by_id.get(&id).map(|i| &self.tables[*i])
    }

    /// What the rows of results, and of the results inside them, are about.
    pub fn abouts(&self, results: &[Rolled], about: &mut HashMap<(TableId, u32), EntityId>) {
        for rolled in results {
            let row = rolled.row.and_then(|row| Some((row, self.get(rolled.table_id)?.rows.get(row as usize)?)));
            if let Some((row, id)) = row.and_then(|(row, stored)| Some((row, stored.entity_id?))) {
                about.insert((rolled.table_id, row), id);
            }
            self.abouts(&rolled.nested, about);
        }
    }

    /// The tables that a row leads to.
    fn next<'a>(&'a self, row: &'a TableRow) -> impl Iterator<Item = &'a Stored> {
        let named =
            pieces(&row.text).filter_map(|piece| if let Piece::Table(name, _) = piece { Some(name) } else { None });
        named.filter_map(|name| self.called(name)).chain(row.table_id.and_then(|id| self.get(id)))
    }
}

/// A part of a row's text.
enum Piece<'a> {
    Words(&'a str),
    /// The name between the braces, and the whole with them.
    Table(&'a str, &'a str),
}

fn pieces(mut rest: &str) -> impl Iterator<Item = Piece<'_>> {
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let found =
            rest.find("{{").and_then(|start| rest[start..].find("}}").map(|length| (start, start + length + 2)));
        let (piece, after) = match found {
            Some((0, end)) => (Piece::Table(&rest[2..end - 2], &rest[..end]), end),
            Some((start, _)) => (Piece::Words(&rest[..start]), start),
            None => (Piece::Words(rest), rest.len()),
        };
        rest = &rest[after..];
        Some(piece)
    })
}

/// Whether a roll may need other tables.
pub(super) fn leads_on(rows: &[TableRow]) -> bool {
    rows.iter().any(|row| row.table_id.is_some() || row.text.contains("{{"))
}

pub(super) fn tidy(table: &mut TableIn) {
    table.name = table.name.trim().to_owned();
    table.description = table.description.trim().to_owned();
    table.dice = table.dice.take().map(|dice| dice.trim().to_owned());
    for row in &mut table.rows {
        row.text = row.text.trim().to_owned();
        if table.dice.is_some() {
            row.to = row.to.or(row.from);
            row.weight = None;
        } else {
            (row.from, row.to) = (None, None);
            row.weight = row.weight.or(Some(1));
        }
    }
}

/// Refuses what a table may not hold, all of it at once.
///
/// # Errors
/// Invalid fields.
pub(super) fn check(table: &mut TableIn) -> Result<()> {
    let mut wrong = Fields::default();
    wrong.text("name", &table.name, 120).at_most("description", &table.description, 500);
    storable(&mut wrong, "name", &table.name);
    storable(&mut wrong, "description", &table.description);
    if table.name.contains(['{', '}']) {
        wrong.add("name", "braces", "No braces: rows call the table by its name between them.");
    }
    if table.rows.is_empty() || table.rows.len() > ROWS {
        wrong.add("rows", "out_of_range", format!("Between 1 and {ROWS} rows."));
    }
    for (i, row) in table.rows.iter().enumerate() {
        let field = format!("rows.{i}.text");
        wrong.at_most(&field, &row.text, TEXT);
        storable(&mut wrong, &field, &row.text);
        if row.text.is_empty() && row.entity_id.is_none() && row.table_id.is_none() {
            wrong.add(&field, "empty", "Write what comes of it, or choose a table or an entity.");
        }
        if row.weight.is_some_and(|weight| weight == 0 || weight > WEIGHT) {
            wrong.add(&format!("rows.{i}.weight"), "out_of_range", format!("Between 1 and {WEIGHT}."));
        }
    }
    if let Some(notation) = &table.dice {
        match Dice::parse(notation) {
            Ok(dice) => {
                check_ranges(&mut wrong, &dice, &table.rows);
                table.dice = Some(dice.to_string());
            }
            Err(error) => {
                for field in error.fields() {
                    wrong.add("dice", &field.code, field.message.clone());
                }
            }
        }
    }
    wrong.check()
}

/// Every total of the dice leads to one row.
fn check_ranges(wrong: &mut Fields, dice: &Dice, rows: &[TableRow]) {
    let (min, max) = (dice.min(), dice.max());
    let mut ranges = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        let (Some(from), Some(to)) = (row.from, row.to) else {
            wrong.add(&format!("rows.{i}.from"), "empty", "Say which totals lead here.");
            continue;
        };
        if from > to {
            wrong.add(&format!("rows.{i}.to"), "out_of_range", "The end lies before the beginning.");
        } else if from < min || to > max {
            let field = if from < min { "from" } else { "to" };
            wrong.add(&format!("rows.{i}.{field}"), "out_of_range", format!("{dice} gives {min} to {max}."));
        } else {
            ranges.push((from, to, i));
        }
    }
    if ranges.len() < rows.len() {
        return;
    }
    ranges.sort_unstable();
    let mut next = min;
    let mut gaps = Vec::new();
    for (from, to, i) in ranges {
        if from < next {
            let taken = span(from, to.min(next - 1));
            wrong.add(&format!("rows.{i}.from"), "overlap", format!("Another row has {taken} already."));
        } else if from > next {
            gaps.push(span(next, from - 1));
        }
        next = next.max(to + 1);
    }
    if next <= max {
        gaps.push(span(next, max));
    }
    if !gaps.is_empty() {
        wrong.add("rows", "gap", format!("No row has {}.", gaps.join(", ")));
    }
}

fn span(from: i32, to: i32) -> String {
    if from == to { from.to_string() } else { format!("{from} to {to}") }
}

/// Refuses a name that another table has, tables that are not there, and rows that lead back to their own table.
/// `others` are the other tables of the campaign.
///
/// # Errors
/// Invalid fields; `conflict` with the way round.
pub(super) fn check_among(id: TableId, table: &TableIn, mut others: Vec<Stored>) -> Result<()> {
    let key = fold(&table.name);
    if others.iter().any(|other| fold(&other.name) == key) {
        return Err(Error::field("name", "taken", "Another table has this name."));
    }
    others.push(Stored { id, name: table.name.clone(), dice: table.dice.clone(), rows: table.rows.clone() });
    let known = Known::new(others);
    let mut wrong = Fields::default();
    for (i, row) in table.rows.iter().enumerate() {
        for piece in pieces(&row.text) {
            if let Piece::Table(name, _) = piece
                && known.called(name).is_none()
            {
                let name = name.trim();
                wrong.add(&format!("rows.{i}.text"), "unknown_table", format!("There is no table called “{name}”."));
            }
        }
        if row.table_id.is_some_and(|id| known.get(id).is_none()) {
            wrong.add(&format!("rows.{i}.table_id"), "unknown", "There is no such table in this campaign.");
        }
    }
    wrong.check()?;
    match way_back(&known, id) {
        None => Ok(()),
        Some(way) => Err(Error::new(
            ErrorCode::Conflict,
            format!("A roll would never end: {}. Take one of these tables out.", way.join(" → ")),
        )),
    }
}

/// The names of the tables on a way from a table back to itself.
fn way_back(known: &Known, start: TableId) -> Option<Vec<String>> {
    let first = known.get(start)?;
    let mut seen = HashSet::new();
    let mut ways = vec![vec![first]];
    while let Some(way) = ways.pop() {
        for next in way.last()?.rows.iter().flat_map(|row| known.next(row)) {
            if next.id == start {
                return Some(way.iter().chain([&next]).map(|table| table.name.clone()).collect());
            }
            if seen.insert(next.id) {
                ways.push(way.iter().copied().chain([next]).collect());
            }
        }
    }
    None
}

/// The entities that rows name and did not name before: what was deleted since does not stand in the way of a change.
pub(super) fn names(rows: &[TableRow], before: &[TableRow]) -> Vec<Named> {
    let old: HashSet<_> = before.iter().filter_map(|row| row.entity_id).collect();
    let named = rows.iter().enumerate().filter_map(|(i, row)| Some((i, row.entity_id?)));
    let new = named.filter(|(_, id)| !old.contains(id));
    new.map(|(i, id)| Named { field: format!("rows.{i}.entity_id"), id, kinds: &[] }).collect()
}

/// The table after the patch.
///
/// # Errors
/// Null where it cannot be.
pub(super) fn patched(before: &TableIn, patch: TablePatch) -> Result<TableIn> {
    let mut wrong = Fields::default();
    let mut after = before.clone();
    match patch.name {
        Some(Some(name)) => after.name = name,
        Some(None) => not_null(&mut wrong, "name"),
        None => {}
    }
    match patch.rows {
        Some(Some(rows)) => after.rows = rows,
        Some(None) => not_null(&mut wrong, "rows"),
        None => {}
    }
    if let Some(description) = patch.description {
        after.description = description.unwrap_or_default();
    }
    if let Some(dice) = patch.dice {
        after.dice = dice;
    }
    wrong.check()?;
    Ok(after)
}

/// `count` results. The `i`-th result of a seed does not depend on how many are asked for.
pub(super) fn roll(known: &Known, table: &Stored, seed: u64, count: u32) -> Vec<Rolled> {
    (0..count).map(|i| Roller { known, seed: sub_seed(seed, i.into()), drawn: 0, way: Vec::new() }.on(table)).collect()
}

struct Roller<'a> {
    known: &'a Known,
    seed: u64,
    drawn: usize,
    /// The tables that are being rolled on: none is rolled on inside itself.
    way: Vec<TableId>,
}

impl Roller<'_> {
    fn on(&mut self, table: &Stored) -> Rolled {
        let seed = sub_seed(self.seed, self.drawn as u64);
        self.drawn += 1;
        let (dice, total) = throw(table, seed);
        let row = row_of(table, total);
        let mut out = Rolled {
            table_id: table.id,
            table: table.name.clone(),
            dice,
            total,
            row: row.map(|row| row as u32),
            text: String::new(),
            entity: None,
            nested: Vec::new(),
        };
        let Some(row) = row.map(|i| &table.rows[i]) else { return out };
        self.way.push(table.id);
        for piece in pieces(&row.text) {
            match piece {
                Piece::Words(words) => out.text.push_str(words),
                Piece::Table(name, whole) => match self.known.called(name).and_then(|next| self.further(next)) {
                    Some(rolled) => {
                        out.text.push_str(&rolled.text);
                        out.nested.push(rolled);
                    }
                    None => out.text.push_str(whole),
                },
            }
        }
        if let Some(rolled) = row.table_id.and_then(|id| self.known.get(id)).and_then(|next| self.further(next)) {
            if !out.text.is_empty() {
                out.text.push_str(": ");
            }
            out.text.push_str(&rolled.text);
            out.nested.push(rolled);
        }
        self.way.pop();
        out
    }

    fn further(&mut self, next: &Stored) -> Option<Rolled> {
        (self.drawn <= ROLLS && !self.way.contains(&next.id)).then(|| self.on(next))
    }
}

fn throw(table: &Stored, seed: u64) -> (Vec<DieRolled>, i32) {
    if let Some(dice) = table.dice.as_ref().and_then(|notation| Dice::parse(notation).ok()) {
        let roll = dice.roll(seed);
        return (roll.dice, roll.total);
    }
    let sides: u32 = table.rows.iter().map(|row| row.weight.unwrap_or(1)).sum();
    let value = dice::side(seed, sides) as i32;
    (vec![DieRolled { sides, value, kept: true }], value)
}

fn row_of(table: &Stored, total: i32) -> Option<usize> {
    if table.dice.is_some() {
        let holds = |row: &TableRow| row.from.zip(row.to).is_some_and(|(from, to)| (from..=to).contains(&total));
        return table.rows.iter().position(holds);
    }
    let mut left = total;
    table.rows.iter().position(|row| {
        left -= row.weight.unwrap_or(1) as i32;
        left <= 0
    })
}
