//! What goes in and out. Inputs that hold a password have no `Debug`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use skald_kernel::{DeviceId, SiteRole, UserId};
use utoipa::ToSchema;

/// Whether Skald waits for its first admin.
#[derive(Debug, Serialize, ToSchema)]
pub struct SetupOut {
    /// True until the first admin is made.
    pub needed: bool,
}

/// The first admin.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupIn {
    /// The one-time code the console shows.
    pub code: String,
    /// The name to sign in with: 2 to 32 letters, digits, `.`, `_` or `-`.
    pub username: String,
    /// The name others see.
    pub display_name: String,
    /// At least 10 characters.
    pub password: String,
    /// Optional.
    #[serde(default)]
    pub email: Option<String>,
}

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterIn {
    /// The name to sign in with: 2 to 32 letters, digits, `.`, `_` or `-`.
    pub username: String,
    /// The name others see.
    pub display_name: String,
    /// At least 10 characters.
    pub password: String,
    /// Optional.
    #[serde(default)]
    pub email: Option<String>,
    /// The code of an invitation; needed unless registration is open.
    #[serde(default)]
    pub invitation: Option<String>,
}

/// Name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginIn {
    /// The name to sign in with; case and accents do not matter.
    pub username: String,
    /// The password.
    pub password: String,
}

/// A signed-in user's access token. The refresh token comes as a cookie.
#[derive(Serialize, ToSchema)]
pub struct TokenOut {
    /// For `Authorization: Bearer`.
    pub access_token: String,
    /// Seconds it lasts.
    pub expires_in: i64,
    /// Who signed in.
    pub user: UserOut,
}

/// One's own account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserOut {
    /// Its id.
    pub id: UserId,
    /// The name to sign in with.
    pub username: String,
    /// The name others see.
    pub display_name: String,
    /// The e-mail address, if one was given.
    pub email: Option<String>,
    /// What the account may do on the site.
    pub site_role: SiteRole,
    /// Since when it exists.
    pub created_at: DateTime<Utc>,
}

/// A change of one's own account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPatch {
    /// The name others see.
    #[serde(default, deserialize_with = "skald_kernel::patch::some")]
    #[schema(value_type = Option<String>)]
    pub display_name: Option<Option<String>>,
    /// Null removes it.
    #[serde(default, deserialize_with = "skald_kernel::patch::some")]
    #[schema(value_type = Option<String>)]
    pub email: Option<Option<String>>,
}

/// A device one is signed in on.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceOut {
    /// Its id.
    pub id: DeviceId,
    /// What it seems to be, such as "Firefox on Linux".
    pub label: String,
    /// The address it was last used from.
    pub ip: String,
    /// When it signed in.
    pub created_at: DateTime<Utc>,
    /// When it last refreshed its access.
    pub last_used_at: DateTime<Utc>,
    /// Whether this request comes from it.
    pub current: bool,
}
