//! The verbs of personal access tokens.

use chrono::{DateTime, Utc};
use serde_json::json;
use skald_kernel::{AccessTokenId, Error, ErrorCode, Result};
use skald_platform::{Actor, App, Grant};

use super::{
    dto::{AccessTokenIn, AccessTokenMade, AccessTokenOut, TokenScope},
    queries, rules,
};
use crate::{Guard, Member, authority::InPerson, visitor::Visitor};

/// One's own tokens, newest first.
pub(super) async fn list(app: &App, by: &InPerson) -> Result<Vec<AccessTokenOut>> {
    queries::list(app.db().read(), by.id, None).await
}

/// Makes a token; what it answers is the only time it is shown.
pub(super) async fn create(app: &App, by: &InPerson, input: AccessTokenIn) -> Result<AccessTokenMade> {
    let expires_at = rules::expiry(&input, app.clock().now())?;
    if let Some(campaign) = input.campaign_id {
        Member::of(app, &by.actor, campaign).await.map_err(|error| match error.code() {
            ErrorCode::NotFound => Error::field("campaign_id", "unknown", "That is no campaign of yours."),
            _ => error,
        })?;
    }
    let mut random = [0; 32];
    app.seeds().fill(&mut random);
    let token = rules::token(random);
    let mut tx = app.tx(&by.actor).await?;
    if queries::count(tx.conn(), by.id).await? >= rules::AT_MOST {
        let detail = format!("An account has {} access tokens at most. Revoke one that is not needed.", rules::AT_MOST);
        return Err(Error::new(ErrorCode::Conflict, detail));
    }
    let id: AccessTokenId = tx.ids().next();
    let new = queries::New {
        id,
        user: by.id,
        name: input.name.trim(),
        hash: &rules::hash(&token),
        scope: input.scope,
        campaign: input.campaign_id,
        expires_at,
    };
    queries::insert(&tx, new).await?;
    let detail = json!({ "scope": input.scope, "campaign_id": input.campaign_id, "expires_at": expires_at });
    tx.audit(None, "access_token.create", id.0, detail);
    let made = queries::list(tx.conn(), by.id, Some(id)).await?.pop().ok_or_else(Error::not_found)?;
    tx.commit().await?;
    Ok(AccessTokenMade { token, access_token: made })
}

/// Ends a token of one's own.
pub(super) async fn revoke(app: &App, by: &InPerson, id: AccessTokenId) -> Result<()> {
    let mut tx = app.tx(&by.actor).await?;
    if !queries::delete(&tx, by.id, id).await? {
        return Err(Error::not_found());
    }
    tx.audit(None, "access_token.revoke", id.0, json!({}));
    tx.commit().await
}

/// Whom a token speaks for, if it is one that holds.
pub(crate) async fn find(app: &App, token: &str) -> Result<Option<Actor>> {
    Ok(shown(app, token).await?.map(|shown| actor(&shown)))
}

/// Whom a token speaks for; its use is noted, and one that is none is counted by address.
///
/// # Errors
/// `sign_in_needed` for a token that is none, has ended or was revoked; `rate_limited` after too many of them.
pub(crate) async fn authenticate(app: &App, token: &str, visitor: &Visitor) -> Result<Actor> {
    let now = app.clock().now();
    let Some(shown) = shown(app, token).await? else {
        app.part::<Guard>().tokens.take(&visitor.key(), now)?;
        let detail = "The access token is not valid: it is unknown, was revoked or has ended. Make another.";
        return Err(Error::new(ErrorCode::SignInNeeded, detail));
    };
    if rules::is_news(shown.last_used_at, now) && app.part::<Guard>().uses.take(&shown.id, now).is_ok() {
        drop(app.tasks().spawn("use of a token", note_use(app.clone(), shown.id, now)));
    }
    Ok(actor(&shown))
}

async fn note_use(app: App, id: AccessTokenId, at: DateTime<Utc>) {
    let noted = async {
        let tx = app.tx(&Actor::engine("access.tokens")).await?;
        queries::touch(&tx, id, at).await?;
        tx.commit().await
    };
    if let Err(error) = noted.await {
        tracing::warn!(error = &error as &dyn std::error::Error, "the use of an access token was not written down");
    }
}

async fn shown(app: &App, token: &str) -> Result<Option<queries::Shown>> {
    let shown = queries::shown(app.db().read(), &rules::hash(token)).await?;
    Ok(shown.filter(|shown| rules::holds(shown.expires_at, app.clock().now())))
}

fn actor(shown: &queries::Shown) -> Actor {
    let writes = shown.scope == TokenScope::Write;
    // Never an admin, whatever its owner is.
    let grant = Grant { token: shown.id, campaign: shown.campaign, writes };
    Actor { user: Some(shown.user), grant: Some(grant), ..Actor::default() }
}
