//! The addresses of characters.

use axum::extract::State;
use skald_access::Observer;
use skald_kernel::EntityId;
use skald_platform::{
    App,
    http::{Body, IfMatch, Path, Problem, ProblemBody, Versioned},
};

use super::dto::{CharacterOut, CharacterPatch};

/// One character with its sheet, its player and its factions.
#[utoipa::path(
    get, path = "/characters/{character_id}", tag = "canon", security(("bearer" = [])),
    params(("character_id" = EntityId, Path, description = "The character")),
    responses(
        (status = 200, body = CharacterOut),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No character you may know of"),
    )
)]
pub(super) async fn get_character(
    State(app): State<App>,
    observer: Observer,
    Path(id): Path<EntityId>,
) -> Result<Versioned<CharacterOut>, Problem> {
    let character = super::find(app.db().read(), &observer, id).await?;
    Ok(Versioned(character.entity.version, character))
}

/// Changes the sheet, voice, personality or goals of a character: its player and the game master may.
#[utoipa::path(
    patch, path = "/characters/{character_id}", tag = "canon", security(("bearer" = [])),
    params(
        ("character_id" = EntityId, Path, description = "The character"),
        ("If-Match" = String, Header, description = "The ETag you saw"),
    ),
    request_body = CharacterPatch,
    responses(
        (status = 200, body = CharacterOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Somebody else plays it, or nobody"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No character you may know of"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored, as you may see it"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields, or a sheet that does not follow the rule system"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn update_character(
    State(app): State<App>,
    observer: Observer,
    Path(id): Path<EntityId>,
    IfMatch(expected): IfMatch,
    Body(patch): Body<CharacterPatch>,
) -> Result<Versioned<CharacterOut>, Problem> {
    let mut tx = app.tx(&observer.actor).await?;
    let character = super::update(&mut tx, &observer, id, expected, patch).await?;
    tx.commit().await?;
    Ok(Versioned(character.entity.version, character))
}
