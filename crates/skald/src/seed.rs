//! The demo world: read from the files in `demo/`, made through the same actions a game master uses.

use std::collections::HashMap;

use anyhow::{Context, anyhow};
use rust_embed::RustEmbed;
use serde::Deserialize;
use serde_json::{Map, Value};
use skald_access::{
    Gm,
    campaigns::{self, CampaignIn},
};
use skald_canon::{
    calendar::{self, CalendarIn},
    entities::{self, EntityIn, EntityKind, EntityPatch, Subtype, Visibility},
    facts::{self, FactIn, Knower},
    maps::{self, MapIn, PinIn},
    media::{self, MediaIn},
    proposals::{
        self, Author, ProposalEvidence, ProposalIn, ProposalOperation, ProposalSource, ProposalTarget, ProposalsIn,
    },
    relationships::{self, Openness, RelationshipIn, RelationshipPatch},
};
use skald_kernel::{EntityId, Viewer};
use skald_platform::{Actor, App, Tx};

#[derive(RustEmbed)]
#[folder = "demo"]
struct Demo;

/// The files with entities, in the order in which they are made.
const ENTITIES: [&str; 9] =
    ["locations", "characters", "factions", "items", "lore", "plots", "quests", "notes", "scenarios"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Campaign {
    name: String,
    description: String,
    opening: Opening,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Opening {
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entities {
    entity: Vec<Entity>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entity {
    key: String,
    kind: EntityKind,
    subtype: Option<Subtype>,
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    summary: String,
    body: String,
    #[serde(default)]
    tags: Vec<String>,
    visibility: Visibility,
    #[serde(default)]
    visible_to: Vec<String>,
    parent: Option<String>,
    #[serde(default)]
    fields: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    fact: Vec<Fact>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fact {
    subject: String,
    predicate: String,
    object: Option<String>,
    text: String,
    knowers: Vec<String>,
    /// The first and the last day of play on which it holds.
    story_from: Option<i64>,
    story_to: Option<i64>,
    find_dc: Option<i32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Relationships {
    relationship: Vec<Relationship>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Relationship {
    from: String,
    to: String,
    kind: String,
    strength: i16,
    symmetric: bool,
    visibility: Openness,
    #[serde(default)]
    note: String,
    /// The day of play since when it is so; always, when absent.
    since_day: Option<i64>,
    /// How it was before that.
    before: Option<Before>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Before {
    kind: String,
    strength: i32,
    note: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Proposals {
    title: String,
    proposal: Vec<Proposal>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Proposal {
    target_type: ProposalTarget,
    operation: ProposalOperation,
    target: Option<String>,
    #[serde(rename = "ref")]
    reference: Option<String>,
    reason: String,
    quote: String,
    change: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Charts {
    map: Vec<Chart>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chart {
    name: String,
    picture: String,
    alt: String,
    location: Option<String>,
    pins: Vec<Pin>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pin {
    x: f64,
    y: f64,
    #[serde(default)]
    label: String,
    entity: Option<String>,
    icon: String,
    #[serde(default)]
    colour: String,
    visibility: Option<Visibility>,
}

fn read<T: serde::de::DeserializeOwned>(name: &str) -> anyhow::Result<T> {
    let file = Demo::get(&format!("{name}.toml")).with_context(|| format!("demo/{name}.toml is missing"))?;
    let text = std::str::from_utf8(&file.data)?;
    toml::from_str(text).with_context(|| format!("demo/{name}.toml"))
}

/// Keys become ids wherever they stand as a whole text in `fields`.
fn with_ids(value: &Value, ids: &HashMap<String, EntityId>) -> Value {
    match value {
        Value::String(text) => match ids.get(text) {
            Some(id) => Value::String(id.to_string()),
            None => value.clone(),
        },
        Value::Array(items) => Value::Array(items.iter().map(|item| with_ids(item, ids)).collect()),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), with_ids(value, ids))).collect())
        }
        other => other.clone(),
    }
}

/// Adds the demo world when there is no campaign yet, in one transaction, and returns its name. It has no members: the
/// first admin becomes its game master.
///
/// # Errors
/// When the database fails, or a file of the demo is not right.
pub async fn demo(app: &App) -> anyhow::Result<Option<String>> {
    let mut tx = app.tx(&Actor::engine("seed")).await?;
    if campaigns::any(tx.conn()).await? {
        return Ok(None);
    }
    let campaign: Campaign = read("campaign")?;
    let input = CampaignIn { name: campaign.name.clone(), description: campaign.description.trim().to_owned() };
    let gm = Gm::engine(campaigns::create(&mut tx, None, &input).await?);
    campaigns::set_opening(&mut tx, &gm, &campaign.opening.text).await?;

    let mut made: Vec<(EntityId, Entity)> = Vec::new();
    let mut ids: HashMap<String, EntityId> = HashMap::new();
    for name in ENTITIES {
        for entity in read::<Entities>(name)?.entity {
            let parent = entity.parent.as_ref().map(|key| id_of(&ids, key)).transpose()?;
            let input = EntityIn {
                subtype: entity.subtype,
                aliases: entity.aliases.clone(),
                summary: entity.summary.trim().to_owned(),
                body: entity.body.trim().to_owned(),
                tags: entity.tags.clone(),
                visibility: if entity.visibility == Visibility::Some { Visibility::Gm } else { entity.visibility },
                parent_id: parent,
                ..EntityIn::new(entity.kind, entity.name.clone())
            };
            let out = entities::create(&mut tx, &gm, input).await.with_context(|| entity.key.clone())?;
            ids.insert(entity.key.clone(), out.id);
            made.push((out.id, entity));
        }
    }
    // Now that every key has its id: what refers to others.
    for (entity_id, entity) in &made {
        let visible_to = entity.visible_to.iter().map(|key| id_of(&ids, key)).collect::<anyhow::Result<Vec<_>>>()?;
        if entity.fields.is_empty() && visible_to.is_empty() {
            continue;
        }
        let Value::Object(fields) = with_ids(&Value::Object(entity.fields.clone()), &ids) else { continue };
        let patch = EntityPatch {
            fields: Some(Some(fields)),
            visibility: Some(Some(entity.visibility)),
            visible_to: Some(Some(visible_to)),
            ..EntityPatch::default()
        };
        entities::update(&mut tx, &gm, *entity_id, 1, patch).await.with_context(|| entity.key.clone())?;
    }
    calendar::replace(&mut tx, &gm, 0, read::<CalendarIn>("calendar")?).await?;
    for fact in read::<Facts>("facts")?.fact {
        let input = FactIn {
            object_id: fact.object.as_ref().map(|key| id_of(&ids, key)).transpose()?,
            knowers: fact.knowers.iter().map(|knower| knower_of(&ids, knower)).collect::<anyhow::Result<_>>()?,
            story_from: fact.story_from.map(day_begins),
            story_to: fact.story_to.map(|day| day_begins(day + 1) - 1),
            find_dc: fact.find_dc,
            ..FactIn::new(id_of(&ids, &fact.subject)?, fact.predicate, fact.text.clone())
        };
        facts::create(&mut tx, &gm, input).await.with_context(|| fact.text)?;
    }
    for edge in read::<Relationships>("relationships")?.relationship {
        relate(&mut tx, &gm, &ids, &edge).await.with_context(|| format!("{} → {}", edge.from, edge.to))?;
    }
    propose(&mut tx, &gm, &ids).await?;
    for chart in read::<Charts>("maps")?.map {
        draw(&mut tx, &gm, &ids, &chart).await.with_context(|| chart.name)?;
    }
    tx.commit().await?;
    Ok(Some(campaign.name))
}

/// What a model suggests after an evening, open for the game master to decide.
async fn propose(tx: &mut Tx, gm: &Gm, ids: &HashMap<String, EntityId>) -> anyhow::Result<()> {
    let suggested: Proposals = read("proposals")?;
    let mut input = ProposalsIn { title: Some(suggested.title), ..ProposalsIn::default() };
    for one in suggested.proposal {
        let Value::Object(change) = with_ids(&Value::Object(one.change), ids) else { continue };
        let target_id = one.target.as_ref().map(|key| id_of(ids, key)).transpose()?.map(|id| id.0);
        let quote = ProposalEvidence { kind: ProposalSource::Text, reference: None, quote: Some(one.quote) };
        input.proposals.push(ProposalIn {
            target_type: one.target_type,
            operation: one.operation,
            target_id,
            base_version: None,
            change,
            reference: one.reference,
            evidence: vec![quote],
            reason: one.reason,
        });
    }
    let author = Author::Ai { task: "extract".into(), call: None };
    proposals::propose(tx, &Viewer::gm(gm.campaign), &author, input).await?;
    Ok(())
}

async fn relate(tx: &mut Tx, gm: &Gm, ids: &HashMap<String, EntityId>, edge: &Relationship) -> anyhow::Result<()> {
    let since = edge.since_day.map(day_begins);
    let first = RelationshipIn {
        strength: edge.strength.into(),
        symmetric: edge.symmetric,
        visibility: edge.visibility,
        note: edge.note.clone(),
        story_time: since,
        ..RelationshipIn::new(id_of(ids, &edge.from)?, edge.kind.clone(), id_of(ids, &edge.to)?)
    };
    let Some(before) = &edge.before else {
        relationships::create(tx, gm, first).await?;
        return Ok(());
    };
    let earlier = RelationshipIn {
        kind: before.kind.clone(),
        strength: before.strength,
        note: before.note.clone(),
        story_time: None,
        ..first.clone()
    };
    let made = relationships::create(tx, gm, earlier).await?;
    let now = RelationshipPatch {
        kind: Some(Some(first.kind)),
        strength: Some(Some(first.strength)),
        note: Some(Some(first.note)),
        story_time: Some(since),
        ..RelationshipPatch::default()
    };
    relationships::update(tx, gm, made.id, made.version, now).await?;
    Ok(())
}

/// The minute of story time in which a day of play begins.
fn day_begins(day: i64) -> i64 {
    (day - 1) * 24 * 60
}

async fn draw(tx: &mut Tx, gm: &Gm, ids: &HashMap<String, EntityId>, chart: &Chart) -> anyhow::Result<()> {
    let file = Demo::get(&chart.picture).with_context(|| format!("demo/{} is missing", chart.picture))?;
    let stored = media::store(tx.app(), gm.campaign, file.data.into_owned().into()).await?;
    let named = MediaIn { name: chart.picture.clone(), alt: chart.alt.clone() };
    let picture = media::create(tx, gm.campaign, None, stored, named).await?;
    let input = MapIn {
        name: chart.name.clone(),
        media_id: picture.id,
        location_id: chart.location.as_ref().map(|key| id_of(ids, key)).transpose()?,
        visibility: Visibility::Everyone,
        visible_to: Vec::new(),
    };
    let map = maps::create(tx, gm, input).await?;
    for pin in &chart.pins {
        let input = PinIn {
            label: pin.label.clone(),
            entity_id: pin.entity.as_ref().map(|key| id_of(ids, key)).transpose()?,
            icon: pin.icon.clone(),
            colour: pin.colour.clone(),
            visibility: pin.visibility.unwrap_or(Visibility::Everyone),
            ..PinIn::new(pin.x, pin.y)
        };
        maps::pin(tx, gm, map.id, input).await?;
    }
    Ok(())
}

fn id_of(ids: &HashMap<String, EntityId>, key: &str) -> anyhow::Result<EntityId> {
    ids.get(key).copied().ok_or_else(|| anyhow!("the demo has nothing called `{key}`"))
}

fn knower_of(ids: &HashMap<String, EntityId>, knower: &str) -> anyhow::Result<Knower> {
    Ok(match knower.split_once(':') {
        None if knower == "everyone" => Knower::Everyone,
        None if knower == "gm" => Knower::Gm,
        None if knower == "reader" => Knower::Reader,
        Some(("character", key)) => Knower::Character { id: id_of(ids, key)? },
        Some(("faction", key)) => Knower::Faction { id: id_of(ids, key)? },
        _ => return Err(anyhow!("`{knower}` is no knower")),
    })
}
