//! Reading the ledger: an admin reads all of it, a GM that of the campaign.

use axum::{Json, extract::State};
use serde::Deserialize;
use skald_access::{Caller, Member};
use skald_kernel::{CallId, CampaignId, Error, ErrorCode};
use skald_platform::{
    App,
    http::{Page, PageQuery, Path, Problem, ProblemBody, Query},
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::{CallDetailOut, CallOut, queries};

/// Which calls.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct CallsQuery {
    /// Only this campaign's; needed unless you are an admin.
    campaign_id: Option<CampaignId>,
    /// Rows, 1 to 200; 50 when absent.
    limit: Option<u64>,
    /// Where the last page ended: its `next_cursor`.
    cursor: Option<String>,
}

/// The calls to models, newest first: all for an admin, those of one campaign for its GM.
#[utoipa::path(
    get, path = "/ai/calls", tag = "ai", security(("bearer" = [])), params(CallsQuery),
    responses(
        (status = 200, body = Page<CallOut>),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_ai_calls(
    State(app): State<App>,
    user: Caller,
    Query(query): Query<CallsQuery>,
) -> Result<Json<Page<CallOut>>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, before) = (page.limit()?, page.after::<Uuid>()?);
    match query.campaign_id {
        _ if user.actor.admin => {}
        Some(campaign) => drop(Member::of(&app, &user.actor, campaign).await?.gm()?),
        None => {
            let detail = "Name a campaign that you run with campaign_id; only an admin sees all calls.";
            return Err(Error::new(ErrorCode::Forbidden, detail).into());
        }
    }
    let rows = queries::list(app.db().read(), query.campaign_id, before, limit).await?;
    Ok(Json(Page::from_rows(rows, limit, |call| call.id)))
}

/// One call: what was sent, what it was made of, what came back. For an admin or the GM of its campaign.
#[utoipa::path(
    get, path = "/ai/calls/{call_id}", tag = "ai", security(("bearer" = [])), params(("call_id" = CallId, Path)),
    responses(
        (status = 200, body = CallDetailOut),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn find_ai_call(
    State(app): State<App>,
    user: Caller,
    Path(id): Path<CallId>,
) -> Result<Json<CallDetailOut>, Problem> {
    let found = queries::find(app.db().read(), id).await?.ok_or_else(Error::not_found)?;
    if !user.actor.admin {
        let campaign = found.call.campaign_id.ok_or_else(Error::not_found)?;
        drop(Member::of(&app, &user.actor, campaign).await?.gm()?);
    }
    Ok(Json(found))
}
