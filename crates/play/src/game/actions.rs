//! What can be done in a game without asking the game master.

use sea_orm::ConnectionTrait;
use serde_json::json;
use skald_access::Player;
use skald_canon::{
    entities::{self, EntityKind, EntityOut, FieldIs},
    facts::{self, Evidence, EvidenceKind, Knower},
};
use skald_kernel::{CampaignId, EntityId, Error, ErrorCode, Result, Role, Viewer};
use skald_platform::Tx;
use skald_table::{
    sessions::{self, SessionKind, SessionOut, SessionStatus},
    timeline::{Author, EntryKind, EntryOut, NewEntry},
};

use super::{
    CharacterOut, ClueOut, ExitOut, GameOut, ObjectiveOut, PlaceOut, QuestOut, Turn, note, queries,
    world::{fields, look_around},
};
use crate::{
    dice::Dice,
    rules::{
        Effect, Happening, Sheet,
        state::QuestStatus,
        tools,
        world::{CatalogueItem, ItemUse, Quest, resolve_inventory},
    },
};

/// Refuses unless the session is running.
pub(crate) fn running(session: &SessionOut) -> Result<()> {
    match session.status {
        SessionStatus::Running => Ok(()),
        SessionStatus::Planned => Err(Error::new(ErrorCode::SessionNotRunning, "Start the session first.")),
        SessionStatus::Ended => {
            Err(Error::new(ErrorCode::SessionNotRunning, "This session has ended. Start a new one."))
        }
    }
}

/// The character a member acts with: the one named, if it is theirs in this session, else the one they joined with.
pub(crate) fn acting(session: &SessionOut, by: &Player, named: Option<EntityId>) -> Result<Option<EntityId>> {
    let own = session.participants.iter().find(|p| p.user_id == by.user).and_then(|p| p.character_id);
    match named {
        None => Ok(own),
        Some(id) if own == Some(id) => Ok(own),
        Some(id) if by.role == Role::Gm && session.participants.iter().any(|p| p.character_id == Some(id)) => {
            Ok(Some(id))
        }
        Some(_) => Err(Error::field("character_id", "not_yours", "Name the character you joined this session with.")),
    }
}

/// Begins the game: the party stands at the campaign's start, with the quests that are active from the outset.
///
/// # Errors
/// As [`sessions::actions::set_status`].
pub async fn start(tx: &mut Tx, by: &Player, session: &SessionOut) -> Result<()> {
    if session.status == SessionStatus::Running {
        return Ok(());
    }
    sessions::actions::set_status(tx, by, session, SessionStatus::Running).await?;
    if session.kind != SessionKind::Game {
        return Ok(());
    }
    let gm = Viewer::gm(by.campaign);
    let start =
        entities::with_field(tx.conn(), &gm, EntityKind::Location, "start", FieldIs::True).await?.into_iter().next();
    let quests = entities::with_field(tx.conn(), &gm, EntityKind::Quest, "active", FieldIs::True).await?;
    let opening = skald_access::campaigns::opening(tx.conn(), by.campaign).await?;
    let mut turn = Turn::open(tx, session.id).await?;
    let mut happened = Vec::new();
    if let Some(start) = &start {
        happened.push(Happening::Effect(Effect::Moved { location_id: start.id, location_name: start.name.clone() }));
    }
    for quest in &quests {
        let rules = Quest::from_fields(quest.id, &quest.name, &fields(quest));
        happened.push(Happening::Effect(Effect::QuestStarted {
            quest_id: quest.id,
            title: quest.name.clone(),
            objectives: rules.objectives_set(),
        }));
    }
    let text = opening.or_else(|| start.as_ref().map(|place| place.summary.clone())).unwrap_or_default();
    if !text.trim().is_empty() {
        turn.say(vec![NewEntry {
            kind: EntryKind::Narration,
            author: Author::Engine { name: "Opening".into() },
            text,
            data: json!({ "status": "complete", "part": 0, "final": true, "label": "opening" }),
            generation_id: None,
        }])
        .await?;
    }
    turn.happen(&happened, None).await?;
    turn.close().await?;
    Ok(())
}

/// Ends the session. What the party found out is now known to its characters in the canon.
///
/// # Errors
/// As [`sessions::actions::set_status`].
pub async fn end(tx: &mut Tx, by: &Player, session: &SessionOut) -> Result<()> {
    sessions::actions::set_status(tx, by, session, SessionStatus::Ended).await?;
    let turn = Turn::open(tx, session.id).await?;
    let state = turn.close().await?;
    let knowers: Vec<Knower> =
        state.party.iter().chain(&state.away).map(|member| Knower::Character { id: member.character_id }).collect();
    let evidence = Evidence { kind: EvidenceKind::Entry, reference: Some(format!("session:{}", session.id)), at: None };
    for clue in state.clues.iter().filter(|_| !knowers.is_empty()) {
        match facts::reveal_to(tx, by.campaign, clue.fact_id, &knowers, &evidence).await {
            // Deleted or retired since it was found: there is nothing left to know.
            Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::Conflict) => {}
            revealed => {
                revealed?;
            }
        }
    }
    let name = sessions::queries::display_name(tx.conn(), by.user).await?;
    let mut turn = Turn::open(tx, session.id).await?;
    turn.say(vec![note(format!("{name} ended the session."), json!({ "ended": true }))]).await?;
    Ok(())
}

/// Joins with a character. In a game the character comes into the party as it is.
///
/// # Errors
/// `character_taken` when somebody else plays it, not found for a character the player may not see, `rule_refused` for one
/// that cannot be played.
pub async fn join(tx: &mut Tx, by: &Player, session: &SessionOut, character: EntityId) -> Result<()> {
    let entity = entities::find(tx.conn(), &by.viewer(), character).await?;
    let playable = entity.kind == EntityKind::Character
        && (by.role == Role::Gm
            || entity.fields.get("ready_made") == Some(&json!(true))
            || by.characters().contains(&character));
    if !playable {
        return Err(Error::new(ErrorCode::RuleRefused, "Choose a ready-made character, or one of your own."));
    }
    let before = session.participants.iter().find(|p| p.user_id == by.user).and_then(|p| p.character_id);
    if before == Some(character) {
        return Ok(());
    }
    if session.participants.iter().any(|p| p.character_id == Some(character)) {
        return Err(Error::new(ErrorCode::CharacterTaken, "Somebody else plays this character. Choose another."));
    }
    skald_access::campaigns::claim_character(tx, by, character).await?;
    sessions::actions::join(tx, by, session, Some(character)).await?;
    if session.kind == SessionKind::Game {
        let sheet = equipped(tx, by.campaign, &entity).await?;
        let mut turn = Turn::open(tx, session.id).await?;
        let mut happened = Vec::new();
        if let Some(old) = before.filter(|old| turn.state().member(*old).is_some()) {
            happened.push(Happening::Effect(Effect::CharacterLeft { character_id: old }));
        }
        happened.push(Happening::Effect(Effect::CharacterJoined {
            character_id: character,
            name: entity.name.clone(),
            sheet,
        }));
        turn.happen(&happened, None).await?;
        turn.close().await?;
    }
    Ok(())
}

/// The sheet of a character, its possessions tied to the canon's items of the same name.
async fn equipped(tx: &Tx, campaign: CampaignId, entity: &EntityOut) -> Result<Sheet> {
    let mut sheet = Sheet::from_fields(&fields(entity)).unwrap_or_default();
    let wanted: Vec<String> = sheet.inventory.iter().map(|item| item.name.clone()).collect();
    let items = entities::by_names(tx.conn(), &Viewer::gm(campaign), EntityKind::Item, &wanted).await?;
    let catalogue: Vec<CatalogueItem> = items
        .into_iter()
        .map(|item| CatalogueItem { id: item.id, usage: ItemUse::from_fields(&fields(&item)), name: item.name })
        .collect();
    resolve_inventory(&mut sheet, &catalogue);
    Ok(sheet)
}

/// Leaves a session; the character stays the player's own.
///
/// # Errors
/// When the database fails.
pub async fn leave(tx: &mut Tx, by: &Player, session: &SessionOut) -> Result<()> {
    let Some(participant) = session.participants.iter().find(|p| p.user_id == by.user) else { return Ok(()) };
    sessions::actions::leave(tx, by, session).await?;
    if let Some(character) = participant.character_id.filter(|_| session.kind == SessionKind::Game) {
        let mut turn = Turn::open(tx, session.id).await?;
        turn.happen(&[Happening::Effect(Effect::CharacterLeft { character_id: character })], None).await?;
        turn.close().await?;
    }
    Ok(())
}

/// Throws dice for all to see.
///
/// # Errors
/// A notation that is none.
pub async fn roll(
    tx: &mut Tx,
    by: &Player,
    session: &SessionOut,
    notation: &str,
    purpose: Option<&str>,
    character: Option<EntityId>,
) -> Result<EntryOut> {
    running(session)?;
    let character = acting(session, by, character)?;
    let dice = Dice::parse(notation)?;
    let purpose = purpose.map(str::trim).filter(|purpose| !purpose.is_empty()).unwrap_or("a roll");
    skald_kernel::error::Fields::default().at_most("purpose", purpose, 200).check()?;
    let roll = dice.roll(tx.app().seeds().seed());
    let name = session.participants.iter().find(|p| p.user_id == by.user).map(|p| p.display_name.clone());
    let mut turn = Turn::open(tx, session.id).await?;
    let happening = Happening::Roll { purpose: purpose.into(), roll, check: None, character_id: character };
    let mut entry = super::entry_of(&happening, turn.state(), None);
    if character.is_none() {
        let name = name.unwrap_or_else(|| "Game master".into());
        entry.text = format!("{name}: {purpose}");
        entry.author = Author::Engine { name };
    }
    one(turn.say(vec![entry]).await?)
}

/// Uses something carried.
///
/// # Errors
/// `rule_refused` with the reason.
pub async fn use_item(
    tx: &mut Tx,
    by: &Player,
    session: &SessionOut,
    character: EntityId,
    item: &str,
) -> Result<EntryOut> {
    running(session)?;
    acting(session, by, Some(character))?;
    let seed = tx.app().seeds().seed();
    let mut turn = Turn::open(tx, session.id).await?;
    let world = surroundings(&mut turn, by.campaign).await?;
    let outcome = tools::use_item(turn.state(), &world, character, item, seed)?;
    let entries = turn.happen(&outcome.happened, None).await?;
    turn.close().await?;
    one(entries)
}

/// Takes the party to a place next to where it is.
///
/// # Errors
/// `rule_refused` with the reason.
pub async fn move_party(tx: &mut Tx, by: &Player, session: &SessionOut, location: EntityId) -> Result<EntryOut> {
    running(session)?;
    if by.role != Role::Gm && acting(session, by, None)?.is_none() {
        return Err(Error::new(ErrorCode::RuleRefused, "Join with a character first."));
    }
    let mut turn = Turn::open(tx, session.id).await?;
    let world = surroundings(&mut turn, by.campaign).await?;
    let outcome = tools::move_party(turn.state(), &world, location)?;
    let entries = turn.happen(&outcome.happened, None).await?;
    turn.close().await?;
    one(entries)
}

async fn surroundings(turn: &mut Turn<'_>, campaign: CampaignId) -> Result<crate::rules::World> {
    let state = turn.state().clone();
    Ok(look_around(turn.tx().conn(), campaign, &state).await?.world)
}

fn one(entries: Vec<EntryOut>) -> Result<EntryOut> {
    entries.into_iter().next_back().ok_or_else(|| Error::internal("nothing was appended"))
}

/// The state as the table sees it, with the place and the quests on offer there.
///
/// # Errors
/// When the database fails.
pub async fn state_of(db: &impl ConnectionTrait, session: &SessionOut) -> Result<GameOut> {
    let state = queries::load(db, session.id).await?;
    let around = look_around(db, session.campaign_id, &state).await?;
    let generation = queries::running(db, session.id).await?;
    let scene = around.scene(&state, "", None);
    let seq = skald_table::timeline::queries::head(db, session.id).await?.map_or(0, |(_, seq)| seq);
    let player = |character| session.participants.iter().find(|p| p.character_id == Some(character)).map(|p| p.user_id);
    Ok(GameOut {
        seq,
        location: scene.place.map(|place| PlaceOut {
            id: place.id,
            name: place.name,
            summary: place.summary,
            exits: place.exits.into_iter().map(|exit| ExitOut { id: exit.id, name: exit.name }).collect(),
            people: scene.people.into_iter().map(|person| ExitOut { id: person.id, name: person.name }).collect(),
        }),
        characters: state
            .party
            .iter()
            .map(|member| CharacterOut {
                character_id: member.character_id,
                user_id: player(member.character_id),
                name: member.name.clone(),
                class: member.class.clone(),
                level: member.level,
                experience: member.experience,
                health: member.health,
                max_health: member.max_health,
                mana: member.mana,
                max_mana: member.max_mana,
                defense: member.defense,
                abilities: member.abilities.clone(),
                conditions: member.conditions.clone(),
                inventory: member.inventory.clone(),
            })
            .collect(),
        quests: scene
            .quests
            .into_iter()
            .map(|quest| QuestOut {
                quest_id: quest.id,
                title: quest.title,
                status: match quest.status.as_str() {
                    "offered" => QuestStatus::Offered,
                    "completed" => QuestStatus::Completed,
                    "failed" => QuestStatus::Failed,
                    _ => QuestStatus::Active,
                },
                objectives: quest
                    .objectives
                    .into_iter()
                    .map(|o| ObjectiveOut { id: o.id, text: o.text, progress: o.progress, target: o.target })
                    .collect(),
            })
            .collect(),
        clues: state.clues.iter().map(|clue| ClueOut { fact_id: clue.fact_id, text: clue.text.clone() }).collect(),
        generation,
    })
}
