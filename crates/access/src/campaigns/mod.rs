//! Campaigns, their members and the invitations into them.
//!
//! - A campaign always has a game master: the last one can neither leave nor step down.
//! - Who is no member learns nothing of a campaign, not even that it exists; only the code of an invitation tells its name.
//! - A deleted campaign is kept, and is nothing to anybody.

mod actions;
pub mod characters;
mod dto;
pub mod invitations;
pub mod members;
mod queries;
mod routes;
mod rules;

pub use actions::{any, create, name, opening, rule_system, set_opening, set_rule_system, take_over};
pub use characters::{claim_character, player_of, players, release_character};
pub use dto::{CampaignIn, CampaignOut, CampaignPatch};
use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::list_campaigns, routes::create_campaign))
        .routes(routes!(routes::find_campaign, routes::update_campaign, routes::delete_campaign))
        .merge(members::router())
        .merge(invitations::router())
}
