//! Adding, changing and removing providers, and setting routes.

use std::collections::{BTreeMap, HashSet};

use serde_json::json;
use skald_access::Admin;
use skald_kernel::{Error, ProviderId, Result, error::Fields};
use skald_platform::{Tx, http::IfMatch};

use super::{Dialect, ProviderIn, ProviderOut, ProviderPatch, RoutesIn, Stored, USUAL, place, queries, rules};
use crate::{
    engine::{Endpoint, Engine},
    prices::Price,
};

/// Adds a provider and puts it at the end of no route: an admin decides that.
pub(super) async fn create(tx: &mut Tx, _: &Admin, input: ProviderIn) -> Result<Stored> {
    let api_key = rules::key(input.api_key);
    rules::check(&input.name, &input.base_url, &input.model, api_key.as_deref())?;
    let base_url = input.base_url.trim().to_owned();
    connectable(tx, input.kind, &base_url, api_key.clone())?;
    let id = tx.ids().next();
    let new = Stored {
        id,
        name: input.name.trim().to_owned(),
        dialect: input.kind,
        model: input.model.trim().to_owned(),
        api_key_sealed: seal(tx, id, api_key)?,
        outside: input.outside.unwrap_or_else(|| tx.app().part::<Engine>().is_outside(&base_url)),
        base_url,
        enabled: true,
        max_parallel: rules::parallel(input.max_parallel, rules::USUAL_PARALLEL)?,
        price: checked(input.price)?,
        version: 1,
    };
    queries::insert(tx, &new).await?;
    audit(tx, "ai.provider.create", &new);
    Ok(new)
}

/// Changes a provider.
pub(super) async fn update(
    tx: &mut Tx,
    _: &Admin,
    id: ProviderId,
    seen: IfMatch,
    patch: ProviderPatch,
) -> Result<Stored> {
    let old = find(tx, id).await?;
    seen.check(old.version, || json!(ProviderOut::from(&old)))?;
    let base_url = patch.base_url.map_or_else(|| old.base_url.clone(), |url| url.trim().to_owned());
    let name = patch.name.map_or_else(|| old.name.clone(), |name| name.trim().to_owned());
    let model = patch.model.map_or_else(|| old.model.clone(), |model| model.trim().to_owned());
    let dialect = patch.kind.unwrap_or(old.dialect);
    let given = patch.api_key.as_ref().and_then(Option::as_deref);
    rules::check(&name, &base_url, &model, given)?;
    connectable(tx, dialect, &base_url, given.map(str::to_owned))?;
    let moved = !rules::same_address(&base_url, &old.base_url);
    // A price is that of one model at one address.
    let price = match patch.price {
        Some(price) => checked(price)?,
        None => old.price.filter(|_| !moved && model == old.model),
    };
    let next = Stored {
        id,
        price,
        name,
        dialect,
        model,
        api_key_sealed: match patch.api_key {
            Some(Some(key)) if key.trim().is_empty() => {
                let message = "Leave it out to keep the stored key, or send null to remove it.";
                return Err(Error::field("api_key", "empty", message));
            }
            Some(key) => seal(tx, id, rules::key(key))?,
            // The stored key was given for the old address and is sent to no other.
            None if moved && old.api_key_sealed.is_some() => {
                let message = "The address is another one: enter the key again, or send null to go without.";
                return Err(Error::field("api_key", "needed", message));
            }
            None => old.api_key_sealed.clone(),
        },
        outside: patch
            .outside
            .unwrap_or_else(|| if moved { tx.app().part::<Engine>().is_outside(&base_url) } else { old.outside }),
        base_url,
        enabled: patch.enabled.unwrap_or(old.enabled),
        max_parallel: rules::parallel(patch.max_parallel, old.max_parallel)?,
        version: old.version + 1,
    };
    if !queries::update(tx, &next).await? {
        return Err(Error::stale(json!(ProviderOut::from(&find(tx, id).await?))));
    }
    audit(tx, "ai.provider.update", &next);
    Ok(next)
}

/// Removes a provider for good, its key and its places in routes with it. The ledger keeps its name.
pub(super) async fn delete(tx: &mut Tx, _: &Admin, id: ProviderId, seen: IfMatch) -> Result<()> {
    let old = find(tx, id).await?;
    seen.check(old.version, || json!(ProviderOut::from(&old)))?;
    if !queries::delete(tx, id, old.version).await? {
        return Err(Error::stale(json!(ProviderOut::from(&find(tx, id).await?))));
    }
    audit(tx, "ai.provider.delete", &old);
    Ok(())
}

/// Sets who is asked, in order, for every task.
pub(super) async fn replace_routes(tx: &mut Tx, _: &Admin, input: &RoutesIn) -> Result<()> {
    let known: HashSet<ProviderId> = queries::list(tx.conn()).await?.iter().map(|provider| provider.id).collect();
    let usual = (USUAL, true, input.default.as_slice());
    let own = input.each().map(|(task, names)| (task.as_str(), task.oracle(), names));
    let mut fields = Fields::default();
    let mut routes = Vec::new();
    for (field, oracle, names) in [usual].into_iter().chain(own) {
        let ids = rules::read_route(field, oracle, names)?;
        for id in ids.iter().filter(|id| !known.contains(id)) {
            let index = names.iter().position(|name| name.parse() == Ok(*id)).unwrap_or_default();
            fields.add(&format!("{field}[{index}]"), "unknown", "There is no such provider.");
        }
        routes.push((field, ids));
    }
    fields.check()?;
    queries::replace_routes(tx, &routes).await?;
    routes.retain(|(_, ids)| !ids.is_empty());
    let detail: BTreeMap<&str, Vec<ProviderId>> = routes.into_iter().collect();
    tx.audit(None, "ai.routes.replace", None, json!(detail));
    Ok(())
}

fn checked(price: Option<Price>) -> Result<Option<Price>> {
    price.as_ref().map(Price::check).transpose()?;
    Ok(price)
}

async fn find(tx: &Tx, id: ProviderId) -> Result<Stored> {
    queries::find(tx.conn(), id).await?.ok_or_else(Error::not_found)
}

/// Refuses an address or a key that no connection can be made with, before it is stored.
fn connectable(tx: &Tx, dialect: Dialect, base_url: &str, api_key: Option<String>) -> Result<()> {
    tx.app().part::<Engine>().connect(&Endpoint { dialect, base_url: base_url.to_owned(), api_key }).map(drop)
}

fn seal(tx: &Tx, id: ProviderId, api_key: Option<String>) -> Result<Option<String>> {
    let app = tx.app();
    api_key.map(|key| app.secrets().seal(app.seeds(), &place(id), &key)).transpose()
}

fn audit(tx: &mut Tx, action: &'static str, provider: &Stored) {
    tx.audit(None, action, provider.id.0, json!(ProviderOut::from(provider)));
}
