//! What can be done with a session.

use skald_access::Player;
use skald_kernel::{EntityId, Error, ErrorCode, Event, Result, Role, SessionId, error::Fields};
use skald_platform::Tx;

use super::{SessionIn, SessionKind, SessionOut, SessionStatus, queries};

/// Plans a session.
///
/// # Errors
/// A title that is too long; forbidden for players who plan anything but a game.
pub async fn create(tx: &mut Tx, by: &Player, input: SessionIn) -> Result<SessionId> {
    if input.kind != SessionKind::Game && by.role != Role::Gm {
        return Err(Error::new(
            ErrorCode::Forbidden,
            "Only the game master plans such a session; start a game instead.",
        ));
    }
    let title = match input.title.map(|title| title.trim().to_owned()).filter(|title| !title.is_empty()) {
        Some(title) => title,
        None => format!("{} session", tx.now().format("%-d %B %Y")),
    };
    Fields::default().at_most("title", &title, 120).check()?;
    let id: SessionId = tx.ids().next();
    queries::insert(tx, by, id, input.kind, &title).await?;
    tx.audit(Some(by.campaign), "session.create", id.0, serde_json::json!({ "title": title }));
    tx.event(Event::shared(by.campaign, "session.created", id));
    Ok(id)
}

/// Moves a session on. Its starter and the GM may.
///
/// # Errors
/// Forbidden for others; a conflict when it has ended already.
pub async fn set_status(tx: &mut Tx, by: &Player, session: &SessionOut, status: SessionStatus) -> Result<()> {
    if by.role != Role::Gm && session.created_by != by.user {
        return Err(Error::new(
            ErrorCode::Forbidden,
            "Only who started this session, or the game master, may do this.",
        ));
    }
    if session.status == SessionStatus::Ended {
        return Err(Error::new(ErrorCode::SessionNotRunning, "This session has ended. Start a new one."));
    }
    queries::set_status(tx, session.id, status).await?;
    tx.audit(Some(by.campaign), "session.status", session.id.0, serde_json::json!({ "status": status }));
    tx.event(Event::shared(by.campaign, "session.updated", session.id));
    Ok(())
}

/// Counts a member in, with the character they play here.
///
/// # Errors
/// `session_not_running` when it has ended.
pub async fn join(tx: &mut Tx, by: &Player, session: &SessionOut, character: Option<EntityId>) -> Result<()> {
    if session.status == SessionStatus::Ended {
        return Err(Error::new(ErrorCode::SessionNotRunning, "This session has ended. Start a new one."));
    }
    queries::join(tx, session.id, by.user, character).await?;
    tx.event(Event::shared(by.campaign, "session.updated", session.id));
    Ok(())
}

/// Counts a member out.
///
/// # Errors
/// When the database fails.
pub async fn leave(tx: &mut Tx, by: &Player, session: &SessionOut) -> Result<()> {
    queries::leave(tx, session.id, by.user).await?;
    tx.event(Event::shared(by.campaign, "session.updated", session.id));
    Ok(())
}
