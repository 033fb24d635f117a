//! The SQL of search. What fills the index of names reads everything, for no viewer; all else goes through [`Sight`].

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult};
use skald_kernel::{CampaignId, EntityId, Error, Result, Viewer};
use uuid::Uuid;

use super::documents::{Audience, Document, EntityText, FactText};
use crate::{
    bind::{Binds, column},
    entities::{EntityKind, Visibility},
    sight::Sight,
};

/// Entities that are read for the index at once.
pub(super) const PAGE: u64 = 1_000;

/// An entity, as the index of names takes it.
pub(super) struct Row {
    pub id: Uuid,
    pub kind: EntityKind,
    pub name: String,
    pub name_key: String,
    pub aliases: Vec<String>,
    pub aliases_key: String,
    pub visibility: Visibility,
    pub visible_to: Vec<Uuid>,
    pub parent: Option<Uuid>,
    pub updated: DateTime<Utc>,
    /// Keys and how they are shown.
    pub tags: Vec<(String, String)>,
}

const ROW: &str = "SELECT e.id, e.kind, e.name, e.name_key, e.aliases, e.aliases_key, e.visibility, e.parent_id, e.updated_at \
                   FROM entities e WHERE e.campaign_id = $1 AND e.deleted_at IS NULL";

/// The next entities of a campaign by name.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    after: Option<(String, Uuid)>,
) -> Result<Vec<Row>> {
    let mut binds = Binds::default();
    binds.add(campaign.0);
    let mut text = ROW.to_owned();
    if let Some((name, id)) = after {
        text.push_str(&format!(" AND (e.name_key, e.id) > ({}, {})", binds.add(name), binds.add(id)));
    }
    text.push_str(&format!(" ORDER BY e.name_key, e.id LIMIT {}", binds.add(PAGE as i64)));
    whole(db, binds, text).await
}

/// Those of the ids that are entities of the campaign and not deleted.
pub(super) async fn these(db: &impl ConnectionTrait, campaign: CampaignId, ids: &[Uuid]) -> Result<Vec<Row>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut binds = Binds::default();
    binds.add(campaign.0);
    let text = format!("{ROW} AND e.id IN {}", binds.ids(ids));
    whole(db, binds, text).await
}

async fn whole(db: &impl ConnectionTrait, binds: Binds, text: String) -> Result<Vec<Row>> {
    let rows: Result<Vec<Row>> = binds.rows(db, text).await?.iter().map(row).collect();
    let mut rows = rows?;
    if rows.is_empty() {
        return Ok(rows);
    }
    let places: HashMap<Uuid, usize> = rows.iter().enumerate().map(|(n, row)| (row.id, n)).collect();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut binds = Binds::default();
    let text = format!("SELECT entity_id, tag_key, tag FROM entity_tags WHERE entity_id IN {}", binds.ids(&ids));
    for tag in binds.rows(db, text).await? {
        if let Some(n) = places.get(&column(&tag, "entity_id")?) {
            rows[*n].tags.push((column(&tag, "tag_key")?, column(&tag, "tag")?));
        }
    }
    let some: Vec<Uuid> = rows.iter().filter(|row| row.visibility == Visibility::Some).map(|row| row.id).collect();
    if !some.is_empty() {
        let mut binds = Binds::default();
        let text =
            format!("SELECT entity_id, knower_id FROM entity_visible_to WHERE entity_id IN {}", binds.ids(&some));
        for knower in binds.rows(db, text).await? {
            if let Some(n) = places.get(&column(&knower, "entity_id")?) {
                rows[*n].visible_to.push(column(&knower, "knower_id")?);
            }
        }
    }
    Ok(rows)
}

fn row(row: &QueryResult) -> Result<Row> {
    Ok(Row {
        id: column(row, "id")?,
        kind: EntityKind::read(&column::<String>(row, "kind")?)?,
        name: column(row, "name")?,
        name_key: column(row, "name_key")?,
        aliases: serde_json::from_value(column(row, "aliases")?).map_err(Error::internal)?,
        aliases_key: column(row, "aliases_key")?,
        visibility: Visibility::read(&column::<String>(row, "visibility")?)?,
        visible_to: Vec::new(),
        parent: column(row, "parent_id")?,
        updated: column(row, "updated_at")?,
        tags: Vec::new(),
    })
}

/// The last numbers of streams; 0 for one that has none yet.
pub(super) async fn heads(db: &impl ConnectionTrait, streams: &[String; 2]) -> Result<[i64; 2]> {
    let mut binds = Binds::default();
    let text = format!(
        "SELECT key, seq FROM streams WHERE key IN ({}, {})",
        binds.add(streams[0].as_str()),
        binds.add(streams[1].as_str())
    );
    let mut heads = [0; 2];
    for row in binds.rows(db, text).await? {
        let key: String = column(&row, "key")?;
        if let Some(n) = streams.iter().position(|stream| *stream == key) {
            heads[n] = column(&row, "seq")?;
        }
    }
    Ok(heads)
}

/// Kind and subject of a stream's events behind one number, up to another.
pub(super) async fn events(
    db: &impl ConnectionTrait,
    stream: &str,
    after: i64,
    to: i64,
) -> Result<Vec<(String, Uuid)>> {
    let mut binds = Binds::default();
    let text = format!(
        "SELECT kind, subject_id FROM events WHERE stream = {} AND seq > {} AND seq <= {} ORDER BY seq",
        binds.add(stream),
        binds.add(after),
        binds.add(to)
    );
    let rows = binds.rows(db, text).await?;
    rows.iter().map(|row| Ok((column(row, "kind")?, column(row, "subject_id")?))).collect()
}

/// What is related to any of these, as far as the viewer may know.
pub(super) async fn related(db: &impl ConnectionTrait, viewer: &Viewer, ids: &[EntityId]) -> Result<Vec<Uuid>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for (near, far) in [("from_id", "to_id"), ("to_id", "from_id")] {
        let mut binds = Binds::default();
        let sight = Sight::new(viewer, &mut binds);
        let text = format!(
            "SELECT r.{far} AS id {} AND r.{near} IN {} ORDER BY r.id LIMIT 500",
            sight.relationships(""),
            binds.ids(ids)
        );
        for row in binds.rows(db, text).await? {
            found.push(column(&row, "id")?);
        }
    }
    Ok(found)
}

/// What a search is narrowed down to.
#[derive(Debug, Default)]
pub(super) struct Narrow {
    pub kinds: Vec<EntityKind>,
    /// Keys; all of them.
    pub tags: Vec<String>,
    pub before: Option<DateTime<Utc>>,
    pub after: Option<DateTime<Utc>>,
}

/// Where a text was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub document: i64,
    pub entity: Uuid,
    pub fact: Option<Uuid>,
}

/// The word that stands for a campaign in its texts. It begins with a letter that no word of a text has: folding makes a
/// plain one of it.
pub(super) fn scope(campaign: CampaignId) -> String {
    format!("ｃ{}", campaign.0.simple())
}

/// The condition under which the entity `e` is among what a search is narrowed down to.
fn narrowed(narrow: &Narrow, e: &str, sight: &Sight, binds: &mut Binds) -> String {
    let mut text = String::new();
    if !narrow.kinds.is_empty() {
        let kinds: Vec<String> = narrow.kinds.iter().map(|kind| binds.add(kind.as_str())).collect();
        text.push_str(&format!(" AND {e}.kind IN ({})", kinds.join(", ")));
    }
    for tag in &narrow.tags {
        text.push_str(&format!(
            " AND EXISTS (SELECT 1 FROM entity_tags t WHERE t.campaign_id = {} AND t.tag_key = {} AND t.entity_id = {e}.id)",
            sight.campaign(),
            binds.add(tag.as_str())
        ));
    }
    if let Some(before) = narrow.before {
        text.push_str(&format!(" AND {e}.updated_at < {}", binds.add(before)));
    }
    if let Some(after) = narrow.after {
        text.push_str(&format!(" AND {e}.updated_at >= {}", binds.add(after)));
    }
    text
}

/// `FROM … WHERE …` of the documents `d` that hold what a query asks for.
fn holding(db: &impl ConnectionTrait, query: &str, binds: &mut Binds) -> (&'static str, String) {
    let query = binds.add(query);
    if db.get_database_backend() == DbBackend::Postgres {
        ("search_documents d", format!("d.vector @@ to_tsquery('simple', {query})"))
    } else {
        // The index leads, whatever SQLite thinks of the other tables.
        ("search_index x CROSS JOIN search_documents d", format!("x.search_index MATCH {query} AND d.id = x.rowid"))
    }
}

/// The newest texts of entities that hold what a query asks for and that the viewer may read.
pub(super) async fn entity_documents(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    query: &str,
    narrow: &Narrow,
    most: u64,
) -> Result<Vec<Place>> {
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let (from, holds) = holding(db, query, &mut binds);
    let text = format!(
        "SELECT d.id AS document, d.entity_id AS entity FROM {from} CROSS JOIN entities e \
         WHERE {holds} AND d.subject_type = 'entity' AND e.id = d.entity_id AND {}{}{} ORDER BY d.id DESC LIMIT {}",
        sight.entity("e"),
        sight.document("d"),
        narrowed(narrow, "e", &sight, &mut binds),
        binds.add(most as i64)
    );
    let rows = binds.rows(db, text).await?;
    rows.iter()
        .map(|row| Ok(Place { document: column(row, "document")?, entity: column(row, "entity")?, fact: None }))
        .collect()
}

/// The newest facts that say what a query asks for and that the viewer may know.
pub(super) async fn fact_documents(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    query: &str,
    narrow: &Narrow,
    most: u64,
) -> Result<Vec<Place>> {
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let (from, holds) = holding(db, query, &mut binds);
    let text = format!(
        "SELECT (SELECT MAX(m.id) FROM search_documents m WHERE m.subject_id = f.id{}) AS document, f.id AS fact, \
         f.subject_id AS entity {} AND f.id IN (SELECT d.subject_id FROM {from} WHERE {holds} AND d.subject_type = 'fact'{}){} \
         ORDER BY document DESC LIMIT {}",
        sight.document("m"),
        sight.facts(),
        sight.document("d"),
        narrowed(narrow, "s", &sight, &mut binds),
        binds.add(most as i64)
    );
    let rows = binds.rows(db, text).await?;
    rows.iter()
        .map(|row| {
            Ok(Place {
                document: column(row, "document")?,
                entity: column(row, "entity")?,
                fact: Some(column(row, "fact")?),
            })
        })
        .collect()
}

/// Titles and words of documents that the viewer was found to read.
pub(super) async fn words_of(db: &impl ConnectionTrait, ids: &[i64]) -> Result<HashMap<i64, (String, String)>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut binds = Binds::default();
    let places: Vec<String> = ids.iter().map(|id| binds.add(*id)).collect();
    let text = format!("SELECT id, title, words FROM search_documents WHERE id IN ({})", places.join(", "));
    let rows = binds.rows(db, text).await?;
    rows.iter().map(|row| Ok((column(row, "id")?, (column(row, "title")?, column(row, "words")?)))).collect()
}

/// The texts of entities that are not deleted.
pub(super) async fn entity_texts(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    ids: &[Uuid],
) -> Result<Vec<EntityText>> {
    let mut binds = Binds::default();
    let text = format!(
        "SELECT id, name, aliases, summary, body FROM entities WHERE campaign_id = {} AND deleted_at IS NULL AND id IN {} \
         ORDER BY id",
        binds.add(campaign.0),
        binds.ids(ids)
    );
    let rows = binds.rows(db, text).await?;
    let mut binds = Binds::default();
    let text = format!(
        "SELECT source_id, text_key, target_id FROM entity_links \
         WHERE place = 'audience' AND target_id IS NOT NULL AND source_id IN {}",
        binds.ids(ids)
    );
    let mut audiences: HashMap<Uuid, HashMap<String, Uuid>> = HashMap::new();
    for row in binds.rows(db, text).await? {
        let of: Uuid = column(&row, "source_id")?;
        audiences.entry(of).or_default().insert(column(&row, "text_key")?, column(&row, "target_id")?);
    }
    rows.iter()
        .map(|row| {
            let id: Uuid = column(row, "id")?;
            Ok(EntityText {
                id,
                name: column(row, "name")?,
                aliases: serde_json::from_value(column(row, "aliases")?).map_err(Error::internal)?,
                summary: column(row, "summary")?,
                body: column(row, "body")?,
                audiences: audiences.remove(&id).unwrap_or_default(),
            })
        })
        .collect()
}

/// The texts of facts that are not deleted.
pub(super) async fn fact_texts(db: &impl ConnectionTrait, campaign: CampaignId, ids: &[Uuid]) -> Result<Vec<FactText>> {
    let mut binds = Binds::default();
    let text = format!(
        "SELECT id, subject_id, predicate, text FROM facts WHERE campaign_id = {} AND deleted_at IS NULL AND id IN {} \
         ORDER BY id",
        binds.add(campaign.0),
        binds.ids(ids)
    );
    let rows = binds.rows(db, text).await?;
    rows.iter()
        .map(|row| {
            Ok(FactText {
                id: column(row, "id")?,
                subject: column(row, "subject_id")?,
                predicate: column(row, "predicate")?,
                text: column(row, "text")?,
            })
        })
        .collect()
}

pub(super) async fn remove_documents(db: &impl ConnectionTrait, subjects: &[Uuid]) -> Result<()> {
    let mut binds = Binds::default();
    let text = format!("DELETE FROM search_documents WHERE subject_id IN {}", binds.ids(subjects));
    binds.run(db, text).await.map(drop)
}

pub(super) async fn add_documents(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    documents: &[Document],
) -> Result<()> {
    for document in documents {
        let mut binds = Binds::default();
        let row = binds.row([
            campaign.0.into(),
            document.subject_type.into(),
            document.subject.into(),
            document.entity.into(),
            document.audience.as_str().into(),
            document.author.into(),
            scope(campaign).into(),
            document.title.clone().into(),
            document.words.clone().into(),
        ]);
        let text = format!(
            "INSERT INTO search_documents (campaign_id, subject_type, subject_id, entity_id, audience, author_id, scope, \
             title, words) VALUES {row} RETURNING id"
        );
        let made = binds.rows(db, text).await?;
        if let (Some(made), Audience::Some(knowers)) = (made.first(), &document.audience)
            && !knowers.is_empty()
        {
            let id: i64 = column(made, "id")?;
            let knowers: HashSet<Uuid> = knowers.iter().copied().collect();
            let mut binds = Binds::default();
            let rows: Vec<String> = knowers.into_iter().map(|knower| binds.row([id.into(), knower.into()])).collect();
            let text =
                format!("INSERT INTO search_document_knowers (document_id, knower_id) VALUES {}", rows.join(", "));
            binds.run(db, text).await?;
        }
    }
    Ok(())
}

/// How many entities and facts there are in all campaigns.
pub(super) async fn subjects(db: &impl ConnectionTrait) -> Result<u64> {
    let text = "SELECT (SELECT COUNT(*) FROM entities) + (SELECT COUNT(*) FROM facts) AS n";
    let rows = Binds::default().rows(db, text).await?;
    rows.first().map_or(Ok(0), |row| Ok(column::<i64>(row, "n")?.unsigned_abs()))
}

/// Whether there is an entity at all.
pub(super) async fn is_anything_to_index(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(!Binds::default().rows(db, "SELECT id FROM entities LIMIT 1").await?.is_empty())
}

/// The next entities or facts by id, with their campaigns; of one campaign, or of all.
pub(super) async fn next_subjects(
    db: &impl ConnectionTrait,
    table: &'static str,
    campaign: Option<CampaignId>,
    after: Uuid,
    limit: u64,
) -> Result<Vec<(CampaignId, Uuid)>> {
    let mut binds = Binds::default();
    let of = campaign.map(|campaign| format!("campaign_id = {} AND ", binds.add(campaign.0))).unwrap_or_default();
    let text = format!(
        "SELECT campaign_id, id FROM {table} WHERE {of}id > {} ORDER BY id LIMIT {}",
        binds.add(after),
        binds.add(limit as i64)
    );
    let rows = binds.rows(db, text).await?;
    rows.iter().map(|row| Ok((CampaignId(column(row, "campaign_id")?), column(row, "id")?))).collect()
}

/// Who wrote the documents of these subjects.
pub(super) async fn authors(db: &impl ConnectionTrait, subjects: &[Uuid]) -> Result<HashMap<Uuid, Uuid>> {
    let mut binds = Binds::default();
    let text = format!(
        "SELECT subject_id, author_id FROM search_documents WHERE author_id IS NOT NULL AND subject_id IN {}",
        binds.ids(subjects)
    );
    let rows = binds.rows(db, text).await?;
    rows.iter().map(|row| Ok((column(row, "subject_id")?, column(row, "author_id")?))).collect()
}

/// The shape of the documents that are stored.
pub(super) async fn shape(db: &impl ConnectionTrait) -> Result<Option<String>> {
    let rows = Binds::default().rows(db, "SELECT value FROM installation WHERE name = 'search_documents'").await?;
    rows.first().map(|row| column(row, "value")).transpose()
}

pub(super) async fn set_shape(db: &impl ConnectionTrait, shape: &str) -> Result<()> {
    let mut binds = Binds::default();
    let text = format!(
        "INSERT INTO installation (name, value) VALUES ('search_documents', {}) \
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        binds.add(shape)
    );
    binds.run(db, text).await.map(drop)
}

/// The members of a campaign: ids, user names, display names.
pub(super) async fn members(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<Vec<(Uuid, String, String)>> {
    let mut binds = Binds::default();
    let text = format!(
        "SELECT u.id, u.username, u.display_name FROM members m JOIN users u ON u.id = m.user_id WHERE m.campaign_id = {}",
        binds.add(campaign.0)
    );
    let rows = binds.rows(db, text).await?;
    rows.iter().map(|row| Ok((column(row, "id")?, column(row, "username")?, column(row, "display_name")?))).collect()
}

/// The entities the viewer may see that one of these users wrote last.
pub(super) async fn written_by(db: &impl ConnectionTrait, viewer: &Viewer, users: &[Uuid]) -> Result<Vec<Uuid>> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let text = format!(
        "SELECT DISTINCT e.id FROM search_documents d JOIN entities e ON e.id = d.subject_id AND {} \
         WHERE d.campaign_id = {} AND d.author_id IN {}{}",
        sight.entity("e"),
        sight.campaign(),
        binds.ids(users),
        sight.document("d"),
    );
    binds.rows(db, text).await?.iter().map(|row| column(row, "id")).collect()
}

/// The characters and items the viewer may see that their fields put into one of these places.
pub(super) async fn found_in(db: &impl ConnectionTrait, viewer: &Viewer, places: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut found = Vec::new();
    for some in places.chunks(400) {
        let mut binds = Binds::default();
        let sight = Sight::new(viewer, &mut binds);
        let ids: Vec<String> = some.iter().map(|id| binds.add(id.to_string())).collect();
        let ids = ids.join(", ");
        let text = format!(
            "SELECT e.id FROM entities e WHERE {} AND e.kind IN ('character', 'item') \
             AND (CAST(e.fields ->> 'present_at' AS TEXT) IN ({ids}) OR CAST(e.fields ->> 'found_at' AS TEXT) IN ({ids}))",
            sight.entity("e")
        );
        for row in binds.rows(db, text).await? {
            found.push(column(&row, "id")?);
        }
    }
    Ok(found)
}
