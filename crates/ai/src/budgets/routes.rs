//! The addresses of budgets: the admin's are all, a game master's those of the campaign.

use axum::{Json, extract::State};
use serde::Deserialize;
use skald_access::{Member, User};
use skald_kernel::{CampaignId, Error, ErrorCode};
use skald_platform::{
    App,
    http::{Body, Page, Problem, ProblemBody, Query},
};
use utoipa::IntoParams;

use super::{BudgetIn, BudgetOut, Scope, actions, queries};

/// Which budgets.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct BudgetsQuery {
    /// Only this campaign's; needed unless you are an admin.
    campaign_id: Option<CampaignId>,
}

/// Budgets, with what is spent and reserved now: all for an admin, those of one campaign for its GM.
#[utoipa::path(
    get, path = "/ai/budgets", tag = "ai", security(("bearer" = [])), params(BudgetsQuery),
    responses(
        (status = 200, body = Page<BudgetOut>),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_ai_budgets(
    State(app): State<App>,
    user: User,
    Query(query): Query<BudgetsQuery>,
) -> Result<Json<Page<BudgetOut>>, Problem> {
    may(&app, &user, query.campaign_id).await?;
    stored(&app, query.campaign_id).await
}

/// Sets one budget in place of the one for the same scope and period; without any limit it is removed. The site's and the
/// users' are the admin's, a campaign's its GM's; the admin may set one of a campaign beside the GM's. Answers as the list.
#[utoipa::path(
    put, path = "/ai/budgets", tag = "ai", security(("bearer" = [])), request_body = BudgetIn,
    responses(
        (status = 200, body = Page<BudgetOut>),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn replace_ai_budget(
    State(app): State<App>,
    user: User,
    Body(input): Body<BudgetIn>,
) -> Result<Json<Page<BudgetOut>>, Problem> {
    let campaign = input.scope_id.filter(|_| input.scope == Scope::Campaign).map(CampaignId);
    may(&app, &user, campaign).await?;
    let mut tx = app.tx(&user.actor).await?;
    actions::put(&mut tx, input, user.actor.admin).await?;
    tx.commit().await?;
    stored(&app, campaign.filter(|_| !user.actor.admin)).await
}

async fn stored(app: &App, campaign: Option<CampaignId>) -> Result<Json<Page<BudgetOut>>, Problem> {
    Ok(Json(Page::whole(queries::list(app.db().read(), app.clock().now(), campaign).await?)))
}

/// An admin may all, a GM what is the campaign's.
async fn may(app: &App, user: &User, campaign: Option<CampaignId>) -> Result<(), Error> {
    match campaign {
        _ if user.actor.admin => Ok(()),
        Some(campaign) => Member::of(app, &user.actor, campaign).await?.gm().map(drop),
        None => {
            Err(Error::new(ErrorCode::Forbidden, "Name a campaign that you run; the other budgets are the admin's."))
        }
    }
}
