//! The addresses of the lorebook.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use skald_access::Gm;
use skald_kernel::{CampaignId, EntityId};
use skald_platform::{
    App,
    http::{Body, IfMatch, Page, Path, Problem, ProblemBody, Versioned},
};

use super::dto::{LoreRuleIn, LoreRuleOut, LoreTestIn, LoreTestOut};
use crate::editor::Editor;

/// The rules of the lorebook, by the names of their entities.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/lorebook", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign")),
    responses(
        (status = 200, body = Page<LoreRuleOut>),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
    )
)]
pub(super) async fn list_lorebook(
    State(app): State<App>,
    gm: Gm,
    Path(_campaign): Path<CampaignId>,
) -> Result<Response, Problem> {
    let rules = super::list(app.db().read(), &gm.viewer()).await?;
    Ok(Json(Page::whole(rules)).into_response())
}

/// Tries the lorebook on a text: which rules fire, and why. Nothing is changed.
#[utoipa::path(
    post, path = "/campaigns/{campaign_id}/lorebook/test", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign")),
    request_body = LoreTestIn,
    responses(
        (status = 200, body = LoreTestOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
    )
)]
pub(super) async fn test_lorebook(
    State(app): State<App>,
    gm: Gm,
    Path(_campaign): Path<CampaignId>,
    Body(input): Body<LoreTestIn>,
) -> Result<Json<LoreTestOut>, Problem> {
    Ok(Json(super::test(app.db().read(), &gm.viewer(), &input, app.seeds().seed()).await?))
}

/// The rule of an entity; of one without a rule, what a new one would be, with version 0.
#[utoipa::path(
    get, path = "/entities/{entity_id}/lorebook", tag = "canon", security(("bearer" = [])),
    params(("entity_id" = EntityId, Path, description = "The entity")),
    responses(
        (status = 200, body = LoreRuleOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
    )
)]
pub(super) async fn get_lore_rule(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<EntityId>,
) -> Result<Versioned<LoreRuleOut>, Problem> {
    let rule = super::find(app.db().read(), &gm.viewer(), id).await?;
    Ok(Versioned(rule.version, rule))
}

/// Gives an entity a rule, in place of the one it has.
#[utoipa::path(
    put, path = "/entities/{entity_id}/lorebook", tag = "canon", security(("bearer" = [])),
    params(
        ("entity_id" = EntityId, Path, description = "The entity"),
        ("If-Match" = String, Header, description = "The ETag you saw"),
    ),
    request_body = LoreRuleIn,
    responses(
        (status = 200, body = LoreRuleOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn set_lore_rule(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<EntityId>,
    IfMatch(expected): IfMatch,
    Body(input): Body<LoreRuleIn>,
) -> Result<Versioned<LoreRuleOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let rule = super::set(&mut tx, &gm, id, expected, input).await?;
    tx.commit().await?;
    Ok(Versioned(rule.version, rule))
}

/// Takes an entity's rule away.
#[utoipa::path(
    delete, path = "/entities/{entity_id}/lorebook", tag = "canon", security(("bearer" = [])),
    params(
        ("entity_id" = EntityId, Path, description = "The entity"),
        ("If-Match" = String, Header, description = "The ETag you saw"),
    ),
    responses(
        (status = 204),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn delete_lore_rule(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<EntityId>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    super::delete(&mut tx, &gm, id, expected).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
