//! The addresses of usage.

use axum::{Json, extract::State};
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use skald_access::{Member, User};
use skald_kernel::{CampaignId, Error, ErrorCode, UserId};
use skald_platform::{
    App,
    http::{Page, PageQuery, Problem, ProblemBody, Query},
};
use utoipa::IntoParams;
use uuid::Uuid;

use super::{GroupBy, OutboundOut, UsageOut, UsageRow, queries, queries::Whose};

/// Days at most in one answer.
const MOST_DAYS: i64 = 400;
/// Days when nobody says, today included.
const USUAL_DAYS: u64 = 30;

/// Whose usage, of when, in which parts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct UsageQuery {
    /// Only this campaign's: for its GM and admins.
    campaign_id: Option<CampaignId>,
    /// Only what this user asked for: yourself, or anybody for admins and, in the campaign, for its GM.
    user_id: Option<UserId>,
    /// What the sums are made over; days when absent.
    #[serde(default)]
    by: GroupBy,
    /// The first day, in UTC; 30 days ending with `to` when absent.
    from: Option<NaiveDate>,
    /// The last day, in UTC; today when absent.
    to: Option<NaiveDate>,
}

/// What models took: the site for an admin, a campaign for its GM, else what you yourself asked for.
#[utoipa::path(
    get, path = "/ai/usage", tag = "ai", security(("bearer" = [])), params(UsageQuery),
    responses(
        (status = 200, body = UsageOut),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn find_ai_usage(
    State(app): State<App>,
    user: User,
    Query(query): Query<UsageQuery>,
) -> Result<Json<UsageOut>, Problem> {
    let whose = match query.campaign_id {
        _ if user.actor.admin => Whose { campaign: query.campaign_id, user: query.user_id },
        Some(campaign) => {
            drop(Member::of(&app, &user.actor, campaign).await?.gm()?);
            Whose { campaign: Some(campaign), user: query.user_id }
        }
        None if query.user_id.is_some_and(|id| id != user.id) => {
            return Err(Error::new(ErrorCode::Forbidden, "Only an admin sees what others asked for.").into());
        }
        None => Whose { campaign: None, user: Some(user.id) },
    };
    let to = query.to.unwrap_or_else(|| app.clock().now().date_naive());
    let from = query.from.or_else(|| to.checked_sub_days(Days::new(USUAL_DAYS - 1))).unwrap_or(to);
    if !(0..MOST_DAYS).contains(&(to - from).num_days()) {
        let message = format!("Between 1 and {MOST_DAYS} days, the first before the last.");
        return Err(Error::field("from", "out_of_range", message).into());
    }
    let rows = queries::sums(app.db().read(), whose, from, to, query.by).await?;
    Ok(Json(UsageOut { from, to, by: query.by, total: total(&rows), rows }))
}

fn total(rows: &[UsageRow]) -> UsageRow {
    rows.iter().fold(UsageRow::default(), |sum, row| UsageRow {
        requests: sum.requests + row.requests,
        failed: sum.failed + row.failed,
        outside: sum.outside + row.outside,
        input_tokens: sum.input_tokens + row.input_tokens,
        cached_tokens: sum.cached_tokens + row.cached_tokens,
        output_tokens: sum.output_tokens + row.output_tokens,
        reasoning_tokens: sum.reasoning_tokens + row.reasoning_tokens,
        cost_nano: sum.cost_nano.saturating_add(row.cost_nano),
        unknown_requests: sum.unknown_requests + row.unknown_requests,
        ..sum
    })
}

/// Which part of the log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct OutboundQuery {
    /// Only this campaign's; needed unless you are an admin.
    campaign_id: Option<CampaignId>,
    /// Rows, 1 to 200; 50 when absent.
    limit: Option<u64>,
    /// Where the last page ended: its `next_cursor`.
    cursor: Option<String>,
}

/// What left the house, newest first: all for an admin, that of one campaign for its GM.
#[utoipa::path(
    get, path = "/ai/outbound", tag = "ai", security(("bearer" = [])), params(OutboundQuery),
    responses(
        (status = 200, body = Page<OutboundOut>),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_ai_outbound(
    State(app): State<App>,
    user: User,
    Query(query): Query<OutboundQuery>,
) -> Result<Json<Page<OutboundOut>>, Problem> {
    let page = PageQuery { limit: query.limit, cursor: query.cursor };
    let (limit, before) = (page.limit()?, page.after::<Uuid>()?);
    match query.campaign_id {
        _ if user.actor.admin => {}
        Some(campaign) => drop(Member::of(&app, &user.actor, campaign).await?.gm()?),
        None => {
            let detail = "Name a campaign that you run with campaign_id; only an admin sees all that left the house.";
            return Err(Error::new(ErrorCode::Forbidden, detail).into());
        }
    }
    let whose = Whose { campaign: query.campaign_id, user: None };
    let rows = queries::outbound(app.db().read(), whose, before, limit).await?;
    Ok(Json(Page::from_rows(rows, limit, |row| row.id)))
}
