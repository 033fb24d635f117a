//! The names of each campaign that is searched, kept in memory on this node.
//!
//! An index is built from the database when it is first asked for, by one request while the others wait. Before each search
//! it reads what the campaign's event log holds since, in both lanes, so that a search sees every change that was committed
//! before it, on whichever node. It is dropped when nobody has searched for a while. About 0.8 KB a name.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use skald_kernel::{CampaignId, Lane, Result, StreamKey};
use skald_platform::App;
use tokio::sync::{OwnedRwLockReadGuard, RwLock};
use uuid::Uuid;

use super::{
    names::{NameIndex, NameKind},
    queries::{self, Row},
};
use crate::entities::{EntityKind, Visibility};

/// How long an index stays that nobody uses.
const IDLE: Duration = Duration::from_secs(15 * 60);
/// How often that is looked at.
const LOOK: Duration = Duration::from_secs(60);

/// The indexes of this node. A part of the program.
#[derive(Default)]
pub struct Indexes(Mutex<HashMap<CampaignId, Held>>);

#[derive(Clone)]
struct Held {
    names: Arc<RwLock<Option<Names>>>,
    used: DateTime<Utc>,
}

/// The names of one campaign, as of two places in its log.
pub(super) struct Names {
    pub index: NameIndex<About>,
    /// Tags as they are written, each once.
    tags: Vec<Tag>,
    tag_numbers: HashMap<String, u32>,
    seen: [i64; 2],
}

/// A tag as some entity has it.
pub(super) struct Tag {
    /// What it is compared by.
    pub key: String,
    /// How it is shown.
    pub shown: String,
}

/// What is known of an entity besides its names.
pub(super) struct About {
    pub kind: EntityKind,
    pub visibility: Visibility,
    pub visible_to: Box<[Uuid]>,
    pub parent: Option<Uuid>,
    pub updated: DateTime<Utc>,
    /// What lists are sorted by.
    pub name_key: Box<str>,
    pub aliases_key: Box<str>,
    tags: Box<[u32]>,
}

impl Names {
    /// The tags of an entity.
    pub fn tags<'a>(&'a self, about: &'a About) -> impl Iterator<Item = &'a Tag> {
        about.tags.iter().filter_map(|n| self.tags.get(*n as usize))
    }

    fn empty(seen: [i64; 2]) -> Self {
        Self { index: NameIndex::default(), tags: Vec::new(), tag_numbers: HashMap::new(), seen }
    }

    fn put(&mut self, row: Row) {
        let tags = row.tags.into_iter().map(|(key, shown)| {
            *self.tag_numbers.entry(shown).or_insert_with_key(|shown| {
                self.tags.push(Tag { key, shown: shown.clone() });
                (self.tags.len() - 1) as u32
            })
        });
        let about = About {
            kind: row.kind,
            visibility: row.visibility,
            visible_to: row.visible_to.into(),
            parent: row.parent,
            updated: row.updated,
            name_key: row.name_key.into(),
            aliases_key: row.aliases_key.into(),
            tags: tags.collect(),
        };
        let aliases = row.aliases.iter().map(|alias| (NameKind::Alias, alias.as_str()));
        self.index.put(row.id, [(NameKind::Name, row.name.as_str())].into_iter().chain(aliases), about);
    }
}

impl Indexes {
    /// The names of a campaign as they are now.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn of(
        &self,
        app: &App,
        campaign: CampaignId,
    ) -> Result<OwnedRwLockReadGuard<Option<Names>, Names>> {
        let held = self.held(app, campaign);
        let heads = heads(app, campaign).await?;
        let guard = Arc::clone(&held.names).read_owned().await;
        if let Ok(names) = OwnedRwLockReadGuard::try_map(guard, |names| names.as_ref().filter(|n| n.covers(heads))) {
            return Ok(names);
        }
        let mut guard = held.names.write_owned().await;
        match guard.as_mut() {
            Some(names) if names.covers(heads) => {}
            Some(names) => {
                if !catch_up(app, campaign, names, heads).await? {
                    *guard = Some(build(app, campaign).await?);
                }
            }
            None => *guard = Some(build(app, campaign).await?),
        }
        Ok(OwnedRwLockReadGuard::map(guard.downgrade(), |names| names.as_ref().expect("it was just put there")))
    }

    fn held(&self, app: &App, campaign: CampaignId) -> Held {
        let now = app.clock().now();
        let mut campaigns = self.0.lock();
        if campaigns.is_empty() {
            let app = app.clone();
            app.clone().tasks().spawn("search indexes", async move { drop_idle(&app).await });
        }
        let held = campaigns.entry(campaign).or_insert_with(|| Held { names: Arc::default(), used: now });
        held.used = now;
        held.clone()
    }
}

impl Names {
    fn covers(&self, heads: [i64; 2]) -> bool {
        self.seen[0] >= heads[0] && self.seen[1] >= heads[1]
    }
}

/// Runs while there is any index on this node.
async fn drop_idle(app: &App) {
    let indexes = app.part::<Indexes>();
    let stopping = app.tasks().stopping();
    loop {
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        let now = app.clock().now();
        let mut campaigns = indexes.0.lock();
        campaigns.retain(|_, held| (now - held.used).to_std().unwrap_or_default() < IDLE);
        metrics::gauge!("skald_search_indexes").set(campaigns.len() as f64);
        if campaigns.is_empty() {
            return;
        }
    }
}

fn streams(campaign: CampaignId) -> [String; 2] {
    [Lane::Shared, Lane::Gm].map(|lane| StreamKey::campaign(campaign, lane).to_string())
}

async fn heads(app: &App, campaign: CampaignId) -> Result<[i64; 2]> {
    queries::heads(app.db().read(), &streams(campaign)).await
}

/// Reads all names. What changes meanwhile is read again by the next catching up.
async fn build(app: &App, campaign: CampaignId) -> Result<Names> {
    let db = app.db().read();
    let mut names = Names::empty(heads(app, campaign).await?);
    let mut after = None;
    loop {
        let page = queries::page(db, campaign, after).await?;
        after = page.last().map(|row| (row.name_key.clone(), row.id));
        if page.is_empty() {
            break;
        }
        page.into_iter().for_each(|row| names.put(row));
        // Others use this thread too.
        tokio::task::yield_now().await;
    }
    tracing::debug!(%campaign, names = names.index.len(), bytes = names.index.bytes(), "names indexed");
    Ok(names)
}

/// Reads again what the log says has changed. False when the log no longer goes back far enough.
async fn catch_up(app: &App, campaign: CampaignId, names: &mut Names, heads: [i64; 2]) -> Result<bool> {
    let db = app.db().read();
    let mut changed = HashSet::new();
    for (lane, stream) in streams(campaign).iter().enumerate() {
        let (seen, head) = (names.seen[lane], heads[lane]);
        if head <= seen {
            continue;
        }
        let events = queries::events(db, stream, seen, head).await?;
        if events.len() as i64 != head - seen {
            return Ok(false);
        }
        changed.extend(events.into_iter().filter(|(kind, _)| kind.starts_with("entity.")).map(|(_, id)| id));
    }
    let changed: Vec<Uuid> = changed.into_iter().collect();
    for some in changed.chunks(queries::PAGE as usize) {
        let mut gone: HashSet<Uuid> = some.iter().copied().collect();
        for row in queries::these(db, campaign, some).await? {
            gone.remove(&row.id);
            names.put(row);
        }
        for id in gone {
            names.index.remove(id);
        }
    }
    names.seen = [names.seen[0].max(heads[0]), names.seen[1].max(heads[1])];
    Ok(true)
}
