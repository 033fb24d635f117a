//! Who knocks before anybody is signed in: an address and a browser.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use http::{HeaderMap, header, request::Parts};
use skald_platform::App;

use crate::limits::address_key;

/// The other end of a request.
#[derive(Clone, Debug)]
pub(crate) struct Visitor {
    /// Its address.
    pub(crate) ip: IpAddr,
    /// What its browser says it is.
    pub(crate) user_agent: String,
}

impl Visitor {
    /// The other end of the request these are the parts of.
    pub(crate) fn of(app: &App, parts: &Parts) -> Self {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let forwarded = if app.config().trust_proxy { forwarded(&parts.headers) } else { None };
        let ip = forwarded.or(peer).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let user_agent =
            parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Self { ip: ip.to_canonical(), user_agent: user_agent.to_owned() }
    }

    /// The address as limits count it.
    pub(crate) fn key(&self) -> IpAddr {
        address_key(self.ip)
    }
}

impl<S> FromRequestParts<S> for Visitor
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&App::from_ref(state), parts))
    }
}

/// The address our own proxy saw: the last one. Those before it are the client's word, which would let it pick a fresh
/// address for every guess.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_that_counts_is_the_one_our_proxy_saw() {
        for (values, wanted) in [
            (&["192.0.2.1"][..], Some("192.0.2.1")),
            (&["6.6.6.6, 192.0.2.1"], Some("192.0.2.1")),
            (&["6.6.6.6", "2001:db8::1"], Some("2001:db8::1")),
            (&["unknown"], None),
            (&[], None),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append("x-forwarded-for", value.parse().unwrap());
            }
            assert_eq!(forwarded(&headers), wanted.map(|ip| ip.parse().unwrap()), "{values:?}");
        }
    }
}
