//! Hourly tidying: devices and access tokens that have ended go, and old used tokens.

use async_trait::async_trait;
use chrono::TimeDelta;
use serde_json::json;
use skald_kernel::Result;
use skald_platform::{
    Actor, App,
    jobs::{Handler, Job},
};

use super::{queries, tokens::purge};

/// How long what has ended is kept: so long, a returning token is still recognised as used or revoked.
const KEPT: TimeDelta = TimeDelta::days(7);

/// The job.
pub struct Housekeeping;

#[async_trait]
impl Handler for Housekeeping {
    fn kind(&self) -> &'static str {
        "access.housekeeping"
    }

    fn every(&self) -> Option<TimeDelta> {
        Some(TimeDelta::hours(1))
    }

    async fn run(&self, app: &App, _: &Job) -> Result<()> {
        tidy(app).await
    }
}

/// Forgets what ended more than a week ago.
///
/// # Errors
/// When the database fails.
pub async fn tidy(app: &App) -> Result<()> {
    let mut tx = app.tx(&Actor::engine("access.housekeeping")).await?;
    let before = tx.now() - KEPT;
    let devices = queries::purge_devices(&tx, before).await?;
    let tokens = queries::purge_tokens(&tx, before).await?;
    let access_tokens = purge(&tx, before).await?;
    if devices + tokens + access_tokens > 0 {
        let gone = json!({ "devices": devices, "tokens": tokens, "access_tokens": access_tokens });
        tx.audit(None, "access.housekeeping", None, gone);
    }
    tx.commit().await
}
