//! What saving a body, and a new name, do to the links.

use std::collections::{HashMap, HashSet};

use sea_orm::ConnectionTrait;
use skald_kernel::{CampaignId, EntityId, Error, Result, error::Fields};

use super::{
    queries::{self, Bearer, Link, PlaceOf},
    text::mentions,
};
use crate::{
    entities::{KNOWERS, name_key},
    passages::{Audience, passages},
};

/// A body leads to at most so many different names.
const MOST: usize = 2_000;

/// Notes what a body leads to, and who its passages are for.
///
/// # Errors
/// An audience that nobody of the campaign bears the name of, or that is neither a character nor a faction; too many links.
pub(crate) async fn write(db: &impl ConnectionTrait, campaign: CampaignId, source: EntityId, body: &str) -> Result<()> {
    let (mut links, written) = named_in(body);
    if links.len() > MOST {
        return Err(Error::field("body", "too_many_links", format!("At most {MOST} different links.")));
    }
    let before = queries::of_source(db, source).await?;
    let keys: HashSet<&str> = links.iter().map(|link| link.key.as_str()).collect();
    let bearers = queries::bearers(db, campaign, &keys.into_iter().collect::<Vec<_>>()).await?;
    let mut wrong = Fields::default();
    for link in &mut links {
        let all = bearers.get(&link.key).map(Vec::as_slice).unwrap_or_default();
        link.target = if link.place == PlaceOf::Audience {
            let target =
                before.audience(&link.key).or_else(|| all.iter().find(|b| KNOWERS.contains(&b.kind)).map(|b| b.id));
            if target.is_none() {
                refuse(&mut wrong, written.get(&link.key).copied().unwrap_or_default(), all);
            }
            target
        } else {
            before.link(&link.key).or_else(|| all.first().map(|bearer| bearer.id))
        };
    }
    wrong.check()?;
    queries::replace(db, campaign, source, &links).await
}

fn refuse(wrong: &mut Fields, name: &str, bearers: &[Bearer]) {
    match bearers.first() {
        None => wrong.add(
            "body",
            "audience_unknown",
            format!(
                "A passage is for [[{name}]], but no character or faction has that name. Correct it, or make one first."
            ),
        ),
        Some(bearer) => wrong.add(
            "body",
            "audience_wrong_kind",
            format!("A passage is for [[{name}]], which is a {}. Name a character or a faction.", bearer.kind.as_str()),
        ),
    };
}

/// The names a body has, once for each place, and how they are written.
fn named_in(body: &str) -> (Vec<Link>, HashMap<String, &str>) {
    let mut links = Vec::new();
    let mut seen = HashSet::new();
    let mut written = HashMap::new();
    let mut note = |place: PlaceOf, passage: usize, key: String| {
        if seen.insert((place, passage, key.clone())) {
            links.push(Link { place, passage: passage as i32, key, target: None });
        }
    };
    for (n, passage) in passages(body).iter().enumerate() {
        let place = match &passage.audience {
            Audience::Everyone => PlaceOf::Open,
            Audience::Gm => PlaceOf::Gm,
            Audience::Named(names) => {
                for name in names {
                    written.entry(name_key(name)).or_insert(*name);
                    note(PlaceOf::Audience, n, name_key(name));
                }
                PlaceOf::Some
            }
        };
        for mention in mentions(passage.markdown) {
            // A name may stand in many open passages, which are alike.
            note(place, if place == PlaceOf::Open { 0 } else { n }, mention.key());
        }
    }
    (links, written)
}

/// Leads the links that were waiting for one of these names to the entity that bears it from now on.
///
/// # Errors
/// When the database fails.
pub(crate) async fn arrived(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: EntityId,
    names: &[&str],
) -> Result<()> {
    let keys: Vec<String> = names.iter().map(|name| name_key(name)).collect();
    queries::lead_to(db, campaign, id, &keys).await
}
