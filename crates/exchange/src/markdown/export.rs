//! Writing a vault through somebody's eyes, some pages at a time.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use futures::{Stream, TryStreamExt};
use serde_json::{Map, Value, json};
use skald_canon::{
    entities::{self, EntityOut, Filter},
    facts::{self, FactQuery},
    media,
    relationships::{self, EdgeFilter, Ends},
};
use skald_kernel::{EntityId, Error, Result, Viewer};
use skald_platform::{App, http::PageQuery};

use super::{
    FOLDERS, KEYS,
    page::{Page, file_name, link, write},
};
use crate::packing::{self, Pack};

/// Entities that are read at once.
const AT_ONCE: u64 = 200;
/// Ties of a campaign at most; far beyond any.
const TIES: usize = 2_000_000;

/// The bytes of a vault with what the viewer may know.
pub(crate) fn stream(app: &App, viewer: Viewer) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    let of_task = app.clone();
    packing::stream(app, move |pack| async move { gather(&of_task, &viewer, &pack).await })
}

/// Where each entity's page is, and its name.
pub(super) struct Paths(HashMap<String, (String, String)>);

impl Paths {
    /// Paths for entities in the order they are given: the first of a name gets it.
    pub(super) fn new<'a>(entities: impl IntoIterator<Item = (EntityId, &'a str, &'a str)>) -> Self {
        let mut taken = HashSet::new();
        let paths = entities.into_iter().map(|(id, kind, name)| {
            let folder = FOLDERS.iter().find(|(word, _)| *word == kind).map_or("Notes", |(_, folder)| folder);
            let file = file_name(name);
            // Links by name alone lead to one of them in any folder, so the name is the file's alone.
            let mut path = file.clone();
            let mut number = 1;
            while !taken.insert(path.to_lowercase()) {
                number += 1;
                path = format!("{file} ({number})");
            }
            (id.to_string(), (format!("{folder}/{path}.md"), name.to_owned()))
        });
        Self(paths.collect())
    }

    fn path(&self, id: &str) -> &str {
        self.0.get(id).map_or("", |(path, _)| path)
    }

    /// An id as a link; as it is, where it is no page of the vault.
    fn linked(&self, id: &Value) -> Value {
        match id.as_str().and_then(|id| self.0.get(id)) {
            Some((path, name)) => json!(link(path, name)),
            None => id.clone(),
        }
    }
}

async fn gather(app: &App, viewer: &Viewer, pack: &Pack) -> Result<()> {
    let db = app.db().read();
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let page = PageQuery { limit: Some(AT_ONCE), cursor };
        let page = entities::list(db, viewer, &Filter { page, ..Filter::default() }).await?;
        all.extend(page.items.into_iter().map(|entity| (entity.id, entity.kind.as_str(), entity.name)));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let paths = Paths::new(all.iter().map(|(id, kind, name)| (*id, *kind, name.as_str())));
    let mut facts = facts_by_subject(app, viewer).await?;
    let mut ties = ties_by_from(app, viewer).await?;
    let mut portraits = HashSet::new();
    for some in all.chunks(AT_ONCE as usize) {
        let ids: Vec<EntityId> = some.iter().map(|(id, ..)| *id).collect();
        for entity in entities::full(db, viewer, &ids).await? {
            let id = entity.id.to_string();
            portraits.extend(entity.portrait_id);
            let page = page(&entity, facts.remove(&id), ties.remove(&id), &paths)?;
            pack.file(paths.path(&id).to_owned(), true).await?;
            pack.bytes(write(&page).into_bytes()).await?;
        }
    }
    for portrait in portraits {
        let blob = media::blob_name(viewer.campaign(), portrait);
        let Ok(mut bytes) = app.blobs().stream(&blob).await else { continue };
        pack.file(format!("Pictures/{portrait}"), false).await?;
        while let Some(piece) = bytes.try_next().await.map_err(Error::internal)? {
            pack.bytes(piece.to_vec()).await?;
        }
    }
    Ok(())
}

type Grouped = HashMap<String, Vec<Map<String, Value>>>;

fn object(value: impl serde::Serialize) -> Result<Map<String, Value>> {
    match serde_json::to_value(value).map_err(Error::internal)? {
        Value::Object(map) => Ok(map),
        _ => Err(Error::internal("no object")),
    }
}

async fn facts_by_subject(app: &App, viewer: &Viewer) -> Result<Grouped> {
    let mut grouped = Grouped::new();
    let mut cursor = None;
    loop {
        let query = FactQuery { limit: Some(AT_ONCE), cursor, ..FactQuery::default() };
        let page = facts::list(app.db().read(), viewer, &query).await?;
        for fact in page.items {
            grouped.entry(fact.subject_id.to_string()).or_default().push(object(&fact)?);
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(grouped);
        }
    }
}

async fn ties_by_from(app: &App, viewer: &Viewer) -> Result<Grouped> {
    let db = app.db().read();
    let filter = EdgeFilter { ends: Ends::Any, kind: None, as_of: None, limit: TIES };
    let mut ids: Vec<_> = relationships::edges(db, viewer, &filter).await?.into_iter().map(|edge| edge.id).collect();
    ids.sort_unstable();
    let mut grouped = Grouped::new();
    for ids in ids.chunks(AT_ONCE as usize) {
        for tie in relationships::these(db, viewer, ids).await? {
            grouped.entry(tie.from_id.to_string()).or_default().push(object(&tie)?);
        }
    }
    Ok(grouped)
}

fn page(
    entity: &EntityOut,
    facts: Option<Vec<Map<String, Value>>>,
    ties: Option<Vec<Map<String, Value>>>,
    paths: &Paths,
) -> Result<Page> {
    let mut whole = object(entity)?;
    let mut front = Map::new();
    front.insert("id".into(), json!(entity.id));
    for key in KEYS {
        front.insert(key.into(), whole.remove(key).unwrap_or_default());
    }
    front.insert("parent_id".into(), paths.linked(&front["parent_id"]));
    if let Some(ids) = front["visible_to"].as_array() {
        let links: Vec<Value> = ids.iter().map(|id| paths.linked(id)).collect();
        front.insert("visible_to".into(), links.into());
    }
    let facts: Vec<Value> = facts.into_iter().flatten().map(|fact| fact_lines(fact, paths)).collect();
    let ties: Vec<Value> = ties.into_iter().flatten().map(|tie| tie_lines(tie, paths)).collect();
    for (key, values) in [("facts", facts), ("ties", ties)] {
        if !values.is_empty() {
            front.insert(key.into(), values.into());
        }
    }
    Ok(Page { front, body: entity.body.clone() })
}

/// What of a fact or a tie is not its own: names of what it leads to, when it was learned, and what the server keeps of it.
const NOT_KEPT: [&str; 13] = [
    "campaign_id",
    "subject_id",
    "subject_name",
    "object_name",
    "from_id",
    "from_name",
    "to_name",
    "version",
    "created_at",
    "updated_at",
    "links",
    "known",
    "known_from",
];

fn own(mut of: Map<String, Value>) -> Map<String, Value> {
    NOT_KEPT.iter().for_each(|key| drop(of.remove(*key)));
    of.retain(|_, value| !value.is_null());
    of
}

fn fact_lines(fact: Map<String, Value>, paths: &Paths) -> Value {
    let mut fact = own(fact);
    if let Some(object) = fact.get_mut("object_id") {
        *object = paths.linked(object);
    }
    if let Some(knowers) = fact.get_mut("knowers").and_then(Value::as_array_mut) {
        for id in knowers.iter_mut().filter_map(|knower| knower.get_mut("id")) {
            *id = paths.linked(id);
        }
    }
    Value::Object(fact)
}

fn tie_lines(tie: Map<String, Value>, paths: &Paths) -> Value {
    let mut tie = own(tie);
    if let Some(to) = tie.get_mut("to_id") {
        *to = paths.linked(to);
    }
    Value::Object(tie)
}
