//! Asking for an answer, again, or no more.

use serde::{Deserialize, Serialize};
use serde_json::json;
use skald_access::Player;
use skald_kernel::{EntityId, EntryId, Error, ErrorCode, GenerationId, Result, error::Fields};
use skald_platform::{Tx, jobs::NewJob};
use skald_table::{
    sessions::{SessionKind, SessionOut},
    timeline::{
        Author, EntryKind, EntryOut, NewEntry,
        actions::{At, append},
        queries as timeline,
    },
};

use super::{
    Answers,
    queries::{self, Ending, Generation},
};
use crate::game::{
    Turn,
    actions::{acting, running},
    note,
};

/// The payload of the job that makes an answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Work {
    pub(super) generation: GenerationId,
}

/// Characters of a message at most.
const MESSAGE: usize = 4_000;

/// Says something; in a game, the game master will answer.
///
/// # Errors
/// An empty or too long text, `session_not_running`, a character that is not the player's.
pub async fn say(
    tx: &mut Tx,
    by: &Player,
    session: &SessionOut,
    text: &str,
    character: Option<EntityId>,
) -> Result<(EntryOut, Option<GenerationId>)> {
    running(session)?;
    Fields::default().text("text", text, MESSAGE).check()?;
    let character = acting(session, by, character)?;
    let participant = session.participants.iter().find(|p| p.user_id == by.user);
    let name = participant.map(|p| p.character_name.clone().unwrap_or_else(|| p.display_name.clone()));
    let name = match name {
        Some(name) => name,
        None => skald_table::sessions::queries::display_name(tx.conn(), by.user).await?,
    };
    let entry = NewEntry {
        kind: EntryKind::Message,
        author: Author::Member { user_id: by.user, character_id: character, name },
        text: text.trim().to_owned(),
        data: json!({}),
        generation_id: None,
    };
    let mut appended = append(tx, session.id, At::Head, vec![entry]).await?;
    let entry = appended.pop().ok_or_else(|| Error::internal("nothing was appended"))?;
    if session.kind != SessionKind::Game {
        return Ok((entry, None));
    }
    // One that waits already will see this message too.
    if let Some(waiting) = queries::in_state(tx.conn(), session.id, "queued").await? {
        return Ok((entry, Some(waiting.id)));
    }
    let id = ask(tx, by, session, entry.id, character, false).await?;
    Ok((entry, Some(id)))
}

async fn ask(
    tx: &mut Tx,
    by: &Player,
    session: &SessionOut,
    answers: EntryId,
    character: Option<EntityId>,
    with_oracle: bool,
) -> Result<GenerationId> {
    let generation = Generation {
        id: tx.ids().next(),
        session: session.id,
        campaign: by.campaign,
        answers,
        user: Some(by.user),
        character,
        with_oracle,
        status: "queued".into(),
        part: 0,
        shown: String::new(),
        label: String::new(),
        seed: tx.app().seeds().seed(),
    };
    queries::insert(tx, &generation).await?;
    // While another is being made, its end starts this one.
    if queries::in_state(tx.conn(), session.id, "running").await?.is_none() {
        start(tx, generation.id);
    }
    Ok(generation.id)
}

/// Enqueues the making of an answer. One attempt: a second would pay twice and might contradict what was shown.
pub(super) fn start(tx: &mut Tx, generation: GenerationId) {
    tx.job(NewJob::new("play.narrate", &Work { generation }).max_attempts(3).once(format!("narrate:{generation}")));
}

/// Tries an answer again, from the message it answers.
///
/// Where others have written since, nothing is undone: the game master answers at the end of the timeline instead.
///
/// # Errors
/// `answer_running` while one is being made, not found for another session's answer.
pub async fn retry(
    tx: &mut Tx,
    by: &Player,
    session: &SessionOut,
    generation: GenerationId,
    with_oracle: bool,
) -> Result<(GenerationId, EntryOut)> {
    running(session)?;
    let failed = queries::find(tx.conn(), generation).await?;
    if failed.session != session.id {
        return Err(Error::not_found());
    }
    let mut turn = Turn::open(tx, session.id).await?;
    for status in ["queued", "running"] {
        if queries::in_state(turn.tx().conn(), session.id, status).await?.is_some() {
            return Err(Error::new(
                ErrorCode::AnswerRunning,
                "The game master is still answering. Wait, or cancel it.",
            ));
        }
    }
    let asked = timeline::find(turn.tx().conn(), session.id, failed.answers).await?;
    let since = timeline::after(turn.tx().conn(), session.id, asked.seq, 500).await?;
    let by_people = since.iter().any(|entry| matches!(entry.author, Author::Member { .. }));
    let by_hand = since.iter().any(|entry| entry.generation_id.is_none() && entry.kind == EntryKind::Effect);
    let text = if with_oracle { "The oracle answers instead." } else { "The answer is tried again." };
    let entry = note(text, json!({ "retry_of": generation, "with_oracle": with_oracle }));
    let entry = if by_people || by_hand || since.len() == 500 {
        turn.say(vec![entry]).await?.pop().ok_or_else(|| Error::internal("nothing was appended"))?
    } else {
        turn.branch(failed.answers, entry).await?
    };
    turn.close().await?;
    let id = ask(tx, by, session, failed.answers, failed.character, with_oracle).await?;
    Ok((id, entry))
}

/// Stops an answer; what was shown stays, marked as cancelled.
///
/// # Errors
/// Not found for another session's answer.
pub async fn cancel(tx: &mut Tx, session: &SessionOut, generation: GenerationId) -> Result<()> {
    let found = queries::find(tx.conn(), generation).await?;
    if found.session != session.id {
        return Err(Error::not_found());
    }
    if found.status == "queued" {
        let ending =
            Ending { status: "cancelled", label: "", part: 0, call: None, error_code: None, error_detail: None };
        queries::end(tx, generation, ending).await?;
    }
    if let Some(answer) = tx.app().part::<Answers>().find(generation) {
        answer.cancel.cancel();
    }
    Ok(())
}
