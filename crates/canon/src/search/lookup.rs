//! Looking names up through a viewer's eyes: suggestions, filtered lists, mentions in a text.

use std::{cmp::Reverse, collections::HashSet, ops::Range};

use chrono::{DateTime, Utc};
use skald_kernel::{EntityId, Error, Result, Viewer};
use skald_platform::{App, http::Page};
use uuid::Uuid;

use super::{
    campaigns::{About, Indexes, Names},
    dto::Why,
    names::{Ask, Found, How, Mode, NameKind},
    queries,
};
use crate::{
    entities::{self, EntityBrief, EntityKind, Filter, Place},
    sight::Eyes,
};

/// What scores less is not meant.
const SUGGESTED: f32 = 0.7;
/// What is at hand is put before what fits a little better.
const AT_HAND: f32 = 0.06;
const RELATED: f32 = 0.03;

/// What is looked for by name, and among what.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// Of these kinds; any, when empty.
    pub kinds: Vec<EntityKind>,
    /// Keys of tags it must have.
    pub tags: Vec<String>,
    /// Nothing but these, when given.
    pub only: Option<HashSet<Uuid>>,
    /// Changed before this moment.
    pub before: Option<DateTime<Utc>>,
    /// Changed at this moment or later.
    pub after: Option<DateTime<Utc>>,
    /// Words that no name may have.
    pub without: Vec<String>,
}

impl Look {
    pub fn fits(&self, names: &Names, id: Uuid, about: &About) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&about.kind))
            && self.tags.iter().all(|key| names.tags(about).any(|tag| tag.key == *key))
            && self.only.as_ref().is_none_or(|only| only.contains(&id))
            && self.before.is_none_or(|before| about.updated < before)
            && self.after.is_none_or(|after| about.updated >= after)
            && !self.without.iter().any(|word| about.name_key.contains(word.as_str()))
    }
}

/// The order of what fits equally well: people before places before things before papers, then the newest.
fn tie(about: &About) -> (u8, Reverse<DateTime<Utc>>) {
    let kind = match about.kind {
        EntityKind::Character => 0,
        EntityKind::Location => 1,
        EntityKind::Faction => 2,
        EntityKind::Item => 3,
        EntityKind::Quest => 4,
        EntityKind::Lore => 5,
        EntityKind::Plot => 6,
        EntityKind::Scenario => 7,
        EntityKind::Note => 8,
    };
    (kind, Reverse(about.updated))
}

pub(super) fn sees(eyes: &Eyes, id: Uuid, about: &About) -> bool {
    eyes.see(id, about.visibility, &about.visible_to)
}

/// The names that answer `ask`, the best first.
pub(super) fn search(names: &Names, eyes: &Eyes, look: &Look, ask: Ask<'_>, limit: usize) -> Vec<Found> {
    let admit = |id, about: &About| sees(eyes, id, about) && look.fits(names, id, about);
    names.index.search(ask, limit, admit, |_, about| tie(about))
}

/// Why a name was found, and which other name it was.
pub(super) fn reason(found: &Found) -> (Why, Option<String>) {
    let why = match found.how {
        How::Exact | How::Prefix => Why::Name,
        How::Spelling => Why::Spelling,
        How::Sound => Why::Sound,
    };
    (why, (found.kind == NameKind::Alias).then(|| found.name.clone()))
}

/// An entity that may be meant, and how well it fits.
pub(super) struct Meant {
    pub entity: EntityBrief,
    pub matched: Option<String>,
    pub why: Why,
    pub score: f32,
}

/// What may be meant by `text`, the likeliest first; without a text what is at hand, then what changed last.
pub(super) async fn suggest(
    app: &App,
    viewer: &Viewer,
    text: &str,
    mode: Mode,
    look: &Look,
    context: &[EntityId],
    limit: usize,
) -> Result<Vec<Meant>> {
    let db = app.db().read();
    let eyes = Eyes::of(db, viewer).await?;
    let at_hand: HashSet<Uuid> = context.iter().map(|id| id.0).collect();
    let related: HashSet<Uuid> = queries::related(db, viewer, context).await?.into_iter().collect();
    let boost = |id: Uuid| match () {
        () if at_hand.contains(&id) => AT_HAND,
        () if related.contains(&id) => RELATED,
        () => 0.0,
    };
    let names = app.part::<Indexes>().of(app, viewer.campaign()).await?;
    let mut found = if text.trim().is_empty() {
        newest(&names, &eyes, look, &boost, limit)
    } else {
        let ask = Ask { text, mode, cut_off: SUGGESTED };
        let mut found = search(&names, &eyes, look, ask, 4 * limit);
        found.iter_mut().for_each(|found| found.score += boost(found.id));
        found
    };
    drop(names);
    // Stable, so that ties stay as they were broken.
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found.truncate(limit);
    let ids: Vec<EntityId> = found.iter().map(|found| EntityId(found.id)).collect();
    let entities = entities::named(db, viewer, &ids).await?;
    Ok(entities
        .into_iter()
        .filter_map(|entity| {
            let found = found.iter().find(|found| found.id == entity.id.0)?;
            let (why, matched) = reason(found);
            Some(Meant { entity, matched, why, score: found.score.min(1.0) })
        })
        .collect())
}

fn newest(names: &Names, eyes: &Eyes, look: &Look, boost: &impl Fn(Uuid) -> f32, limit: usize) -> Vec<Found> {
    let mut seen: Vec<(Uuid, &About)> =
        names.index.iter().filter(|(id, about)| sees(eyes, *id, about) && look.fits(names, *id, about)).collect();
    let key = |(id, about): &(Uuid, &About)| (Reverse((boost(*id) * 100.0) as u8), Reverse(about.updated), *id);
    if seen.len() > limit {
        seen.select_nth_unstable_by_key(limit, key);
        seen.truncate(limit);
    }
    seen.sort_unstable_by_key(key);
    seen.into_iter()
        .map(|(id, _)| Found { id, score: boost(id), how: How::Prefix, kind: NameKind::Name, name: String::new() })
        .collect()
}

/// A page of entities by name, each with every word of `q` in its name or an alias, and with the count of all of them.
///
/// # Errors
/// Invalid filter or cursor.
pub async fn matching(app: &App, viewer: &Viewer, q: &str, filter: &Filter) -> Result<Page<EntityBrief>> {
    let words = entities::words(q)?;
    let tags: Vec<String> = filter.tag.as_deref().map(entities::tag_key).transpose()?.into_iter().collect();
    let (limit, after) = (filter.page.limit()?, filter.page.after::<(String, Uuid)>()?);
    if words.is_empty() {
        return entities::list(app.db().read(), viewer, filter).await;
    }
    let eyes = Eyes::of(app.db().read(), viewer).await?;
    let names = app.part::<Indexes>().of(app, viewer.campaign()).await?;
    let look = Look { kinds: filter.kind.into_iter().collect(), tags, ..Look::default() };
    let seen = |id: Uuid| names.index.about(id).is_some_and(|about| sees(&eyes, id, about));
    let fits = |about: &About| {
        let inside = match filter.place {
            Place::Anywhere => true,
            Place::Roots => about.kind == EntityKind::Location && !about.parent.is_some_and(seen),
            Place::Inside(parent) => about.parent == Some(parent.0) && seen(parent.0),
            Place::Under(outer) => {
                // Upwards as long as what is there can be seen: nothing lies behind what is hidden.
                let up = |id: &Uuid| names.index.about(*id).and_then(|above| above.parent);
                std::iter::successors(about.parent, up).take_while(|id| seen(*id)).any(|id| id == outer.0)
            }
        };
        inside
            && words
                .iter()
                .all(|word| about.name_key.contains(word.as_str()) || about.aliases_key.contains(word.as_str()))
    };
    let longest = words.iter().max_by_key(|word| word.len()).map(String::as_str).unwrap_or_default();
    let mut found: Vec<(&str, Uuid)> = names
        .index
        .perhaps_containing(longest)
        .into_iter()
        .filter(|(id, about)| sees(&eyes, *id, about) && look.fits(&names, *id, about) && fits(about))
        .map(|(id, about)| (&*about.name_key, id))
        .collect();
    let total = found.len() as u64;
    if let Some((name, id)) = &after {
        found.retain(|row| *row > (name.as_str(), *id));
    }
    let some = limit as usize + 1;
    if found.len() > some {
        found.select_nth_unstable(some);
        found.truncate(some);
    }
    found.sort_unstable();
    let rows: Vec<(String, Uuid)> = found.into_iter().map(|(name, id)| (name.to_owned(), id)).collect();
    drop(names);
    let page = Page::from_rows(rows, limit, Clone::clone);
    let ids: Vec<EntityId> = page.items.iter().map(|(_, id)| EntityId(*id)).collect();
    let items = entities::named(app.db().read(), viewer, &ids).await?;
    Ok(Page { items, next_cursor: page.next_cursor, total: Some(total) })
}

/// A known name in a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Mention {
    /// The entity.
    pub id: EntityId,
    /// What it is.
    pub kind: EntityKind,
    /// Where it stands, in bytes of the text.
    pub range: Range<usize>,
    /// [`Why::Name`], or [`Why::Sound`] when it only sounds so.
    pub why: Why,
}

/// The entities whose names or aliases stand in a running text, in the order of the text, as far as the viewer may know them.
///
/// # Errors
/// When the database fails.
pub async fn resolve(app: &App, viewer: &Viewer, text: &str) -> Result<Vec<Mention>> {
    let eyes = Eyes::of(app.db().read(), viewer).await?;
    let names = app.part::<Indexes>().of(app, viewer.campaign()).await?;
    let mentions = names.index.mentions(text, |id, about| sees(&eyes, id, about), |_, about| tie(about));
    Ok(mentions
        .into_iter()
        .filter_map(|mention| {
            let kind = names.index.about(mention.id)?.kind;
            let why = if mention.how == How::Sound { Why::Sound } else { Why::Name };
            Some(Mention { id: EntityId(mention.id), kind, range: mention.range, why })
        })
        .collect())
}

/// How many rows of a list without pages.
pub(super) fn at_most(limit: Option<u64>, usual: u64, most: u64) -> Result<usize> {
    match limit.unwrap_or(usual) {
        limit if (1..=most).contains(&limit) => Ok(limit as usize),
        _ => Err(Error::field("limit", "out_of_range", format!("Between 1 and {most}."))),
    }
}
