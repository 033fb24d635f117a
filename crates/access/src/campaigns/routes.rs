//! The addresses of campaigns.

use axum::{Json, extract::State, response::Response};
use http::StatusCode;
use skald_kernel::{CampaignId, Error};
use skald_platform::{
    App,
    http::{Body, IfMatch, Page, PageQuery, Problem, ProblemBody, Query, Versioned, created},
};

use super::{
    actions,
    dto::{CampaignIn, CampaignOut, CampaignPatch},
    queries,
};
use crate::{Gm, Observer, User, authority::Caller};

/// The campaigns one is a member of, newest first.
#[utoipa::path(
    get, path = "/campaigns", tag = "campaigns", security(("bearer" = [])), params(PageQuery),
    responses(
        (status = 200, body = Page<CampaignOut>),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_campaigns(
    State(app): State<App>,
    by: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<CampaignOut>>, Problem> {
    let limit = page.limit()?;
    let rows = queries::list(app.db().read(), by.id, by.only(), page.after()?, limit).await?;
    Ok(Json(Page::from_rows(rows, limit, |campaign| campaign.id)))
}

/// Makes a campaign and becomes its game master.
#[utoipa::path(
    post, path = "/campaigns", tag = "campaigns", security(("bearer" = [])), request_body = CampaignIn,
    responses(
        (status = 201, body = CampaignOut),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn create_campaign(
    State(app): State<App>,
    by: User,
    Body(input): Body<CampaignIn>,
) -> Result<Response, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    let id = actions::create(&mut tx, Some(by.id), &input).await?;
    let campaign = queries::find(tx.conn(), id, by.id).await?.ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(created(&format!("/campaigns/{id}"), Versioned(campaign.version, campaign)))
}

/// One campaign.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}", tag = "campaigns", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path)),
    responses(
        (status = 200, body = CampaignOut),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn find_campaign(State(app): State<App>, by: Observer) -> Result<Versioned<CampaignOut>, Problem> {
    let campaign = queries::find(app.db().read(), by.campaign, by.user).await?.ok_or_else(Error::not_found)?;
    // Who views as somebody else is told that one's role.
    let campaign = CampaignOut { role: by.role, ..campaign };
    Ok(Versioned(campaign.version, campaign))
}

/// Changes a campaign.
#[utoipa::path(
    patch, path = "/campaigns/{campaign_id}", tag = "campaigns", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path), ("If-Match" = String, Header, description = "The version you saw.")),
    request_body = CampaignPatch,
    responses(
        (status = 200, body = CampaignOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn update_campaign(
    State(app): State<App>,
    by: Gm,
    seen: IfMatch,
    Body(patch): Body<CampaignPatch>,
) -> Result<Versioned<CampaignOut>, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    let campaign = actions::update(&mut tx, &by, seen, patch).await?;
    tx.commit().await?;
    Ok(Versioned(campaign.version, campaign))
}

/// Deletes a campaign.
#[utoipa::path(
    delete, path = "/campaigns/{campaign_id}", tag = "campaigns", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path), ("If-Match" = String, Header, description = "The version you saw.")),
    responses(
        (status = 204),
        (status = 403, body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn delete_campaign(State(app): State<App>, by: Gm, seen: IfMatch) -> Result<StatusCode, Problem> {
    let mut tx = app.tx(&by.actor).await?;
    actions::delete(&mut tx, &by, seen).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
