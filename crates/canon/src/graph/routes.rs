//! The addresses of the graph.

use std::sync::Arc;

use axum::{Json, extract::State};
use skald_access::Observer;
use skald_kernel::{CampaignId, Error};
use skald_platform::{
    App,
    http::{Path, Problem, ProblemBody, Query},
};

use super::{
    Nets,
    dto::{self, Analytics, AnalyticsQuery, Graph, GraphQuery, PathQuery},
};

/// The graph of relationships that you may know: around one entity, or those with the most ties.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/relationships/graph", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), GraphQuery),
    responses(
        (status = 200, body = Graph),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member; no such center"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A depth or limit out of range"),
    )
)]
pub(super) async fn find_graph(
    State(app): State<App>,
    observer: Observer,
    Path(_campaign): Path<CampaignId>,
    Query(query): Query<GraphQuery>,
) -> Result<Json<Graph>, Problem> {
    let (db, viewer) = (app.db().read(), observer.viewer());
    let (depth, limit) = (query.depth()?, query.limit()?);
    let kind = query.kind.as_deref().filter(|kind| !kind.is_empty());
    let graph = match query.center {
        Some(center) => super::around(db, &viewer, center, depth, limit, kind, query.as_of).await?,
        None => {
            let net = app.part::<Nets>().of(&app, &viewer, query.as_of).await?;
            super::overview(db, &viewer, &net, limit, kind).await?
        }
    };
    Ok(Json(graph))
}

/// The shortest way from one entity to another, over relationships that you may know.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/relationships/path", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), PathQuery),
    responses(
        (status = 200, body = dto::Path),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member; no such end"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "An end is missing"),
    )
)]
pub(super) async fn find_path(
    State(app): State<App>,
    observer: Observer,
    Path(_campaign): Path<CampaignId>,
    Query(query): Query<PathQuery>,
) -> Result<Json<dto::Path>, Problem> {
    let viewer = observer.viewer();
    let net = app.part::<Nets>().of(&app, &viewer, query.as_of).await?;
    let kind = query.kind.as_deref().filter(|kind| !kind.is_empty());
    Ok(Json(super::path(app.db().read(), &viewer, &net, (query.from, query.to), kind).await?))
}

/// Who stands in the middle of what you may know, and who belongs together.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/relationships/analytics", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), AnalyticsQuery),
    responses(
        (status = 200, body = Analytics),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A limit out of range"),
    )
)]
pub(super) async fn analyse_graph(
    State(app): State<App>,
    observer: Observer,
    Path(_campaign): Path<CampaignId>,
    Query(query): Query<AnalyticsQuery>,
) -> Result<Json<Analytics>, Problem> {
    let (viewer, limit) = (observer.viewer(), query.limit()?);
    let net = app.part::<Nets>().of(&app, &viewer, query.as_of).await?;
    // A large net takes a while, and other requests do not wait for it.
    let counted = Arc::clone(&net);
    tokio::task::spawn_blocking(move || {
        counted.figures();
    })
    .await
    .map_err(Error::internal)?;
    Ok(Json(super::analyse(app.db().read(), &viewer, &net, limit).await?))
}
