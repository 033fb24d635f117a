//! Texts as a viewer may read them.

use std::collections::{HashMap, HashSet};

use sea_orm::ConnectionTrait;
use skald_kernel::{EntityId, Result, Viewer};
use skald_platform::http::{Page, PageQuery};

use super::{
    dto::BacklinkOut,
    queries::{self, Lead},
    text::{Shown, mentions, plain, shown},
};
use crate::{
    entities::{self, EntityOut, LinkOut, name_key},
    passages,
};

/// Characters of an excerpt.
const EXCERPT: usize = 200;

/// Leaves in bodies and summaries what the viewer may know, and says what the links lead to.
pub(crate) async fn read(db: &impl ConnectionTrait, viewer: &Viewer, entities: &mut [EntityOut]) -> Result<()> {
    quote(db, viewer, entities.iter_mut().map(|entity| &mut entity.summary)).await?;
    if !viewer.sees_all() {
        let fenced: Vec<EntityId> =
            entities.iter().filter(|entity| passages::has_secrets(&entity.body)).map(|entity| entity.id).collect();
        let mut own: HashSet<(EntityId, String)> = HashSet::new();
        if !fenced.is_empty() {
            own.extend(queries::own_audiences(db, viewer, &fenced).await?);
        }
        for entity in entities.iter_mut().filter(|entity| fenced.contains(&entity.id)) {
            let id = entity.id;
            let knows = |names: &[&str]| names.iter().any(|name| own.contains(&(id, name_key(name))));
            entity.body = passages::render(&entity.body, knows).into_owned();
        }
    }
    let linking: Vec<EntityId> =
        entities.iter().filter(|entity| entity.body.contains("[[")).map(|entity| entity.id).collect();
    if linking.is_empty() {
        return Ok(());
    }
    let mut leads: HashMap<EntityId, HashMap<String, Lead>> = HashMap::new();
    for lead in queries::leads(db, viewer, &linking).await? {
        let known = leads.entry(lead.source).or_default();
        // The same name may stand in a fence for one and in the text for another.
        if !lead.audience || !known.contains_key(&lead.key) {
            known.insert(lead.key.clone(), lead);
        }
    }
    for entity in entities.iter_mut().filter(|entity| linking.contains(&entity.id)) {
        let leads = leads.remove(&entity.id).unwrap_or_default();
        entity.links = links_of(&entity.body, &leads);
        if !viewer.sees_all() {
            let as_known = |key: &str| match leads.get(key) {
                Some(Lead { target: Some(_), .. }) => Shown::Link,
                Some(Lead { leads: false, .. }) => Shown::Words,
                // Also when it was saved while this was read, so that nothing is known of it.
                _ => Shown::Hidden,
            };
            entity.body = shown(&entity.body, as_known).into_owned();
        }
    }
    Ok(())
}

fn links_of(body: &str, leads: &HashMap<String, Lead>) -> Vec<LinkOut> {
    let mut seen = HashSet::new();
    mentions(body)
        .into_iter()
        .filter(|mention| seen.insert(mention.name))
        .filter_map(|mention| {
            let (id, name, kind) = leads.get(&mention.key())?.target.clone()?;
            Some(LinkOut { text: mention.name.to_owned(), id, name, kind })
        })
        .collect()
}

/// Leaves in short texts, such as facts, what a viewer that does not see all may know. They have no audiences and no links
/// of their own: a secret in them is for game masters, and a name is looked up as it is read.
pub(crate) async fn quote<'a>(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    texts: impl Iterator<Item = &'a mut String>,
) -> Result<()> {
    if viewer.sees_all() {
        return Ok(());
    }
    let mut texts: Vec<&mut String> = texts.filter(|text| text.contains("[[") || text.contains(":::")).collect();
    let mut keys = HashSet::new();
    for text in &mut texts {
        **text = passages::open(text).into_owned();
        keys.extend(mentions(text).iter().map(super::Mention::key));
    }
    if keys.is_empty() {
        return Ok(());
    }
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let bearers = queries::bearers(db, viewer.campaign(), &keys).await?;
    let ids: Vec<EntityId> = bearers.values().flatten().map(|bearer| bearer.id).collect();
    let seen = queries::seen(db, viewer, &ids).await?;
    for text in texts {
        let as_known = |key: &str| match bearers.get(key).map(Vec::as_slice) {
            Some(bearers) if !bearers.iter().any(|bearer| seen.contains(&bearer.id)) => Shown::Hidden,
            _ => Shown::Words,
        };
        *text = shown(text, as_known).into_owned();
    }
    Ok(())
}

/// The pages that link to an entity, as far as the viewer may read them.
///
/// # Errors
/// Invalid page.
pub(crate) async fn backlinks(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    target: EntityId,
    page: &PageQuery,
) -> Result<Page<BacklinkOut>> {
    let sources = queries::sources(db, viewer, target, page).await?;
    let mut pages: HashMap<EntityId, EntityOut> =
        entities::full(db, viewer, &sources.items).await?.into_iter().map(|entity| (entity.id, entity)).collect();
    let items = sources
        .items
        .iter()
        .filter_map(|id| pages.remove(id))
        .map(|page| BacklinkOut { id: page.id, kind: page.kind, excerpt: excerpt(&page, target), name: page.name })
        .collect();
    Ok(Page { items, next_cursor: sources.next_cursor, total: sources.total })
}

/// The line of a page that links to `target`, or as much of it as fits, from a word before the link on.
fn excerpt(page: &EntityOut, target: EntityId) -> String {
    let names: HashSet<&str> =
        page.links.iter().filter(|link| link.id == target).map(|link| link.text.as_str()).collect();
    let found = mentions(&page.body).into_iter().find(|mention| names.contains(mention.name));
    let Some(mention) = found else { return String::new() };
    let before = page.body.get(..mention.start).unwrap_or_default();
    let after = page.body.get(mention.end..).unwrap_or_default();
    let start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
    let end = mention.end + after.find(['\n', '\r']).unwrap_or(after.len());
    let lead = plain(page.body.get(start..mention.start).unwrap_or_default()).into_owned();
    let rest = plain(page.body.get(mention.start..end).unwrap_or_default()).into_owned();
    let skipped = lead.chars().count().saturating_sub(EXCERPT / 2);
    let mut text: String = lead.chars().skip(skipped).collect();
    text.push_str(&rest);
    text.trim().trim_start_matches(['#', '>', '-', '*', ' ']).chars().take(EXCERPT).collect()
}
