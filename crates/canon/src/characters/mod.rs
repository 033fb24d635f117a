//! Characters: an entity with its sheet, its player and its factions, and what a player may change of their own.
//!
//! A member changes the sheet, voice, personality and goals of a character they play, and nothing else of it: name,
//! visibility, text and every other field are the game master's. What they may not see of the sheet stays as it is.

mod dto;
mod routes;
mod rules;

use sea_orm::ConnectionTrait;
use serde_json::json;
use skald_access::{Gm, Member, campaigns};
use skald_kernel::{EntityId, Error, Result, Role, Viewer, error::ErrorCode};
use skald_platform::{App, Tx};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub use dto::{CharacterOut, CharacterPatch};

use crate::{
    bind::{Binds, column},
    entities::{self, EntityBrief, EntityKind, EntityOut, EntityPatch},
    sight::Sight,
    systems,
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(routes::get_character, routes::update_character))
}

/// One character, as a member sees it.
///
/// # Errors
/// Not found, also for what is no character or not to be known.
pub async fn find(db: &impl ConnectionTrait, by: &Member, id: EntityId) -> Result<CharacterOut> {
    let viewer = by.viewer();
    let entity = character(db, &viewer, id).await?;
    let editable = may_edit(by, id);
    let system = systems::chosen(db, by.campaign).await?;
    let sheet_problems = match &system {
        Some(system) if editable => Some(systems::problems(system, entity.fields.get("sheet"))?),
        _ => None,
    };
    Ok(CharacterOut {
        system: system.map(|system| system.key),
        player_id: campaigns::player_of(db, by.campaign, id).await?,
        factions: factions(db, &viewer, id).await?,
        editable,
        sheet_problems,
        entity,
    })
}

/// Changes what a player may change of a character; `expected` is the version the change was made from.
///
/// # Errors
/// Not found; forbidden for who does not play it; `version_stale` with what the member may see of what is stored; a sheet
/// that does not follow the rule system.
pub async fn update(
    tx: &mut Tx,
    by: &Member,
    id: EntityId,
    expected: i64,
    patch: CharacterPatch,
) -> Result<CharacterOut> {
    let viewer = by.viewer();
    let seen = character(tx.conn(), &viewer, id).await?;
    if !may_edit(by, id) {
        return Err(Error::new(ErrorCode::Forbidden, "Only who plays it and the game master may change a character."));
    }
    if seen.version != expected {
        return Err(Error::stale(json!(find(tx.conn(), by, id).await?)));
    }
    let whole = character(tx.conn(), &Viewer::gm(by.campaign), id).await?;
    let fields = rules::patched(&whole.fields, patch, viewer.sees_all())?;
    let change = EntityPatch { fields: Some(Some(fields)), ..EntityPatch::default() };
    // The rule above is the authority; the audit names who it was.
    match entities::update(tx, &Gm::engine(by.campaign), id, expected, change).await {
        Ok(_) => find(tx.conn(), by, id).await,
        // It carries what a game master sees.
        Err(error) if error.code() == ErrorCode::VersionStale => {
            Err(Error::stale(json!(find(tx.conn(), by, id).await?)))
        }
        Err(error) => Err(error),
    }
}

fn may_edit(by: &Member, id: EntityId) -> bool {
    by.role == Role::Gm || (by.role >= Role::Player && by.characters().contains(&id))
}

async fn character(db: &impl ConnectionTrait, viewer: &Viewer, id: EntityId) -> Result<EntityOut> {
    let entity = entities::find(db, viewer, id).await?;
    if entity.kind == EntityKind::Character { Ok(entity) } else { Err(Error::not_found()) }
}

/// The factions a character is seen to belong to, by name.
async fn factions(db: &impl ConnectionTrait, viewer: &Viewer, id: EntityId) -> Result<Vec<EntityBrief>> {
    let mut binds = Binds::default();
    let sight = Sight::new(viewer, &mut binds);
    let text = format!(
        "SELECT b.id, b.name_key {} AND r.from_id = {} AND r.kind = 'member_of' AND b.kind = 'faction' \
         GROUP BY b.id, b.name_key ORDER BY b.name_key, b.id",
        sight.relationships(""),
        binds.add(id.0)
    );
    let rows = binds.rows(db, text).await?;
    let ids: Result<Vec<EntityId>> = rows.iter().map(|row| Ok(EntityId(column::<Uuid>(row, "id")?))).collect();
    entities::named(db, viewer, &ids?).await
}
