//! The job that makes a campaign of an archive.
//!
//! The campaign is made deleted, with a mark of the job, and filled in pieces, so that others can write meanwhile; the last
//! step lets it be seen. What an attempt that was cut off has left is found by the mark and goes before the next one begins.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::Path,
    sync::Arc,
};

use async_trait::async_trait;
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use skald_access::campaigns;
use skald_canon::{locations, media, search};
use skald_kernel::{CampaignId, Error, ErrorCode, JobId, Result, SessionId, SiteRole, StreamKey, UserId};
use skald_platform::{
    Actor, App,
    db::{DbResult, sql},
    jobs::{Handler, Job, watch},
};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    columns::{Column, columns, write},
    dto::ImportReport,
    reading::{self, Row, Survey, bad},
    tables::{TABLES, WORDS, is_user},
};
use crate::files;

/// The kind of the job.
pub(super) const KIND: &str = "exchange.import";
/// Rows that are written in one transaction.
const AT_ONCE: usize = 500;
/// Values in one statement: fewer than either database takes.
const VALUES: usize = 30_000;
/// Warnings of a report at most.
const WARNINGS: usize = 50;

/// What is to be imported.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Work {
    pub(super) file: JobId,
    pub(super) user: UserId,
    pub(super) dry_run: bool,
}

/// Makes campaigns of archives: jobs of kind `exchange.import`.
pub struct Import;

#[async_trait]
impl Handler for Import {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, app: &App, job: &Job) -> Result<()> {
        let work: Work = serde_json::from_value(job.payload.clone()).map_err(Error::internal)?;
        let mut importing = Importing::new(app, job, work);
        let done = importing.run().await;
        let report = match done {
            Ok(true) => Some(importing.report),
            Ok(false) => None,
            Err(error) if error.code() == ErrorCode::Invalid => {
                importing.report.problem = Some(error.detail().to_owned());
                Some(importing.report)
            }
            // Tried again, with the file.
            Err(error) => return Err(error),
        };
        discard(app, job.id).await?;
        if let Some(report) = report {
            watch::conclude(app, job, json!(report)).await?;
        }
        files::forget(app, work.file).await
    }
}

/// Takes away what an import that is not over has made.
async fn discard(app: &App, job: JobId) -> Result<()> {
    let tx = app.tx(&Actor::engine(KIND)).await?;
    let half = sql(tx.conn(), "SELECT id, settings FROM campaigns WHERE deleted_at IS NOT NULL", []);
    for row in tx.conn().query_all_raw(half).await.db()? {
        let settings: Value = row.try_get("", "settings").db()?;
        if settings["importing"] == json!(job) {
            let id: Uuid = row.try_get("", "id").db()?;
            let delete = sql(tx.conn(), "DELETE FROM campaigns WHERE id = $1", [id.into()]);
            tx.conn().execute_raw(delete).await.db()?;
        }
    }
    tx.commit().await
}

struct Importing<'a> {
    app: &'a App,
    job: &'a Job,
    work: Work,
    report: ImportReport,
    /// From the ids of the archive to those here. What is missing has not come in.
    ids: HashMap<Uuid, Uuid>,
    same_ids: bool,
    columns: Vec<Vec<Column>>,
    left_out: BTreeMap<String, u64>,
    campaign: CampaignId,
    /// The settings of the campaign, once it may be seen.
    settings: Value,
}

impl<'a> Importing<'a> {
    fn new(app: &'a App, job: &'a Job, work: Work) -> Self {
        Self {
            app,
            job,
            work,
            report: ImportReport { dry_run: work.dry_run, ..ImportReport::default() },
            ids: HashMap::new(),
            same_ids: true,
            columns: Vec::new(),
            left_out: BTreeMap::new(),
            campaign: CampaignId::default(),
            settings: json!({}),
        }
    }

    /// Answers whether it came to its end; not when it was cancelled.
    async fn run(&mut self) -> Result<bool> {
        discard(self.app, self.job.id).await?;
        if !self.tell("reading", 0, 0).await? {
            return Ok(false);
        }
        let file = files::fetch(self.app, self.work.file).await?;
        let path: Arc<Path> = Arc::from(file.path());
        let survey = files::on_a_thread(&path, reading::survey).await?;
        self.announce(&survey);
        if self.work.dry_run {
            return Ok(true);
        }
        self.choose_ids(&survey).await?;
        let pictures = survey.pictures;
        let total: u64 = survey.rows.values().sum();
        if !self.fill(&path, &pictures, total).await? {
            return Ok(false);
        }
        self.open().await?;
        Ok(true)
    }

    async fn tell(&self, phase: &str, done: u64, total: u64) -> Result<bool> {
        watch::report(self.app, self.job, json!({ "phase": phase, "done": done, "total": total })).await
    }

    fn announce(&mut self, survey: &Survey) {
        let manifest = &survey.manifest;
        self.report.archived = Some(manifest.campaign.clone());
        self.report.made_at = Some(manifest.made_at);
        self.report.rows = survey.rows.iter().filter(|(_, n)| **n > 0).map(|(table, n)| (table.clone(), *n)).collect();
        self.report.pictures = survey.pictures.len() as u64;
        for name in &survey.unknown {
            self.warn(format!("{name} is not known to this version and was left out."));
        }
        for (table, stated) in &manifest.rows {
            let found = survey.rows.get(table).copied().unwrap_or_default();
            if found != *stated {
                self.warn(format!("{table}: the archive says {stated} rows and holds {found}."));
            }
        }
        for id in &manifest.missing_media {
            self.warn(format!("The picture {id} was missing already when the archive was made."));
        }
    }

    fn warn(&mut self, warning: String) {
        if self.report.warnings.len() < WARNINGS {
            self.report.warnings.push(warning);
        }
    }

    /// The ids of the archive where its campaign is not here yet; new ones, in the same order, where it is.
    async fn choose_ids(&mut self, survey: &Survey) -> Result<()> {
        let db = self.app.db().read();
        let campaign = survey.manifest.campaign.id;
        for table in TABLES {
            self.columns.push(columns(db, table.name).await?);
        }
        self.same_ids = !any_taken(self.app, &survey.ids).await?;
        let ids = self.app.ids();
        self.ids = survey.ids.iter().map(|id| (*id, if self.same_ids { *id } else { ids.next() })).collect();
        let here = self.ids.get(&campaign.0).ok_or_else(|| bad("The archive's campaign is not the one it names."))?;
        self.campaign = CampaignId(*here);
        self.report.same_ids = self.same_ids;
        Ok(())
    }

    async fn fill(&mut self, path: &Arc<Path>, pictures: &HashSet<Uuid>, total: u64) -> Result<bool> {
        let (batches, mut taken) = mpsc::channel::<(usize, Vec<Row>)>(2);
        let of_thread = Arc::clone(path);
        let reading = tokio::task::spawn_blocking(move || {
            reading::rows(&of_thread, AT_ONCE, &mut |table, rows| batches.blocking_send((table, rows)).is_ok())
        });
        let mut done = 0;
        while let Some((table, rows)) = taken.recv().await {
            done += rows.len() as u64;
            self.insert(path, pictures, table, rows).await?;
            if !self.tell("writing", done, total).await? {
                return Ok(false);
            }
        }
        reading.await.map_err(Error::internal)??;
        self.report.rows = std::mem::take(&mut self.report.rows)
            .into_iter()
            .map(|(table, rows)| {
                let lost = self.left_out.get(&table).copied().unwrap_or_default();
                (table, rows.saturating_sub(lost))
            })
            .collect();
        for (table, rows) in std::mem::take(&mut self.left_out) {
            self.warn(format!(
                "{table}: {rows} rows were left out, because what they belong to is not in the archive."
            ));
        }
        if !self.tell("indexing", done, total).await? {
            return Ok(false);
        }
        search::index(self.app, self.campaign).await?;
        Ok(true)
    }

    async fn insert(&mut self, path: &Arc<Path>, pictures: &HashSet<Uuid>, table: usize, rows: Vec<Row>) -> Result<()> {
        let mut values = Vec::new();
        for mut row in rows {
            if TABLES[table].name == "campaigns" {
                self.settings = row.get("settings").cloned().unwrap_or_else(|| json!({}));
                row.insert("settings".into(), json!({ "importing": self.job.id }));
                row.insert("deleted_at".into(), json!(self.app.clock().now()));
            }
            if TABLES[table].name == "media" && !self.store(path, pictures, &mut row).await? {
                self.leave_out(table, &row);
                continue;
            }
            match self.translate(table, &row)? {
                Some(row) => values.push(row),
                None => self.leave_out(table, &row),
            }
        }
        let columns = &self.columns[table];
        let names: Vec<String> = columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
        let tx = self.app.tx(&Actor::engine(KIND)).await?;
        for rows in values.chunks((VALUES / columns.len()).max(1)) {
            let places: Vec<String> = (0..rows.len())
                .map(|row| {
                    let places: Vec<String> =
                        (1..=columns.len()).map(|n| format!("${}", row * columns.len() + n)).collect();
                    format!("({})", places.join(", "))
                })
                .collect();
            let text =
                format!("INSERT INTO {} ({}) VALUES {}", TABLES[table].name, names.join(", "), places.join(", "));
            let statement = sql(tx.conn(), text, rows.iter().flatten().cloned());
            let twice = || bad(format!("The archive has a row of {} twice.", TABLES[table].name));
            tx.conn().execute_raw(statement).await.on_unique(twice)?;
        }
        tx.commit().await
    }

    fn leave_out(&mut self, table: usize, row: &Row) {
        *self.left_out.entry(TABLES[table].name.to_owned()).or_default() += 1;
        // What names it is left out as well.
        if let Some(id) = reading::id_of(row) {
            self.ids.remove(&id);
        }
    }

    /// The values of a row for here; none when it belongs to something that is not there.
    fn translate(&self, table: usize, row: &Row) -> Result<Option<Vec<sea_orm::Value>>> {
        let of = &TABLES[table];
        let mut values = Vec::with_capacity(self.columns[table].len());
        for column in &self.columns[table] {
            let given = row.get(&column.name).unwrap_or(&Value::Null);
            let value = match (column.kind, given.as_str()) {
                (super::columns::Kind::Uuid, Some(text)) => {
                    let id = Uuid::try_parse(text).map_err(|_| self.unfit(table, column, row))?;
                    match self.refer(of, column, id) {
                        Some(id) => json!(id),
                        None if column.nullable => Value::Null,
                        None => return Ok(None),
                    }
                }
                _ if self.same_ids => given.clone(),
                _ => renamed(given, &self.ids),
            };
            let wrong_word = WORDS.iter().any(|(name, of_column, words)| {
                *name == of.name
                    && *of_column == column.name
                    && !value.as_str().is_some_and(|word| words.contains(&word))
            });
            if wrong_word {
                return Err(self.unfit(table, column, row));
            }
            values.push(write(&value, column).ok_or_else(|| self.unfit(table, column, row))?);
        }
        Ok(Some(values))
    }

    /// The id here of what a row names.
    fn refer(&self, table: &super::tables::Table, column: &Column, id: Uuid) -> Option<Uuid> {
        if is_user(table, &column.name) {
            return (id == self.work.user.0 || !column.nullable).then_some(self.work.user.0);
        }
        // Nil stands where nobody is named.
        if id.is_nil() {
            return Some(id);
        }
        if column.name == "campaign_id" {
            return (self.ids.get(&id) == Some(&self.campaign.0)).then_some(self.campaign.0);
        }
        self.ids.get(&id).copied()
    }

    fn unfit(&self, table: usize, column: &Column, row: &Row) -> Error {
        let id = row.get("id").and_then(Value::as_str).unwrap_or("without an id");
        bad(format!("In {} the row {id} has something in \"{}\" that does not fit.", TABLES[table].name, column.name))
    }

    /// Stores the bytes of a picture, and writes into its row what they are.
    async fn store(&mut self, path: &Arc<Path>, pictures: &HashSet<Uuid>, row: &mut Row) -> Result<bool> {
        let Some(id) = reading::id_of(row) else { return Ok(false) };
        let Some(here) = self.ids.get(&id).copied() else { return Ok(false) };
        let most = self.app.config().max_media_bytes as u64;
        let bytes = match pictures.contains(&id) {
            true => files::on_a_thread(path, move |path| reading::picture(path, id, most)).await?,
            false => None,
        };
        let Some(bytes) = bytes else {
            self.warn(format!("The picture {id} is not in the archive, or larger than this server takes."));
            return Ok(false);
        };
        match media::restore(self.app, self.campaign, here.into(), bytes).await {
            Ok(facts) => {
                row.extend(facts);
                Ok(true)
            }
            Err(error) if matches!(error.code(), ErrorCode::UnsupportedMedia | ErrorCode::TooLarge) => {
                self.warn(format!("The picture {id} was left out: {}", error.detail()));
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Lets the campaign be seen, with its importer as its game master.
    async fn open(&mut self) -> Result<()> {
        let actor = Actor::user(self.work.user, None, SiteRole::User);
        let mut tx = self.app.tx(&actor).await?;
        let campaign = self.campaign;
        locations::rebuild_paths(tx.conn(), campaign).await?;
        let last = sql(
            tx.conn(),
            "SELECT e.session_id, MAX(e.seq) AS seq FROM entries e JOIN sessions s ON s.id = e.session_id \
             WHERE s.campaign_id = $1 GROUP BY e.session_id",
            [campaign.0.into()],
        );
        for row in tx.conn().query_all_raw(last).await.db()? {
            let session = SessionId(row.try_get("", "session_id").db()?);
            let seq: i64 = row.try_get("", "seq").db()?;
            let counter = sql(
                tx.conn(),
                "INSERT INTO streams (key, seq) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET seq = excluded.seq",
                [StreamKey::session(session).to_string().into(), seq.into()],
            );
            tx.conn().execute_raw(counter).await.db()?;
        }
        let shown = sql(
            tx.conn(),
            "UPDATE campaigns SET deleted_at = NULL, settings = $2 WHERE id = $1",
            [campaign.0.into(), self.settings.clone().into()],
        );
        tx.conn().execute_raw(shown).await.db()?;
        campaigns::take_over(&mut tx, campaign, self.work.user).await?;
        tx.audit(Some(campaign), "campaign.imported", campaign.0, json!({ "same_ids": self.same_ids }));
        tx.commit().await?;
        self.report.campaign_id = Some(campaign);
        Ok(())
    }
}

/// Whether something on this server has one of the ids.
async fn any_taken(app: &App, ids: &[Uuid]) -> Result<bool> {
    let db = app.db().read();
    for table in TABLES {
        if !columns(db, table.name).await?.iter().any(|column| column.name == "id") {
            continue;
        }
        for ids in ids.chunks(VALUES) {
            let places: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
            let text = format!("SELECT id FROM {} WHERE id IN ({}) LIMIT 1", table.name, places.join(", "));
            if db.query_one_raw(sql(db, text, ids.iter().map(|id| (*id).into()))).await.db()?.is_some() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// A value in which the ids of the archive are those here.
fn renamed(value: &Value, ids: &HashMap<Uuid, Uuid>) -> Value {
    match value {
        Value::String(text) => Value::String(renamed_text(text, ids)),
        Value::Array(values) => values.iter().map(|value| renamed(value, ids)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (renamed_text(name, ids), renamed(value, ids))).collect()
        }
        other => other.clone(),
    }
}

fn renamed_text(text: &str, ids: &HashMap<Uuid, Uuid>) -> String {
    const LENGTH: usize = uuid::fmt::Hyphenated::LENGTH;
    let (mut out, mut rest) = (String::new(), text);
    while let Some(dash) = rest.find('-') {
        let found = dash
            .checked_sub(8)
            .and_then(|start| Some((start, rest.get(start..start + LENGTH)?)))
            .and_then(|(start, id)| Some((start, ids.get(&Uuid::try_parse(id).ok()?)?)));
        let end = match found {
            Some((start, id)) => {
                out.push_str(&rest[..start]);
                out.push_str(&id.to_string());
                start + LENGTH
            }
            None => {
                out.push_str(&rest[..=dash]);
                dash + 1
            }
        };
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_renamed_wherever_they_stand_and_nothing_else_is() {
        let (old, new, other) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let ids = HashMap::from([(old, new)]);
        for (text, wanted) in [
            (format!("{old}"), format!("{new}")),
            (format!("see /media/{old}, - {old}-{other}"), format!("see /media/{new}, - {new}-{other}")),
            (format!("--{old}"), format!("--{new}")),
            ("é-a-well-known-fact -".to_owned(), "é-a-well-known-fact -".to_owned()),
            (format!("ééééé-{old}é"), format!("ééééé-{new}é")),
        ] {
            assert_eq!(renamed_text(&text, &ids), wanted);
        }
        let value = json!({ old.to_string(): [1, null, { "by": old }] });
        assert_eq!(renamed(&value, &ids), json!({ new.to_string(): [1, null, { "by": new }] }));
    }
}
