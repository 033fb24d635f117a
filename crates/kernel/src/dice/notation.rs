//! Reading a notation: one pass over its characters, limits checked as soon as a number is known.

use std::{iter::Peekable, str::Chars};

use crate::{Error, Result};

use super::{Dice, Keep, MAX_DICE, MAX_NOTATION, MAX_NUMBER, MAX_SIDES, MAX_TERMS, Term, Throw, What};

pub(super) fn read(text: &str) -> Result<Dice> {
    if text.trim().is_empty() {
        return Err(refused("empty", "Write dice, such as 2d6+3."));
    }
    if text.chars().count() > MAX_NOTATION {
        return Err(refused("too_long", format!("At most {MAX_NOTATION} characters.")));
    }
    Reader { rest: text.chars().peekable() }.sum()
}

fn refused(code: &str, message: impl Into<String>) -> Error {
    Error::field("notation", code, message)
}

fn not_dice() -> Error {
    refused("not_dice", "This is not a dice notation. Write something like 2d6+3, 4d6kh3, d20 adv or d%.")
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
}

impl Reader<'_> {
    fn sum(mut self) -> Result<Dice> {
        let (mut terms, mut edge) = (Vec::new(), None);
        loop {
            self.spaces();
            let minus = match self.rest.peek() {
                Some('+') => self.skip(false),
                Some('-' | '−' | '–') => self.skip(true),
                Some(_) if terms.is_empty() => false,
                Some('a' | 'A' | 'd' | 'D') if edge.is_none() => {
                    edge = Some(self.edge()?);
                    continue;
                }
                Some(_) => return Err(not_dice()),
                None => break,
            };
            self.spaces();
            let what = self.term()?;
            terms.push(Term { minus, what });
            if terms.len() > MAX_TERMS {
                return Err(refused("too_many_terms", format!("At most {MAX_TERMS} terms.")));
            }
        }
        if let Some(keep) = edge {
            apply_edge(&mut terms, keep)?;
        }
        let dice = Dice { terms };
        if dice.count() > MAX_DICE {
            return Err(refused("too_many_dice", format!("At most {MAX_DICE} dice.")));
        }
        Ok(dice)
    }

    fn term(&mut self) -> Result<What> {
        let count = self.number();
        self.spaces();
        if !self.die() {
            return match count {
                Some(n) if n > MAX_NUMBER => Err(refused("too_large", format!("No number above {MAX_NUMBER}."))),
                Some(n) => Ok(What::Number(n)),
                None => Err(not_dice()),
            };
        }
        self.spaces();
        let count = count.unwrap_or(1);
        let sides = if self.rest.next_if_eq(&'%').is_some() { 100 } else { self.number().ok_or_else(not_dice)? };
        if count == 0 || sides == 0 {
            return Err(refused("too_few", "At least one die with at least one side."));
        }
        if count > MAX_DICE {
            return Err(refused("too_many_dice", format!("At most {MAX_DICE} dice.")));
        }
        if sides > MAX_SIDES {
            return Err(refused("too_many_sides", format!("At most {MAX_SIDES} sides.")));
        }
        self.spaces();
        let explodes = self.rest.next_if_eq(&'!').is_some();
        if explodes && sides == 1 {
            return Err(refused("too_few", "A die that explodes needs at least two sides."));
        }
        self.spaces();
        let keep = if self.rest.next_if(|c| matches!(c, 'k' | 'K')).is_some() { Some(self.keep(count)?) } else { None };
        Ok(What::Throw(Throw { count, sides, explodes, keep }))
    }

    /// Passes the `d` of a die; the `d` of `disadvantage` stays.
    fn die(&mut self) -> bool {
        let mut ahead = self.rest.clone();
        let die = matches!(ahead.next(), Some('d' | 'D'))
            && ahead.find(|c| !c.is_whitespace()).is_some_and(|c| c == '%' || c.is_ascii_digit());
        die && self.rest.next().is_some()
    }

    fn keep(&mut self, count: u32) -> Result<Keep> {
        let lowest = match self.rest.peek() {
            Some('h' | 'H') => self.skip(false),
            Some('l' | 'L') => self.skip(true),
            _ => false,
        };
        self.spaces();
        let n = self.number().unwrap_or(1);
        if n == 0 || n > count {
            return Err(refused("keep", format!("Keep at least 1 and at most {count} of these dice.")));
        }
        Ok(if lowest { Keep::Lowest(n) } else { Keep::Highest(n) })
    }

    fn edge(&mut self) -> Result<Keep> {
        let mut word = String::new();
        while let Some(c) = self.rest.next_if(char::is_ascii_alphabetic) {
            word.push(c.to_ascii_lowercase());
        }
        match word.as_str() {
            "adv" | "advantage" => Ok(Keep::Highest(1)),
            "dis" | "disadvantage" => Ok(Keep::Lowest(1)),
            _ => Err(not_dice()),
        }
    }

    /// Digits; a number too large to hold is as good as the largest, which is over every limit.
    fn number(&mut self) -> Option<u32> {
        let mut number: Option<u32> = None;
        while let Some(c) = self.rest.next_if(char::is_ascii_digit) {
            let digit = c as u32 - '0' as u32;
            number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(digit));
        }
        number
    }

    fn spaces(&mut self) {
        while self.rest.next_if(|c| c.is_whitespace()).is_some() {}
    }

    fn skip<T>(&mut self, answer: T) -> T {
        self.rest.next();
        answer
    }
}

/// Advantage is the better of two d20, disadvantage the worse; it makes sense for exactly one plain d20.
fn apply_edge(terms: &mut [Term], keep: Keep) -> Result<()> {
    let mut throws =
        terms.iter_mut().filter_map(|t| if let What::Throw(throw) = &mut t.what { Some(throw) } else { None });
    match (throws.next(), throws.next()) {
        (Some(throw @ Throw { count: 1, sides: 20, explodes: false, keep: None }), None) => {
            throw.count = 2;
            throw.keep = Some(keep);
            Ok(())
        }
        _ => Err(refused("not_dice", "Advantage and disadvantage go with one d20, such as d20+5 adv.")),
    }
}
