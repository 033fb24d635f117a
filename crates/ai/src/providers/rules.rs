//! What is decided without a database: which addresses leave the house, which keys go along, which routes make sense.

use std::{
    collections::HashSet,
    net::{Ipv4Addr, Ipv6Addr},
};

use axum::http::Uri;
use skald_kernel::{Error, ProviderId, Result, error::Fields};

use crate::engine::ORACLE;

/// Endings of names that are only ever resolved on the local network.
const INSIDE: [&str; 5] = [".local", ".localhost", ".internal", ".lan", ".home.arpa"];
/// Providers in one route at most.
const ROUTE_MAX: usize = 20;

/// The host of an address, in lower case, without brackets.
pub(super) fn host(base_url: &str) -> Option<String> {
    let uri: Uri = base_url.trim().parse().ok()?;
    let host = uri.host()?.trim_start_matches('[').trim_end_matches(']');
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

/// Whether what is sent to this address leaves the house, as far as the address tells: loopback and private addresses,
/// names of the local network and bare machine names stay inside; anything else, and what cannot be read, is outside.
pub fn is_outside(base_url: &str) -> bool {
    let Some(host) = host(base_url) else { return true };
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return !inside_v4(address);
    }
    if let Ok(address) = host.parse::<Ipv6Addr>() {
        return !inside_v6(address);
    }
    !(host == "localhost" || !host.contains('.') || INSIDE.iter().any(|ending| host.ends_with(ending)))
}

fn inside_v4(address: Ipv4Addr) -> bool {
    address.is_loopback() || address.is_private() || address.is_link_local() || address.is_unspecified()
}

fn inside_v6(address: Ipv6Addr) -> bool {
    match address.to_ipv4_mapped() {
        Some(v4) => inside_v4(v4),
        None => {
            address.is_loopback()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || address.is_unspecified()
        }
    }
}

/// Whether two addresses are the same place for a key. Anything that is not plainly the same is another.
pub(super) fn same_address(one: &str, other: &str) -> bool {
    let plain = |address: &str| address.trim().trim_end_matches('/').to_owned();
    plain(one) == plain(other)
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

/// Reads a route. The oracle can only be last: whoever stands behind it is never asked.
pub(super) fn read_route(field: &str, names: &[String]) -> Result<Vec<ProviderId>> {
    if names.len() > ROUTE_MAX {
        return Err(Error::field(field, "too_long", format!("At most {ROUTE_MAX} providers.")));
    }
    let mut fields = Fields::default();
    let mut seen = HashSet::new();
    let mut ids = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let place = format!("{field}[{index}]");
        match name.parse::<ProviderId>() {
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
    fn only_places_in_the_house_are_inside() {
        for address in [
            "http://localhost:1234/v1",
            "http://LOCALHOST",
            "http://127.0.0.1:8080",
            "http://192.168.1.5:11434/v1",
            "http://10.0.0.2",
            "http://[::1]:80/v1",
            "http://[fd00::1]",
            "http://[::ffff:192.168.0.1]",
            "http://box.local",
            "http://host.docker.internal:11434",
            "http://ollama:11434",
        ] {
            assert!(!is_outside(address), "{address}");
        }
        for address in [
            "https://api.openai.com/v1",
            "http://8.8.8.8",
            "http://172.32.0.1",
            "http://[2001:db8::1]",
            "http://[::ffff:8.8.8.8]",
            "https://local.example.org",
            "http://ai.",
            "no address",
            "",
        ] {
            assert!(is_outside(address), "{address}");
        }
    }

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
        let error = read_route("narrate", &names).unwrap_err();
        let found: Vec<_> = error.fields().iter().map(|f| (f.field.as_str(), f.code.as_str())).collect();
        assert_eq!(found, [("narrate[0]", "not_last"), ("narrate[2]", "unknown"), ("narrate[3]", "twice")]);
        assert_eq!(read_route("narrate", &[id, "oracle".to_owned()]).unwrap().len(), 1);
        assert!(read_route("narrate", &[]).unwrap().is_empty());
    }
}
