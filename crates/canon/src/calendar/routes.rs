//! The addresses of the calendar.

use axum::{Json, extract::State};
use skald_access::{Gm, Observer};
use skald_kernel::{CampaignId, Error};
use skald_platform::{
    App,
    http::{Body, IfMatch, Path, Problem, ProblemBody, Query, Versioned},
};

use super::{
    Style,
    dto::{CalendarIn, CalendarOut, DateOut, DateQuery},
    rules::FARTHEST,
};

/// How dates of the story read in a campaign, and when its present is.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/calendar", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign")),
    responses(
        (status = 200, body = CalendarOut),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
    )
)]
pub(super) async fn find_calendar(
    State(app): State<App>,
    _observer: Observer,
    Path(campaign): Path<CampaignId>,
) -> Result<Versioned<CalendarOut>, Problem> {
    let found = super::find(app.db().read(), campaign).await?;
    Ok(Versioned(found.version, found))
}

/// Sets the calendar and the present. No stored moment changes: only how it reads.
#[utoipa::path(
    put, path = "/campaigns/{campaign_id}/calendar", tag = "canon", security(("bearer" = [])),
    params(
        ("campaign_id" = CampaignId, Path, description = "The campaign"),
        ("If-Match" = String, Header, description = "The ETag you saw; \"0\" before the first change"),
    ),
    request_body = CalendarIn,
    responses(
        (status = 200, body = CalendarOut),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "Only the game master may"),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 412, body = ProblemBody, content_type = "application/problem+json", description = "Changed since; `current` is what is stored"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "Invalid fields"),
        (status = 428, body = ProblemBody, content_type = "application/problem+json", description = "No If-Match"),
    )
)]
pub(super) async fn replace_calendar(
    State(app): State<App>,
    gm: Gm,
    Path(_campaign): Path<CampaignId>,
    IfMatch(expected): IfMatch,
    Body(input): Body<CalendarIn>,
) -> Result<Versioned<CalendarOut>, Problem> {
    let mut tx = app.tx(&gm.actor).await?;
    let stored = super::replace(&mut tx, &gm, expected, input).await?;
    tx.commit().await?;
    Ok(Versioned(stored.version, stored))
}

/// One moment of the story in every way it is written: from its minute, or from a date in words.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/calendar/date", tag = "canon", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), DateQuery),
    responses(
        (status = 200, body = DateOut),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "No date of this calendar"),
    )
)]
pub(super) async fn read_date(
    State(app): State<App>,
    _observer: Observer,
    Path(campaign): Path<CampaignId>,
    Query(query): Query<DateQuery>,
) -> Result<Json<DateOut>, Problem> {
    let calendar = super::find(app.db().read(), campaign).await?.definition;
    let minute = match (query.minute, &query.text) {
        (Some(minute), None) if minute.unsigned_abs() <= FARTHEST.unsigned_abs() => minute,
        (Some(_), None) => return Err(Error::field("minute", "out_of_range", "Too far from the epoch.").into()),
        (None, Some(text)) => calendar.parse(text).ok_or_else(|| {
            let example = calendar.format(0, Style::Time);
            Error::field("text", "unreadable", format!("No date of this calendar. Write it like `{example}`."))
        })?,
        _ => return Err(Error::field("minute", "empty", "Name either `minute` or `text`.").into()),
    };
    let date = calendar.date(minute);
    Ok(Json(DateOut {
        minute,
        year: date.year,
        month: date.month,
        day: date.day,
        hour: date.hour,
        minute_of_hour: date.minute,
        weekday: date.weekday,
        short: calendar.format(minute, Style::Short),
        long: calendar.format(minute, Style::Long),
        with_time: calendar.format(minute, Style::Time),
    }))
}
