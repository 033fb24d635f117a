use proptest::prelude::*;

use super::*;

type Names = NameIndex<bool>;

fn index(names: &[(&str, &[&str])]) -> Names {
    let mut index = Names::default();
    for (n, (name, aliases)) in names.iter().enumerate() {
        put(&mut index, n, name, aliases, true);
    }
    index
}

fn id(n: usize) -> Uuid {
    Uuid::from_u128(n as u128 + 1)
}

fn put(index: &mut Names, n: usize, name: &str, aliases: &[&str], open: bool) {
    let names = [(NameKind::Name, name)].into_iter().chain(aliases.iter().map(|alias| (NameKind::Alias, *alias)));
    index.put(id(n), names, open);
}

fn search(index: &Names, text: &str, mode: Mode) -> Vec<Found> {
    index.search(Ask { text, mode, cut_off: 0.7 }, 10, |_, _| true, |id, _| id)
}

fn first(index: &Names, text: &str, mode: Mode) -> Option<(String, How)> {
    search(index, text, mode).into_iter().next().map(|found| (found.name, found.how))
}

const WORLD: &[(&str, &[&str])] = &[
    ("Drizzt Do'Urden", &["the Drow Ranger"]),
    ("Phandalin", &[]),
    ("Neverwinter", &["Jewel of the North"]),
    ("Orb of the Hollow Grave", &[]),
    ("Grave of the Hollow King", &[]),
    ("Þórr Ærøson", &[]),
    ("Владимир", &[]),
    ("Ἀθηνᾶ", &[]),
    ("東京都", &[]),
    ("京都", &[]),
    ("مُحَمَّد", &[]),
    ("दिल्ली", &[]),
    ("한국의 탑", &[]),
    ("Straße der Könige", &[]),
];

#[test]
fn a_name_is_found_however_it_is_written_or_heard() {
    use How::{Exact, Prefix, Sound, Spelling};
    use Mode::{Spoken, Typing, Whole};
    let index = index(WORLD);
    for (text, mode, name, how) in [
        ("drizzt do'urden", Whole, "Drizzt Do'Urden", Exact),
        ("Drizzt Do Urden", Whole, "Drizzt Do'Urden", Exact),
        ("dritst do urden", Whole, "Drizzt Do'Urden", Sound),
        ("drow ranger", Whole, "the Drow Ranger", Prefix),
        ("driz", Typing, "Drizzt Do'Urden", Prefix),
        ("orb of the hol", Typing, "Orb of the Hollow Grave", Prefix),
        ("grave hollow orb", Whole, "Orb of the Hollow Grave", Prefix),
        ("orb hollow", Whole, "Orb of the Hollow Grave", Prefix),
        ("fandolin", Whole, "Phandalin", Sound),
        ("fandolin", Spoken, "Phandalin", Sound),
        ("phxndaqin", Whole, "Phandalin", Spelling),
        ("never winter", Whole, "Neverwinter", Exact),
        ("thorr aeroson", Whole, "Þórr Ærøson", Exact),
        ("thor eroson", Whole, "Þórr Ærøson", Sound),
        ("vladimir", Whole, "Владимир", Sound),
        ("владимер", Whole, "Владимир", Sound),
        ("athina", Whole, "Ἀθηνᾶ", Sound),
        ("αθήνα", Whole, "Ἀθηνᾶ", Exact),
        ("京都", Whole, "京都", Exact),
        ("東京", Typing, "東京都", Prefix),
        ("محمد", Whole, "مُحَمَّد", Exact),
        ("दिल्ली", Whole, "दिल्ली", Exact),
        ("한국", Typing, "한국의 탑", Prefix),
        ("strasse der koenige", Whole, "Straße der Könige", Sound),
    ] {
        assert_eq!(first(&index, text, mode), Some((name.to_owned(), how)), "{text}");
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    let index = index(WORLD);
    for text in ["kubernetes", "microwave oven", "xqjk", "", "   ", "…", "\0", "大阪"] {
        assert_eq!(first(&index, text, Mode::Whole), None, "{text}");
    }
}

#[test]
fn a_name_comes_before_an_alias_and_both_before_what_was_misheard() {
    let mut index = Names::default();
    index.put(id(1), [(NameKind::Name, "Shadow"), (NameKind::HeardAs, "Vesper")], true);
    index.put(id(2), [(NameKind::Name, "Nightfall"), (NameKind::Alias, "Vesper")], true);
    index.put(id(3), [(NameKind::Name, "Vesper")], true);
    let found = search(&index, "vesper", Mode::Whole);
    let order: Vec<(Uuid, NameKind)> = found.iter().map(|found| (found.id, found.kind)).collect();
    assert_eq!(order, [(id(3), NameKind::Name), (id(2), NameKind::Alias), (id(1), NameKind::HeardAs)]);
}

#[test]
fn what_is_taken_out_or_renamed_is_found_no_more() {
    let mut index = index(WORLD);
    put(&mut index, 1, "Leilon", &[], true);
    assert_eq!(first(&index, "phandalin", Mode::Whole), None);
    assert_eq!(first(&index, "leilon", Mode::Whole), Some(("Leilon".to_owned(), How::Exact)));
    assert!(index.remove(id(1)) && !index.remove(id(1)));
    assert_eq!(first(&index, "leilon", Mode::Whole), None);
    assert_eq!(index.len(), WORLD.len() - 1);
}

#[test]
fn a_part_of_a_word_leads_to_every_name_that_may_hold_it() {
    let index = index(WORLD);
    let holding = |part: &str| index.perhaps_containing(part).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    assert!(holding("verwin").contains(&id(2)) && !holding("verwin").contains(&id(1)));
    // Short, small or dense parts say nothing: everything is looked at.
    for part in ["a", "the", "京", "%"] {
        assert_eq!(holding(part).len(), WORLD.len(), "{part}");
    }
}

#[test]
fn names_are_recognised_inside_a_text() {
    let index = index(WORLD);
    for (text, wanted) in [
        (
            "They met Drizzt Do'Urden, near Neverwinter.",
            &[("Drizzt Do'Urden", How::Exact), ("Neverwinter", How::Exact)][..],
        ),
        ("Phandalin's gate; the drow ranger's bow", &[("Phandalin's", How::Exact), ("the drow ranger's", How::Exact)]),
        ("we rode to fandalin at dawn", &[("fandalin", How::Sound)]),
        ("die Straße der Könige.", &[("Straße der Könige", How::Exact)]),
        ("昨日は東京都に行った", &[("東京都", How::Exact)]),
        ("of the grave", &[]),
        ("", &[]),
    ] {
        let mentions = index.mentions(text, |_, _| true, |id, _| id);
        let found: Vec<(&str, How)> = mentions.iter().map(|m| (&text[m.range.clone()], m.how)).collect();
        assert_eq!(found, wanted, "{text}");
    }
    assert!(index.mentions("Neverwinter", |_, open| !open, |id, _| id).is_empty());
}

fn any_name() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        proptest::sample::select(vec!["ka", "ra", "lin", "dor", "mor", "el", " ", " of ", "the ", "th"]),
        1..6,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// What somebody finds is what they would find if all they may not know had never been written.
    #[test]
    fn hidden_names_change_nothing(
        names in proptest::collection::vec((any_name(), any::<bool>()), 1..150),
        queries in proptest::collection::vec(any_name(), 5),
    ) {
        let (mut all, mut open) = (Names::default(), Names::default());
        for (n, (name, is_open)) in names.iter().enumerate() {
            put(&mut all, n, name, &[], *is_open);
            if *is_open {
                put(&mut open, n, name, &[], true);
            }
        }
        for query in &queries {
            for mode in [Mode::Whole, Mode::Typing, Mode::Spoken] {
                let ask = Ask { text: query, mode, cut_off: 0.5 };
                let seen = all.search(ask, 10, |_, open| *open, |id, _| id);
                prop_assert_eq!(seen, open.search(ask, 10, |_, _| true, |id, _| id));
            }
            let seen = all.mentions(query, |_, open| *open, |id, _| id);
            prop_assert_eq!(seen, open.mentions(query, |_, _| true, |id, _| id));
        }
    }

    /// An index that was changed answers like one that was built at once.
    #[test]
    fn changes_leave_no_trace(
        before in proptest::collection::vec(any_name(), 1..40),
        after in proptest::collection::vec(any_name(), 1..40),
        query in any_name(),
    ) {
        let mut changed = Names::default();
        for (n, name) in before.iter().enumerate() {
            put(&mut changed, n, name, &[], true);
        }
        for n in 0..before.len().max(after.len()) {
            match after.get(n) {
                Some(name) => put(&mut changed, n, name, &[], true),
                None => { changed.remove(id(n)); }
            }
        }
        let mut fresh = Names::default();
        for (n, name) in after.iter().enumerate() {
            put(&mut fresh, n, name, &[], true);
        }
        prop_assert_eq!(search(&changed, &query, Mode::Typing), search(&fresh, &query, Mode::Typing));
        prop_assert_eq!(changed.len(), fresh.len());
    }
}
