//! What tables are refused for, and what a seed gives.

use proptest::prelude::*;
use skald_kernel::TableId;
use uuid::Uuid;

use super::{
    dto::{TableIn, TableRow},
    rules::{self, Known, Stored},
};

fn range(from: i32, to: i32, text: &str) -> TableRow {
    TableRow { from: Some(from), to: Some(to), text: text.to_owned(), ..TableRow::default() }
}

fn weighted(weight: u32, text: &str) -> TableRow {
    TableRow { weight: Some(weight), text: text.to_owned(), ..TableRow::default() }
}

fn id(n: u128) -> TableId {
    TableId(Uuid::from_u128(n))
}

fn table(n: u128, name: &str, rows: Vec<TableRow>) -> Stored {
    Stored { id: id(n), name: name.to_owned(), dice: None, rows }
}

fn input(name: &str, dice: Option<&str>, rows: Vec<TableRow>) -> TableIn {
    TableIn { name: name.to_owned(), description: String::new(), dice: dice.map(str::to_owned), rows }
}

fn wrong(dice: Option<&str>, rows: Vec<TableRow>) -> Vec<(String, String, String)> {
    let mut table = input("Weather", dice, rows);
    rules::tidy(&mut table);
    let Err(error) = rules::check(&mut table) else { return Vec::new() };
    error.fields().iter().map(|f| (f.field.clone(), f.code.clone(), f.message.clone())).collect()
}

#[test]
fn ranges_hold_every_total_once() {
    let fair = vec![range(6, 12, "fog"), range(2, 2, "snow"), range(3, 5, "rain")];
    assert!(wrong(Some("2d6"), fair).is_empty(), "in any order");
    let cases: [(Vec<TableRow>, &str, &str, &str); 5] = [
        (vec![range(2, 4, "a"), range(6, 11, "b")], "rows", "gap", "No row has 5, 12."),
        (vec![range(2, 7, "a"), range(6, 12, "b")], "rows.1.from", "overlap", "Another row has 6 to 7 already."),
        (vec![range(1, 12, "a")], "rows.0.from", "out_of_range", "2d6 gives 2 to 12."),
        (vec![range(5, 4, "a")], "rows.0.to", "out_of_range", "The end lies before the beginning."),
        (vec![weighted(1, "a")], "rows.0.from", "empty", "Say which totals lead here."),
    ];
    for (rows, field, code, message) in cases {
        assert_eq!(wrong(Some("2d6"), rows), [(field.to_owned(), code.to_owned(), message.to_owned())]);
    }
    assert_eq!(wrong(Some("two"), vec![range(1, 2, "a")])[0].0, "dice");
}

#[test]
fn tables_that_lead_back_to_themselves_are_refused_with_the_way() {
    let others = vec![table(2, "Loot", vec![weighted(1, "a {{Gém}}")]), table(3, "gem", vec![weighted(1, "ruby")])];
    let chest = input("Chest", None, vec![weighted(1, "{{loot}} and {{ Loot }}")]);
    rules::check_among(id(1), &chest, others.clone()).unwrap();
    let gem = input("Gem", None, vec![weighted(1, "{{loot}}")]);
    let error = rules::check_among(id(3), &gem, others[..1].to_vec()).unwrap_err();
    assert!(error.detail().contains("Gem → Loot → Gem"), "{error}");
    let missing = input("Gem", None, vec![weighted(1, "{{nothing}}")]);
    assert_eq!(rules::check_among(id(3), &missing, Vec::new()).unwrap_err().fields()[0].code, "unknown_table");
    let taken = input("GEM", None, vec![weighted(1, "x")]);
    assert_eq!(rules::check_among(id(9), &taken, others).unwrap_err().fields()[0].code, "taken");
}

#[test]
fn a_roll_puts_other_tables_results_into_its_text() {
    let gem = table(2, "Gem", vec![weighted(1, "ruby")]);
    let mut row = weighted(1, "A {{gem}} in {{no such}}");
    row.table_id = Some(id(2));
    let chest = table(1, "Chest", vec![row]);
    let known = Known::new(vec![chest.clone(), gem]);
    let rolled = &rules::roll(&known, &chest, 7, 1)[0];
    assert_eq!(rolled.text, "A ruby in {{no such}}: ruby");
    assert_eq!(rolled.nested.iter().map(|nested| nested.table.as_str()).collect::<Vec<_>>(), ["Gem", "Gem"]);
}

#[test]
fn a_circle_that_came_about_all_the_same_ends() {
    let loop_ = table(1, "Loop", vec![weighted(1, "{{loop}} {{other}}")]);
    let other = table(2, "Other", vec![weighted(1, "{{loop}}")]);
    let known = Known::new(vec![loop_.clone(), other]);
    assert_eq!(rules::roll(&known, &loop_, 1, 1)[0].text, "{{loop}} {{loop}}");
}

#[test]
fn rolls_within_rolls_are_bounded() {
    let mut tables: Vec<Stored> = (0..8)
        .map(|n| table(n, &format!("t{n}"), vec![weighted(1, &format!("{{{{t{}}}}}", n + 1).repeat(9))]))
        .collect();
    tables.push(table(8, "t8", vec![weighted(1, "x")]));
    let start = tables[0].clone();
    let rolled = rules::roll(&Known::new(tables), &start, 1, 1);
    assert!(rolled[0].text.len() < 10_000, "{}", rolled[0].text.len());
}

proptest! {
    #[test]
    fn the_same_seed_gives_the_same_results_and_a_longer_roll_begins_like_a_shorter(
        seed in 0..1_u64 << 53, weights in prop::collection::vec(1..50_u32, 1..12), count in 1..8_u32
    ) {
        let rows = weights.iter().enumerate().map(|(i, weight)| weighted(*weight, &i.to_string())).collect();
        let any = table(1, "Any", rows);
        let known = Known::new(vec![any.clone()]);
        let first = rules::roll(&known, &any, seed, count);
        prop_assert_eq!(&first, &rules::roll(&known, &any, seed, count));
        prop_assert_eq!(&first[..], &rules::roll(&known, &any, seed, count + 3)[..count as usize]);
        for rolled in first {
            prop_assert!(rolled.row.is_some_and(|row| (row as usize) < weights.len()));
        }
    }

    #[test]
    fn every_row_is_reached_as_often_as_its_weight_says(weights in prop::collection::vec(1..5_u32, 1..6)) {
        let rows = weights.iter().enumerate().map(|(i, weight)| weighted(*weight, &i.to_string())).collect();
        let any = table(1, "Any", rows);
        let known = Known::new(vec![any.clone()]);
        let mut met = vec![0_u32; weights.len()];
        for seed in 0..4_000 {
            met[rules::roll(&known, &any, seed, 1)[0].row.unwrap() as usize] += 1;
        }
        let all: u32 = weights.iter().sum();
        for (weight, met) in weights.iter().zip(met) {
            let expected = 4_000.0 * f64::from(*weight) / f64::from(all);
            prop_assert!((f64::from(met) - expected).abs() < 6.0 * expected.sqrt(), "{met} instead of {expected}");
        }
    }

    #[test]
    fn ranges_that_are_accepted_have_a_row_for_every_roll(cuts in prop::collection::btree_set(3..18_i32, 0..6), seed in 0..1_u64 << 53) {
        let mut rows = Vec::new();
        let mut from = 3;
        for cut in cuts.into_iter().filter(|cut| *cut < 18).chain([18]) {
            rows.push(range(from, cut, "x"));
            from = cut + 1;
        }
        prop_assert!(wrong(Some("3d6"), rows.clone()).is_empty());
        let dice = Stored { dice: Some("3d6".to_owned()), ..table(1, "Any", rows) };
        let rolled = rules::roll(&Known::new(vec![dice.clone()]), &dice, seed, 3);
        prop_assert!(rolled.iter().all(|rolled| rolled.row.is_some() && rolled.dice.len() == 3));
    }
}
