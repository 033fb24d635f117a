//! The program: one concrete value that every handler, job and command gets. Cheap to clone, no generics, no globals.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::Arc,
};

use skald_kernel::{Clock, Ids, Result, Seeds};

use crate::{
    Actor, Blobs, Config, Db, Tasks, Tx,
    jobs::Jobs,
    live::{Live, Source},
    secrets::Secrets,
};

/// The running program.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    config: Config,
    db: Db,
    blobs: Blobs,
    clock: Clock,
    ids: Ids,
    seeds: Seeds,
    secrets: Secrets,
    tasks: Tasks,
    jobs: Jobs,
    live: Live,
    owned: HashMap<&'static str, &'static str>,
    body_limits: HashMap<&'static str, usize>,
    parts: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
}

/// Gathers what an [`App`] is made of.
pub struct AppBuilder {
    config: Config,
    db: Db,
    blobs: Blobs,
    clock: Clock,
    seeds: Seeds,
    secrets: Secrets,
    tasks: Tasks,
    jobs: Jobs,
    live: Live,
    owned: HashMap<&'static str, &'static str>,
    body_limits: HashMap<&'static str, usize>,
    parts: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
}

impl App {
    /// Starts gathering; `epoch` is the database's, see [`crate::live::epoch`].
    pub fn builder(config: Config, db: Db, blobs: Blobs, secrets: Secrets, epoch: String) -> AppBuilder {
        let tasks = Tasks::default();
        AppBuilder {
            live: Live::new(epoch, config.heartbeat_s),
            jobs: Jobs::default(),
            config,
            db,
            blobs,
            clock: Clock::default(),
            seeds: Seeds::default(),
            secrets,
            tasks,
            owned: HashMap::new(),
            body_limits: HashMap::new(),
            parts: HashMap::new(),
        }
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The database, to read from.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// Where pictures and other files are.
    pub fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }

    /// The name of this node, the same after a restart, so that it can clean up after its former life.
    pub fn node(&self) -> String {
        self.0.config.node()
    }

    /// The time.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Makes ids.
    pub fn ids(&self) -> &Ids {
        &self.0.ids
    }

    /// Makes seeds and secrets.
    pub fn seeds(&self) -> &Seeds {
        &self.0.seeds
    }

    /// Derives keys.
    pub fn secrets(&self) -> &Secrets {
        &self.0.secrets
    }

    /// Runs background work.
    pub fn tasks(&self) -> &Tasks {
        &self.0.tasks
    }

    /// The job queue.
    pub fn jobs(&self) -> &Jobs {
        &self.0.jobs
    }

    /// The live hub.
    pub fn live(&self) -> &Live {
        &self.0.live
    }

    /// Opens a change by `actor`.
    ///
    /// # Errors
    /// Unavailable, when the database cannot be reached or is too busy.
    pub async fn tx(&self, actor: &Actor) -> Result<Tx> {
        Tx::begin(self.clone(), actor.clone()).await
    }

    /// The table a path parameter such as `entity_id` is an id of. Each of these tables has `id` and `campaign_id`.
    pub fn table_of(&self, parameter: &str) -> Option<&'static str> {
        self.0.owned.get(parameter).copied()
    }

    /// Bytes of a body at most at an address such as `/api/v1/campaigns/{campaign_id}/media`.
    pub fn body_limit(&self, route: &str) -> usize {
        self.0.body_limits.get(route).copied().unwrap_or(self.0.config.max_body_bytes)
    }

    /// A part a slice put in at start, such as the AI engine.
    ///
    /// # Panics
    /// When the wiring forgot it: a mistake that the first start shows.
    pub fn part<T: Any + Send + Sync>(&self) -> Arc<T> {
        let part = self.0.parts.get(&TypeId::of::<T>()).cloned();
        part.and_then(|part| part.downcast().ok())
            .unwrap_or_else(|| panic!("{} is not wired in", std::any::type_name::<T>()))
    }
}

impl AppBuilder {
    /// Sets the clock.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets where seeds come from.
    #[must_use]
    pub fn seeds(mut self, seeds: Seeds) -> Self {
        self.seeds = seeds;
        self
    }

    /// Says which path parameters are ids of which tables, so that authority is found in one query.
    #[must_use]
    pub fn owned(mut self, tables: &[(&'static str, &'static str)]) -> Self {
        self.owned.extend(tables.iter().copied());
        self
    }

    /// Lets an address take larger bodies than others; the handler reads them by [`crate::http::read_body`].
    #[must_use]
    pub fn body_limit(mut self, route: &'static str, bytes: usize) -> Self {
        self.body_limits.insert(route, bytes);
        self
    }

    /// Puts in a part for [`App::part`].
    #[must_use]
    pub fn part<T: Any + Send + Sync>(mut self, part: T) -> Self {
        self.parts.insert(TypeId::of::<T>(), Arc::new(part));
        self
    }

    /// Adds a kind of live stream.
    #[must_use]
    pub fn source(self, source: impl Source) -> Self {
        self.live.register(Arc::new(source));
        self
    }

    /// Adds a kind of job.
    #[must_use]
    pub fn job<H: crate::jobs::Handler>(self, handler: H) -> Self {
        self.jobs.register(Arc::new(handler));
        self
    }

    /// The program. Background work (jobs, live) starts with [`crate::jobs::start`] and [`crate::live::start`].
    pub fn build(self) -> App {
        App(Arc::new(Inner {
            config: self.config,
            db: self.db,
            blobs: self.blobs,
            clock: self.clock,
            ids: Ids,
            seeds: self.seeds,
            secrets: self.secrets,
            tasks: self.tasks,
            jobs: self.jobs,
            live: self.live,
            owned: self.owned,
            body_limits: self.body_limits,
            parts: self.parts,
        }))
    }
}
