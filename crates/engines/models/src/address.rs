//! Addresses of model services: which are well formed, which lie inside the house.

use std::net::{Ipv4Addr, Ipv6Addr};

use reqwest::Url;
use skald_kernel::Error;

/// Endings of names that are only ever resolved on the local network.
const INSIDE: [&str; 5] = [".local", ".localhost", ".internal", ".lan", ".home.arpa"];

/// Whether a service at this address lies outside the house, so that what is sent there leaves it. Loopback and private
/// addresses, `.local` and its like, and bare machine names (`http://ollama:11434`) are inside; anything else, and an
/// address that cannot be read, is outside.
pub fn is_outside(base_url: &str) -> bool {
    let Ok(url) = Url::parse(base_url.trim()) else { return true };
    let Some(host) = url.host_str() else { return true };
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return !inside_v4(address);
    }
    if let Ok(address) = host.trim_start_matches('[').trim_end_matches(']').parse::<Ipv6Addr>() {
        return !inside_v6(address);
    }
    let host = host.to_ascii_lowercase();
    // `http://ai./` asks the world's root, `http://ai/` the local network.
    let bare = !host.contains('.');
    let host = host.trim_end_matches('.');
    !(bare || host == "localhost" || INSIDE.iter().any(|ending| host.ends_with(ending)))
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

/// The address that operations are appended to, whatever was pasted: without an operation at its end, and with the
/// dialect's own ending (such as `/v1`) unless it names a version already.
pub(crate) fn base(pasted: &str, operations: &[&str], ending: &str) -> Result<Url, Error> {
    let field = |code, message: &str| Error::field("base_url", code, message);
    let scheme = "Start the address with http:// or https://, as in http://localhost:11434/v1.";
    let mut url = Url::parse(pasted.trim()).map_err(|_| field("invalid", scheme))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(field("invalid", scheme));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(field("credentials", "Leave name and password out of the address; there is a field for the key."));
    }
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/');
    let path = operations.iter().find_map(|operation| path.strip_suffix(operation)).unwrap_or(path);
    let path = path.trim_end_matches('/');
    let path = if path.split('/').any(is_version) { path.to_owned() } else { format!("{path}{ending}") };
    url.set_path(&path);
    Ok(url)
}

/// `v1`, `v4`, `v1beta`.
fn is_version(segment: &str) -> bool {
    let mut bytes = segment.bytes();
    bytes.next() == Some(b'v')
        && bytes.next().is_some_and(|b| b.is_ascii_digit())
        && bytes.all(|b| b.is_ascii_alphanumeric())
}

/// The address of one operation under a base.
pub(crate) fn under(base: &Url, operation: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{operation}", base.path().trim_end_matches('/')));
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn openai(pasted: &str) -> Result<Url, Error> {
        base(pasted, &["/chat/completions", "/models"], "/v1")
    }

    #[test]
    fn a_base_may_be_pasted_with_or_without_slash_version_and_operation() {
        for (pasted, meant) in [
            ("http://localhost:8080", "http://localhost:8080/v1/models"),
            (" http://localhost:8080/ ", "http://localhost:8080/v1/models"),
            ("http://localhost:11434/v1", "http://localhost:11434/v1/models"),
            ("http://localhost:11434/v1//", "http://localhost:11434/v1/models"),
            ("https://openrouter.ai/api", "https://openrouter.ai/api/v1/models"),
            ("https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1/models"),
            ("https://api.openai.com/v1/models/", "https://api.openai.com/v1/models"),
            ("https://example.org/v1beta/openai/", "https://example.org/v1beta/openai/models"),
            ("https://example.org/openai/v1?api-version=2#x", "https://example.org/openai/v1/models?api-version=2"),
        ] {
            assert_eq!(under(&openai(pasted).unwrap(), "models").as_str(), meant, "{pasted}");
        }
    }

    #[test]
    fn what_is_not_a_web_address_is_refused_by_its_field() {
        for (address, code) in [
            ("", "invalid"),
            ("localhost:8080", "invalid"),
            ("ftp://example.org", "invalid"),
            ("http://", "invalid"),
            ("https://me:secret@example.org", "credentials"),
        ] {
            let error = openai(address).unwrap_err();
            let field = &error.fields()[0];
            assert_eq!((field.field.as_str(), field.code.as_str()), ("base_url", code), "{address}");
        }
    }

    #[test]
    fn only_private_places_are_inside_the_house() {
        for address in [
            "http://localhost:1234/v1",
            "http://LOCALHOST",
            "http://127.0.0.1:8080",
            "http://192.168.1.5:11434",
            "http://10.0.0.2",
            "http://172.16.3.4",
            "http://0.0.0.0:1",
            "http://[::1]:80",
            "http://[fd00::1]",
            "http://[fe80::1]",
            "http://[::ffff:192.168.0.1]",
            "http://box.local",
            "http://box.local.:80",
            "http://host.docker.internal:11434",
            "http://ollama:11434",
        ] {
            assert!(!is_outside(address), "{address}");
        }
        for address in [
            "https://api.openai.com/v1",
            "http://8.8.8.8",
            "http://172.32.0.1",
            "http://100.64.0.1",
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
}
