//! Extractors that prove authority: a handler that takes one cannot forget the check.
//!
//! [`User`] is signed in or speaks through a personal access token, [`InPerson`] is signed in themselves, [`Admin`] runs the
//! site. [`Observer`], [`Player`] and [`Gm`] are members of the campaign the
//! address speaks of, with at least that role; each carries its campaign and the [`Viewer`] to read through. The campaign
//! is that of the first path parameter that is a campaign's id or an id of a table known to [`App::table_of`]. Who is no
//! member gets 404: the campaign's existence is none of their business.
//!
//! A personal access token leaves less of its owner's rights ([`Grant`]), and each extractor sees to that: one that only
//! reads is refused whatever is no `GET` or `HEAD`, one for a campaign finds no other, and [`User`] refuses it, as what is
//! no campaign's is not for it. [`Caller`] does not, and its handler must look at [`Caller::only`].
//!
//! A game master may read through other eyes: `?viewer=` on any read ([`crate::view_as`]). They are then, for that read,
//! what the other is: what only a game master may read is refused.

use std::ops::Deref;

use axum::extract::{FromRef, FromRequestParts, RawPathParams};
use http::{Method, header, request::Parts};
use sea_orm::ConnectionTrait;
use skald_kernel::{CampaignId, EntityId, Error, ErrorCode, Result, Role, UserId, Viewer};
use skald_platform::{
    Actor, App, Grant,
    db::{DbResult, sql},
    http::{Problem, RequestId},
};
use uuid::Uuid;

use crate::{accounts::tokens, token, view_as, visitor::Visitor};

/// A user, signed in or through a personal access token for all of their campaigns.
#[derive(Clone, Debug)]
pub struct User {
    /// Who, for transactions.
    pub actor: Actor,
    /// The user.
    pub id: UserId,
}

/// A user, also through a personal access token that is for one campaign: for what can be cut down to that campaign.
#[derive(Clone, Debug)]
pub struct Caller(User);

/// A user who signed in themselves: for what no personal access token may do, such as making more of them.
#[derive(Clone, Debug)]
pub struct InPerson(User);

/// The admin of the site, signed in themselves.
#[derive(Clone, Debug)]
pub struct Admin(User);

/// A member of a campaign.
#[derive(Clone, Debug)]
pub struct Member {
    /// Who, for transactions.
    pub actor: Actor,
    /// The user.
    pub user: UserId,
    /// The campaign.
    pub campaign: CampaignId,
    /// The role there.
    pub role: Role,
    pub(crate) characters: Vec<EntityId>,
}

/// Any member.
#[derive(Clone, Debug)]
pub struct Observer(Member);

/// A player or the GM.
#[derive(Clone, Debug)]
pub struct Player(Member);

/// The GM.
#[derive(Clone, Debug)]
pub struct Gm(Member);

impl Member {
    /// The member a user is in a campaign.
    ///
    /// # Errors
    /// Not found, when the user is none.
    pub async fn of(app: &App, actor: &Actor, campaign: CampaignId) -> Result<Self> {
        Self::by(app, actor, "campaigns", campaign.0).await
    }

    /// The member a user is in the campaign of a row, such as a session.
    ///
    /// # Errors
    /// Not found, when there is no such row or the user is no member of its campaign.
    pub async fn by(app: &App, actor: &Actor, table: &'static str, id: Uuid) -> Result<Self> {
        let user = actor.user.ok_or_else(|| Error::new(ErrorCode::SignInNeeded, "Sign in first."))?;
        let campaign = if table == "campaigns" { "t.id" } else { "t.campaign_id" };
        let db = app.db().read();
        let row = sql(
            db,
            format!(
                "SELECT c.id AS campaign_id, m.role, mc.character_id FROM {table} t \
                 JOIN campaigns c ON c.id = {campaign} AND c.deleted_at IS NULL \
                 JOIN members m ON m.campaign_id = c.id AND m.user_id = $2 \
                 LEFT JOIN member_characters mc ON mc.campaign_id = m.campaign_id AND mc.user_id = m.user_id \
                 WHERE t.id = $1"
            ),
            [id.into(), user.0.into()],
        );
        let rows = db.query_all_raw(row).await.db()?;
        let first = rows.first().ok_or_else(Error::not_found)?;
        let campaign = CampaignId(first.try_get("", "campaign_id").db()?);
        if actor.grant.and_then(|grant| grant.campaign).is_some_and(|only| only != campaign) {
            return Err(Error::not_found());
        }
        let role: String = first.try_get("", "role").db()?;
        let role = Role::parse(&role).ok_or_else(|| Error::internal(format!("unknown role {role}")))?;
        let mut characters = Vec::new();
        for row in &rows {
            characters.extend(row.try_get::<Option<Uuid>>("", "character_id").db()?.map(EntityId));
        }
        Ok(Self { actor: actor.clone(), user, campaign, role, characters })
    }

    /// The eyes of this member.
    pub fn viewer(&self) -> Viewer {
        match self.role {
            Role::Gm => Viewer::gm(self.campaign),
            _ => Viewer::characters(self.campaign, self.characters.clone()),
        }
    }

    /// The characters this member plays.
    pub fn characters(&self) -> &[EntityId] {
        &self.characters
    }

    /// As a player or the GM.
    ///
    /// # Errors
    /// Forbidden, for an observer.
    pub fn player(self) -> Result<Player> {
        if self.role >= Role::Player {
            Ok(Player(self))
        } else {
            Err(forbidden("Observers watch; ask the GM for a player's role."))
        }
    }

    /// As the GM.
    ///
    /// # Errors
    /// Forbidden, for anybody else.
    pub fn gm(self) -> Result<Gm> {
        if self.role == Role::Gm { Ok(Gm(self)) } else { Err(forbidden("Only the game master may do this.")) }
    }
}

impl Gm {
    /// The GM's authority of Skald itself over a campaign: for seeding and the command line, where nobody is signed in.
    pub fn engine(campaign: CampaignId) -> Self {
        Self(Member {
            actor: Actor::engine("engine"),
            user: UserId::default(),
            campaign,
            role: Role::Gm,
            characters: Vec::new(),
        })
    }
}

fn forbidden(detail: &'static str) -> Error {
    Error::new(ErrorCode::Forbidden, detail)
}

macro_rules! derefs {
    ($($name:ident => $target:ident),+) => {$(
        impl Deref for $name {
            type Target = $target;
            fn deref(&self) -> &$target {
                &self.0
            }
        }
    )+};
}

derefs!(Admin => User, Caller => User, InPerson => User, Observer => Member, Player => Member, Gm => Member);

impl AsRef<Actor> for User {
    fn as_ref(&self) -> &Actor {
        &self.actor
    }
}

/// The idempotency key of the request, put there by [`crate::idempotency`].
#[derive(Clone, Debug)]
pub(crate) struct Key(pub(crate) String);

pub(crate) fn bearer(parts: &http::HeaderMap) -> Option<&str> {
    parts.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

impl Caller {
    /// Who asks, by the `Authorization` of a request of any method: for doors that keep to [`Caller::may_write`] themselves.
    ///
    /// # Errors
    /// `sign_in_needed`, `token_expired`, or `rate_limited` after too many tokens that are none.
    pub async fn of(app: &App, parts: &Parts) -> Result<Self> {
        let token = bearer(&parts.headers)
            .ok_or_else(|| Error::new(ErrorCode::SignInNeeded, "Send Authorization: Bearer with an access token."))?;
        let mut actor = if tokens::is_one(token) {
            tokens::authenticate(app, token, &Visitor::of(app, parts)).await?
        } else {
            token::verify(app, token)?
        };
        actor.request_id = RequestId::current();
        actor.idempotency_key = parts.extensions.get::<Key>().map(|key| key.0.clone());
        let id = actor.user.ok_or_else(|| Error::internal("a token without a user"))?;
        Ok(Self(User { actor, id }))
    }

    /// The only campaign that may be spoken of; nothing when all of the user's may.
    pub fn only(&self) -> Option<CampaignId> {
        self.actor.grant.and_then(|grant| grant.campaign)
    }

    /// Refuses a token that only reads.
    ///
    /// # Errors
    /// `token_read_only`.
    pub fn may_write(&self) -> Result<()> {
        match self.actor.grant {
            Some(Grant { writes: false, .. }) => Err(Error::new(
                ErrorCode::TokenReadOnly,
                "This access token only reads. Use one that may write, or sign in.",
            )),
            _ => Ok(()),
        }
    }

    /// As a user, for what belongs to no campaign.
    ///
    /// # Errors
    /// `token_restricted`, through a token for one campaign.
    pub fn user(self) -> Result<User> {
        match self.only() {
            Some(_) => Err(Error::new(
                ErrorCode::TokenRestricted,
                "This access token is for one campaign. Use one for all campaigns, or sign in.",
            )),
            None => Ok(self.0),
        }
    }

    fn in_person(self) -> Result<InPerson> {
        match self.actor.grant {
            Some(_) => Err(Error::new(
                ErrorCode::SignInForThis,
                "Sign in for this: access tokens manage no sign-ins, tokens, sockets or settings of the site.",
            )),
            None => Ok(InPerson(self.0)),
        }
    }
}

impl<S> FromRequestParts<S> for Caller
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Self::of(&App::from_ref(state), parts).await?;
        if parts.method != Method::GET && parts.method != Method::HEAD {
            caller.may_write()?;
        }
        Ok(caller)
    }
}

impl<S> FromRequestParts<S> for User
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Ok(Caller::from_request_parts(parts, state).await?.user()?)
    }
}

impl<S> FromRequestParts<S> for InPerson
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Ok(Caller::of(&App::from_ref(state), parts).await?.in_person()?)
    }
}

impl<S> FromRequestParts<S> for Admin
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let user = InPerson::from_request_parts(parts, state).await?.0;
        if user.actor.admin { Ok(Self(user)) } else { Err(forbidden("Only an admin may do this.").into()) }
    }
}

async fn member<S>(parts: &mut Parts, state: &S) -> Result<Member, Problem>
where
    App: FromRef<S>,
    S: Send + Sync,
{
    let user = Caller::from_request_parts(parts, state).await?;
    let app = App::from_ref(state);
    let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| Error::not_found())?;
    let (table, id) = params
        .iter()
        .find_map(|(name, value)| match name {
            "campaign_id" => Some(("campaigns", value)),
            _ => app.table_of(name).map(|table| (table, value)),
        })
        .ok_or_else(|| Error::internal("the address names no campaign"))?;
    let id = Uuid::try_parse(id).map_err(|_| Error::not_found())?;
    let member = Member::by(&app, &user.actor, table, id).await?;
    view_as::apply(&app, member, parts).await
}

impl<S> FromRequestParts<S> for Observer
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Ok(Self(member(parts, state).await?))
    }
}

impl<S> FromRequestParts<S> for Player
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Ok(member(parts, state).await?.player()?)
    }
}

impl<S> FromRequestParts<S> for Gm
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Ok(member(parts, state).await?.gm()?)
    }
}
