//! Which rules fire on which texts. Pure.

use regex::RegexBuilder;
use skald_kernel::{EntityId, Result, dice, error::Fields, text::fold};

use super::dto::{LoreReason, LoreRuleIn, Secondary};
use crate::entities::storable;

const KEYS: usize = 30;
const KEY: usize = 100;
/// Bytes that one compiled expression may take, and that its matching may.
const EXPRESSION: usize = 64 << 10;

/// A rule with the tokens that telling its entity takes.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The entity.
    pub id: EntityId,
    /// What it says.
    pub says: LoreRuleIn,
    /// The tokens of what would be told.
    pub tokens: u64,
}

/// What became of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The entity.
    pub id: EntityId,
    /// Why it fired, or not.
    pub reason: LoreReason,
    /// The key that occurred.
    pub key: Option<String>,
    /// The tokens it takes.
    pub tokens: u64,
}

impl Verdict {
    /// Whether it fired.
    pub fn fired(&self) -> bool {
        matches!(self.reason, LoreReason::Constant | LoreReason::Key)
    }
}

/// Which rules fire on the texts, oldest first: a verdict for each rule, in the order of the rules (`order`, then the id).
/// The tokens of what fired are never more than `budget`; who comes first gets room first, and who does not fit is passed
/// over. The chance of a rule depends on the seed and its entity alone.
pub fn activate(rules: &[Rule], texts: &[&str], seed: u64, budget: u64) -> Vec<Verdict> {
    let folded: Vec<String> = texts.iter().map(|text| fold(text)).collect();
    let mut order: Vec<&Rule> = rules.iter().collect();
    order.sort_by_key(|rule| (rule.says.order, rule.id));
    let mut left = budget;
    let verdict = |rule: &Rule| {
        let (mut reason, key) = judge(rule, texts, &folded, seed);
        if matches!(reason, LoreReason::Constant | LoreReason::Key) {
            if rule.tokens > left {
                reason = LoreReason::Budget;
            } else {
                left -= rule.tokens;
            }
        }
        Verdict { id: rule.id, reason, key, tokens: rule.tokens }
    };
    order.into_iter().map(verdict).collect()
}

fn judge(rule: &Rule, texts: &[&str], folded: &[String], seed: u64) -> (LoreReason, Option<String>) {
    let says = &rule.says;
    if !says.enabled {
        return (LoreReason::Disabled, None);
    }
    let from = texts.len().saturating_sub(says.depth as usize);
    let (texts, folded) = (&texts[from..], &folded[from..]);
    let key = if says.regex {
        says.keys.iter().find(|key| compiled(key).is_ok_and(|regex| texts.iter().any(|text| regex.is_match(text))))
    } else {
        says.keys.iter().find(|key| occurs(key, folded))
    };
    if key.is_none() && !says.constant {
        return (LoreReason::NoKey, None);
    }
    let mut secondary = says.secondary_keys.iter().map(|key| occurs(key, folded));
    let allowed = says.secondary_keys.is_empty()
        || match says.secondary {
            Secondary::Any => secondary.any(|occurs| occurs),
            Secondary::All => secondary.all(|occurs| occurs),
            Secondary::Not => !secondary.any(|occurs| occurs),
        };
    if !allowed {
        return (LoreReason::Secondary, key.cloned());
    }
    if says.probability < 100 && dice::side(chance(seed, rule.id), 100) > u32::from(says.probability) {
        return (LoreReason::Chance, key.cloned());
    }
    (if key.is_some() { LoreReason::Key } else { LoreReason::Constant }, key.cloned())
}

fn chance(seed: u64, id: EntityId) -> u64 {
    let (high, low) = id.0.as_u64_pair();
    dice::sub_seed(seed, high ^ low.rotate_left(17))
}

/// Whether a key occurs in folded texts as whole words.
fn occurs(key: &str, texts: &[String]) -> bool {
    let key = fold(key);
    if key.is_empty() {
        return false;
    }
    texts.iter().any(|text| {
        text.match_indices(&key).any(|(at, found)| {
            let before = text[..at].chars().next_back();
            let after = text[at + found.len()..].chars().next();
            let joins = |inside: Option<char>, outside: Option<char>| {
                inside.is_some_and(char::is_alphanumeric) && outside.is_some_and(char::is_alphanumeric)
            };
            !joins(found.chars().next(), before) && !joins(found.chars().next_back(), after)
        })
    })
}

fn compiled(key: &str) -> Result<regex::Regex, regex::Error> {
    RegexBuilder::new(key)
        .case_insensitive(true)
        .size_limit(EXPRESSION)
        .dfa_size_limit(EXPRESSION)
        .nest_limit(20)
        .build()
}

pub(super) fn tidy(rule: &mut LoreRuleIn) {
    let regex = rule.regex;
    for (keys, literal) in [(&mut rule.keys, !regex), (&mut rule.secondary_keys, true)] {
        keys.iter_mut().filter(|_| literal).for_each(|key| *key = key.trim().to_owned());
        keys.retain(|key| !key.is_empty());
    }
}

/// Refuses what a rule may not say.
///
/// # Errors
/// Invalid fields.
pub(super) fn check(rule: &LoreRuleIn) -> Result<()> {
    let mut wrong = Fields::default();
    for (name, keys) in [("keys", &rule.keys), ("secondary_keys", &rule.secondary_keys)] {
        if keys.len() > KEYS {
            wrong.add(name, "too_many", format!("At most {KEYS}."));
        }
        for (i, key) in keys.iter().enumerate() {
            let field = format!("{name}.{i}");
            wrong.at_most(&field, key, KEY);
            storable(&mut wrong, &field, key);
            if name == "secondary_keys" || !rule.regex {
                continue;
            }
            match compiled(key) {
                Ok(regex) if regex.is_match("") => {
                    wrong.add(&field, "matches_all", "This matches every text. Use a constant rule for that.");
                }
                Ok(_) => {}
                Err(regex::Error::CompiledTooBig(_)) => {
                    wrong.add(&field, "too_costly", "This expression is too large. Write a simpler one.");
                }
                Err(_) => {
                    wrong.add(&field, "not_regex", "This is not a regular expression.");
                }
            }
        }
    }
    if rule.enabled && rule.keys.is_empty() && !rule.constant {
        wrong.add("keys", "empty", "Give it a key, or let it always fire.");
    }
    for (field, value, min, max) in [
        ("order", i64::from(rule.order), -1000, 1000),
        ("depth", rule.depth.into(), 1, 50),
        ("probability", rule.probability.into(), 0, 100),
        ("token_budget", rule.token_budget.into(), 10, 4000),
    ] {
        if !(min..=max).contains(&value) {
            wrong.add(field, "out_of_range", format!("Between {min} and {max}."));
        }
    }
    wrong.check()
}

/// What is told of an entity: its name, its summary, and of its body as many whole words as fit.
pub(super) fn told(name: &str, summary: &str, body: &str, tokens: u32) -> String {
    let mut text = if summary.is_empty() { format!("{name}:") } else { format!("{name}: {summary}") };
    if !body.trim().is_empty() {
        text.push(if summary.is_empty() { ' ' } else { '\n' });
        text.push_str(body.trim());
    }
    let room = tokens as usize * 4;
    if text.chars().count() <= room {
        return text;
    }
    let cut: String = text.chars().take(room.saturating_sub(1)).collect();
    let end = cut.rfind(char::is_whitespace).unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end())
}

/// The tokens of a text: characters / 4, rounded up, as prompts count them.
pub(super) fn tokens(text: &str) -> u64 {
    text.chars().count().div_ceil(4) as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn rule(n: u128, keys: &[&str]) -> Rule {
        let keys = keys.iter().map(|key| (*key).to_owned()).collect();
        Rule { id: EntityId(Uuid::from_u128(n)), says: LoreRuleIn { keys, ..LoreRuleIn::default() }, tokens: 10 }
    }

    fn fires(rule: &Rule, texts: &[&str]) -> LoreReason {
        activate(std::slice::from_ref(rule), texts, 1, 1000)[0].reason
    }

    #[test]
    fn keys_are_whole_words_whatever_their_case_and_accents() {
        for (key, text, fired) in [
            ("eowyn", "Where is ÉOWYN?", true),
            ("bell", "The bell-tower", true),
            ("bell", "Two bells", false),
            ("hour bell", "the Hour   Bell rings", true),
            ("c++", "they speak c++ here", true),
            ("", "anything", false),
        ] {
            assert_eq!(fires(&rule(1, &[key]), &[text]) == LoreReason::Key, fired, "{key} in {text}");
        }
    }

    #[test]
    fn secondary_keys_depth_and_constant_decide() {
        let mut lore = rule(1, &["bell"]);
        lore.says.secondary_keys = vec!["chapel".into(), "river".into()];
        for (mode, text, expected) in [
            (Secondary::Any, "bell chapel", LoreReason::Key),
            (Secondary::Any, "bell", LoreReason::Secondary),
            (Secondary::All, "bell chapel", LoreReason::Secondary),
            (Secondary::All, "river bell chapel", LoreReason::Key),
            (Secondary::Not, "bell", LoreReason::Key),
            (Secondary::Not, "bell river", LoreReason::Secondary),
        ] {
            lore.says.secondary = mode;
            assert_eq!(fires(&lore, &[text]), expected, "{mode:?} {text}");
        }
        let mut near = rule(1, &["bell"]);
        near.says.depth = 2;
        assert_eq!(fires(&near, &["bell", "b", "c"]), LoreReason::NoKey);
        assert_eq!(fires(&near, &["a", "bell", "c"]), LoreReason::Key);
        let mut always = rule(1, &[]);
        always.says.constant = true;
        assert_eq!(fires(&always, &[]), LoreReason::Constant);
        always.says.enabled = false;
        assert_eq!(fires(&always, &["bell"]), LoreReason::Disabled);
        always.says = LoreRuleIn { constant: true, probability: 0, ..LoreRuleIn::default() };
        assert_eq!(fires(&always, &["bell"]), LoreReason::Chance);
    }

    #[test]
    fn expressions_are_checked_before_they_are_kept() {
        for (key, code) in
            [(r"bells?\b", ""), ("(", "not_regex"), (r"(\w{1,200}){1,200}", "too_costly"), ("a*", "matches_all")]
        {
            let says = LoreRuleIn { keys: vec![key.into()], regex: true, ..LoreRuleIn::default() };
            let found = check(&says).err().map(|error| error.fields()[0].code.clone()).unwrap_or_default();
            assert_eq!(found, code, "{key}");
        }
        let mut lore = rule(1, &[r"\bbells?\b"]);
        lore.says.regex = true;
        assert_eq!(fires(&lore, &["Two BELLS"]), LoreReason::Key);
    }

    #[test]
    fn what_is_told_ends_with_a_whole_word_within_its_tokens() {
        assert_eq!(told("Bell", "Old.", "", 10), "Bell: Old.");
        let cut = told("Bell", "Old.", &"long words ".repeat(50), 10);
        assert!(tokens(&cut) <= 10 && cut.ends_with('…'), "{cut}");
    }

    fn any_rule() -> impl Strategy<Value = Rule> {
        (0..20_u128, "[ab]{1,2}", -3..3_i32, 1..4_u32, 0..=100_u8, any::<bool>(), 0..60_u64).prop_map(
            |(n, key, order, depth, probability, constant, tokens)| {
                let says = LoreRuleIn { keys: vec![key], order, depth, probability, constant, ..LoreRuleIn::default() };
                Rule { id: EntityId(Uuid::from_u128(n)), says, tokens }
            },
        )
    }

    proptest! {
        #[test]
        fn activation_is_the_same_for_a_seed_keeps_its_order_and_never_goes_over_the_budget(
            rules in prop::collection::vec(any_rule(), 0..12), texts in prop::collection::vec("[ab ]{0,8}", 0..5),
            seed in any::<u64>(), budget in 0..150_u64
        ) {
            let mut rules = rules;
            rules.sort_by_key(|rule| rule.id);
            rules.dedup_by_key(|rule| rule.id);
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let verdicts = activate(&rules, &texts, seed, budget);
            let mut shuffled = rules.clone();
            shuffled.reverse();
            prop_assert_eq!(&verdicts, &activate(&shuffled, &texts, seed, budget));
            let spent: u64 = verdicts.iter().filter(|verdict| verdict.fired()).map(|verdict| verdict.tokens).sum();
            prop_assert!(spent <= budget);
            let order = |id: EntityId| rules.iter().find(|rule| rule.id == id).map(|rule| (rule.says.order, rule.id));
            prop_assert!(verdicts.windows(2).all(|pair| order(pair[0].id) < order(pair[1].id)));
            prop_assert_eq!(verdicts.len(), rules.len());
        }
    }
}
