//! What a question may be answered from: the entities it names, those whose texts hold its words, and their facts.

use skald_canon::{entities, facts, passages, search};
use skald_kernel::{Result, Viewer};
use skald_platform::App;

use super::rules::{Piece, sentences};

/// Entities that are read.
const ENTITIES: usize = 14;
/// Facts that are read.
const FACTS: u64 = 80;
/// Sentences of one entity.
const SENTENCES: usize = 40;
/// Letters of all pieces together: about four thousand tokens.
const LETTERS: usize = 16_000;

/// The pieces for a question, what it names first.
pub(super) async fn gather(app: &App, viewer: &Viewer, question: &str) -> Result<Vec<Piece>> {
    let ids = search::asked_about(app, viewer, question, ENTITIES).await?;
    let db = app.db().read();
    let found = entities::full(db, viewer, &ids).await?;
    let known = facts::about(db, viewer, &ids, FACTS).await?;
    let mut pieces = Vec::new();
    let mut letters = 0;
    for id in &ids {
        let Some(entity) = found.iter().find(|entity| entity.id == *id) else { continue };
        let body = passages::unfenced(&entity.body);
        let own = sentences(&entity.summary).into_iter().chain(sentences(&body)).take(SENTENCES);
        let own = own.map(|text| (None, text));
        let facts = known.iter().filter(|fact| fact.subject_id == *id);
        // Facts are the surest, and come first where there is no room for everything.
        for (fact, text) in facts.map(|fact| (Some(fact.id), fact.text.clone())).chain(own) {
            letters += text.chars().count();
            if letters > LETTERS {
                return Ok(pieces);
            }
            pieces.push(Piece { entity: entity.id, name: entity.name.clone(), kind: entity.kind, fact, text });
        }
    }
    Ok(pieces)
}
