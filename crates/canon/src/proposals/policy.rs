//! What a campaign does with suggestions: ask, accept at once, refuse.

use sea_orm::ConnectionTrait;
use serde_json::json;
use skald_access::Gm;
use skald_kernel::{CampaignId, Error, Event, Result};
use skald_platform::Tx;

use super::{
    dto::{ProposalPolicy, ProposalPolicyIn},
    rules,
};
use crate::bind::{Binds, column};

/// The policy of a campaign; without rules and of version 0, where none was set.
///
/// # Errors
/// When the database fails.
pub async fn policy(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<ProposalPolicy> {
    let mut binds = Binds::default();
    let text = format!("SELECT rules, version FROM proposal_policies WHERE campaign_id = {}", binds.add(campaign.0));
    let rows = binds.rows(db, text).await?;
    let Some(row) = rows.first() else { return Ok(ProposalPolicy::default()) };
    let rules = serde_json::from_value(column(row, "rules")?).map_err(Error::internal)?;
    Ok(ProposalPolicy { rules, version: column(row, "version")? })
}

/// Sets the policy of a campaign as a whole.
///
/// # Errors
/// Rules that contradict each other; `version_stale` with what is stored.
pub async fn set_policy(tx: &mut Tx, by: &Gm, expected: i64, input: ProposalPolicyIn) -> Result<ProposalPolicy> {
    rules::check_policy(&input.rules)?;
    let mut binds = Binds::default();
    let (campaign, stored) = (binds.add(by.campaign.0), binds.add(json!(input.rules)));
    let text = if expected == 0 {
        format!(
            "INSERT INTO proposal_policies (campaign_id, rules, version) VALUES ({campaign}, {stored}, 1) \
             ON CONFLICT (campaign_id) DO NOTHING"
        )
    } else {
        format!(
            "UPDATE proposal_policies SET rules = {stored}, version = version + 1 \
             WHERE campaign_id = {campaign} AND version = {}",
            binds.add(expected)
        )
    };
    if binds.run(tx.conn(), text).await? == 0 {
        return Err(Error::stale(json!(policy(tx.conn(), by.campaign).await?)));
    }
    tx.event(Event::for_gm(by.campaign, "proposal.policy_changed", by.campaign));
    tx.audit(Some(by.campaign), "proposal.policy", by.campaign.0, json!({"rules": input.rules}));
    policy(tx.conn(), by.campaign).await
}
