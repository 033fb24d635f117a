//! The grammar: rules that expand into prose, in the manner of Tracery.
//!
//! `#symbol#` draws an alternative of a rule, `#symbol.a.capitalize#` changes it, `#@table#` rolls on a random table.
//! Values of variables (names, clues: the campaign's words) go in as they are and are never expanded. Expansion always
//! ends: it gives up below a depth, and a symbol that is nowhere is left out.

use std::collections::BTreeMap;

use crate::{
    chance::Chance,
    pack::{Choice, Pack},
};

/// The variables a rule may use, and what stands in for one the scene can't fill.
pub const VARIABLES: &[(&str, &str)] = &[
    ("place", "this place"),
    ("actor", "one of you"),
    ("npc", "the other"),
    ("foe", "the foe"),
    ("mate", "your companion"),
    ("item", "the thing"),
    ("exit", "the way on"),
    ("exits", "the way you came"),
    ("people", "nobody else"),
    ("clue", "Something happened here."),
    ("fact", "There is little to tell."),
    ("quest", "the task"),
    ("objective", "what you set out to do"),
    ("summary", "It is what it is."),
    ("reason", "it cannot be done"),
    ("topic", "that"),
    ("amount", "some"),
];

const DEEPEST: usize = 12;

/// Values of the variables for one text.
pub type Values = BTreeMap<&'static str, String>;

/// A pack, and what the moment is like: tags (`forest`, `gruff`) that prefer `symbol_tag` to `symbol`.
pub struct Grammar<'a> {
    pack: &'a Pack,
    /// The tags.
    pub tags: Vec<&'static str>,
}

impl<'a> Grammar<'a> {
    /// A grammar over a pack.
    pub fn new(pack: &'a Pack, tags: Vec<&'static str>) -> Self {
        Self { pack, tags }
    }

    /// Draws an alternative of a rule and expands it. Nothing comes of a rule that is nowhere.
    pub fn expand(&self, symbol: &str, values: &Values, chance: &mut Chance) -> String {
        self.symbol(symbol, values, chance, 0)
    }

    /// Expands a text that holds symbols.
    pub fn fill(&self, text: &str, values: &Values, chance: &mut Chance) -> String {
        self.text(text, values, chance, 0)
    }

    /// Rolls on a table.
    pub fn roll(&self, table: &str, values: &Values, chance: &mut Chance) -> String {
        self.table(table, values, chance, 0)
    }

    /// Whether there is a rule for a symbol.
    pub fn knows(&self, symbol: &str) -> bool {
        self.pack.rules.contains_key(symbol)
    }

    fn text(&self, text: &str, values: &Values, chance: &mut Chance, depth: usize) -> String {
        let mut out = String::with_capacity(text.len() * 2);
        for (at, part) in text.split('#').enumerate() {
            if at % 2 == 0 {
                out.push_str(part);
                continue;
            }
            let mut parts = part.split('.');
            let symbol = parts.next().unwrap_or_default();
            let mut value = match symbol.strip_prefix('@') {
                Some(table) => self.table(table, values, chance, depth + 1),
                None => self.symbol(symbol, values, chance, depth + 1),
            };
            for modifier in parts {
                value = modified(value, modifier);
            }
            out.push_str(&value);
        }
        out
    }

    fn symbol(&self, symbol: &str, values: &Values, chance: &mut Chance, depth: usize) -> String {
        if let Some(value) = values.get(symbol) {
            return value.clone();
        }
        if let Some((_, value)) = VARIABLES.iter().find(|(name, _)| *name == symbol) {
            return (*value).to_owned();
        }
        if depth > DEEPEST {
            return String::new();
        }
        let Some(choices) = self.rule(symbol, chance) else { return String::new() };
        let Some(at) = chance.weighted(choices.iter().map(Choice::weight)) else { return String::new() };
        self.text(choices[at].text(), values, chance, depth)
    }

    /// The rule for a symbol: mostly that of a tag, sometimes the general one, so that a forest isn't only a forest.
    fn rule(&self, symbol: &str, chance: &mut Chance) -> Option<&'a Vec<Choice>> {
        let general = self.pack.rules.get(symbol);
        let special = self.tags.iter().find_map(|tag| self.pack.rules.get(&format!("{symbol}_{tag}")));
        match (special, general) {
            (Some(special), Some(general)) => Some(if chance.percent(80) { special } else { general }),
            (special, general) => special.or(general),
        }
    }

    fn table(&self, table: &str, values: &Values, chance: &mut Chance, depth: usize) -> String {
        if depth > DEEPEST {
            return String::new();
        }
        let Some(rows) = self.pack.tables.get(table) else { return String::new() };
        let Some(at) = chance.weighted(rows.iter().map(|row| row.weight.unwrap_or(1))) else { return String::new() };
        match &rows[at].table {
            Some(deeper) => self.table(deeper, values, chance, depth + 1),
            None => self.text(&rows[at].text, values, chance, depth),
        }
    }
}

/// The symbols a text names, without their modifiers; tables with their `@`.
pub fn symbols(text: &str) -> impl Iterator<Item = &str> {
    text.split('#').skip(1).step_by(2).map(|part| part.split('.').next().unwrap_or_default())
}

fn modified(value: String, modifier: &str) -> String {
    match modifier {
        "capitalize" => capitalised(&value),
        "a" => with_article(&value),
        "s" => plural(value),
        _ => value,
    }
}

/// The text with its first letter in upper case.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn with_article(text: &str) -> String {
    let vowel = text.chars().next().is_some_and(|first| "aeiouAEIOU".contains(first));
    format!("{} {text}", if vowel { "an" } else { "a" })
}

fn plural(text: String) -> String {
    if ["s", "x", "ch", "sh"].iter().any(|end| text.ends_with(end)) { text + "es" } else { text + "s" }
}

/// The text as a sentence: one line, a capital in front, a mark at the end.
pub fn sentence(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let ends = line.chars().last().is_none_or(|last| ".!?…\"”’)".contains(last));
    let line = capitalised(&line);
    if ends { line } else { line + "." }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(text: &str) -> Pack {
        Pack::parse(text).unwrap()
    }

    #[test]
    fn modifiers_and_nesting_expand() {
        let pack = pack(
            "[rules]\nbeast = [\"owl\"]\nline = [\"#beast.a.capitalize# and two #beast.s#, #@what#\"]\n[tables]\nwhat = [{ text = \"by #place#\" }]",
        );
        let grammar = Grammar::new(&pack, vec![]);
        let values = Values::from([("place", "the #mill#".to_owned())]);
        assert_eq!(
            grammar.expand("line", &values, &mut Chance::new(1, 0)),
            "An owl and two owls, by the #mill#",
            "the campaign's words are not expanded"
        );
    }

    #[test]
    fn a_rule_that_calls_itself_ends() {
        let pack = pack("[rules]\na = [\"x#a#\"]\n[tables]\nt = [{ table = \"t\" }]");
        let grammar = Grammar::new(&pack, vec![]);
        assert!(grammar.expand("a", &Values::new(), &mut Chance::new(1, 0)).len() < 20);
        assert_eq!(grammar.roll("t", &Values::new(), &mut Chance::new(1, 0)), "");
    }

    #[test]
    fn a_tag_prefers_its_own_rule() {
        let pack = pack("[rules]\nsee = [\"general\"]\nsee_forest = [\"trees\"]");
        let grammar = Grammar::new(&pack, vec!["forest"]);
        let mut chance = Chance::new(5, 0);
        let trees = (0..200).filter(|_| grammar.expand("see", &Values::new(), &mut chance) == "trees").count();
        assert!((120..200).contains(&trees), "{trees}");
    }

    #[test]
    fn no_expansion_of_the_built_in_pack_leaves_a_mark() {
        let pack = Pack::built_in();
        let tags = ["forest", "crypt", "ruin", "village", "tavern", "coast", "mountain", "road", "gruff", "warm"];
        for seed in 0..500u64 {
            let grammar = Grammar::new(pack, vec![tags[seed as usize % tags.len()]]);
            let mut chance = Chance::new(seed, 0);
            for symbol in pack.rules.keys() {
                let text = grammar.expand(symbol, &Values::new(), &mut chance);
                assert!(!text.contains('#') && !text.trim().is_empty() && !text.contains("  "), "{symbol}: {text:?}");
            }
            for table in pack.tables.keys() {
                let text = grammar.roll(table, &Values::new(), &mut chance);
                assert!(!text.contains('#') && !text.trim().is_empty(), "{table}: {text:?}");
            }
        }
    }

    #[test]
    fn a_sentence_is_one_line_with_an_end() {
        assert_eq!(sentence(" the bell\n rang "), "The bell rang.");
        assert_eq!(sentence("“No!”"), "“No!”");
        assert_eq!(sentence(""), "");
    }
}
