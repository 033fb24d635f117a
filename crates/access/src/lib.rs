//! Who may do what: accounts with their devices, campaigns with their members and invitations, and the extractors that
//! prove authority to every other slice.
//!
//! The wiring puts a [`Guard`] in as a part, [`idempotency`] around the routes, [`OWNED`] into the builder and
//! [`Housekeeping`] among the jobs, and [`CampaignStream`] among the live streams.

pub mod accounts;
pub mod authority;
pub mod campaigns;
mod feed;
mod guard;
mod idempotency;
mod jobs;
mod limits;
pub mod live;
pub mod schema;
pub mod token;
mod view_as;
mod visitor;

pub use accounts::Housekeeping;
pub use authority::{Admin, Caller, Gm, InPerson, Member, Observer, Player, User};
pub use feed::CampaignStream;
pub use guard::Guard;
pub use idempotency::idempotency;
use skald_platform::App;
use utoipa_axum::router::OpenApiRouter;

/// Path parameters that are ids of this crate's tables.
pub const OWNED: &[(&str, &str)] = &[("invitation_id", "invitations")];

/// All addresses of this crate, relative to `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(accounts::router())
        .merge(campaigns::router())
        .merge(live::router())
        .merge(jobs::router())
}
