//! Accounts: set-up, registration, sign-in, the devices somebody is signed in on, and one's own profile.
//!
//! - There is no default password: the first admin is made with a one-time code that the console shows.
//! - A wrong password and an unknown name answer alike, after the same work.
//! - A device is a family of refresh tokens of which one is current. A token is used once; a used one that comes back after
//!   the grace period means that two hold it, so the whole family is revoked and its sockets close.
//! - Passwords are stored as argon2id, tokens as SHA-256, codes as a keyed hash; none of them is ever logged.
//!
//! Absent until their feature arrives: e-mail, second factors, deleting an account.

mod devices;
mod dto;
mod housekeeping;
mod login;
mod passwords;
mod profile;
mod queries;
mod refresh;
mod register;
mod routes;
mod rules;
mod session;
pub mod setup;
pub mod tokens;

use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) use devices::must_be_signed_in;
pub use dto::{DeviceOut, LoginIn, RegisterIn, SetupIn, SetupOut, TokenOut, UserOut, UserPatch};
pub use housekeeping::{Housekeeping, tidy};
pub use register::create_user;

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::setup_state, routes::set_up))
        .routes(routes!(routes::register))
        .routes(routes!(routes::login))
        .routes(routes!(routes::refresh))
        .routes(routes!(routes::logout))
        .routes(routes!(routes::list_devices, routes::revoke_other_devices))
        .routes(routes!(routes::revoke_device))
        .merge(tokens::router())
        .routes(routes!(routes::find_me, routes::update_me))
}
