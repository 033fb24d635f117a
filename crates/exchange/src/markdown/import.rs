//! The job that reads a vault and suggests what is new or differs.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    sync::Arc,
};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use skald_canon::{
    entities::{self, EntityOut},
    facts, media,
    proposals::{Author, ProposalIn, ProposalOperation, ProposalTarget, ProposalsIn, propose},
    relationships,
};
use skald_kernel::{BatchId, CampaignId, EntityId, Error, ErrorCode, JobId, MediaId, Result, UserId, Viewer};
use skald_platform::{
    Actor, App,
    jobs::{Handler, Job, watch},
};

use super::{
    FOLDERS, KEYS,
    dto::VaultReport,
    page::{Page, link_target},
    reading,
};
use crate::files;

/// The kind of the job.
pub(super) const KIND: &str = "exchange.vault";
/// Proposals of one call: as many as it takes.
const AT_ONCE: usize = 200;
/// Rows that are read at once.
const READ: usize = 200;
/// Lines of a report at most.
const LINES: usize = 100;

/// What is to be read.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Work {
    pub(super) file: JobId,
    pub(super) campaign: CampaignId,
    pub(super) user: UserId,
    pub(super) dry_run: bool,
}

/// Reads vaults: jobs of kind `exchange.vault`.
pub struct ReadVault;

#[async_trait]
impl Handler for ReadVault {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, app: &App, job: &Job) -> Result<()> {
        let work: Work = serde_json::from_value(job.payload.clone()).map_err(Error::internal)?;
        let mut report = VaultReport { dry_run: work.dry_run, ..VaultReport::default() };
        let done = run(app, job, work, &mut report).await;
        files::forget(app, work.file).await?;
        match done {
            Ok(false) => return Ok(()),
            Ok(true) => {}
            Err(error) if error.code() == ErrorCode::Internal => return Err(error),
            Err(error) => report.problem = Some(error.detail().to_owned()),
        }
        watch::conclude(app, job, json!(report)).await
    }
}

/// Answers whether it came to its end; not when it was cancelled.
async fn run(app: &App, job: &Job, work: Work, report: &mut VaultReport) -> Result<bool> {
    if !watch::report(app, job, json!({ "phase": "reading", "done": 0, "total": 0 })).await? {
        return Ok(false);
    }
    let file = files::fetch(app, work.file).await?;
    let path: Arc<Path> = Arc::from(file.path());
    let vault = files::on_a_thread(&path, reading::vault).await?;
    report.pages = vault.pages.len() as u64;
    vault.warnings.into_iter().for_each(|warning| warn(report, warning));
    let viewer = Viewer::gm(work.campaign);
    let mut vault = Desk::new(app, &viewer, vault.pages, report).await?;
    let wanted = vault.compare(app, &viewer, report).await?;
    if work.dry_run {
        return Ok(true);
    }
    suggest(app, job, work, &viewer, wanted, report).await
}

fn warn(report: &mut VaultReport, warning: String) {
    if report.warnings.len() < LINES {
        report.warnings.push(warning);
    }
}

fn changed(report: &mut VaultReport, line: String) {
    if report.changes.len() < LINES {
        report.changes.push(line);
    }
}

/// A change that a page asks for.
struct Wanted {
    /// The page.
    path: String,
    proposal: ProposalIn,
    /// What it relies on: the page whose entity must be made first.
    makes: bool,
}

/// A page with what it is here.
struct Known {
    path: String,
    page: Page,
    kind: String,
    name: String,
    /// The entity, where there is one.
    stored: Option<EntityOut>,
    /// What proposals call it, where there is none.
    reference: String,
}

/// All pages and where links to them lead.
struct Desk {
    pages: Vec<Known>,
    /// Pages by the path and by the name of their file, folded; an ambiguous name leads nowhere.
    paths: HashMap<String, Option<usize>>,
    /// Pages by the id in their front matter.
    ids: HashMap<String, usize>,
}

fn id_of<T: From<uuid::Uuid>>(value: Option<&Value>) -> Option<T> {
    uuid::Uuid::try_parse(value?.as_str()?).ok().map(T::from)
}

fn folded(path: &str) -> String {
    path.strip_suffix(".md").unwrap_or(path).to_lowercase()
}

impl Desk {
    async fn new(app: &App, viewer: &Viewer, pages: Vec<(String, Page)>, report: &mut VaultReport) -> Result<Self> {
        let named: Vec<EntityId> = pages.iter().filter_map(|(_, page)| id_of(page.front.get("id"))).collect();
        let mut stored = HashMap::new();
        for ids in named.chunks(READ) {
            for entity in entities::full(app.db().read(), viewer, ids).await? {
                stored.insert(entity.id, entity);
            }
        }
        let portraits: Vec<MediaId> =
            pages.iter().filter_map(|(_, page)| id_of(page.front.get("portrait_id"))).collect();
        let mut pictures = HashSet::new();
        for ids in portraits.chunks(READ) {
            pictures.extend(media::existing(app.db().read(), viewer.campaign(), ids).await?);
        }
        let mut desk = Self { pages: Vec::new(), paths: HashMap::new(), ids: HashMap::new() };
        for (index, (path, mut page)) in pages.into_iter().enumerate() {
            let id: Option<EntityId> = id_of(page.front.get("id"));
            let stored = id.and_then(|id| stored.remove(&id));
            if let Some(id) = id
                && desk.ids.insert(id.to_string(), index).is_some()
            {
                warn(report, format!("{path}: Another page has the same id; this one makes a new entity."));
            }
            let file = path.rsplit('/').next().unwrap_or(&path);
            let file = file.get(..file.len() - 3).unwrap_or(file).to_owned();
            let kind = match (&stored, page.front.get("kind").and_then(Value::as_str)) {
                (Some(entity), _) => entity.kind.as_str().to_owned(),
                (None, Some(kind)) => kind.to_owned(),
                (None, None) => kind_of_folder(&path).to_owned(),
            };
            let name = page.front.get("name").and_then(Value::as_str).unwrap_or(&file).to_owned();
            if id_of(page.front.get("portrait_id")).is_some_and(|id: MediaId| !pictures.contains(&id)) {
                page.front.remove("portrait_id");
                warn(
                    report,
                    format!("{path}: portrait_id: The picture is not in this campaign. Put it in and choose it again."),
                );
            }
            keep_unknown(&mut page);
            desk.paths.insert(folded(&path), Some(index));
            desk.paths.entry(file.to_lowercase()).and_modify(|known| *known = None).or_insert(Some(index));
            desk.pages.push(Known { path, page, kind, name, stored, reference: format!("p{index}") });
        }
        Ok(desk)
    }

    /// What stands for the entity that a value of the front matter names: its id, or what a proposal calls it.
    fn entity(&self, value: &Value) -> Option<(Value, Option<usize>)> {
        let text = value.as_str()?;
        let index = match link_target(text) {
            Some(target) => *self.paths.get(&folded(target))?,
            None => self.ids.get(text).copied(),
        };
        match index.map(|index| (index, &self.pages[index])) {
            Some((index, Known { stored: None, reference, .. })) => {
                Some((json!(format!("ref:{reference}")), Some(index)))
            }
            Some((_, Known { stored: Some(entity), .. })) => Some((json!(entity.id), None)),
            // An id that no page bears is one of the canon, or refused as such.
            None => uuid::Uuid::try_parse(text).ok().map(|id| (json!(id), None)),
        }
    }

    /// The same for a value that may hold it somewhere, with the pages it waits for.
    fn resolve(&self, value: &Value, waits: &mut Vec<usize>) -> Result<Value, String> {
        match value {
            Value::Array(values) => values.iter().map(|value| self.resolve(value, waits)).collect(),
            Value::Null => Ok(Value::Null),
            value => {
                let (value, wait) =
                    self.entity(value).ok_or_else(|| format!("{value} leads to no page of the file."))?;
                waits.extend(wait);
                Ok(value)
            }
        }
    }

    /// What the front matter says of the entity, as an input; with the pages that must be made first.
    fn entity_input(&self, known: &Known, report: &mut VaultReport) -> (Map<String, Value>, Vec<usize>) {
        let (mut input, mut waits) = (Map::new(), Vec::new());
        for key in KEYS {
            let Some(value) = known.page.front.get(key) else { continue };
            let value = match key {
                "parent_id" | "visible_to" => match self.resolve(value, &mut waits) {
                    Ok(value) => value,
                    Err(why) => {
                        warn(report, format!("{}: {key}: {why}", known.path));
                        continue;
                    }
                },
                "fields" => self.in_fields(value, &mut waits),
                _ => value.clone(),
            };
            input.insert(key.into(), value);
        }
        input.insert("kind".into(), json!(known.kind));
        input.insert("name".into(), json!(known.name));
        input.insert("body".into(), json!(known.page.body));
        (input, waits)
    }

    /// Ids of pages that are new, wherever they stand in the fields.
    fn in_fields(&self, value: &Value, waits: &mut Vec<usize>) -> Value {
        match value {
            Value::String(text) => match self.ids.get(text).map(|index| (*index, &self.pages[*index])) {
                Some((index, Known { stored: None, reference, .. })) => {
                    waits.push(index);
                    json!(format!("ref:{reference}"))
                }
                _ => value.clone(),
            },
            Value::Array(values) => values.iter().map(|value| self.in_fields(value, waits)).collect(),
            Value::Object(fields) => {
                fields.iter().map(|(key, value)| (key.clone(), self.in_fields(value, waits))).collect()
            }
            other => other.clone(),
        }
    }

    /// All changes, in an order in which they can be made.
    async fn compare(&mut self, app: &App, viewer: &Viewer, report: &mut VaultReport) -> Result<Vec<Wanted>> {
        let (mut wanted, mut made) = (Vec::new(), HashSet::new());
        for index in 0..self.pages.len() {
            self.want_entity(index, &mut made, &mut Vec::new(), &mut wanted, report);
        }
        let facts = self.stored_facts(app, viewer).await?;
        let ties = self.stored_ties(app, viewer).await?;
        for known in &self.pages {
            let before = wanted.len();
            for (key, stored) in [("facts", &facts), ("ties", &ties)] {
                for value in known.page.front.get(key).and_then(Value::as_array).into_iter().flatten() {
                    match self.part(known, key, value, stored) {
                        Ok(Some(proposal)) => {
                            let what = if key == "facts" { "a fact" } else { "a tie" };
                            *(if key == "facts" { &mut report.facts } else { &mut report.ties }) += 1;
                            changed(report, format!("{}: {what}", known.path));
                            wanted.push(Wanted { path: known.path.clone(), proposal, makes: false });
                        }
                        Ok(None) => {}
                        Err(why) => warn(report, format!("{}: {key}: {why}", known.path)),
                    }
                }
            }
            let untouched = !wanted
                .iter()
                .any(|wanted| wanted.path == known.path && wanted.proposal.target_type == ProposalTarget::Entity);
            if untouched && wanted.len() == before {
                report.unchanged += 1;
            }
        }
        Ok(wanted)
    }

    /// Wants a page's entity, and before it those it names that are new as well.
    fn want_entity(
        &self,
        index: usize,
        made: &mut HashSet<usize>,
        on_the_way: &mut Vec<usize>,
        wanted: &mut Vec<Wanted>,
        report: &mut VaultReport,
    ) {
        if !made.insert(index) {
            return;
        }
        on_the_way.push(index);
        let known = &self.pages[index];
        let (mut input, waits) = self.entity_input(known, report);
        for first in waits {
            if on_the_way.contains(&first) {
                // Two new pages that name each other: one of them comes without the other.
                let other = format!("ref:{}", self.pages[first].reference);
                input.values_mut().for_each(|value| without(value, &other));
                warn(
                    report,
                    format!(
                        "{}: It and {} name each other; add the link once both are there.",
                        known.path, self.pages[first].path
                    ),
                );
                continue;
            }
            self.want_entity(first, made, on_the_way, wanted, report);
        }
        on_the_way.pop();
        let proposal = match &known.stored {
            None => {
                input.retain(|_, value| !value.is_null());
                report.new_entities += 1;
                changed(report, format!("{}: new", known.path));
                proposal(ProposalTarget::Entity, None, input, Some(known.reference.clone()))
            }
            Some(entity) => {
                let stored = json!(entity);
                input.retain(|key, value| key != "kind" && !same(key, value, &stored[key.as_str()]));
                if input.is_empty() {
                    return;
                }
                let keys: Vec<&str> = input.keys().map(String::as_str).collect();
                report.changed_entities += 1;
                changed(report, format!("{}: {}", known.path, keys.join(", ")));
                proposal(ProposalTarget::Entity, Some(entity.id.0), input, None)
            }
        };
        wanted.push(Wanted { path: known.path.clone(), makes: known.stored.is_none(), proposal });
    }

    /// What a line of facts or ties asks for; nothing when it is stored like that.
    fn part(
        &self,
        known: &Known,
        key: &str,
        value: &Value,
        stored: &HashMap<String, Value>,
    ) -> Result<Option<ProposalIn>, String> {
        let mut part = value.as_object().cloned().ok_or("a line is no list of keys and values.")?;
        let (target, subject, ends): (_, _, &[&str]) = match key {
            "facts" => (ProposalTarget::Fact, "subject_id", &["object_id"]),
            _ => (ProposalTarget::Relationship, "from_id", &["to_id"]),
        };
        for end in ends {
            if let Some(value) = part.get(*end) {
                let value = self.resolve(value, &mut Vec::new())?;
                part.insert((*end).into(), value);
            }
        }
        for knower in part.get_mut("knowers").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(id) = knower.get_mut("id") {
                *id = self.resolve(id, &mut Vec::new())?;
            }
        }
        let id = part.remove("id");
        let since = part.remove("since");
        if let Some(before) = id.as_ref().and_then(Value::as_str).and_then(|id| stored.get(id)) {
            part.retain(|key, value| !same(key, value, &before[key.as_str()]));
            if part.is_empty() {
                return Ok(None);
            }
            return Ok(Some(proposal(target, id_of(id.as_ref()), part, None)));
        }
        if let Some(since) = since {
            part.insert("story_time".into(), since);
        }
        let subject_value = match &known.stored {
            Some(entity) => json!(entity.id),
            None => json!(format!("ref:{}", known.reference)),
        };
        part.insert(subject.into(), subject_value);
        Ok(Some(proposal(target, None, part, None)))
    }

    fn named_in(&self, key: &str) -> Vec<uuid::Uuid> {
        let parts = self.pages.iter().filter_map(|known| known.page.front.get(key)?.as_array()).flatten();
        parts.filter_map(|part| id_of(part.get("id"))).collect()
    }

    async fn stored_facts(&self, app: &App, viewer: &Viewer) -> Result<HashMap<String, Value>> {
        let mut stored = HashMap::new();
        for ids in self.named_in("facts").chunks(READ) {
            let ids: Vec<_> = ids.iter().map(|id| (*id).into()).collect();
            for fact in facts::these(app.db().read(), viewer, &ids).await? {
                stored.insert(fact.id.to_string(), json!(fact));
            }
        }
        Ok(stored)
    }

    async fn stored_ties(&self, app: &App, viewer: &Viewer) -> Result<HashMap<String, Value>> {
        let mut stored = HashMap::new();
        for ids in self.named_in("ties").chunks(READ) {
            let ids: Vec<_> = ids.iter().map(|id| (*id).into()).collect();
            for tie in relationships::these(app.db().read(), viewer, &ids).await? {
                stored.insert(tie.id.to_string(), json!(tie));
            }
        }
        Ok(stored)
    }
}

fn kind_of_folder(path: &str) -> &'static str {
    let folder =
        |part: &str| FOLDERS.iter().find(|(_, folder)| part.eq_ignore_ascii_case(folder)).map(|(kind, _)| *kind);
    path.rsplit('/').skip(1).find_map(folder).unwrap_or("note")
}

/// Keys that mean nothing here become fields.
fn keep_unknown(page: &mut Page) {
    let unknown: Vec<String> = page
        .front
        .keys()
        .filter(|key| !KEYS.contains(&key.as_str()) && !["id", "facts", "ties"].contains(&key.as_str()))
        .cloned()
        .collect();
    for key in unknown {
        let value = page.front.remove(&key).unwrap_or_default();
        let fields = page.front.entry("fields").or_insert_with(|| json!({}));
        if let Some(fields) = fields.as_object_mut() {
            fields.entry(key).or_insert(value);
        }
    }
}

fn without(value: &mut Value, what: &str) {
    match value {
        Value::String(text) if text == what => *value = Value::Null,
        Value::Array(values) => {
            values.retain(|value| value.as_str() != Some(what));
            values.iter_mut().for_each(|value| without(value, what));
        }
        Value::Object(fields) => fields.values_mut().for_each(|value| without(value, what)),
        _ => {}
    }
}

/// Whether a page says of a key what is stored. Order means nothing where the canon keeps none.
fn same(key: &str, page: &Value, stored: &Value) -> bool {
    let sorted = |value: &Value| {
        let mut values: Vec<String> = value.as_array().into_iter().flatten().map(Value::to_string).collect();
        values.sort_unstable();
        values
    };
    match key {
        "visible_to" | "knowers" | "tags" => sorted(page) == sorted(stored),
        // An empty text that an editor took for nothing.
        "summary" | "body" | "text" | "note" if page.is_null() => stored.as_str() == Some(""),
        _ => page == stored,
    }
}

fn proposal(
    target_type: ProposalTarget,
    target_id: Option<uuid::Uuid>,
    change: Map<String, Value>,
    reference: Option<String>,
) -> ProposalIn {
    let operation = if target_id.is_some() { ProposalOperation::Update } else { ProposalOperation::Create };
    ProposalIn {
        target_type,
        operation,
        target_id,
        base_version: None,
        change,
        reference,
        evidence: Vec::new(),
        reason: String::new(),
    }
}

/// Suggests the changes, some at a time. One that is refused is told, and the rest goes on without it.
async fn suggest(
    app: &App,
    job: &Job,
    work: Work,
    viewer: &Viewer,
    wanted: Vec<Wanted>,
    report: &mut VaultReport,
) -> Result<bool> {
    let total = wanted.len();
    let (mut done, mut rest) = (0, wanted);
    let mut refused: HashSet<String> = HashSet::new();
    let mut batch: Option<BatchId> = None;
    while !rest.is_empty() {
        if !watch::report(app, job, json!({ "phase": "writing", "done": done, "total": total })).await? {
            return Ok(false);
        }
        let mut some: Vec<Wanted> = rest.drain(..rest.len().min(AT_ONCE)).collect();
        done += some.len();
        loop {
            // What speaks of an entity that could not be suggested cannot be either.
            some.retain(|wanted| !refused.iter().any(|name| mentions(&wanted.proposal.change, name)));
            if some.is_empty() {
                break;
            }
            let actor = Actor::user(work.user, None, skald_kernel::SiteRole::User);
            let mut tx = app.tx(&actor).await?;
            let input = ProposalsIn {
                title: batch.is_none().then(|| "Imported pages".to_owned()),
                batch_id: batch,
                proposals: some.iter().map(|wanted| wanted.proposal.clone()).collect(),
            };
            match propose(&mut tx, viewer, &Author::Import { job: job.id }, input).await {
                Ok(proposed) => {
                    tx.commit().await?;
                    batch = proposed.batch.or(batch);
                    break;
                }
                Err(error) => {
                    let wrong = wrong_ones(&error);
                    if wrong.is_empty() {
                        return Err(error);
                    }
                    for (index, why) in &wrong {
                        let Some(wanted) = some.get(*index) else { continue };
                        warn(report, format!("{}: {why}", wanted.path));
                        if wanted.makes {
                            refused.extend(wanted.proposal.reference.as_ref().map(|name| format!("ref:{name}")));
                        }
                    }
                    let mut index = 0;
                    some.retain(|_| {
                        index += 1;
                        !wrong.contains_key(&(index - 1))
                    });
                }
            }
        }
    }
    report.batch_id = batch;
    Ok(true)
}

/// Which proposals of a call are wrong, and why.
fn wrong_ones(error: &Error) -> HashMap<usize, String> {
    let mut wrong = HashMap::new();
    for field in error.fields() {
        let mut parts = field.field.splitn(3, '.');
        let (Some("proposals"), Some(Ok(index))) = (parts.next(), parts.next().map(str::parse)) else { continue };
        let place = parts.next().unwrap_or_default();
        wrong
            .entry(index)
            .or_insert_with(|| format!("{}: {}", place.strip_prefix("change.").unwrap_or(place), field.message));
    }
    wrong
}

fn mentions(change: &Map<String, Value>, name: &str) -> bool {
    fn inside(value: &Value, name: &str) -> bool {
        match value {
            Value::String(text) => text == name,
            Value::Array(values) => values.iter().any(|value| inside(value, name)),
            Value::Object(fields) => fields.values().any(|value| inside(value, name)),
            _ => false,
        }
    }
    change.values().any(|value| inside(value, name))
}
