//! View as: a game master reads through other eyes, to see what a player sees.
//!
//! `?viewer=` on a read names whose: `member:<user id>` (their role and their characters), `character:<id>` (a player of
//! that one character), `faction:<id>` (what its members know as such), `party` (every character that is played, together)
//! or `everyone` (what is known to all). The user stays who asked. Nobody but a game master may, and no change takes it:
//! a change is made by who makes it.

use axum::extract::FromRequestParts;
use http::{Method, request::Parts};
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use skald_kernel::{EntityId, Error, ErrorCode, Result, Role, UserId};
use skald_platform::{
    App,
    db::{DbResult, sql},
    http::{Problem, Query},
};
use uuid::Uuid;

use crate::{Member, campaigns};

/// Whose eyes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Eyes {
    Member(UserId),
    /// A character or a faction, by its kind.
    Knower(&'static str, EntityId),
    Party,
    Everyone,
}

fn read(text: &str) -> Option<Eyes> {
    match text.split_once(':') {
        None if text == "everyone" => Some(Eyes::Everyone),
        None if text == "party" => Some(Eyes::Party),
        None => None,
        Some((kind, id)) => {
            let id = Uuid::try_parse(id).ok()?;
            match kind {
                "member" => Some(Eyes::Member(UserId(id))),
                "character" => Some(Eyes::Knower("character", EntityId(id))),
                "faction" => Some(Eyes::Knower("faction", EntityId(id))),
                _ => None,
            }
        }
    }
}

/// The part of a query that every read takes.
#[derive(Debug, Deserialize)]
struct Asked {
    viewer: Option<String>,
}

/// The member as the request's `viewer` would be; the member itself, where the request names none.
///
/// # Errors
/// Forbidden for who is no game master; `viewer` invalid, when it cannot be read, is not the campaign's, or the request
/// changes something.
pub(crate) async fn apply(app: &App, member: Member, parts: &mut Parts) -> Result<Member, Problem> {
    let Query(Asked { viewer: Some(asked) }) = Query::<Asked>::from_request_parts(parts, &()).await? else {
        return Ok(member);
    };
    Ok(seen_by(app, member, reads(parts), &asked).await?)
}

/// Whether a request changes nothing: a read, or a question that is too long for an address.
fn reads(parts: &Parts) -> bool {
    let question = parts.method == Method::POST && parts.uri.path().ends_with("/ask");
    question || parts.method == Method::GET || parts.method == Method::HEAD
}

async fn seen_by(app: &App, member: Member, reads: bool, asked: &str) -> Result<Member> {
    if member.role != Role::Gm {
        return Err(Error::new(ErrorCode::Forbidden, "Only the game master may view as somebody else."));
    }
    if !reads {
        return Err(wrong("read_only", "Nothing is changed while viewing as somebody else. Leave `viewer` out."));
    }
    let eyes = read(asked).ok_or_else(|| {
        wrong("unknown", "Write `member:<id>`, `character:<id>`, `faction:<id>`, `party` or `everyone`.")
    })?;
    let db = app.db().read();
    let (role, characters) = match eyes {
        Eyes::Everyone => (Role::Observer, Vec::new()),
        Eyes::Party => {
            let played = campaigns::players(db, member.campaign).await?;
            (Role::Player, played.into_iter().map(|(character, _)| character).collect())
        }
        Eyes::Member(user) => {
            let other = campaigns::members::find(db, member.campaign, user).await?;
            let other = other.ok_or_else(|| wrong("unknown", "That is no member of this campaign."))?;
            (other.role, other.characters)
        }
        Eyes::Knower(kind, id) => {
            if !is_there(app, &member, kind, id).await? {
                return Err(wrong("unknown", format!("That is no {kind} of this campaign.")));
            }
            (Role::Player, vec![id])
        }
    };
    Ok(Member { role, characters, ..member })
}

/// Whether the campaign has such an entity. Entities are the business of a crate above; it says which table they are in.
async fn is_there(app: &App, member: &Member, kind: &str, id: EntityId) -> Result<bool> {
    let table = app.table_of("character_id").ok_or_else(|| Error::internal("no table of characters"))?;
    let db = app.db().read();
    let row = sql(
        db,
        format!("SELECT id FROM {table} WHERE id = $1 AND campaign_id = $2 AND kind = $3 AND deleted_at IS NULL"),
        [id.0.into(), member.campaign.0.into(), kind.into()],
    );
    Ok(db.query_one_raw(row).await.db()?.is_some())
}

fn wrong(code: &str, message: impl Into<String>) -> Error {
    Error::field("viewer", code, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eyes_are_read_exactly() {
        let id = Uuid::from_u128(7);
        for (text, wanted) in [
            (format!("member:{id}"), Some(Eyes::Member(UserId(id)))),
            (format!("character:{id}"), Some(Eyes::Knower("character", EntityId(id)))),
            (format!("faction:{id}"), Some(Eyes::Knower("faction", EntityId(id)))),
            ("party".into(), Some(Eyes::Party)),
            ("everyone".into(), Some(Eyes::Everyone)),
            ("gm".into(), None),
            (String::new(), None),
            (format!("location:{id}"), None),
            ("character:mira".into(), None),
            (format!("party:{id}"), None),
        ] {
            assert_eq!(read(&text), wanted, "{text}");
        }
    }
}
