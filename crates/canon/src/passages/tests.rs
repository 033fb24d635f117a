//! What is secret, case by case and in general.

use proptest::prelude::*;

use super::*;

/// The passages with their audiences: `*` for everyone, `!` for game masters only.
fn split(body: &str) -> Vec<(String, &str)> {
    let audience = |audience: &Audience<'_>| match audience {
        Audience::Everyone => "*".to_owned(),
        Audience::Gm => "!".to_owned(),
        Audience::Named(names) => names.join("+"),
    };
    passages(body).iter().map(|passage| (audience(&passage.audience), passage.markdown)).collect()
}

fn parts<'a>(parts: &[(&str, &'a str)]) -> Vec<(String, &'a str)> {
    parts.iter().map(|(audience, text)| ((*audience).to_owned(), *text)).collect()
}

#[test]
fn a_text_is_split_at_its_fences() {
    for (body, expected) in [
        ("", &[][..]),
        ("plain", &[("*", "plain")]),
        ("a\n:::secret\nb\n:::\nc", &[("*", "a\n"), ("!", "b\n"), ("*", "c")]),
        (":::secret [[Aldric]] [[Lantern Guild]]\nb\n:::\n", &[("Aldric+Lantern Guild", "b\n")]),
        (":::secret[[A]],[[B|the b]]\nb\n:::", &[("A+B", "b\n")]),
        // Written loosely, it is still a secret.
        ("::::  SECRET  \nb\n::::\nc", &[("!", "b\n"), ("*", "c")]),
        ("   :::secret\nb\n  :::  \nc", &[("!", "b\n"), ("*", "c")]),
        ("\t:::secret\nb", &[("!", "b")]),
        // Not closed: until the end.
        ("a\n:::secret\nb\n\nc", &[("*", "a\n"), ("!", "b\n\nc")]),
        ("a\n:::secret", &[("*", "a\n")]),
        // Lines may end in any way.
        ("a\r\n:::secret\r\nb\r\n:::\r\nc", &[("*", "a\r\n"), ("!", "b\r\n"), ("*", "c")]),
        ("a\r:::secret\rb\r:::\rc", &[("*", "a\r"), ("!", "b\r"), ("*", "c")]),
        // In a code block it is text.
        ("```\n:::secret\nb\n:::\n```\nc", &[("*", "```\n:::secret\nb\n:::\n```\nc")]),
        ("- ~~~ md\n  :::secret\n  ~~~~\nc", &[("*", "- ~~~ md\n  :::secret\n  ~~~~\nc")]),
        (":::secret\n```\n:::\n```\nb\n:::\nc", &[("!", "```\n:::\n```\nb\n"), ("*", "c")]),
        ("`:::secret` hides", &[("*", "`:::secret` hides")]),
        // A block that never ends opens nothing, and closes nothing.
        ("```\na\n:::secret\nb\n:::\nc", &[("*", "```\na\n"), ("!", "b\n"), ("*", "c")]),
        ("````\na\n:::secret\nb\n:::\n```", &[("*", "````\na\n"), ("!", "b\n"), ("*", "```")]),
        (":::secret\n```\nb\n:::\nc", &[("!", "```\nb\n:::\nc")]),
        // One inside another, and other directives.
        (":::secret\na\n:::secret [[A]]\nb\n:::\nc\n:::\nd", &[("!", "a\n"), ("!", "b\n"), ("!", "c\n"), ("*", "d")]),
        (":::secret [[A]]\na\n:::secret [[B]]\nb\n:::\nc", &[("A", "a\n"), ("!", "b\n"), ("A", "c")]),
        (":::secret\n:::note\na\n:::\nb\n:::\nc", &[("!", ":::note\na\n:::\nb\n"), ("*", "c")]),
        (":::note\na\n:::\n:::secrets\nb\n:::", &[("*", ":::note\na\n:::\n:::secrets\nb\n:::")]),
        // What is not written well is for nobody else.
        (":::secret Aldric\nb\n:::\nc", &[("!", "b\n"), ("*", "c")]),
        (":::secret [[Aldric]\nb\n:::\nc", &[("!", "b\n"), ("*", "c")]),
        ("> :::secret\n> b\n> :::\nc", &[("!", "> b\n> :::\nc")]),
        ("1. :::secret\nb\n:::\nc", &[("!", "b\n"), ("*", "c")]),
    ] {
        assert_eq!(split(body), parts(expected), "{body:?}");
    }
}

#[test]
fn what_has_to_be_corrected_is_said_with_its_line() {
    let said = |body| check(body).into_iter().map(|misfit| (misfit.line, misfit.code)).collect::<Vec<_>>();
    assert!(said("a\n:::secret [[A]]\nb\n:::\n```\n> :::secret\n```\n:::secret\nnot closed").is_empty());
    assert_eq!(said("a\n> :::secret\n"), [(2, "passage_misplaced")]);
    assert_eq!(said(":::secret\n:::secret\n:::\n:::"), [(2, "passage_nested")]);
    assert_eq!(said(":::secret Aldric\n:::"), [(1, "audience_unreadable")]);
    assert_eq!(said(":::secret [[ ]]\n:::"), [(1, "audience_unreadable")]);
}

#[test]
fn what_a_reader_may_not_know_leaves_no_trace() {
    let body = "One.\n\n:::secret\nhidden\n:::\n\nTwo.\n\n:::secret [[A]]\n\nfor A\n\n:::\n\n    code\n";
    assert_eq!(open(body), "One.\n\nTwo.\n\n    code");
    let for_a = |names: &[&str]| names.contains(&"A");
    assert_eq!(render(body, for_a), "One.\n\nTwo.\n\n:::secret\nfor A\n:::\n\n    code");
    assert_eq!(unfenced(&render(body, for_a)), "One.\n\nTwo.\n\nfor A\n\n    code");
    let between = ":::secret [[A]]\none\n:::\n:::secret\nhidden\n:::\n:::secret [[A]] [[B]]\ntwo\n:::";
    assert_eq!(render(between, for_a), ":::secret\none\n\ntwo\n:::");
    assert_eq!(open(between), "");
    assert_eq!(open("kept\r\n as it is \n\n"), "kept\r\n as it is \n\n");
}

#[test]
fn a_hostile_text_is_read_in_one_go() {
    assert_eq!(passages(&"```a\n".repeat(20_000)).len(), 1);
    assert_eq!(passages(&":::secret\n".repeat(10_000)).len(), 0);
    assert_eq!(passages(&"> ".repeat(50_000)).len(), 1);
}

/// Lines that mean something, and lines that hold a word found nowhere else.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just("word".to_owned()),
        2 => Just(":::secret".to_owned()),
        2 => Just(":::secret [[A]]".to_owned()),
        1 => Just(":::secret [[A]] [[B]]".to_owned()),
        3 => Just(":::".to_owned()),
        1 => Just(":::note".to_owned()),
        1 => Just("```".to_owned()),
        1 => Just("~~~".to_owned()),
        1 => Just("> ```".to_owned()),
        1 => Just("- :::secret".to_owned()),
        1 => Just(String::new()),
    ]
}

proptest! {
    #[test]
    fn nobody_gets_a_word_of_a_passage_for_others(
        lines in prop::collection::vec((line(), prop_oneof![Just("\n"), Just("\r\n"), Just("\r")]), 0..40),
        knows_a: bool,
        knows_b: bool,
    ) {
        let mut body = String::new();
        for (n, (line, end)) in lines.iter().enumerate() {
            body.push_str(&if line == "word" { format!("word{n:03}x") } else { line.clone() });
            body.push_str(end);
        }
        let knows = |names: &[&str]| (knows_a && names.contains(&"A")) || (knows_b && names.contains(&"B"));
        let rendered = render(&body, knows);
        let all = passages(&body);
        for passage in &all {
            let may = match &passage.audience {
                Audience::Everyone => true,
                Audience::Gm => false,
                Audience::Named(names) => knows(names),
            };
            for word in passage.markdown.split(|c: char| !c.is_alphanumeric()).filter(|w| w.starts_with("word")) {
                prop_assert_eq!(rendered.contains(word), may, "{} in {:?} of {:?}", word, rendered, body);
            }
        }
        prop_assert!(!rendered.contains("[[A]]") || all.iter().any(|p| p.markdown.contains("[[A]]")));
        // Nothing that was open becomes secret, or the other way round, by what was left out.
        prop_assert_eq!(open(&open(&body)).into_owned(), open(&body).into_owned());
    }

    #[test]
    fn any_text_is_split_without_loss_of_words(body in "[ab:`~>\\[\\]\n\r -]{0,200}") {
        let fences: usize = body.len() - passages(&body).iter().map(|p| p.markdown.len()).sum::<usize>();
        prop_assert!(fences == 0 || body.contains(":::"));
    }
}
