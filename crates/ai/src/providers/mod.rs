//! The model services an admin has added, and the route: who is asked for a task, in which order.
//!
//! A key goes in and never comes out: it is sealed with the master key, bound to its provider, and used only with the
//! address it was given for, so that nobody can have it sent elsewhere by changing the address. The oracle is always there,
//! last, and is no row. Absent: asking (the engine) and the dialects (`engines/models`).

mod actions;
mod dto;
mod probe;
mod queries;
mod routes;
mod rules;

use skald_kernel::{ProviderId, Result, model::Task};
use skald_platform::App;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use dto::{
    Dialect, ModelOut, PriceOut, ProbeErrorOut, ProbeIn, ProbeOut, ProviderIn, ProviderKind, ProviderOut,
    ProviderPatch, RoutesIn, RoutesOut,
};

use crate::{
    engine::Endpoint,
    prices::{Price, Priced},
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(routes::list_ai_providers, routes::create_ai_provider))
        .routes(routes!(routes::test_ai_provider))
        .routes(routes!(routes::find_ai_provider, routes::update_ai_provider, routes::delete_ai_provider))
        .routes(routes!(routes::find_ai_routes, routes::replace_ai_routes))
        .routes(routes!(routes::list_ai_models))
}

/// A stored provider.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) id: ProviderId,
    pub(crate) name: String,
    pub(crate) dialect: Dialect,
    pub(crate) base_url: String,
    pub(crate) model: String,
    api_key_sealed: Option<String>,
    pub(crate) outside: bool,
    pub(crate) enabled: bool,
    max_parallel: i32,
    /// What an admin says it costs.
    pub(crate) price: Option<Price>,
    pub(crate) version: i64,
}

impl Stored {
    /// Requests it is sent at once.
    pub(crate) fn places(&self) -> usize {
        usize::try_from(self.max_parallel).unwrap_or(1).max(1)
    }

    /// The host of its address.
    pub(crate) fn host(&self) -> String {
        rules::host(&self.base_url).unwrap_or_default()
    }

    /// What its tokens cost, as far as anybody knows.
    pub(crate) fn priced(&self) -> Priced {
        Priced::of(self.price, self.outside, &self.host(), &self.model)
    }

    /// Where it is, with its key.
    pub(crate) fn endpoint(&self, app: &App) -> Result<Endpoint> {
        let open = |sealed: &String| app.secrets().open(&place(self.id), sealed);
        let api_key = self.api_key_sealed.as_ref().map(open).transpose()?;
        Ok(Endpoint { dialect: self.dialect, base_url: self.base_url.clone(), api_key })
    }
}

/// What a key is sealed for.
fn place(id: ProviderId) -> String {
    format!("provider:{id}")
}

/// The word under which the usual order is stored, beside those of the tasks.
const USUAL: &str = "default";

/// Whom to ask for a task, in order: the enabled providers of its own route, or where there are none, of the usual one.
pub(crate) async fn route(app: &App, task: Task) -> Result<Vec<Stored>> {
    let stored = queries::route(app.db().read(), task).await?;
    let (own, usual): (Vec<_>, Vec<_>) =
        stored.into_iter().filter(|(_, provider)| provider.enabled).partition(|(own, _)| *own);
    Ok(if own.is_empty() { usual } else { own }.into_iter().map(|(_, provider)| provider).collect())
}
