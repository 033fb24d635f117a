//! What a move takes. Locations themselves go in and out as entities.

use serde::Deserialize;
use skald_kernel::EntityId;
use skald_platform::http::PageQuery;
use utoipa::{IntoParams, ToSchema};

/// Where a location shall lie.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveIn {
    /// The location it shall lie in; null makes it a root. Must be given.
    #[serde(deserialize_with = "given")]
    #[schema(required = true)]
    pub parent_id: Option<EntityId>,
}

/// Without this, serde would take a missing field for null, and an empty body would make a root.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<EntityId>, D::Error> {
    Option::deserialize(deserializer)
}

/// Which page of locations inside one.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChildrenQuery {
    /// Rows, 1 to 200; 50 when absent.
    pub limit: Option<u64>,
    /// Where the last page ended: its `next_cursor`.
    pub cursor: Option<String>,
}

impl From<ChildrenQuery> for PageQuery {
    fn from(query: ChildrenQuery) -> Self {
        Self { limit: query.limit, cursor: query.cursor }
    }
}

/// Which locations, and which page of them.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LocationQuery {
    /// All locations inside this one, however deep, instead of the roots.
    pub under: Option<EntityId>,
    /// With `under`: every word must occur in the name or an alias. At most 200 characters.
    pub q: Option<String>,
    /// Rows, 1 to 200; 50 when absent.
    pub limit: Option<u64>,
    /// Where the last page ended: its `next_cursor`.
    pub cursor: Option<String>,
}
