//! One answer from names and texts.
//!
//! Names that fit well come first, then texts, then names that fit from afar. An entity is one hit, with the best reason
//! there is. Kinds and tags are counted over all hits of the viewer, not over a page.

use std::collections::{BTreeMap, HashMap, HashSet};

use skald_kernel::{EntityId, FactId, Result, Viewer, text::fold};
use skald_platform::{
    App,
    http::{Page, PageQuery},
};
use uuid::Uuid;

use super::{
    campaigns::{About, Indexes, Names},
    dto::{FacetCount, Facets, Hit, Piece, SearchOut, Why},
    grammar::Query,
    lookup::{self, Look, sees},
    names::{Ask, Found, Mode, normal},
    queries::{self, Narrow},
    snippet::snippet,
    texts::{self, Text},
};
use crate::{
    entities::{self, EntityKind, EntityOut},
    facts::{self, FactOut},
    sight::Eyes,
};

/// What a name scores at least to be found.
const CUT_OFF: f32 = 0.72;
/// What a name scores at least to come before texts that hold every word.
const NEAR: f32 = 0.8;
/// What a name scores that was not quite what was typed, so that the reader is asked.
const NOT_QUITE: f32 = 0.9;
/// Names that are found at most.
const NAMES: usize = 100;
/// Tags that are counted out.
const TAGS: usize = 30;
/// Places of whose contents fields are asked.
const PLACES: usize = 2_000;

/// A hit before it is written out.
struct Find {
    id: Uuid,
    why: Why,
    matched: Option<String>,
    fact: Option<Uuid>,
}

/// Everything a query finds for a viewer, and one page of it written out.
pub(super) async fn search(app: &App, viewer: &Viewer, query: Query, page: &PageQuery) -> Result<SearchOut> {
    let (limit, from) = (page.limit()?, page.after::<u64>()?.unwrap_or_default());
    let db = app.db().read();
    let eyes = Eyes::of(db, viewer).await?;
    let indexes = app.part::<Indexes>();
    let look = look(app, viewer, &eyes, &query).await?;
    let narrow = Narrow { kinds: look.kinds.clone(), tags: look.tags.clone(), before: look.before, after: look.after };
    let mut texts = texts::search(db, viewer, &query, &narrow).await?;
    if texts.found.is_empty() {
        texts = texts::search(db, viewer, &query.loosened(), &narrow).await?;
    }
    let names = indexes.of(app, viewer.campaign()).await?;
    if let Some(only) = &look.only {
        texts.found.retain(|text| only.contains(&text.entity));
    }
    // What changed since the texts were read is left to the next search.
    texts.found.retain(|text| names.index.about(text.entity).is_some());
    let by_name = by_name(&names, &eyes, &query, &look);
    let did_you_mean = match by_name.first() {
        Some(best) if best.score < NOT_QUITE && texts.found.is_empty() => Some(best.name.clone()),
        _ => None,
    };
    let finds = if query.name.trim().is_empty() && !query.asks_for_words() {
        everything(&names, &eyes, &look)
    } else {
        blended(by_name, &texts.found)
    };
    let facets = facets(&names, &finds);
    drop(names);
    let total = finds.len() as u64;
    let rows: Vec<(u64, Find)> = (1..).zip(finds).skip(from as usize).take(limit as usize + 1).collect();
    let page = Page::from_rows(rows, limit, |(n, _)| *n);
    let items = written(app, viewer, page.items.into_iter().map(|(_, find)| find).collect(), &query).await?;
    Ok(SearchOut {
        items,
        next_cursor: page.next_cursor,
        total,
        more: texts.more,
        facets,
        did_you_mean,
        ignored: query.ignored,
    })
}

/// What a query is narrowed down to. A place or an author that the viewer knows nothing of has nothing.
async fn look(app: &App, viewer: &Viewer, eyes: &Eyes, query: &Query) -> Result<Look> {
    let without = query.terms.iter().filter(|term| term.not && term.words.len() == 1);
    let mut look = Look {
        kinds: query.kinds.clone(),
        tags: query.tags.clone(),
        only: None,
        before: query.before,
        after: query.after,
        without: without.map(|term| term.words[0].text.clone()).collect(),
    };
    let db = app.db().read();
    if let Some(author) = &query.author {
        let members = queries::members(db, viewer.campaign()).await?;
        let these = members.into_iter().filter(|(_, user, shown)| fold(user) == *author || fold(shown) == *author);
        let users: Vec<Uuid> = these.map(|(id, _, _)| id).collect();
        look.only = Some(queries::written_by(db, viewer, &users).await?.into_iter().collect());
    }
    if let Some(place) = &query.place {
        let names = app.part::<Indexes>().of(app, viewer.campaign()).await?;
        let places = inside(&names, eyes, place);
        drop(names);
        let some: Vec<Uuid> = places.iter().copied().take(PLACES).collect();
        let mut inside: HashSet<Uuid> = queries::found_in(db, viewer, &some).await?.into_iter().collect();
        inside.extend(places);
        look.only = Some(match look.only.take() {
            Some(only) => only.intersection(&inside).copied().collect(),
            None => inside,
        });
    }
    Ok(look)
}

/// The location that is called so, and all that the viewer sees to lie in it.
fn inside(names: &Names, eyes: &Eyes, place: &str) -> Vec<Uuid> {
    let locations = Look { kinds: vec![EntityKind::Location], ..Look::default() };
    let ask = Ask { text: place, mode: Mode::Typing, cut_off: CUT_OFF };
    let Some(root) = lookup::search(names, eyes, &locations, ask, 1).into_iter().next() else { return Vec::new() };
    let mut children: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for (id, about) in names.index.iter().filter(|(id, about)| sees(eyes, *id, about)) {
        if let Some(parent) = about.parent {
            children.entry(parent).or_default().push(id);
        }
    }
    let mut found = vec![root.id];
    let mut seen: HashSet<Uuid> = HashSet::from([root.id]);
    let mut at = 0;
    while let Some(id) = found.get(at) {
        let below = children.get(id).cloned().unwrap_or_default();
        found.extend(below.into_iter().filter(|child| seen.insert(*child)));
        at += 1;
    }
    found
}

fn by_name(names: &Names, eyes: &Eyes, query: &Query, look: &Look) -> Vec<Found> {
    // Words that must not occur ask for no name.
    let typing = query.terms.iter().any(|term| term.prefix && !term.not);
    let mode = if typing { Mode::Typing } else { Mode::Whole };
    let ask = Ask { text: &query.name, mode, cut_off: CUT_OFF };
    lookup::search(names, eyes, look, ask, NAMES)
}

fn blended(by_name: Vec<Found>, texts: &[Text]) -> Vec<Find> {
    let text = |text: &Text| Find {
        id: text.entity,
        why: if text.fact.is_some() { Why::Fact } else { Why::Body },
        matched: None,
        fact: text.fact,
    };
    let mut best_texts: HashMap<Uuid, &Text> = HashMap::new();
    for text in texts {
        best_texts.entry(text.entity).or_insert(text);
    }
    let name = |found: &Found| {
        let (why, matched) = lookup::reason(found);
        match best_texts.get(&found.id) {
            // That a text says so to the letter is the better reason.
            Some(best) if why != Why::Name => text(best),
            _ => Find { id: found.id, why, matched, fact: None },
        }
    };
    let (near, far): (Vec<Found>, Vec<Found>) = by_name.into_iter().partition(|found| found.score >= NEAR);
    let all = near.iter().map(name).chain(texts.iter().map(text)).chain(far.iter().map(name));
    let mut seen = HashSet::new();
    all.filter(|find| seen.insert(find.id)).collect()
}

/// Without words, all that the filters leave, by name.
fn everything(names: &Names, eyes: &Eyes, look: &Look) -> Vec<Find> {
    let mut all: Vec<(&str, Uuid)> = names
        .index
        .iter()
        .filter(|(id, about)| sees(eyes, *id, about) && look.fits(names, *id, about))
        .map(|(id, about): (Uuid, &About)| (&*about.name_key, id))
        .collect();
    all.sort_unstable();
    all.into_iter().map(|(_, id)| Find { id, why: Why::Name, matched: None, fact: None }).collect()
}

fn facets(names: &Names, finds: &[Find]) -> Facets {
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    let mut tags: BTreeMap<&str, (&str, u64)> = BTreeMap::new();
    for about in finds.iter().filter_map(|find| names.index.about(find.id)) {
        *kinds.entry(about.kind.as_str()).or_default() += 1;
        for tag in names.tags(about) {
            let entry = tags.entry(&tag.key).or_insert((&tag.shown, 0));
            // However its bearers write it: one way, that does not depend on their order.
            entry.0 = entry.0.min(&tag.shown);
            entry.1 += 1;
        }
    }
    let most = |mut counts: Vec<FacetCount>| {
        counts.sort_by_key(|counted| std::cmp::Reverse(counted.count));
        counts
    };
    let count = |value: &str, count: u64| FacetCount { value: value.to_owned(), count };
    let mut tags = most(tags.into_values().map(|(shown, n)| count(shown, n)).collect());
    tags.truncate(TAGS);
    Facets { kinds: most(kinds.into_iter().map(|(kind, n)| count(kind, n)).collect()), tags }
}

/// Hits with their texts, read again through the viewer's eyes: nothing else is ever shown of them.
async fn written(app: &App, viewer: &Viewer, finds: Vec<Find>, query: &Query) -> Result<Vec<Hit>> {
    let db = app.db().read();
    let ids: Vec<EntityId> = finds.iter().map(|find| EntityId(find.id)).collect();
    let entities = entities::full(db, viewer, &ids).await?;
    let mut entities: HashMap<Uuid, EntityOut> = entities.into_iter().map(|entity| (entity.id.0, entity)).collect();
    let ids: Vec<FactId> = finds.iter().filter_map(|find| find.fact.map(FactId)).collect();
    let facts = facts::these(db, viewer, &ids).await?;
    let facts: HashMap<Uuid, FactOut> = facts.into_iter().map(|fact| (fact.id.0, fact)).collect();
    Ok(finds
        .into_iter()
        .filter_map(|find| {
            let entity = entities.remove(&find.id)?;
            let fact = find.fact.and_then(|id| facts.get(&id));
            if find.fact.is_some() && fact.is_none() {
                return None;
            }
            Some(Hit {
                id: entity.id,
                kind: entity.kind,
                subtype: entity.subtype,
                matched: find.matched,
                why: find.why,
                fact_id: fact.map(|fact| fact.id),
                snippet: shown(&entity, fact, query),
                name: entity.name,
                tags: entity.tags,
            })
        })
        .collect())
}

fn shown(entity: &EntityOut, fact: Option<&FactOut>, query: &Query) -> Vec<Piece> {
    if let Some(fact) = fact {
        let predicate = fact.predicate.replace('_', " ");
        let object = fact.object_name.as_deref().unwrap_or_default();
        let statement = format!("{} {predicate} {object}", fact.subject_name);
        let text = match (normal::words(&fact.text).is_empty(), statement.trim_end()) {
            (true, statement) => statement.to_owned(),
            (false, statement) => format!("{statement}: {}", fact.text),
        };
        return snippet(&text, query);
    }
    // The text as it was searched: exactly, or by the beginnings of its words.
    let text = format!("{}\n{}", entity.summary, entity.body);
    let pieces = snippet(&text, query);
    if pieces.iter().any(|piece| piece.hit) { pieces } else { snippet(&text, &query.loosened()) }
}
