//! What notations are read, what they are refused for, and that a throw is the same for ever.

use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Dice {
    Dice::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"))
}

#[test]
fn notations_are_read_and_written_canonically() {
    for (text, canonical) in [
        ("2d6+3", "2d6+3"),
        ("  2 D 6 + 3 ", "2d6+3"),
        ("4d6kh3", "4d6kh3"),
        ("4d6k3", "4d6kh3"),
        ("4D6KL1", "4d6kl1"),
        ("4d6kl", "4d6kl1"),
        ("d20", "1d20"),
        ("d20 adv", "2d20kh1"),
        ("d20adv+5", "2d20kh1+5"),
        ("1d20+5 disadvantage", "2d20kl1+5"),
        ("D%", "1d100"),
        ("1d20+2d4-1", "1d20+2d4-1"),
        ("3d6!", "3d6!"),
        ("4d6!kh3", "4d6!kh3"),
        ("2d20kh1+5", "2d20kh1+5"),
        ("-1d4 − 2", "-1d4-2"),
        ("+7", "7"),
        ("100d1000", "100d1000"),
    ] {
        assert_eq!(parse(text).to_string(), canonical, "{text}");
    }
}

#[test]
fn what_is_wrong_with_a_notation_is_named() {
    for (text, code) in [
        ("", "empty"),
        ("   ", "empty"),
        (&"1+".repeat(40)[..], "too_long"),
        ("9999999d9999999", "too_many_dice"),
        ("101d6", "too_many_dice"),
        ("60d6+60d6", "too_many_dice"),
        ("1d1001", "too_many_sides"),
        ("1d99999999999999999999", "too_many_sides"),
        ("1+1+1+1+1+1+1+1+1+1+1", "too_many_terms"),
        ("d6+100001", "too_large"),
        ("0d6", "too_few"),
        ("1d0", "too_few"),
        ("3d1!", "too_few"),
        ("4d6kh5", "keep"),
        ("4d6kh0", "keep"),
        ("2d6+", "not_dice"),
        ("d", "not_dice"),
        ("2d 6 7", "not_dice"),
        ("sword", "not_dice"),
        ("2d6 adv", "not_dice"),
        ("d20 adv dis", "not_dice"),
        ("d20+d20 adv", "not_dice"),
        ("adv", "not_dice"),
        ("2d6dl1", "not_dice"),
        ("2x6", "not_dice"),
    ] {
        let error = Dice::parse(text).expect_err(text);
        assert_eq!((error.fields()[0].field.as_str(), error.fields()[0].code.as_str()), ("notation", code), "{text}");
    }
}

#[test]
fn a_seed_throws_the_same_dice_for_ever() {
    let seen = |text: &str, seed| {
        let roll = parse(text).roll(seed);
        (roll.dice.iter().map(|d| if d.kept { d.value } else { -d.value }).collect::<Vec<_>>(), roll.total)
    };
    assert_eq!(seen("5d20", 1), (vec![5, 17, 8, 12, 3], 45));
    assert_eq!(seen("4d6kh3+2", 42), (vec![-3, 4, 6, 5], 17));
    assert_eq!(seen("3d1000", u64::MAX), (vec![213, 693, 175], 1_081));
    assert_eq!(seen("6d2!", 7), (vec![1, 1, 2, 1, 2, 1, 2, 2, 1, 1], 14));
    // The first two are the published first outputs of SplitMix64 from 0.
    let first = [0xE220_A839_7B1D_CDAF_u64 >> 11, 0x6E78_9E6A_A1B9_65F4 >> 11];
    assert_eq!([sub_seed(0, 0), sub_seed(0, 1)], first);
    assert_eq!(sub_seed(42, 7), 7_211_450_843_255_749);
}

#[test]
fn advantage_keeps_the_better_of_two_and_disadvantage_the_worse() {
    for seed in 0..50 {
        let values = |roll: &Roll| roll.dice.iter().map(|d| d.value).collect::<Vec<_>>();
        let better = parse("d20 adv").roll(seed);
        assert_eq!(better.total, values(&better).into_iter().max().unwrap());
        let worse = parse("d20 dis").roll(seed);
        assert_eq!(worse.total, values(&worse).into_iter().min().unwrap());
    }
}

#[test]
fn every_side_comes_up_about_equally_often() {
    let mut seen = [0_u32; 20];
    for seed in 0..400 {
        parse("100d20").roll(seed).dice.iter().for_each(|d| seen[d.value as usize - 1] += 1);
    }
    assert!(seen.iter().all(|n| (1_850..2_150).contains(n)), "{seen:?}");
}

#[test]
fn a_die_explodes_only_so_often() {
    let most = (0..3_000).map(|seed| parse("1d2!").roll(seed).dice.len()).max().unwrap();
    assert_eq!(most, 1 + MAX_EXPLOSIONS as usize);
}

fn notations() -> impl Strategy<Value = String> {
    let keep = prop_oneof![Just(""), Just("kh"), Just("kl"), Just("KH1"), Just(" k 1")];
    let throw = (1..=20_u32, 2..=1_000_u32, any::<bool>(), keep)
        .prop_map(|(count, sides, bang, keep)| format!("{count}d{sides}{}{keep}", if bang { "!" } else { "" }));
    let term = prop_oneof![3 => throw, 1 => (0..=MAX_NUMBER).prop_map(|n| n.to_string())];
    proptest::collection::vec((any::<bool>(), term), 1..=4).prop_map(|terms| {
        terms.into_iter().map(|(minus, term)| format!("{}{term}", if minus { "-" } else { "+" })).collect()
    })
}

proptest! {
    #[test]
    fn a_total_lies_within_its_bounds_and_is_the_sum_of_what_is_kept(text in notations(), seed: u64) {
        let dice = parse(&text);
        let roll = dice.roll(seed);
        prop_assert!((dice.min()..=dice.max()).contains(&roll.total));
        prop_assert_eq!(roll.total, roll.modifier + roll.dice.iter().filter(|d| d.kept).map(|d| d.value).sum::<i32>());
        prop_assert!(roll.dice.iter().all(|d| (1..=d.sides as i32).contains(&d.value.abs())));
    }

    #[test]
    fn what_is_written_reads_back_the_same(text in notations(), seed: u64) {
        let dice = parse(&text);
        let written = dice.to_string();
        prop_assume!(written.chars().count() <= MAX_NOTATION);
        prop_assert_eq!(&parse(&written), &dice);
        prop_assert_eq!(parse(&written).roll(seed), dice.roll(seed));
    }

    #[test]
    fn as_many_dice_are_kept_as_asked(count in 1..=100_u32, sides in 2..=20_u32, kept in 1..=100_u32, lowest: bool, seed: u64) {
        let kept = kept.min(count);
        let roll = parse(&format!("{count}d{sides}k{}{kept}", if lowest { 'l' } else { 'h' })).roll(seed);
        let (inside, outside): (Vec<_>, Vec<_>) = roll.dice.iter().partition(|d| d.kept);
        prop_assert_eq!(inside.len(), kept as usize);
        for (a, b) in inside.iter().flat_map(|a| outside.iter().map(move |b| (a.value, b.value))) {
            let right = if lowest { a <= b } else { a >= b };
            prop_assert!(right);
        }
    }

    #[test]
    fn nothing_that_is_written_panics(text in any::<String>(), like in "[0-9dDkKhHlL!%+ advis-]{0,70}", seed: u64) {
        for text in [text, like] {
            if let Ok(dice) = Dice::parse(&text) {
                let roll = dice.roll(seed);
                prop_assert!(roll.dice.len() <= (MAX_DICE * (1 + MAX_EXPLOSIONS)) as usize);
            }
        }
    }
}
