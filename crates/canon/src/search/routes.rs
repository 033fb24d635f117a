//! The addresses of search.

use axum::{Json, extract::State};
use skald_access::Observer;
use skald_kernel::{CampaignId, EntityId, Error, Result, error::Fields};
use skald_platform::{
    App,
    http::{PageQuery, Path, Problem, ProblemBody, Query},
};
use uuid::Uuid;

use super::{
    blend,
    dto::{SearchOut, SearchQuery, SuggestQuery, Suggestion, Suggestions},
    grammar,
    lookup::{self, Look},
    names::Mode,
};
use crate::entities::{self, EntityKind, storable};

/// Entities at hand that are looked at.
const CONTEXT: usize = 50;

/// Letters of a query.
const QUERY: usize = 500;

/// Looks for names, as they are written or heard, and for words in texts and facts that you may read.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/search", tag = "search", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), SearchQuery),
    responses(
        (status = 200, body = SearchOut),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A filter that cannot be read"),
    )
)]
pub(super) async fn search_campaign(
    State(app): State<App>,
    observer: Observer,
    Path(_campaign): Path<CampaignId>,
    Query(asked): Query<SearchQuery>,
) -> Result<Json<SearchOut>, Problem> {
    let q = asked.q.unwrap_or_default();
    let mut wrong = Fields::default();
    wrong.at_most("q", &q, QUERY);
    storable(&mut wrong, "q", &q);
    storable(&mut wrong, "tag", asked.tag.as_deref().unwrap_or_default());
    wrong.check()?;
    let mut query = grammar::Query::read(&q);
    query.kinds.extend(kinds(asked.kind.as_deref())?);
    for tag in parts(asked.tag.as_deref()) {
        query.tags.push(entities::tag_key(tag)?);
    }
    let page = PageQuery { limit: asked.limit, cursor: asked.cursor };
    Ok(Json(blend::search(&app, &observer.viewer(), query, &page).await?))
}

/// What may be meant by what somebody types or says, by name and by ear.
#[utoipa::path(
    get, path = "/campaigns/{campaign_id}/search/suggest", tag = "search", security(("bearer" = [])),
    params(("campaign_id" = CampaignId, Path, description = "The campaign"), SuggestQuery),
    responses(
        (status = 200, body = Suggestions),
        (status = 404, body = ProblemBody, content_type = "application/problem+json", description = "No such campaign, or you are no member"),
        (status = 422, body = ProblemBody, content_type = "application/problem+json", description = "A filter that cannot be read"),
    )
)]
pub(super) async fn suggest_names(
    State(app): State<App>,
    observer: Observer,
    Path(_campaign): Path<CampaignId>,
    Query(query): Query<SuggestQuery>,
) -> Result<Json<Suggestions>, Problem> {
    let q = query.q.unwrap_or_default();
    entities::words(&q)?;
    let look = Look { kinds: kinds(query.kind.as_deref())?, ..Look::default() };
    let mode = if query.spoken { Mode::Spoken } else { Mode::Typing };
    let context = ids(query.context.as_deref())?;
    let limit = lookup::at_most(query.limit, 8, 50)?;
    let meant = lookup::suggest(&app, &observer.viewer(), &q, mode, &look, &context, limit).await?;
    let items = meant.into_iter().map(|meant| Suggestion {
        id: meant.entity.id,
        kind: meant.entity.kind,
        subtype: meant.entity.subtype,
        name: meant.entity.name,
        summary: meant.entity.summary,
        matched: meant.matched,
        why: meant.why,
        score: meant.score,
    });
    Ok(Json(Suggestions { items: items.collect() }))
}

/// Kinds parted by commas.
pub(super) fn kinds(text: Option<&str>) -> Result<Vec<EntityKind>> {
    parts(text)
        .map(|word| EntityKind::read(word).map_err(|_| Error::field("kind", "unknown", "There is no such kind.")))
        .collect()
}

fn ids(text: Option<&str>) -> Result<Vec<EntityId>> {
    let wrong = || Error::field("context", "wrong_type", "Ids of entities, parted by commas.");
    parts(text).take(CONTEXT).map(|id| Uuid::try_parse(id).map(EntityId).map_err(|_| wrong())).collect()
}

fn parts(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty())
}
