//! Reading an archive's file, on a thread of its own. What is wrong with it is said in words that its owner can use.

use std::{
    collections::{BTreeMap, HashSet},
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use bytes::Bytes;
use serde_json::{Map, Value};
use skald_kernel::{Error, ErrorCode, Result};
use uuid::Uuid;
use zip::ZipArchive;

use super::{FORMAT, VERSION, dto::Manifest, tables::TABLES};

/// A row of a table.
pub(super) type Row = Map<String, Value>;

/// Bytes a line may have.
const LINE: u64 = 16 << 20;
/// A file may unpack to so many times its size, and [`SLACK`] more.
const TIMES: u64 = 250;
const SLACK: u64 = 64 << 20;
const MANIFEST: u64 = 1 << 20;

/// What is in an archive.
pub(super) struct Survey {
    pub(super) manifest: Manifest,
    pub(super) rows: BTreeMap<String, u64>,
    /// The `id` of every row that has one, ascending: as old as they are.
    pub(super) ids: Vec<Uuid>,
    pub(super) pictures: HashSet<Uuid>,
    /// Files that this version does not know.
    pub(super) unknown: Vec<String>,
}

/// An error of the archive, not of the server.
pub(crate) fn bad(detail: impl Into<String>) -> Error {
    Error::new(ErrorCode::Invalid, detail.into())
}

fn damaged(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    bad("The file is damaged or was not sent to its end. Export it again.").because(error)
}

fn open(path: &Path) -> Result<ZipArchive<BufReader<File>>> {
    let file = File::open(path).map_err(Error::internal)?;
    ZipArchive::new(BufReader::new(file))
        .map_err(|error| bad("This is no Skald archive: it is not a whole zip file.").because(error))
}

/// Looks through all of it.
pub(super) fn survey(path: &Path) -> Result<Survey> {
    let mut zip = open(path)?;
    let manifest = manifest(&mut zip)?;
    let mut known: HashSet<String> = HashSet::from(["skald.json".to_owned()]);
    let (mut rows, mut ids) = (BTreeMap::new(), Vec::new());
    for table in TABLES {
        known.insert(file_of(table.name));
        let mut count = 0;
        each(&mut zip, table.name, &mut |row| {
            count += 1;
            ids.extend(id_of(&row));
            Ok(true)
        })?;
        rows.insert(table.name.to_owned(), count);
    }
    if rows["campaigns"] != 1 {
        return Err(bad("The archive must hold one campaign."));
    }
    let (mut pictures, mut unknown) = (HashSet::new(), Vec::new());
    for name in zip.file_names() {
        let name = name.map_err(damaged)?;
        match name.strip_prefix("media/").and_then(|id| Uuid::try_parse(id).ok()) {
            Some(id) => drop(pictures.insert(id)),
            None if !known.contains(name.as_ref()) => unknown.push(name.into_owned()),
            None => {}
        }
    }
    unknown.sort_unstable();
    ids.sort_unstable();
    ids.dedup();
    Ok(Survey { manifest, rows, ids, pictures, unknown })
}

fn manifest(zip: &mut ZipArchive<BufReader<File>>) -> Result<Manifest> {
    let file = zip
        .by_name("skald.json")
        .map_err(|error| bad("This is no Skald archive: it has no skald.json.").because(error))?;
    let mut text = Vec::new();
    file.take(MANIFEST).read_to_end(&mut text).map_err(damaged)?;
    let manifest: Manifest = serde_json::from_slice(&text)
        .map_err(|error| bad("This is no Skald archive: its skald.json does not read as one.").because(error))?;
    if manifest.format != FORMAT {
        return Err(bad("This is no Skald archive: its skald.json is of another format."));
    }
    if manifest.version > VERSION {
        let written = &manifest.skald;
        return Err(bad(format!("The archive was written by a newer Skald ({written}). Update this server first.")));
    }
    Ok(manifest)
}

pub(super) fn file_of(table: &str) -> String {
    format!("data/{table}.jsonl")
}

pub(super) fn id_of(row: &Row) -> Option<Uuid> {
    row.get("id").and_then(Value::as_str).and_then(|id| Uuid::try_parse(id).ok())
}

/// Takes the rows of a table one by one until `take` answers no; a table that is not there has none.
fn each(zip: &mut ZipArchive<BufReader<File>>, table: &str, take: &mut dyn FnMut(Row) -> Result<bool>) -> Result<()> {
    let name = file_of(table);
    if zip.index_for_name(&name).is_none() {
        return Ok(());
    }
    let file = zip.by_name(&name).map_err(damaged)?;
    let most = file.compressed_size().saturating_mul(TIMES).saturating_add(SLACK);
    let mut lines = BufReader::new(file.take(most));
    let (mut line, mut number) = (Vec::new(), 0_u64);
    loop {
        line.clear();
        number += 1;
        let taken = lines.by_ref().take(LINE).read_until(b'\n', &mut line).map_err(damaged)?;
        if taken == 0 {
            return if lines.get_ref().limit() == 0 {
                Err(bad(format!("{name} unpacks to far too much.")))
            } else {
                Ok(())
            };
        }
        if line.last() != Some(&b'\n') && taken as u64 == LINE {
            return Err(bad(format!("Line {number} of {name} is longer than {} MiB.", LINE >> 20)));
        }
        let row = serde_json::from_slice(&line)
            .map_err(|error| bad(format!("Line {number} of {name} is no JSON object.")).because(error))?;
        if !take(row)? {
            return Ok(());
        }
    }
}

/// Takes the rows of all tables in their order, `at_once` of one table together, until `take` answers no.
pub(super) fn rows(path: &Path, at_once: usize, take: &mut dyn FnMut(usize, Vec<Row>) -> bool) -> Result<()> {
    let mut zip = open(path)?;
    for (index, table) in TABLES.iter().enumerate() {
        let (mut batch, mut goes_on) = (Vec::new(), true);
        each(&mut zip, table.name, &mut |row| {
            batch.push(row);
            if batch.len() == at_once {
                goes_on = take(index, std::mem::take(&mut batch));
            }
            Ok(goes_on)
        })?;
        if !goes_on || (!batch.is_empty() && !take(index, batch)) {
            return Ok(());
        }
    }
    Ok(())
}

/// The bytes of a picture; none when it is larger than `most`.
pub(super) fn picture(path: &Path, id: Uuid, most: u64) -> Result<Option<Bytes>> {
    let mut zip = open(path)?;
    let file = zip.by_name(&format!("media/{id}")).map_err(damaged)?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(damaged)?;
    Ok((bytes.len() as u64 <= most).then(|| bytes.into()))
}
