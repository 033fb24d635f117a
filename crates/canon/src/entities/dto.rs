//! Entities as they come in and go out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use skald_kernel::{CampaignId, EntityId, MediaId, patch};
use skald_platform::http::PageQuery;
use utoipa::{IntoParams, ToSchema};

use crate::words::words;

words! {
    /// What an entity is. It never changes.
    EntityKind {
        /// A person or creature.
        Character = "character",
        /// A place in the tree of places.
        Location = "location",
        /// A group that characters belong to and that knows things.
        Faction = "faction",
        /// A thing.
        Item = "item",
        /// A rule of the world, a species, a god, an event.
        Lore = "lore",
        /// A thread of the game master's.
        Plot = "plot",
        /// A task for the players.
        Quest = "quest",
        /// Anything written down.
        Note = "note",
        /// A reusable opening.
        Scenario = "scenario",
    }

    /// What kind of character.
    Subtype {
        /// Played by a member.
        Pc = "pc",
        /// Played by the game master.
        Npc = "npc",
        /// A beast or monster.
        Creature = "creature",
    }

    /// Who may see an entity.
    Visibility {
        /// Every member.
        Everyone = "everyone",
        /// Game masters only.
        Gm = "gm",
        /// Game masters, and the characters and members of factions in `visible_to`.
        Some = "some",
    }
}

/// An entity to make, or to put in another's place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntityIn {
    /// What it is.
    pub kind: EntityKind,
    /// For characters; `npc` when absent.
    #[serde(default)]
    pub subtype: Option<Subtype>,
    /// 1 to 120 characters.
    pub name: String,
    /// At most 20 other names of at most 120 characters.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// At most 500 characters.
    #[serde(default)]
    pub summary: String,
    /// Markdown, at most 100 000 characters. `[[Name]]` links to an entity; what stands between `:::secret` and `:::` is
    /// for game masters, and for the characters and factions that the fence names: `:::secret [[Name]]`.
    #[serde(default)]
    pub body: String,
    /// At most 50 tags of at most 40 characters, alike whatever their case and accents.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Anything else, at most 64 KiB of JSON. Keys that begin with `gm_` are for game masters only, at any depth.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub fields: Map<String, Value>,
    /// `everyone` when absent.
    #[serde(default = "everyone")]
    pub visibility: Visibility,
    /// Characters and factions, for visibility `some`.
    #[serde(default)]
    pub visible_to: Vec<EntityId>,
    /// For locations: the one it lies in.
    #[serde(default)]
    pub parent_id: Option<EntityId>,
    /// A picture of the campaign that shows it.
    #[serde(default)]
    pub portrait_id: Option<MediaId>,
}

fn everyone() -> Visibility {
    Visibility::Everyone
}

impl EntityIn {
    /// An entity with a name that everyone sees, and nothing else.
    pub fn new(kind: EntityKind, name: impl Into<String>) -> Self {
        Self {
            kind,
            subtype: None,
            name: name.into(),
            aliases: Vec::new(),
            summary: String::new(),
            body: String::new(),
            tags: Vec::new(),
            fields: Map::new(),
            visibility: Visibility::Everyone,
            visible_to: Vec::new(),
            parent_id: None,
            portrait_id: None,
        }
    }
}

/// A change of an entity: absent leaves, null clears, a value sets. `fields` is set as a whole.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EntityPatch {
    /// For characters; null makes it `npc`.
    #[serde(deserialize_with = "patch::some")]
    pub subtype: Option<Option<Subtype>>,
    /// Cannot be null.
    #[serde(deserialize_with = "patch::some")]
    pub name: Option<Option<String>>,
    /// Other names.
    #[serde(deserialize_with = "patch::some")]
    pub aliases: Option<Option<Vec<String>>>,
    /// At most 500 characters.
    #[serde(deserialize_with = "patch::some")]
    pub summary: Option<Option<String>>,
    /// Markdown.
    #[serde(deserialize_with = "patch::some")]
    pub body: Option<Option<String>>,
    /// Tags.
    #[serde(deserialize_with = "patch::some")]
    pub tags: Option<Option<Vec<String>>>,
    /// Anything else, as a whole.
    #[serde(deserialize_with = "patch::some")]
    #[schema(value_type = Option<Object>)]
    pub fields: Option<Option<Map<String, Value>>>,
    /// Cannot be null.
    #[serde(deserialize_with = "patch::some")]
    pub visibility: Option<Option<Visibility>>,
    /// Characters and factions.
    #[serde(deserialize_with = "patch::some")]
    pub visible_to: Option<Option<Vec<EntityId>>>,
    /// For locations; null makes it a root.
    #[serde(deserialize_with = "patch::some")]
    pub parent_id: Option<Option<EntityId>>,
    /// A picture; null takes it away.
    #[serde(deserialize_with = "patch::some")]
    pub portrait_id: Option<Option<MediaId>>,
    /// Which fields are locked from now on: names of fields, or `fields.` and a key. Null unlocks all. What was locked and
    /// stays locked cannot be changed.
    #[serde(deserialize_with = "patch::some")]
    pub locked: Option<Option<Vec<String>>>,
}

/// An entity as its viewer may know it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EntityOut {
    /// The entity.
    pub id: EntityId,
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// What it is.
    pub kind: EntityKind,
    /// For characters.
    pub subtype: Option<Subtype>,
    /// The name.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// In short.
    pub summary: String,
    /// Markdown, without the passages that the viewer may not know.
    pub body: String,
    /// Tags, sorted.
    pub tags: Vec<String>,
    /// Anything else. For a viewer that does not see all, keys that begin with `gm_` and ids of entities they cannot see
    /// are left out, at any depth.
    #[schema(value_type = Object)]
    pub fields: Map<String, Value>,
    /// Who may see it.
    pub visibility: Visibility,
    /// Characters and factions, for visibility `some`; only a game master is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible_to: Option<Vec<EntityId>>,
    /// Which fields are locked; only a game master is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked: Option<Vec<String>>,
    /// The location it lies in, if the viewer can see that.
    pub parent_id: Option<EntityId>,
    /// A picture that shows it: `/media/<id>`.
    pub portrait_id: Option<MediaId>,
    /// For one location: where it lies, from the outermost inwards, as far as the viewer can see without a gap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ancestors: Option<Vec<EntityName>>,
    /// What the `[[links]]` of the body lead to. For a viewer that does not see all, only what they may know: of anything
    /// else the body holds the label alone, or `…`.
    #[serde(default)]
    pub links: Vec<LinkOut>,
    /// Counts changes from 1.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// What a link in a body leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkOut {
    /// The name as the body has it.
    pub text: String,
    /// What bears it.
    pub id: EntityId,
    /// Its name now.
    pub name: String,
    /// What it is.
    pub kind: EntityKind,
}

/// An entity's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EntityName {
    /// The entity.
    pub id: EntityId,
    /// Its name.
    pub name: String,
}

/// An entity in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EntityBrief {
    /// The entity.
    pub id: EntityId,
    /// What it is.
    pub kind: EntityKind,
    /// For characters.
    pub subtype: Option<Subtype>,
    /// The name.
    pub name: String,
    /// In short.
    pub summary: String,
    /// Tags, sorted.
    pub tags: Vec<String>,
    /// The location it lies in, if the viewer can see that.
    pub parent_id: Option<EntityId>,
    /// A picture that shows it.
    pub portrait_id: Option<MediaId>,
    /// Who may see it.
    pub visibility: Visibility,
    /// For locations: how many lie directly inside that the viewer can see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child_count: Option<u64>,
}

/// Which entities to list, and which page of them.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EntityQuery {
    /// Of this kind only.
    pub kind: Option<EntityKind>,
    /// Every word must occur in the name or an alias, whatever its case and accents. At most 200 characters.
    pub q: Option<String>,
    /// With this tag only.
    pub tag: Option<String>,
    /// Directly inside this location only.
    pub parent_id: Option<EntityId>,
    /// Rows, 1 to 200; 50 when absent.
    pub limit: Option<u64>,
    /// Where the last page ended: its `next_cursor`.
    pub cursor: Option<String>,
}

/// Where in the tree of locations to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// Anywhere; also what is no location.
    #[default]
    Anywhere,
    /// Locations that lie in nothing the viewer can see.
    Roots,
    /// Directly inside a location; nothing, when the viewer cannot see it.
    Inside(EntityId),
    /// Inside a location, however deep, with nothing hidden in between; nothing, when the viewer cannot see it.
    Under(EntityId),
}

/// Which entities to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this kind only.
    pub kind: Option<EntityKind>,
    /// With this tag only.
    pub tag: Option<String>,
    /// Where in the tree.
    pub place: Place,
    /// Which page.
    pub page: PageQuery,
}

impl From<EntityQuery> for Filter {
    fn from(query: EntityQuery) -> Self {
        Self {
            kind: query.kind,
            tag: query.tag,
            place: query.parent_id.map_or(Place::Anywhere, Place::Inside),
            page: PageQuery { limit: query.limit, cursor: query.cursor },
        }
    }
}
