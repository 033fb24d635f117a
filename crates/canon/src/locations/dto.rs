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

/// Which page of locations.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LocationQuery {
    /// Rows, 1 to 200; 50 when absent.
    pub limit: Option<u64>,
    /// Where the last page ended: its `next_cursor`.
    pub cursor: Option<String>,
}

impl From<LocationQuery> for PageQuery {
    fn from(query: LocationQuery) -> Self {
        Self { limit: query.limit, cursor: query.cursor }
    }
}
