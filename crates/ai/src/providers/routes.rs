//! The addresses of the AI settings: for admins, but for the list of models.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use skald_access::{Admin, User};
use skald_kernel::{Error, ProviderId, model::Task};
use skald_platform::{
    App,
    http::{Body, IfMatch, Page, Path, Problem, ProblemBody, Versioned, created},
};

use super::{
    ModelOut, ProbeIn, ProbeOut, ProviderIn, ProviderOut, ProviderPatch, RoutesIn, RoutesOut, Stored, USUAL, actions,
    probe, queries, route,
};
use crate::engine::{Engine, ORACLE};

/// The providers, the oracle last.
#[utoipa::path(
    get, path = "/ai/providers", tag = "ai", security(("bearer" = [])),
    responses(
        (status = 200, body = Page<ProviderOut>),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_ai_providers(State(app): State<App>, _: Admin) -> Result<Json<Page<ProviderOut>>, Problem> {
    let stored = queries::list(app.db().read()).await?;
    let items = stored.iter().map(ProviderOut::from).chain([ProviderOut::oracle()]).collect();
    Ok(Json(Page::whole(items)))
}

/// Adds a provider.
#[utoipa::path(
    post, path = "/ai/providers", tag = "ai", security(("bearer" = [])), request_body = ProviderIn,
    responses(
        (status = 201, body = ProviderOut),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_ai_provider(
    State(app): State<App>,
    by: Admin,
    Body(input): Body<ProviderIn>,
) -> Result<Response, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    let made = actions::create(&mut tx, &by, input).await?;
    tx.commit().await?;
    Ok(created(&format!("/ai/providers/{}", made.id), Versioned(made.version, ProviderOut::from(&made))))
}

/// One provider.
#[utoipa::path(
    get, path = "/ai/providers/{provider_id}", tag = "ai", security(("bearer" = [])),
    params(("provider_id" = ProviderId, Path)),
    responses(
        (status = 200, body = ProviderOut),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn find_ai_provider(
    State(app): State<App>,
    _: Admin,
    Path(id): Path<ProviderId>,
) -> Result<Versioned<ProviderOut>, Problem> {
    let stored = queries::find(app.db().read(), id).await?.ok_or_else(Error::not_found)?;
    Ok(Versioned(stored.version, ProviderOut::from(&stored)))
}

/// Changes a provider.
#[utoipa::path(
    patch, path = "/ai/providers/{provider_id}", tag = "ai", security(("bearer" = [])),
    params(("provider_id" = ProviderId, Path), ("If-Match" = String, Header, description = "The version you saw")),
    request_body = ProviderPatch,
    responses(
        (status = 200, body = ProviderOut),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn update_ai_provider(
    State(app): State<App>,
    by: Admin,
    Path(id): Path<ProviderId>,
    seen: IfMatch,
    Body(patch): Body<ProviderPatch>,
) -> Result<Versioned<ProviderOut>, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    let stored = actions::update(&mut tx, &by, id, seen, patch).await?;
    tx.commit().await?;
    Ok(Versioned(stored.version, ProviderOut::from(&stored)))
}

/// Removes a provider, its key and its places in routes.
#[utoipa::path(
    delete, path = "/ai/providers/{provider_id}", tag = "ai", security(("bearer" = [])),
    params(("provider_id" = ProviderId, Path), ("If-Match" = String, Header, description = "The version you saw")),
    responses(
        (status = 204),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn delete_ai_provider(
    State(app): State<App>,
    by: Admin,
    Path(id): Path<ProviderId>,
    seen: IfMatch,
) -> Result<StatusCode, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    actions::delete(&mut tx, &by, id, seen).await?;
    tx.commit().await?;
    app.part::<Engine>().forget(id);
    Ok(StatusCode::NO_CONTENT)
}

/// Tries a provider, stored or not: lists its models and asks for one short answer, within 15 seconds.
#[utoipa::path(
    post, path = "/ai/providers/test", tag = "ai", security(("bearer" = [])), request_body = ProbeIn,
    responses(
        (status = 200, body = ProbeOut),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn test_ai_provider(
    State(app): State<App>,
    by: Admin,
    Body(input): Body<ProbeIn>,
) -> Result<Json<ProbeOut>, Problem> {
    Ok(Json(probe::probe(&app, &by, input).await?))
}

/// Who is asked for each task, in order.
#[utoipa::path(
    get, path = "/ai/routes", tag = "ai", security(("bearer" = [])),
    responses(
        (status = 200, body = RoutesOut),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn find_ai_routes(State(app): State<App>, _: Admin) -> Result<Json<RoutesOut>, Problem> {
    Ok(Json(stored_routes(&app).await?))
}

/// Sets who is asked for each task, in order.
#[utoipa::path(
    put, path = "/ai/routes", tag = "ai", security(("bearer" = [])), request_body = RoutesIn,
    responses(
        (status = 200, body = RoutesOut),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn replace_ai_routes(
    State(app): State<App>,
    by: Admin,
    Body(input): Body<RoutesIn>,
) -> Result<Json<RoutesOut>, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    actions::replace_routes(&mut tx, &by, &input).await?;
    tx.commit().await?;
    Ok(Json(stored_routes(&app).await?))
}

async fn stored_routes(app: &App) -> Result<RoutesOut, Problem> {
    let mut out = RoutesOut::default();
    for (word, id) in queries::routes(app.db().read()).await? {
        let task = Task::ROUTED.into_iter().find(|task| task.as_str() == word);
        match task.and_then(|task| out.of(task)) {
            Some(order) => order.push(id.to_string()),
            None if word == USUAL => out.default.push(id.to_string()),
            None => {}
        }
    }
    out.default.push(ORACLE.to_owned());
    for task in Task::ROUTED.into_iter().filter(|task| task.oracle()) {
        if let Some(order) = out.of(task).filter(|order| !order.is_empty()) {
            order.push(ORACLE.to_owned());
        }
    }
    Ok(out)
}

/// Who may answer in a game, in the order they are asked; the oracle last.
#[utoipa::path(
    get, path = "/ai/models", tag = "ai", security(("bearer" = [])),
    responses(
        (status = 200, body = Page<ModelOut>),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_ai_models(State(app): State<App>, _: User) -> Result<Json<Page<ModelOut>>, Problem> {
    let stored = route(&app, Task::Narrate).await?;
    let engine = app.part::<Engine>();
    let model = |stored: &Stored| ModelOut::of(stored, engine.resting(stored.id, &stored.model));
    Ok(Json(Page::whole(stored.iter().map(model).chain([ModelOut::oracle()]).collect())))
}
