//! The yes/no oracle of solo play: a question, how likely a yes is, a hundred-sided die, now and then a twist.
//!
//! The roll is the oracle's own and changes nothing: what it answers is told, never written into the canon.

use crate::chance::Chance;

/// How likely a yes is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likelihood {
    /// One in ten.
    Hardly,
    /// Three in ten.
    Unlikely,
    /// As good as not.
    Even,
    /// Seven in ten.
    Likely,
    /// Nine in ten.
    Surely,
}

impl Likelihood {
    /// Yes in so many of a hundred cases.
    pub fn percent(self) -> u32 {
        match self {
            Self::Hardly => 10,
            Self::Unlikely => 30,
            Self::Even => 50,
            Self::Likely => 70,
            Self::Surely => 90,
        }
    }

    /// How likely the words of a question say that it is; even where they say nothing.
    pub fn of(words: &[String]) -> Self {
        let has = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
        if has(&["impossible", "impossibly", "hardly", "barely", "never"]) {
            Self::Hardly
        } else if has(&["unlikely", "doubtful", "rarely", "seldom"]) {
            Self::Unlikely
        } else if has(&["surely", "certainly", "obviously", "definitely", "certain", "always", "must"]) {
            Self::Surely
        } else if has(&["likely", "probably", "usually", "still", "expected"]) {
            Self::Likely
        } else {
            Self::Even
        }
    }
}

/// What fate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Yes or no.
    pub yes: bool,
    /// More than was asked (`and`), less (`but`), or just that.
    pub shade: Shade,
    /// Whether something else happens besides: a double on the die.
    pub twist: bool,
}

/// How far a yes or no goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shade {
    /// Yes, and; no, and.
    And,
    /// Yes; no.
    Plain,
    /// Yes, but; no, but.
    But,
}

/// Asks fate. The nearer the roll comes to the threshold, the weaker the answer; far from it, the stronger.
pub fn ask(likelihood: Likelihood, chance: &mut Chance) -> Verdict {
    let roll = chance.die(100);
    let threshold = likelihood.percent();
    let yes = roll <= threshold;
    let room = if yes { threshold } else { 100 - threshold };
    let depth = if yes { threshold - roll } else { roll - threshold - 1 };
    let shade = match depth * 5 / room.max(1) {
        0 => Shade::But,
        4 => Shade::And,
        _ => Shade::Plain,
    };
    Verdict { yes, shade, twist: roll.is_multiple_of(11) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_likelier_yes_comes_more_often() {
        let count = |likelihood| (0..2000).filter(|&seed| ask(likelihood, &mut Chance::new(seed, 0)).yes).count();
        let yes: Vec<usize> =
            [Likelihood::Hardly, Likelihood::Unlikely, Likelihood::Even, Likelihood::Likely, Likelihood::Surely]
                .into_iter()
                .map(count)
                .collect();
        assert!(yes.is_sorted() && yes[0] > 100 && yes[4] < 1900 && yes[0] < 300, "{yes:?}");
    }

    #[test]
    fn twists_and_all_shades_come() {
        let all: Vec<Verdict> = (0..500).map(|seed| ask(Likelihood::Even, &mut Chance::new(seed, 0))).collect();
        assert!(all.iter().any(|verdict| verdict.twist));
        for shade in [Shade::And, Shade::Plain, Shade::But] {
            assert!(all.iter().any(|verdict| verdict.shade == shade && verdict.yes));
            assert!(all.iter().any(|verdict| verdict.shade == shade && !verdict.yes));
        }
    }
}
