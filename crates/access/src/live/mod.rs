//! The way onto the live socket: a ticket for a signed-in user. The socket itself is the platform's.

use axum::{Json, extract::State};
use serde::Serialize;
use skald_platform::{
    App,
    http::{Problem, ProblemBody},
    live::{TICKET_S, issue},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{accounts::must_be_signed_in, authority::InPerson};

/// A ticket for the live socket.
#[derive(Serialize, ToSchema)]
pub struct TicketOut {
    /// For `GET /api/v1/live?ticket=`, once.
    pub ticket: String,
    /// Seconds it lasts.
    pub expires_in: i64,
}

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create_live_ticket))
}

/// A ticket to open the live socket with.
#[utoipa::path(
    post, path = "/live/ticket", tag = "live", security(("bearer" = [])),
    responses(
        (status = 200, body = TicketOut),
        (status = 401, body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn create_live_ticket(State(app): State<App>, by: InPerson) -> Result<Json<TicketOut>, Problem> {
    // A socket lasts longer than the access token, so it must not begin with one whose device is gone.
    must_be_signed_in(&app, &by.actor).await?;
    Ok(Json(TicketOut { ticket: issue(&app, &by.actor)?, expires_in: TICKET_S }))
}
