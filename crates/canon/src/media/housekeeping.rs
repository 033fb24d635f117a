//! Daily tidying: pictures deleted a month ago are forgotten, and blobs without a row go.

use async_trait::async_trait;
use chrono::TimeDelta;
use futures::TryStreamExt;
use serde_json::json;
use skald_kernel::Result;
use skald_platform::{
    Actor, App,
    jobs::{Handler, Job},
};
use uuid::Uuid;

use super::queries;

/// How long a deleted picture is kept: a deleted entity that shows it may come back until then.
const KEPT: TimeDelta = TimeDelta::days(30);
/// How old a blob without a row must be: younger ones may be waiting for their commit.
const SETTLED: TimeDelta = TimeDelta::days(1);
/// Blobs looked up at once.
const BATCH: usize = 200;

/// The job.
pub struct Housekeeping;

#[async_trait]
impl Handler for Housekeeping {
    fn kind(&self) -> &'static str {
        "media.housekeeping"
    }

    fn every(&self) -> Option<TimeDelta> {
        Some(TimeDelta::days(1))
    }

    async fn run(&self, app: &App, _: &Job) -> Result<()> {
        tidy(app).await
    }
}

/// Forgets what was deleted long ago and deletes the blobs that nothing names.
///
/// # Errors
/// When the database or the disk fails.
pub async fn tidy(app: &App) -> Result<()> {
    let mut tx = app.tx(&Actor::engine("media.housekeeping")).await?;
    let forgotten = queries::purge(tx.conn(), tx.now() - KEPT).await?;
    if forgotten > 0 {
        tx.audit(None, "media.housekeeping", None, json!({ "forgotten": forgotten }));
    }
    tx.commit().await?;
    let settled = app.clock().now() - SETTLED;
    let mut blobs = app.blobs().list("media").try_ready_chunks(BATCH);
    while let Some(batch) = blobs.try_next().await.map_err(|error| error.1)? {
        let old: Vec<(String, Uuid)> = batch
            .into_iter()
            .filter(|blob| blob.written_at < settled)
            .filter_map(|blob| {
                let id = Uuid::try_parse(blob.name.rsplit('/').next()?).ok()?;
                Some((blob.name, id))
            })
            .collect();
        let ids: Vec<Uuid> = old.iter().map(|(_, id)| *id).collect();
        let known = queries::known(app.db().read(), &ids).await?;
        for (name, _) in old.iter().filter(|(_, id)| !known.contains(id)) {
            app.blobs().delete(name).await?;
        }
    }
    Ok(())
}
