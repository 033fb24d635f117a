//! Searching texts: the words of a query in the database's own index, through the viewer's filter, then ordered by what the
//! text itself says.
//!
//! How well a text fits is worked out from that text alone. The databases' own ranks weigh a word by how many texts have
//! it, and that would let hidden texts move what a reader sees.

use std::{cmp::Reverse, collections::HashMap};

use sea_orm::ConnectionTrait;
use skald_kernel::{Result, Viewer};
use uuid::Uuid;

use super::{
    grammar::{Query, Term},
    queries::{self, Narrow, Place},
};

/// Texts that are found of each kind at most, the newest; lists and counts go no further.
pub(super) const MOST: u64 = 1_000;
/// Texts that are read to put the best first; behind them come the others, newest first.
const READ: usize = 300;

/// A text that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Text {
    pub entity: Uuid,
    /// The fact it is, if it is one.
    pub fact: Option<Uuid>,
}

/// What was found.
#[derive(Default)]
pub(super) struct Texts {
    /// The best first.
    pub found: Vec<Text>,
    /// Whether there may be more.
    pub more: bool,
}

/// The texts that answer a query, for a viewer. None, when it asks for no words.
pub(super) async fn search(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    query: &Query,
    narrow: &Narrow,
) -> Result<Texts> {
    if !query.asks_for_words() {
        return Ok(Texts::default());
    }
    let scope = queries::scope(viewer.campaign());
    let text = if db.get_database_backend() == sea_orm::DbBackend::Postgres {
        postgres(query, &scope)
    } else {
        sqlite(query, &scope)
    };
    let mut places = queries::entity_documents(db, viewer, &text, narrow, MOST).await?;
    let facts = queries::fact_documents(db, viewer, &text, narrow, MOST).await?;
    let more = places.len() as u64 == MOST || facts.len() as u64 == MOST;
    places.extend(facts);
    // The newest first, whichever kind they are.
    places.sort_by_key(|place| Reverse(place.document));
    let read: Vec<i64> = places.iter().take(READ).map(|place| place.document).collect();
    let words = queries::words_of(db, &read).await?;
    let terms: Vec<&Term> = query.terms.iter().filter(|term| !term.not).collect();
    let fit = |place: &Place| words.get(&place.document).map_or(-1.0, |(title, words)| fit(&terms, title, words));
    let mut fits: Vec<(f32, Place)> = places.into_iter().map(|place| (fit(&place), place)).collect();
    fits.sort_by(|a, b| b.0.total_cmp(&a.0));
    let found = fits.into_iter().map(|(_, place)| Text { entity: place.entity, fact: place.fact }).collect();
    Ok(Texts { found, more })
}

/// How well a text fits, by itself: how often it says what was asked for, how near together, and whether its title does.
fn fit(terms: &[&Term], title: &str, words: &str) -> f32 {
    let title: Vec<&str> = title.split(' ').collect();
    let words: Vec<&str> = words.split(' ').collect();
    let mut score = 0.0;
    let mut firsts: Vec<(usize, usize)> = Vec::new();
    for (n, term) in terms.iter().enumerate() {
        let places = places(term, &words);
        let often = places.len() as f32;
        score += often / (often + 0.8 + words.len() as f32 / 400.0);
        if !self::places(term, &title).is_empty() {
            score += 1.5;
        }
        firsts.extend(places.into_iter().map(|at| (at, n)));
    }
    if terms.len() > 1 {
        firsts.sort_unstable();
        if let Some(width) = narrowest(&firsts, terms.len()) {
            score += 1.0 / (1.0 + (width as f32 - terms.len() as f32).max(0.0) / 8.0);
        }
    }
    score
}

/// Where a term stands.
fn places(term: &Term, words: &[&str]) -> Vec<usize> {
    let Some(last) = term.words.len().checked_sub(1) else { return Vec::new() };
    let here = |from: usize| {
        term.words.iter().enumerate().all(|(k, word)| {
            let stands = words[from + k];
            stands == word.text || ((word.lone || (k == last && term.prefix)) && stands.starts_with(&word.text))
        })
    };
    (0..words.len().saturating_sub(last)).filter(|from| here(*from)).collect()
}

/// The fewest words in a row with all terms among them; `places` are sorted.
fn narrowest(places: &[(usize, usize)], terms: usize) -> Option<usize> {
    let mut inside: HashMap<usize, usize> = HashMap::new();
    let (mut from, mut best) = (0, None);
    for (to, (at, term)) in places.iter().enumerate() {
        *inside.entry(*term).or_default() += 1;
        while inside.len() == terms {
            let width = at - places[from].0 + 1;
            best = Some(best.map_or(width, |best: usize| best.min(width)));
            if let Some(count) = inside.get_mut(&places[from].1) {
                *count -= 1;
                if *count == 0 {
                    inside.remove(&places[from].1);
                }
            }
            from += 1;
            if from > to {
                break;
            }
        }
    }
    best
}

/// The query as FTS5 reads it. Words hold letters and digits only, so that quoting them is enough.
fn sqlite(query: &Query, scope: &str) -> String {
    let mut text = format!("scope : \"{scope}\"");
    if query.any {
        let terms: Vec<String> =
            query.terms.iter().map(|term| format!("{{title words}} : {}", sqlite_term(term))).collect();
        return format!("{text} AND ({})", terms.join(" OR "));
    }
    for term in query.terms.iter().filter(|term| !term.not) {
        text.push_str(&format!(" AND {{title words}} : {}", sqlite_term(term)));
    }
    for term in query.terms.iter().filter(|term| term.not) {
        text = format!("({text}) NOT {{title words}} : {}", sqlite_term(term));
    }
    text
}

fn sqlite_term(term: &Term) -> String {
    let words: Vec<&str> = term.words.iter().map(|word| word.text.as_str()).collect();
    let prefix = term.prefix || term.words.last().is_some_and(|word| word.lone);
    format!("\"{}\"{}", words.join(" "), if prefix { " *" } else { "" })
}

/// The query as `to_tsquery` reads it.
fn postgres(query: &Query, scope: &str) -> String {
    let mut text = format!("'{scope}'");
    let mut any = Vec::new();
    for term in &query.terms {
        let words: Vec<String> = term
            .words
            .iter()
            .enumerate()
            .map(|(n, word)| {
                let prefix = word.lone || (term.prefix && n + 1 == term.words.len());
                format!("'{}'{}", word.text, if prefix { ":*" } else { "" })
            })
            .collect();
        if query.any {
            any.push(format!("({})", words.join(" <-> ")));
            continue;
        }
        text.push_str(&format!(" & {}({})", if term.not { "!" } else { "" }, words.join(" <-> ")));
    }
    if query.any {
        text.push_str(&format!(" & ({})", any.join(" | ")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_written_as_each_database_reads_it() {
        for (typed, sqlite_text, postgres_text) in [
            ("mill", "scope : \"s\" AND {title words} : \"mill\"", "'s' & ('mill')"),
            (
                "\"old mill\" lan* -wheel",
                "(scope : \"s\" AND {title words} : \"old mill\" AND {title words} : \"lan\" *) NOT {title words} : \"wheel\"",
                "'s' & ('old' <-> 'mill') & ('lan':*) & !('wheel')",
            ),
            ("京", "scope : \"s\" AND {title words} : \"京\" *", "'s' & ('京':*)"),
            (
                "a'); DROP \\ \"",
                "scope : \"s\" AND {title words} : \"a\" AND {title words} : \"drop\"",
                "'s' & ('a') & ('drop')",
            ),
        ] {
            let query = Query::read(typed);
            assert_eq!(sqlite(&query, "s"), sqlite_text, "{typed}");
            assert_eq!(postgres(&query, "s"), postgres_text, "{typed}");
        }
        let any = Query { any: true, ..Query::read("old mil*") };
        assert_eq!(sqlite(&any, "s"), "scope : \"s\" AND ({title words} : \"old\" OR {title words} : \"mil\" *)");
        assert_eq!(postgres(&any, "s"), "'s' & (('old') | ('mil':*))");
    }

    #[test]
    fn what_says_it_often_near_together_or_in_its_title_fits_better() {
        let query = Query::read("old mill");
        let terms: Vec<&Term> = query.terms.iter().collect();
        let fit = |title: &str, words: &str| fit(&terms, title, words);
        assert!(fit("", "the old mill") > fit("", "an old man went to the far far far away mill"));
        assert!(fit("", "old mill old mill") > fit("", "old mill and much else"));
        assert!(fit("old mill", "a place") > fit("", "old mill old mill"));
    }
}
