//! Links as they go out.

use serde::{Deserialize, Serialize};
use skald_kernel::EntityId;
use utoipa::ToSchema;

use crate::entities::EntityKind;

/// A page that links to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BacklinkOut {
    /// The entity whose body has the link.
    pub id: EntityId,
    /// What it is.
    pub kind: EntityKind,
    /// Its name.
    pub name: String,
    /// The words around the link, at most 200 characters.
    pub excerpt: String,
}
