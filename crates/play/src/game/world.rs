//! What the rules and the game master need to know of the canon for one moment of a game.
//!
//! The **world** is for the rules: it holds what is hidden here. The **scene** is for the game master's prompt and holds
//! only what the party may know: it is read through the party's eyes. What is hidden gets from one to the other only by a
//! tool that the rules let succeed.

use std::collections::{HashMap, HashSet};

use sea_orm::ConnectionTrait;
use serde_json::Value;
use skald_canon::{
    entities::{self, EntityBrief, EntityKind, EntityOut, FieldIs, Subtype, Visibility},
    facts, links, locations, passages,
};
use skald_kernel::{
    CampaignId, EntityId, FactId, Result, Viewer,
    scene::{Scene, SceneFact, SceneObjective, ScenePerson, ScenePlace, SceneQuest, SceneThing},
};
use skald_platform::http::PageQuery;

use crate::rules::{
    GameState, Sheet, World,
    state::QuestStatus,
    world::{CatalogueItem, Exit, ItemUse, Lying, Person, Place, Quest, Secret},
};

/// Facts of one scene at most.
const FACTS: u64 = 60;

/// The party's eyes.
pub(crate) fn party_viewer(campaign: CampaignId, state: &GameState) -> Viewer {
    Viewer::characters(campaign, state.party.iter().map(|member| member.character_id).collect())
}

/// What the canon says about where the party is.
pub(crate) struct Surroundings {
    /// For the rules.
    pub(crate) world: World,
    place: Option<EntityOut>,
    people: Vec<EntityOut>,
    party: Vec<EntityOut>,
    quests: Vec<EntityOut>,
    facts: Vec<SceneFact>,
}

fn ids(value: Option<&Value>) -> Vec<EntityId> {
    value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter_map(|id| id.parse().ok())
        .collect()
}

/// The fields of an entity as the rules read them.
pub(crate) fn fields(entity: &EntityOut) -> Value {
    Value::Object(entity.fields.clone())
}

/// A body as a prompt has it: without fences and brackets.
fn words_of(body: &str) -> String {
    links::plain(&passages::unfenced(body)).into_owned()
}

fn text(entity: &EntityOut, field: &str) -> String {
    entity.fields.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The exits a location names; where it names none, what lies in it and what it lies in.
async fn ways_out(db: &impl ConnectionTrait, party: &Viewer, place: &EntityOut) -> Result<Vec<EntityBrief>> {
    let mut ways = ids(place.fields.get("exits"));
    if ways.is_empty() {
        ways.extend(place.parent_id);
        let inside = locations::children(db, party, place.id, PageQuery::default()).await?;
        ways.extend(inside.items.iter().map(|child| child.id));
    }
    entities::named(db, party, &ways).await
}

/// Reads the surroundings: a fixed number of queries, however large the campaign is.
///
/// # Errors
/// When the database fails.
pub(crate) async fn look_around(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    state: &GameState,
) -> Result<Surroundings> {
    let (gm, party) = (Viewer::gm(campaign), party_viewer(campaign, state));
    let place_id = state.location.as_ref().map(|located| located.id);
    let members: Vec<EntityId> = state.party.iter().map(|member| member.character_id).collect();

    let mut wanted = members.clone();
    wanted.extend(place_id);
    let known = entities::full(db, &party, &wanted).await?;
    let place = known.iter().find(|entity| Some(entity.id) == place_id).cloned();
    let party_entities: Vec<EntityOut> = known.into_iter().filter(|entity| members.contains(&entity.id)).collect();

    let (mut people, mut lying) = (Vec::new(), Vec::new());
    let mut exits = Vec::new();
    if let Some(place) = &place {
        let here = FieldIs::Id(&place.id);
        people = entities::with_field(db, &party, EntityKind::Character, "present_at", here).await?;
        // Players' characters are there when somebody plays them.
        people.retain(|person| person.subtype != Some(Subtype::Pc) && !members.contains(&person.id));
        lying = entities::with_field(db, &gm, EntityKind::Item, "found_at", here).await?;
        exits = ways_out(db, &party, place).await?;
    }
    let quests = entities::by_kind_full(db, &party, EntityKind::Quest).await?;

    let mut catalogue_ids: HashSet<EntityId> =
        state.party.iter().flat_map(|member| member.inventory.iter().filter_map(|item| item.item_id)).collect();
    let quest_rules: Vec<Quest> =
        quests.iter().map(|quest| Quest::from_fields(quest.id, &quest.name, &fields(quest))).collect();
    catalogue_ids.extend(quest_rules.iter().flat_map(|quest| quest.rewards.items.iter().copied()));
    let catalogue_ids: Vec<EntityId> = catalogue_ids.into_iter().collect();
    let catalogue = entities::full(db, &gm, &catalogue_ids).await?;

    let mut about: Vec<EntityId> = place.iter().map(|place| place.id).collect();
    about.extend(people.iter().map(|person| person.id));
    about.extend(&members);
    about.extend(quest_rules.iter().filter(|quest| state.quest(quest.id).is_some()).map(|quest| quest.id));
    let mut known_facts: Vec<SceneFact> = facts::about(db, &party, &about, FACTS)
        .await?
        .into_iter()
        .map(|fact| SceneFact { id: fact.id, text: fact.text })
        .collect();
    let mut seen: HashSet<FactId> = known_facts.iter().map(|fact| fact.id).collect();
    for clue in &state.clues {
        if seen.insert(clue.fact_id) {
            known_facts.push(SceneFact { id: clue.fact_id, text: clue.text.clone() });
        }
    }
    let secrets = match &place {
        None => Vec::new(),
        Some(place) => facts::to_find(db, &party, &[place.id])
            .await?
            .into_iter()
            .filter(|fact| !seen.contains(&fact.id))
            .filter_map(|fact| Some(Secret { id: fact.id, find_dc: fact.find_dc?, text: fact.text }))
            .collect(),
    };

    let within = match &place {
        Some(place) => {
            locations::ancestors(db, &party, place.id).await?.into_iter().map(|ancestor| ancestor.id).collect()
        }
        None => Vec::new(),
    };
    let world = World {
        place: place.as_ref().map(|place| Place {
            id: place.id,
            name: place.name.clone(),
            summary: place.summary.clone(),
            within,
        }),
        exits: exits.into_iter().map(|exit| Exit { id: exit.id, name: exit.name, summary: exit.summary }).collect(),
        people: people
            .iter()
            .map(|person| Person {
                id: person.id,
                name: person.name.clone(),
                subtype: person.subtype.map(|subtype| subtype.as_str().to_owned()).unwrap_or_default(),
                sheet: Sheet::from_fields(&fields(person)),
            })
            .collect(),
        items: lying
            .iter()
            .map(|item| Lying {
                id: item.id,
                name: item.name.clone(),
                summary: item.summary.clone(),
                quantity: 1,
                hidden: item.fields.get("hidden") == Some(&Value::Bool(true))
                    || item.visibility != Visibility::Everyone,
                usage: ItemUse::from_fields(&fields(item)),
            })
            .collect(),
        quests: quest_rules,
        secrets,
        catalogue: catalogue
            .into_iter()
            .map(|item| CatalogueItem { id: item.id, usage: ItemUse::from_fields(&fields(&item)), name: item.name })
            .collect(),
    };
    Ok(Surroundings { world, place, people, party: party_entities, quests, facts: known_facts })
}

impl Surroundings {
    /// What the game master is told.
    pub(crate) fn scene(&self, state: &GameState, player_text: &str, acting: Option<EntityId>) -> Scene {
        let summaries: HashMap<EntityId, &EntityOut> = self.party.iter().map(|entity| (entity.id, entity)).collect();
        Scene {
            work: None,
            player_text: player_text.to_owned(),
            acting,
            party: state
                .party
                .iter()
                .map(|member| ScenePerson {
                    id: member.character_id,
                    name: member.name.clone(),
                    summary: summaries.get(&member.character_id).map(|e| e.summary.clone()).unwrap_or_default(),
                    subtype: "pc".into(),
                    voice: String::new(),
                    health: member.health,
                    max_health: member.max_health,
                    inventory: member.inventory.iter().map(|item| item.name.clone()).collect(),
                })
                .collect(),
            place: self.place.as_ref().map(|place| ScenePlace {
                id: place.id,
                name: place.name.clone(),
                summary: place.summary.clone(),
                body: words_of(&place.body),
                environment: text(place, "environment"),
                exits: self
                    .world
                    .exits
                    .iter()
                    .map(|exit| SceneThing { id: exit.id, name: exit.name.clone(), summary: exit.summary.clone() })
                    .collect(),
            }),
            people: self.people.iter().map(|person| scene_person(person, state)).collect(),
            items: self
                .world
                .items
                .iter()
                .filter(|item| !item.hidden && state.taken(item.id) < item.quantity.max(1))
                .map(|item| SceneThing { id: item.id, name: item.name.clone(), summary: item.summary.clone() })
                .collect(),
            quests: self.scene_quests(state),
            facts: self.facts.clone(),
            recent: Vec::new(),
        }
    }

    /// Quests the party has, and those somebody here offers.
    pub(crate) fn scene_quests(&self, state: &GameState) -> Vec<SceneQuest> {
        let here: Vec<EntityId> = self.people.iter().map(|person| person.id).collect();
        let mut out = Vec::new();
        for (rules, entity) in self.world.quests.iter().zip(&self.quests) {
            let running = state.quest(rules.id);
            let offered = rules.offered && rules.giver.is_none_or(|giver| here.contains(&giver));
            let status = match running.map(|quest| quest.status) {
                Some(QuestStatus::Completed) => "completed",
                Some(QuestStatus::Failed) => "failed",
                Some(_) => "active",
                None if offered => "offered",
                None => continue,
            };
            let progress = |id: &str| {
                running
                    .and_then(|quest| quest.objectives.iter().find(|objective| objective.id == id))
                    .map_or(0, |objective| objective.progress)
            };
            out.push(SceneQuest {
                id: rules.id,
                title: rules.title.clone(),
                summary: entity.summary.clone(),
                status: status.into(),
                giver: rules.giver,
                objectives: rules
                    .objectives
                    .iter()
                    .map(|objective| SceneObjective {
                        id: objective.id.clone(),
                        text: objective.text.clone(),
                        progress: progress(&objective.id),
                        target: objective.target.max(1),
                        at: objective.at,
                    })
                    .collect(),
            });
        }
        out
    }
}

fn scene_person(person: &EntityOut, state: &GameState) -> ScenePerson {
    let sheet = Sheet::from_fields(&fields(person));
    let (health, max_health) =
        state.health_of(person.id).or_else(|| sheet.map(|sheet| (sheet.health, sheet.max_health))).unwrap_or_default();
    ScenePerson {
        id: person.id,
        name: person.name.clone(),
        summary: person.summary.clone(),
        subtype: person.subtype.map(|subtype| subtype.as_str().to_owned()).unwrap_or_default(),
        voice: text(person, "voice"),
        health,
        max_health,
        inventory: Vec::new(),
    }
}
