//! What proposals change: entities, facts and relationships, each read, checked and changed by its own slice.

use std::collections::{HashMap, HashSet};

use sea_orm::ConnectionTrait;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use skald_access::Gm;
use skald_kernel::{EntityId, Error, FactId, MediaId, RelationshipId, Result, UserId, Viewer};
use skald_platform::{Tx, http::read_json};
use uuid::Uuid;

use super::dto::{ProposalOperation, ProposalTarget};
use crate::{
    entities::{self, EntityIn, EntityKind, EntityOut, Named},
    facts::{self, FactIn, FactOut, FactPatch, FactStatus},
    media,
    relationships::{self, RelationshipOut},
};

/// Something that is there, as somebody sees it.
#[derive(Clone, Debug)]
pub(super) enum Target {
    Entity(Box<EntityOut>),
    Fact(Box<FactOut>),
    Relationship(Box<RelationshipOut>),
}

/// Those of the targets that the viewer may know.
pub(super) async fn load(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    wanted: &[(ProposalTarget, Uuid)],
) -> Result<HashMap<Uuid, Target>> {
    let of = |kind| -> Vec<Uuid> {
        let ids: HashSet<Uuid> = wanted.iter().filter(|(target, _)| *target == kind).map(|(_, id)| *id).collect();
        ids.into_iter().collect()
    };
    let mut found = HashMap::new();
    let ids: Vec<EntityId> = of(ProposalTarget::Entity).into_iter().map(EntityId).collect();
    if !ids.is_empty() {
        let entities = entities::full(db, viewer, &ids).await?;
        found.extend(entities.into_iter().map(|entity| (entity.id.0, Target::Entity(Box::new(entity)))));
    }
    let ids: Vec<FactId> = of(ProposalTarget::Fact).into_iter().map(FactId).collect();
    let facts = facts::these(db, viewer, &ids).await?;
    found.extend(facts.into_iter().map(|fact| (fact.id.0, Target::Fact(Box::new(fact)))));
    let ids: Vec<RelationshipId> = of(ProposalTarget::Relationship).into_iter().map(RelationshipId).collect();
    let edges = relationships::these(db, viewer, &ids).await?;
    found.extend(edges.into_iter().map(|edge| (edge.id.0, Target::Relationship(Box::new(edge)))));
    Ok(found)
}

impl Target {
    pub fn id(&self) -> Uuid {
        match self {
            Self::Entity(entity) => entity.id.0,
            Self::Fact(fact) => fact.id.0,
            Self::Relationship(edge) => edge.id.0,
        }
    }

    pub fn version(&self) -> i64 {
        match self {
            Self::Entity(entity) => entity.version,
            Self::Fact(fact) => fact.version,
            Self::Relationship(edge) => edge.version,
        }
    }

    pub fn kind(&self) -> Option<EntityKind> {
        match self {
            Self::Entity(entity) => Some(entity.kind),
            _ => None,
        }
    }

    pub fn label(&self) -> String {
        match self {
            Self::Entity(entity) => entity.name.clone(),
            Self::Fact(fact) => {
                let said =
                    if fact.text.is_empty() { fact.object_name.clone().unwrap_or_default() } else { fact.text.clone() };
                short(&format!("{} {}: {said}", fact.subject_name, fact.predicate))
            }
            Self::Relationship(edge) => format!("{} – {} – {}", edge.from_name, edge.kind, edge.to_name),
        }
    }

    /// The whole of it, for who must merge.
    pub fn json(&self) -> Value {
        match self {
            Self::Entity(entity) => json!(entity),
            Self::Fact(fact) => json!(fact),
            Self::Relationship(edge) => json!(edge),
        }
    }

    /// Its fields by the names that changes have for them.
    pub fn state(&self) -> Map<String, Value> {
        let Value::Object(mut state) = self.json() else { return Map::new() };
        for name in [
            "id",
            "campaign_id",
            "version",
            "created_at",
            "updated_at",
            "links",
            "ancestors",
            "subject_name",
            "object_name",
            "from_name",
            "to_name",
        ] {
            state.remove(name);
        }
        if let Some(since) = state.remove("since") {
            state.insert("story_time".into(), since);
        }
        state
    }

    /// What retiring it takes away.
    pub fn retired(&self) -> (Map<String, Value>, Map<String, Value>) {
        let before = self.state();
        match self {
            Self::Fact(fact) => {
                let of = |status: FactStatus| Map::from_iter([("status".to_owned(), json!(status))]);
                (of(fact.status), of(FactStatus::Retired))
            }
            _ => {
                let after = before.keys().map(|key| (key.clone(), Value::Null)).collect();
                (before, after)
            }
        }
    }
}

fn short(text: &str) -> String {
    const MOST: usize = 200;
    match text.char_indices().nth(MOST) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

fn read<T: DeserializeOwned>(change: &Map<String, Value>) -> Result<T> {
    read_json(&serde_json::to_vec(change).map_err(Error::internal)?)
}

/// What a change names, if it could be made.
#[derive(Debug, Default)]
pub(super) struct Checked {
    pub names: Vec<Named>,
    /// A picture that was not shown before.
    pub portrait: Option<MediaId>,
    /// For a new one.
    pub kind: Option<EntityKind>,
    /// For a new one.
    pub label: Label,
}

/// What a new thing is called in a list, once the names are known.
#[derive(Debug)]
pub(super) enum Label {
    Name(String),
    /// A subject, a word and a statement, or the other entity.
    Fact(EntityId, String, String, Option<EntityId>),
    Edge(EntityId, String, EntityId),
}

impl Default for Label {
    fn default() -> Self {
        Self::Name(String::new())
    }
}

impl Label {
    pub fn written(&self, names: &HashMap<EntityId, String>) -> String {
        let name = |id: &EntityId| names.get(id).map_or("…", String::as_str);
        match self {
            Self::Name(name) => name.trim().to_owned(),
            Self::Fact(subject, predicate, text, object) => {
                let object = object.as_ref().map(name).filter(|_| text.is_empty());
                short(&format!("{} {predicate}: {}", name(subject), object.unwrap_or(text)))
            }
            Self::Edge(from, kind, to) => format!("{} – {kind} – {}", name(from), name(to)),
        }
    }
}

/// Refuses a change that could not be made, and says what it names. `strict` also finds ids inside the fields of entities.
pub(super) fn check(
    target: ProposalTarget,
    stored: Option<&Target>,
    change: &Map<String, Value>,
    strict: bool,
) -> Result<Checked> {
    let mut out = Checked::default();
    let mut entity = |after: &EntityIn, names: Vec<Named>, before: Option<&EntityOut>| {
        out.names = names;
        if strict {
            let ids = entities::drafts::ids_in_fields(after, before);
            out.names.extend(ids.into_iter().map(|id| Named { field: "fields".into(), id, kinds: &[] }));
        }
        out.portrait = after.portrait_id.filter(|id| before.is_none_or(|old| old.portrait_id != Some(*id)));
    };
    match (target, stored) {
        (ProposalTarget::Entity, None) => {
            let (after, names) = entities::drafts::created(read(change)?)?;
            entity(&after, names, None);
            out.kind = Some(after.kind);
            out.label = Label::Name(after.name);
        }
        (ProposalTarget::Entity, Some(Target::Entity(stored))) => {
            let (after, names) = entities::drafts::updated(stored, read(change)?)?;
            entity(&after, names, Some(stored));
        }
        (ProposalTarget::Fact, None) => {
            let fact: FactIn = read(change)?;
            out.label = Label::Fact(fact.subject_id, fact.predicate.clone(), fact.text.clone(), fact.object_id);
            out.names = facts::drafts::created(fact)?;
        }
        (ProposalTarget::Fact, Some(Target::Fact(stored))) => {
            out.names = facts::drafts::updated(stored, read(change)?)?;
        }
        (ProposalTarget::Relationship, None) => {
            let edge: relationships::RelationshipIn = read(change)?;
            out.label = Label::Edge(edge.from_id, edge.kind.clone(), edge.to_id);
            out.names = relationships::drafts::created(edge)?;
        }
        (ProposalTarget::Relationship, Some(Target::Relationship(stored))) => {
            relationships::drafts::updated(stored, read(change)?)?;
        }
        _ => return Err(Error::internal("a target of another type")),
    }
    Ok(out)
}

/// Refuses ids that the viewer does not see, or that do not fit, each at its field; gives the names of the others.
/// `promised` are still to be made.
pub(super) async fn check_seen(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    names: &[Named],
    promised: &HashMap<EntityId, (EntityKind, String)>,
) -> Result<HashMap<EntityId, String>> {
    let ids: HashSet<EntityId> = names.iter().map(|name| name.id).filter(|id| !promised.contains_key(id)).collect();
    let ids: Vec<EntityId> = ids.into_iter().collect();
    let seen = entities::named(db, viewer, &ids).await?;
    let mut known: HashMap<EntityId, EntityKind> = seen.iter().map(|entity| (entity.id, entity.kind)).collect();
    known.extend(promised.iter().map(|(id, (kind, _))| (*id, *kind)));
    entities::check_known(names, &known)?;
    let mut called: HashMap<EntityId, String> = seen.into_iter().map(|entity| (entity.id, entity.name)).collect();
    called.extend(promised.iter().map(|(id, (_, name))| (*id, name.clone())));
    Ok(called)
}

/// Refuses pictures that the viewer does not see, each at its field.
pub(super) async fn check_pictures(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    user: Option<UserId>,
    pictures: &[(String, MediaId)],
) -> Result<()> {
    let ids: Vec<MediaId> = pictures.iter().map(|(_, id)| *id).collect();
    let seen = media::seen(db, viewer, user, &ids).await?;
    match pictures.iter().find(|(_, id)| !seen.contains(id)) {
        Some((field, _)) => Err(Error::field(field, "unknown", "There is no such picture in this campaign.")),
        None => Ok(()),
    }
}

/// Makes, changes or takes out, as a game master does; what is there afterwards, or was there before it was taken out.
pub(super) async fn apply(
    tx: &mut Tx,
    by: &Gm,
    target: ProposalTarget,
    operation: ProposalOperation,
    stored: Option<Target>,
    change: &Map<String, Value>,
) -> Result<Target> {
    use ProposalOperation::{Create, Retire, Update};
    Ok(match (target, operation, stored) {
        (ProposalTarget::Entity, Create, None) => entity(entities::create(tx, by, read(change)?).await?),
        (_, Update, Some(Target::Entity(old))) => {
            entity(entities::update(tx, by, old.id, old.version, read(change)?).await?)
        }
        (_, Retire, Some(Target::Entity(old))) => {
            entities::delete(tx, by, old.id, old.version).await?;
            Target::Entity(old)
        }
        (ProposalTarget::Fact, Create, None) => fact(facts::create(tx, by, read(change)?).await?),
        (_, Update, Some(Target::Fact(old))) => fact(facts::update(tx, by, old.id, old.version, read(change)?).await?),
        (_, Retire, Some(Target::Fact(old))) => {
            let patch = FactPatch { status: Some(Some(FactStatus::Retired)), ..FactPatch::default() };
            fact(facts::update(tx, by, old.id, old.version, patch).await?)
        }
        (ProposalTarget::Relationship, Create, None) => edge(relationships::create(tx, by, read(change)?).await?),
        (_, Update, Some(Target::Relationship(old))) => {
            edge(relationships::update(tx, by, old.id, old.version, read(change)?).await?)
        }
        (_, Retire, Some(Target::Relationship(old))) => {
            relationships::delete(tx, by, old.id, old.version).await?;
            Target::Relationship(old)
        }
        _ => return Err(Error::internal("a target that does not fit its proposal")),
    })
}

/// Takes out what a proposal had made.
pub(super) async fn unmake(tx: &mut Tx, by: &Gm, made: &Target) -> Result<()> {
    match made {
        Target::Entity(made) => entities::delete(tx, by, made.id, made.version).await,
        Target::Fact(made) => facts::delete(tx, by, made.id, made.version).await,
        Target::Relationship(made) => relationships::delete(tx, by, made.id, made.version).await,
    }
}

fn entity(entity: EntityOut) -> Target {
    Target::Entity(Box::new(entity))
}

fn fact(fact: FactOut) -> Target {
    Target::Fact(Box::new(fact))
}

fn edge(edge: RelationshipOut) -> Target {
    Target::Relationship(Box::new(edge))
}
