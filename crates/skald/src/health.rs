//! Is it alive, can it reach its database, may it take traffic; and its metrics.

use axum::{
    Json, Router,
    extract::State,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, header};
use sea_orm::ConnectionTrait;
use serde_json::json;
use skald_kernel::{Error, ErrorCode};
use skald_platform::{
    App,
    db::{DbResult, sql},
    http::Problem,
    jobs, telemetry,
};

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/health", get(alive))
        .route("/health/db", get(database))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
        .route("/docs/errors", get(errors))
}

/// The table of error codes, where the `type` of a problem points.
async fn errors() -> Html<String> {
    let rows: String = ErrorCode::ALL
        .iter()
        .map(|code| {
            let (word, again) = (code.as_str(), if code.retryable() { "later" } else { "" });
            format!("<tr id={word}><td><code>{word}</code><td>{}<td>{}<td>{again}", code.status(), code.title())
        })
        .collect();
    Html(format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>\
         <title>Skald: error codes</title><style>body{{font-family:system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}}\
         td,th{{text-align:left;padding:.3rem 1rem .3rem 0;border-bottom:1px solid #8884}}:target{{background:#fc08}}</style>\
         <h1>Error codes</h1><table><tr><th>Code<th>Status<th>Meaning<th>Try again{rows}</table>"
    ))
}

async fn alive() -> Json<serde_json::Value> {
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

async fn database(State(app): State<App>) -> Result<Response, Problem> {
    let db = app.db().read();
    db.query_one_raw(sql(db, "SELECT 1 AS one", [])).await.db()?;
    let kind = if app.db().is_postgres() { "postgresql" } else { "sqlite" };
    Ok(Json(json!({ "status": "ok", "database": kind })).into_response())
}

async fn ready(State(app): State<App>) -> Result<Response, Problem> {
    if app.tasks().stopping().is_cancelled() {
        return Err(Error::new(ErrorCode::Unavailable, "This node is stopping.").retry_after(1).into());
    }
    let (waiting, oldest_s) = jobs::backlog(&app).await?;
    Ok(Json(json!({ "status": "ok", "jobs_waiting": waiting, "oldest_job_s": oldest_s })).into_response())
}

async fn metrics(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    if let Some(token) = &app.config().metrics_token {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        if given.and_then(|value| value.strip_prefix("Bearer ")) != Some(token) {
            return Err(Error::new(ErrorCode::SignInNeeded, "Send the metrics token as a bearer token.").into());
        }
    }
    let (waiting, oldest_s) = jobs::backlog(&app).await?;
    metrics::gauge!("skald_jobs_waiting").set(waiting as f64);
    metrics::gauge!("skald_jobs_oldest_seconds").set(oldest_s as f64);
    metrics::gauge!("skald_live_rooms").set(app.live().rooms() as f64);
    let text = telemetry::metrics().render();
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
