//! Maps and pins as they come in and go out.

use serde::{Deserialize, Serialize};
use skald_kernel::{CampaignId, EntityId, MapId, MediaId, PinId, patch};
use utoipa::{IntoParams, ToSchema};

use crate::entities::{EntityBrief, Visibility};

fn everyone() -> Visibility {
    Visibility::Everyone
}

/// A map to make.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MapIn {
    /// 1 to 120 characters.
    pub name: String,
    /// The picture, put in with `POST /campaigns/{id}/media`.
    pub media_id: MediaId,
    /// The location it is a map of.
    #[serde(default)]
    pub location_id: Option<EntityId>,
    /// `everyone` when absent.
    #[serde(default = "everyone")]
    pub visibility: Visibility,
    /// Characters and factions, for visibility `some`.
    #[serde(default)]
    pub visible_to: Vec<EntityId>,
}

/// A change of a map: absent leaves, null clears, a value sets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MapPatch {
    /// Cannot be null.
    #[serde(deserialize_with = "patch::some")]
    pub name: Option<Option<String>>,
    /// Cannot be null. The pins stay where they are, in parts of the picture.
    #[serde(deserialize_with = "patch::some")]
    pub media_id: Option<Option<MediaId>>,
    /// The location it is a map of.
    #[serde(deserialize_with = "patch::some")]
    pub location_id: Option<Option<EntityId>>,
    /// Cannot be null.
    #[serde(deserialize_with = "patch::some")]
    pub visibility: Option<Option<Visibility>>,
    /// Characters and factions.
    #[serde(deserialize_with = "patch::some")]
    pub visible_to: Option<Option<Vec<EntityId>>>,
}

/// A map as its viewer may know it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MapOut {
    /// The map.
    pub id: MapId,
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// Its name.
    pub name: String,
    /// The picture.
    pub media_id: MediaId,
    /// Pixels of the picture from left to right.
    pub width: u32,
    /// Pixels of the picture from top to bottom.
    pub height: u32,
    /// The location it is a map of.
    pub location_id: Option<EntityId>,
    /// The location's name.
    pub location_name: Option<String>,
    /// Who may see it.
    pub visibility: Visibility,
    /// Characters and factions, for visibility `some`; only a game master is told, and only for one map.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visible_to: Option<Vec<EntityId>>,
    /// For one map: the pins that the viewer may know, in the order in which they were set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pins: Option<Vec<PinOut>>,
    /// Counts changes from 1.
    pub version: i64,
}

/// Which maps.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MapQuery {
    /// Maps of this location only.
    pub location_id: Option<EntityId>,
    /// Maps with a pin of this entity only.
    pub entity_id: Option<EntityId>,
}

/// A pin to set.
#[derive(Clone, Debug, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PinIn {
    /// From the left edge of the picture, 0, to the right, 1.
    pub x: f64,
    /// From the top edge of the picture, 0, to the bottom, 1.
    pub y: f64,
    /// At most 120 characters. Needed when it shows no entity.
    #[serde(default)]
    pub label: String,
    /// What it shows: a location, or anything else.
    #[serde(default)]
    pub entity_id: Option<EntityId>,
    /// How it looks: lower-case letters and hyphens, at most 30. `pin` when absent.
    #[serde(default = "plain")]
    pub icon: String,
    /// `#rrggbb`, or nothing for the plain colour.
    #[serde(default)]
    pub colour: String,
    /// `everyone` when absent.
    #[serde(default = "everyone")]
    pub visibility: Visibility,
    /// Characters and factions, for visibility `some`.
    #[serde(default)]
    pub visible_to: Vec<EntityId>,
}

fn plain() -> String {
    "pin".to_owned()
}

impl PinIn {
    /// A plain pin that everyone sees.
    pub fn new(x: f64, y: f64) -> Self {
        Self {
            x,
            y,
            label: String::new(),
            entity_id: None,
            icon: plain(),
            colour: String::new(),
            visibility: Visibility::Everyone,
            visible_to: Vec::new(),
        }
    }
}

/// A change of a pin: absent leaves, null clears, a value sets.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PinPatch {
    /// Cannot be null.
    #[serde(deserialize_with = "patch::some")]
    pub x: Option<Option<f64>>,
    /// Cannot be null.
    #[serde(deserialize_with = "patch::some")]
    pub y: Option<Option<f64>>,
    /// Null makes it empty.
    #[serde(deserialize_with = "patch::some")]
    pub label: Option<Option<String>>,
    /// What it shows.
    #[serde(deserialize_with = "patch::some")]
    pub entity_id: Option<Option<EntityId>>,
    /// Null makes it `pin`.
    #[serde(deserialize_with = "patch::some")]
    pub icon: Option<Option<String>>,
    /// Null makes it plain.
    #[serde(deserialize_with = "patch::some")]
    pub colour: Option<Option<String>>,
    /// Cannot be null.
    #[serde(deserialize_with = "patch::some")]
    pub visibility: Option<Option<Visibility>>,
    /// Characters and factions.
    #[serde(deserialize_with = "patch::some")]
    pub visible_to: Option<Option<Vec<EntityId>>>,
}

/// A pin as its viewer may know it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PinOut {
    /// The pin.
    pub id: PinId,
    /// Its map.
    pub map_id: MapId,
    /// From the left edge of the picture, 0, to the right, 1.
    pub x: f64,
    /// From the top edge of the picture, 0, to the bottom, 1.
    pub y: f64,
    /// What is written on it.
    pub label: String,
    /// What it shows.
    pub entity_id: Option<EntityId>,
    /// What it shows, in short.
    pub entity: Option<EntityBrief>,
    /// The map of the location it shows.
    pub opens: Option<MapId>,
    /// How it looks.
    pub icon: String,
    /// `#rrggbb`, or nothing.
    pub colour: String,
    /// Who may see it.
    pub visibility: Visibility,
    /// Characters and factions, for visibility `some`; only a game master is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visible_to: Option<Vec<EntityId>>,
    /// Counts changes from 1.
    pub version: i64,
}
