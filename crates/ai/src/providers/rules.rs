//! What is decided without a database: which keys go along, which routes make sense.

use std::collections::HashSet;

use skald_kernel::{Error, ProviderId, Result, error::Fields};

use crate::engine::ORACLE;

/// Requests a provider is sent at once, at most.
pub(super) const MOST_PARALLEL: i32 = 1000;
/// And where nobody said.
pub(super) const USUAL_PARALLEL: i32 = 8;
/// Providers in one route at most.
const ROUTE_MAX: usize = 20;

/// Whether two addresses are the same place for a key. Anything that is not plainly the same is another.
pub(super) fn same_address(one: &str, other: &str) -> bool {
    let plain = |address: &str| address.trim().trim_end_matches('/').to_owned();
    plain(one) == plain(other)
}

/// The host of an address.
pub(super) fn host(base_url: &str) -> Option<String> {
    let uri: axum::http::Uri = base_url.trim().parse().ok()?;
    uri.host().filter(|host| !host.is_empty()).map(str::to_ascii_lowercase)
}

/// A key as it was typed; blank is none.
pub(super) fn key(typed: Option<String>) -> Option<String> {
    typed.map(|key| key.trim().to_owned()).filter(|key| !key.is_empty())
}

/// Checks the lengths of what describes a provider.
pub(super) fn check(name: &str, base_url: &str, model: &str, api_key: Option<&str>) -> Result<()> {
    let mut fields = Fields::default();
    fields.text("name", name, 80).text("base_url", base_url, 500).text("model", model, 200);
    fields.at_most("api_key", api_key.unwrap_or_default(), 1000);
    fields.check()
}

/// How many requests a provider is sent at once.
pub(super) fn parallel(given: Option<i32>, otherwise: i32) -> Result<i32> {
    match given.unwrap_or(otherwise) {
        parallel @ 1..=MOST_PARALLEL => Ok(parallel),
        _ => Err(Error::field("max_parallel", "out_of_range", format!("Between 1 and {MOST_PARALLEL}."))),
    }
}

/// Reads a route. The oracle can only be last, since whoever stands behind it is never asked, and only where it can do it.
pub(super) fn read_route(field: &str, oracle: bool, names: &[String]) -> Result<Vec<ProviderId>> {
    if names.len() > ROUTE_MAX {
        return Err(Error::field(field, "too_long", format!("At most {ROUTE_MAX} providers.")));
    }
    let mut fields = Fields::default();
    let mut seen = HashSet::new();
    let mut ids = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let place = format!("{field}[{index}]");
        match name.parse::<ProviderId>() {
            _ if name == ORACLE && !oracle => {
                fields.add(&place, "unable", "The oracle cannot do this.");
            }
            _ if name == ORACLE && index + 1 == names.len() => {}
            _ if name == ORACLE => {
                fields.add(&place, "not_last", "The oracle always answers, so it can only stand last.");
            }
            Ok(id) if seen.insert(id) => ids.push(id),
            Ok(_) => {
                fields.add(&place, "twice", "This provider is in the route already.");
            }
            Err(_) => {
                fields.add(&place, "unknown", "There is no such provider.");
            }
        }
    }
    fields.check()?;
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_only_when_it_plainly_is() {
        assert!(same_address("http://a/v1", " http://a/v1/ "));
        for other in
            ["http://a.example/v1", "https://a/v1", "http://a:81/v1", "http://a/v1?x=http://b", "http://a@b/v1"]
        {
            assert!(!same_address("http://a/v1", other), "{other}");
        }
    }

    #[test]
    fn every_wrong_place_in_a_route_is_named() {
        let id = "019a0000-0000-7000-8000-000000000001".to_owned();
        let names = ["oracle".to_owned(), id.clone(), "gone".to_owned(), id.clone()];
        let error = read_route("narrate", true, &names).unwrap_err();
        let found: Vec<_> = error.fields().iter().map(|f| (f.field.as_str(), f.code.as_str())).collect();
        assert_eq!(found, [("narrate[0]", "not_last"), ("narrate[2]", "unknown"), ("narrate[3]", "twice")]);
        assert_eq!(read_route("narrate", true, &[id, "oracle".to_owned()]).unwrap().len(), 1);
        assert!(read_route("narrate", true, &[]).unwrap().is_empty());
        let unable = read_route("embed", false, &["oracle".to_owned()]).unwrap_err();
        assert_eq!(unable.fields()[0].code, "unable");
    }
}
