//! Revealing several facts at once, and telling the table of it.
//!
//! What everybody or the whole party learns leaves one entry in the session that runs, if one does. The entry is read by
//! all who sit there, so it holds the texts of those facts alone that everybody may know; of what only the party learns it
//! says no more than that it learned. What is told to single characters leaves no trace at the table.

mod routes;

use serde_json::json;
use skald_access::{Gm, campaigns};
use skald_canon::facts::{self, FactOut, Knower, RevealManyIn};
use skald_kernel::{Result, Viewer};
use skald_platform::{App, Tx};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    sessions,
    timeline::{Author, EntryKind, NewEntry, actions::At, actions::append},
};

pub(crate) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(routes::reveal_facts))
}

/// Lets more know several facts: all or none. They are answered as a game master sees them.
///
/// # Errors
/// As [`facts::reveal_many`].
pub async fn reveal(tx: &mut Tx, by: &Gm, input: RevealManyIn) -> Result<Vec<FactOut>> {
    let mut to = input.to;
    if input.party {
        let played = campaigns::players(tx.conn(), by.campaign).await?;
        to.extend(played.into_iter().map(|(id, _)| Knower::Character { id }));
    }
    let revealed = facts::reveal_many(tx, by, &input.fact_ids, &to, input.known_from).await?;
    let all = to.contains(&Knower::Everyone);
    if !all && !input.party {
        return Ok(revealed);
    }
    let Some(session) = sessions::queries::running(tx.conn(), by.campaign).await? else { return Ok(revealed) };
    let everyone = Viewer::characters(by.campaign, Vec::new());
    let open = if all { facts::these(tx.conn(), &everyone, &input.fact_ids).await? } else { Vec::new() };
    let texts: Vec<&str> = open.iter().map(|fact| fact.text.as_str()).filter(|text| !text.is_empty()).collect();
    let text = match (all, texts.is_empty()) {
        (true, false) => format!("It becomes known:\n\n{}", texts.join("\n\n")),
        (true, true) => "Something becomes known.".to_owned(),
        (false, _) => "The party learns something new.".to_owned(),
    };
    let facts: Vec<_> = open.iter().map(|fact| fact.id).collect();
    let entry = NewEntry {
        kind: EntryKind::System,
        author: Author::Engine { name: "Skald".into() },
        text,
        data: json!({"revealed": facts}),
        generation_id: None,
    };
    append(tx, session, At::Head, vec![entry]).await?;
    Ok(revealed)
}
