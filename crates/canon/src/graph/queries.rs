//! How far the campaign's news have come.

use sea_orm::ConnectionTrait;
use skald_kernel::{CampaignId, Lane, Result, StreamKey};

use crate::bind::{Binds, column};

/// The last number of each lane of a campaign that has one.
pub(super) async fn news(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<Vec<(String, i64)>> {
    let mut binds = Binds::default();
    let keys: Vec<String> = [Lane::Shared, Lane::Gm]
        .into_iter()
        .map(|lane| binds.add(StreamKey::campaign(campaign, lane).to_string()))
        .collect();
    let text = format!("SELECT key, seq FROM streams WHERE key IN ({}) ORDER BY key", keys.join(", "));
    let rows = binds.rows(db, text).await?;
    rows.iter().map(|row| Ok((column(row, "key")?, column(row, "seq")?))).collect()
}
