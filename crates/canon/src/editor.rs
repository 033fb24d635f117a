//! Authority to change one thing of the canon that the address names.
//!
//! A game master may. Anybody else is refused with 403 only when they can see the thing; for what they may not know, the
//! answer is 404, the same as for what is not there.

use axum::extract::{FromRef, FromRequestParts, RawPathParams};
use http::request::Parts;
use skald_access::{Gm, Observer};
use skald_kernel::{Error, Result, Viewer};
use skald_platform::{App, http::Problem};
use uuid::Uuid;

use crate::{entities, facts, maps, plots, proposals, relationships};

/// The game master of the campaign that the entity, fact or relationship in the address belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Editor(pub Gm);

impl<S> FromRequestParts<S> for Editor
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let observer = Observer::from_request_parts(parts, state).await?;
        let viewer = observer.viewer();
        let forbidden = match (*observer).clone().gm() {
            Ok(gm) => return Ok(Self(gm)),
            Err(forbidden) => forbidden,
        };
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| Error::not_found())?;
        // A version is a number, and no thing of its own.
        for (name, value) in params.iter().filter(|(name, _)| *name != "version") {
            let id = Uuid::try_parse(value).map_err(|_| Error::not_found())?;
            let seen = match name {
                "proposal_id" => proposals::is_own(App::from_ref(state).db().read(), &observer, id.into()).await?,
                _ => sees(&App::from_ref(state), &viewer, name, id).await?,
            };
            if !seen {
                return Err(Error::not_found().into());
            }
        }
        Err(forbidden.into())
    }
}

async fn sees(app: &App, viewer: &Viewer, parameter: &str, id: Uuid) -> Result<bool> {
    let db = app.db().read();
    match parameter {
        "entity_id" => Ok(!entities::named(db, viewer, &[id.into()]).await?.is_empty()),
        "plot_id" => plots::sees(db, viewer, id.into()).await,
        // Only a game master knows of them.
        "table_id" => Ok(false),
        "location_id" => entities::is_location(db, viewer, id.into()).await,
        "fact_id" => facts::sees(db, viewer, id.into()).await,
        "map_id" => maps::sees(db, viewer, id.into()).await,
        "pin_id" => maps::sees_pin(db, viewer, id.into()).await,
        "relationship_id" => relationships::sees(db, viewer, id.into()).await,
        _ => Ok(true),
    }
}
