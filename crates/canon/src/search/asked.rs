//! What a question is about: the entities it names, then those whose texts or facts hold its words.

use skald_kernel::{EntityId, Result, Viewer};
use skald_platform::App;

use super::{
    grammar::{Query, Term},
    lookup,
    queries::Narrow,
    texts,
    words::words,
};

/// Words that questions are made of, whatever they are about.
const EMPTY: &[&str] = &[
    "about", "and", "any", "are", "can", "could", "did", "do", "does", "for", "from", "had", "has", "have", "her",
    "him", "his", "how", "is", "its", "know", "many", "much", "not", "of", "or", "our", "she", "should", "tell",
    "than", "that", "the", "their", "them", "there", "these", "they", "this", "those", "was", "were", "what", "when",
    "where", "which", "who", "whom", "whose", "why", "will", "with", "would", "you", "your",
];
/// Words of a question that are looked for.
const WORDS: usize = 16;

/// The entities a question is about, as far as the viewer may know them: what it names first, then what says the most of its
/// words. At most `limit`.
///
/// # Errors
/// When the database fails.
pub async fn asked_about(app: &App, viewer: &Viewer, question: &str, limit: usize) -> Result<Vec<EntityId>> {
    let mut found: Vec<EntityId> = Vec::new();
    let mut add = |id: EntityId| {
        if found.len() < limit && !found.contains(&id) {
            found.push(id);
        }
    };
    lookup::resolve(app, viewer, question).await?.into_iter().for_each(|mention| add(mention.id));
    let content = words(question).into_iter().filter(|word| {
        (word.lone || word.text.chars().count() > 1 && !word.text.is_ascii() || word.text.len() > 2)
            && !EMPTY.contains(&word.text.as_str())
    });
    let terms = content.take(WORDS).map(|word| {
        // `brothers` is found by `brother`, and the other way round.
        let mut word = word;
        let plural = word.text.len() > 4 && word.text.ends_with('s') && !word.text.ends_with("ss");
        if plural {
            word.text.pop();
        }
        Term { prefix: word.text.chars().count() > 3, words: vec![word], not: false }
    });
    let query = Query { terms: terms.collect(), any: true, ..Query::default() };
    let texts = texts::search(app.db().read(), viewer, &query, &Narrow::default()).await?;
    texts.found.iter().for_each(|text| add(EntityId(text.entity)));
    Ok(found)
}
