//! The addresses of plots. For whoever is no game master they are not there, or forbidden where the entity is seen.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use skald_access::Gm;
use skald_kernel::{CampaignId, EntityId, HookId, MilestoneId};
use skald_platform::{
    App,
    http::{Body, IfMatch, Page, Path, Problem, ProblemBody, Query, Versioned, created},
};

use super::dto::{
    HookIn, HookPatch, MilestoneIn, MilestonePatch, PlotIn, PlotLinksIn, PlotNeedIn, PlotOut, PlotQuery, PlotStatusOut,
    ProgressIn, Reminder, ReminderQuery,
};
use crate::editor::Editor;

/// The plots by name.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/plots", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), PlotQuery),
    responses(
        (status = 200, body = Page<PlotOut>),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
    )
)]
pub(super) async fn list_plots(
    State(app): State<App>,
    gm: Gm,
    Path(_campaign): Path<CampaignId>,
    Query(query): Query<PlotQuery>,
) -> Result<Response, Problem> {
    let plots = super::list(app.db().read(), &gm.viewer(), &query).await?;
    Ok(Json(Page::whole(plots)).into_response())
}

/// Makes a plot: an entity that game masters alone see.
#[utoipa::path(
    post, path = "/campaigns/{campaign_id}/plots", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign")),
    request_body = PlotIn,
    responses(
        (status = 201, body = PlotOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
    )
)]
pub(super) async fn create_plot(
    State(app): State<App>,
    gm: Gm,
    Path(_campaign): Path<CampaignId>,
    Body(input): Body<PlotIn>,
) -> Result<Response, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let plot = super::create(&mut tx, &gm, input).await?;
    tx.commit().await?;
    Ok(created(&format!("/plots/{}", plot.id), Versioned(plot.version, plot)))
}

/// What not to forget: hints planted long ago, active plots that nothing touched, planned ones that need not wait.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/plots/reminders", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), ReminderQuery),
    responses(
        (status = 200, body = Page<Reminder>),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
    )
)]
pub(super) async fn list_plot_reminders(
    State(app): State<App>,
    gm: Gm,
    Path(_campaign): Path<CampaignId>,
    Query(query): Query<ReminderQuery>,
) -> Result<Response, Problem> {
    let found = super::reminders(app.db().read(), &gm.viewer(), app.clock().now(), &query).await?;
    Ok(Json(Page::whole(found)).into_response())
}

/// One plot.
#[utoipa::path(
    get, path = "/plots/{plot_id}", tag = "canon", security(("bearer" = [])),
    params(("plot_id" = EntityId, Path, description = "The plot")),
    responses(
        (status = 200, body = PlotOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
    )
)]
pub(super) async fn get_plot(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<EntityId>,
) -> Result<Versioned<PlotOut>, Problem> {
    let plot = super::find(app.db().read(), &gm.viewer(), id).await?;
    Ok(Versioned(plot.version, plot))
}

/// Where a plot stands, in short.
#[utoipa::path(
    get, path = "/plots/{plot_id}/status", tag = "canon", security(("bearer" = [])),
    params(("plot_id" = EntityId, Path, description = "The plot")),
    responses(
        (status = 200, body = PlotStatusOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
    )
)]
pub(super) async fn find_plot_status(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<EntityId>,
) -> Result<Json<PlotStatusOut>, Problem> {
    Ok(Json(super::status(app.db().read(), &gm.viewer(), id).await?))
}

/// Says where a plot stands.
#[utoipa::path(
    put, path = "/plots/{plot_id}/progress", tag = "canon", security(("bearer" = [])),
    params(
        ("plot_id" = EntityId, Path, description = "The plot"),
        ("If-Match" = String, Header, description = "The ETag of the plot you saw"),
    ),
    request_body = ProgressIn,
    responses(
        (status = 200, body = PlotOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn set_plot_progress(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<EntityId>,
    IfMatch(expected): IfMatch,
    Body(input): Body<ProgressIn>,
) -> Result<Versioned<PlotOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let plot = super::set_progress(&mut tx, &gm, id, expected, input).await?;
    tx.commit().await?;
    Ok(Versioned(plot.version, plot))
}

/// Says what a plot is about, in place of what is stored.
#[utoipa::path(
    put, path = "/plots/{plot_id}/links", tag = "canon", security(("bearer" = [])),
    params(
        ("plot_id" = EntityId, Path, description = "The plot"),
        ("If-Match" = String, Header, description = "The ETag of the plot you saw"),
    ),
    request_body = PlotLinksIn,
    responses(
        (status = 200, body = PlotOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn set_plot_links(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<EntityId>,
    IfMatch(expected): IfMatch,
    Body(input): Body<PlotLinksIn>,
) -> Result<Versioned<PlotOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let plot = super::set_links(&mut tx, &gm, id, expected, input).await?;
    tx.commit().await?;
    Ok(Versioned(plot.version, plot))
}

/// Lets a plot wait for another.
#[utoipa::path(
    post, path = "/plots/{plot_id}/dependencies", tag = "canon", security(("bearer" = [])),
    params(
        ("plot_id" = EntityId, Path, description = "The plot"),
        ("If-Match" = String, Header, description = "The ETag of the plot you saw"),
    ),
    request_body = PlotNeedIn,
    responses(
        (status = 200, body = PlotOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 409, body = ProblemBody, content_type = "application/problem+json", description = "They would wait for each other"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn add_plot_dependency(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<EntityId>,
    IfMatch(expected): IfMatch,
    Body(input): Body<PlotNeedIn>,
) -> Result<Versioned<PlotOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let plot = super::add_need(&mut tx, &gm, id, expected, input).await?;
    tx.commit().await?;
    Ok(Versioned(plot.version, plot))
}

/// Lets a plot wait for another no longer.
#[utoipa::path(
    delete, path = "/plots/{plot_id}/dependencies/{needs_id}", tag = "canon", security(("bearer" = [])),
    params(
        ("plot_id" = EntityId, Path, description = "The plot"),
        ("needs_id" = EntityId, Path, description = "What it waits for"),
        ("If-Match" = String, Header, description = "The ETag of the plot you saw"),
    ),
    responses(
        (status = 200, body = PlotOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn remove_plot_dependency(
    State(app): State<App>,
    Editor(gm): Editor,
    Path((id, part)): Path<(EntityId, EntityId)>,
    IfMatch(expected): IfMatch,
) -> Result<Versioned<PlotOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let plot = super::remove_need(&mut tx, &gm, id, expected, part).await?;
    tx.commit().await?;
    Ok(Versioned(plot.version, plot))
}

/// Adds a milestone at the end.
#[utoipa::path(
    post, path = "/plots/{plot_id}/milestones", tag = "canon", security(("bearer" = [])),
    params(
        ("plot_id" = EntityId, Path, description = "The plot"),
        ("If-Match" = String, Header, description = "The ETag of the plot you saw"),
    ),
    request_body = MilestoneIn,
    responses(
        (status = 200, body = PlotOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn add_milestone(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<EntityId>,
    IfMatch(expected): IfMatch,
    Body(input): Body<MilestoneIn>,
) -> Result<Versioned<PlotOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let plot = super::add_milestone(&mut tx, &gm, id, expected, input).await?;
    tx.commit().await?;
    Ok(Versioned(plot.version, plot))
}

/// Changes some of a milestone: absent leaves, null clears, a value sets.
#[utoipa::path(
    patch, path = "/plots/{plot_id}/milestones/{milestone_id}", tag = "canon", security(("bearer" = [])),
    params(
        ("plot_id" = EntityId, Path, description = "The plot"),
        ("milestone_id" = MilestoneId, Path, description = "The milestone"),
        ("If-Match" = String, Header, description = "The ETag of the plot you saw"),
    ),
    request_body = MilestonePatch,
    responses(
        (status = 200, body = PlotOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn update_milestone(
    State(app): State<App>,
    Editor(gm): Editor,
    Path((id, part)): Path<(EntityId, MilestoneId)>,
    IfMatch(expected): IfMatch,
    Body(input): Body<MilestonePatch>,
) -> Result<Versioned<PlotOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let plot = super::update_milestone(&mut tx, &gm, (id, part), expected, input).await?;
    tx.commit().await?;
    Ok(Versioned(plot.version, plot))
}

/// Takes a milestone away.
#[utoipa::path(
    delete, path = "/plots/{plot_id}/milestones/{milestone_id}", tag = "canon", security(("bearer" = [])),
    params(
        ("plot_id" = EntityId, Path, description = "The plot"),
        ("milestone_id" = MilestoneId, Path, description = "The milestone"),
        ("If-Match" = String, Header, description = "The ETag of the plot you saw"),
    ),
    responses(
        (status = 200, body = PlotOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn delete_milestone(
    State(app): State<App>,
    Editor(gm): Editor,
    Path((id, part)): Path<(EntityId, MilestoneId)>,
    IfMatch(expected): IfMatch,
) -> Result<Versioned<PlotOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let plot = super::delete_milestone(&mut tx, &gm, (id, part), expected).await?;
    tx.commit().await?;
    Ok(Versioned(plot.version, plot))
}

/// Adds a hint at the end.
#[utoipa::path(
    post, path = "/plots/{plot_id}/foreshadowing", tag = "canon", security(("bearer" = [])),
    params(
        ("plot_id" = EntityId, Path, description = "The plot"),
        ("If-Match" = String, Header, description = "The ETag of the plot you saw"),
    ),
    request_body = HookIn,
    responses(
        (status = 200, body = PlotOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn add_hook(
    State(app): State<App>,
    Editor(gm): Editor,
    Path(id): Path<EntityId>,
    IfMatch(expected): IfMatch,
    Body(input): Body<HookIn>,
) -> Result<Versioned<PlotOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let plot = super::add_hook(&mut tx, &gm, id, expected, input).await?;
    tx.commit().await?;
    Ok(Versioned(plot.version, plot))
}

/// Changes some of a hint: absent leaves, null clears, a value sets.
#[utoipa::path(
    patch, path = "/plots/{plot_id}/foreshadowing/{hook_id}", tag = "canon", security(("bearer" = [])),
    params(
        ("plot_id" = EntityId, Path, description = "The plot"),
        ("hook_id" = HookId, Path, description = "The hint"),
        ("If-Match" = String, Header, description = "The ETag of the plot you saw"),
    ),
    request_body = HookPatch,
    responses(
        (status = 200, body = PlotOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn update_hook(
    State(app): State<App>,
    Editor(gm): Editor,
    Path((id, part)): Path<(EntityId, HookId)>,
    IfMatch(expected): IfMatch,
    Body(input): Body<HookPatch>,
) -> Result<Versioned<PlotOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let plot = super::update_hook(&mut tx, &gm, (id, part), expected, input).await?;
    tx.commit().await?;
    Ok(Versioned(plot.version, plot))
}

/// Takes a hint away.
#[utoipa::path(
    delete, path = "/plots/{plot_id}/foreshadowing/{hook_id}", tag = "canon", security(("bearer" = [])),
    params(
        ("plot_id" = EntityId, Path, description = "The plot"),
        ("hook_id" = HookId, Path, description = "The hint"),
        ("If-Match" = String, Header, description = "The ETag of the plot you saw"),
    ),
    responses(
        (status = 200, body = PlotOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "Nothing you may know of"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn delete_hook(
    State(app): State<App>,
    Editor(gm): Editor,
    Path((id, part)): Path<(EntityId, HookId)>,
    IfMatch(expected): IfMatch,
) -> Result<Versioned<PlotOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let plot = super::delete_hook(&mut tx, &gm, (id, part), expected).await?;
    tx.commit().await?;
    Ok(Versioned(plot.version, plot))
}
