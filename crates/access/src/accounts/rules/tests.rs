//! The rules as tables.

use super::*;

fn account<'a>(username: &'a str, password: &'a str) -> NewAccount<'a> {
    NewAccount { username, display_name: "Mira", email: None, password }
}

fn refused(account: &NewAccount<'_>) -> Vec<(String, String)> {
    let Err(error) = account.check() else { return Vec::new() };
    error.fields().iter().map(|f| (f.field.clone(), f.code.clone())).collect()
}

#[test]
fn a_password_says_everything_that_is_wrong_with_it() {
    for (password, wanted) in [
        ("lanterns over the vale", &[][..]),
        ("zehnzeichen", &[]),
        ("short", &["too_short"]),
        ("", &["too_short"]),
        ("Password", &["too_short", "too_common"]),
        ("qwertyuiop", &["too_common"]),
        ("zzzzzzzzzzzzzz", &["too_common"]),
        ("mira", &["too_short", "contains_username"]),
        ("ilikeMÍRAverymuch", &["contains_username"]),
    ] {
        let found = refused(&account("Mira", password));
        let codes: Vec<_> = found.iter().map(|(_, code)| code.as_str()).collect();
        assert_eq!(codes, wanted, "{password}");
    }
    assert_eq!(refused(&account("Mira", &"ab".repeat(101)))[0].1, "too_long");
}

#[test]
fn a_username_is_letters_digits_and_three_signs() {
    for (username, wanted) in [
        ("mira", &[][..]),
        ("Björn.2-a_b", &[]),
        ("美咲", &[]),
        ("m", &["wrong_length"]),
        ("", &["wrong_length"]),
        ("mira vale", &["wrong_characters"]),
        ("<b>", &["wrong_characters"]),
    ] {
        let found = refused(&account(username, "lanterns over the vale"));
        let codes: Vec<_> = found.iter().map(|(_, code)| code.as_str()).collect();
        assert_eq!(codes, wanted, "{username}");
    }
    assert_eq!(refused(&account(&"m".repeat(33), "lanterns over the vale"))[0].1, "wrong_length");
}

#[test]
fn names_that_look_alike_are_the_same_name() {
    for (a, b) in [("Björn", "bjorn"), ("MIRA", "mira"), ("ﬁnn", "finn"), ("Cafe\u{301}", "CAFÉ")] {
        assert_eq!(username_key(a), username_key(b), "{a} {b}");
    }
    assert_ne!(username_key("mira"), username_key("mira2"));
}

#[test]
fn an_email_has_one_at_sign_between_two_parts() {
    for (email, good) in [
        ("a@b", true),
        ("mira@example.org", true),
        ("mira", false),
        ("@b", false),
        ("a@", false),
        ("a@b@c", false),
        ("a b@c", false),
    ] {
        let mut fields = Fields::default();
        check_email(&mut fields, email);
        assert_eq!(fields.check().is_ok(), good, "{email}");
    }
}

#[test]
fn a_set_up_code_survives_being_read_aloud() {
    let code = setup_code([0, 1, 31, 32, 255, 10, 20, 30]);
    assert_eq!(code, "01Z0-ZAMY");
    for typed in ["01z0zamy", " o1z0 zamy ", "0LZO-ZAMY", "01Z0-ZAMY"] {
        assert_eq!(typed_code(typed), typed_code(&code), "{typed}");
    }
    assert_ne!(typed_code("01Z0-ZAMX"), typed_code(&code));
}

#[test]
fn a_used_token_counts_only_in_grace_and_only_before_its_successor_is_used() {
    let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let ago = |seconds| Some(now - TimeDelta::seconds(seconds));
    for (used_at, fresh, wanted) in [
        (None, false, Rotation::Rotate),
        (ago(0), true, Rotation::Again),
        (ago(10), true, Rotation::Again),
        (ago(11), true, Rotation::Reused),
        (ago(1), false, Rotation::Reused),
    ] {
        assert_eq!(rotation(used_at, fresh, now), wanted, "{used_at:?} {fresh}");
    }
}

#[test]
fn a_device_ends_when_idle_or_old() {
    let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let (idle, day) = (TimeDelta::days(30), TimeDelta::days(1));
    assert!(lasts(now - day, now + day, idle, now));
    assert!(!lasts(now - day * 30, now + day, idle, now));
    assert!(!lasts(now, now, idle, now));
}

#[test]
fn a_device_is_named_by_browser_and_system() {
    for (user_agent, wanted) in [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        ("curl/8.9.0", "curl"),
        ("", "Unknown device"),
    ] {
        assert_eq!(device_label(user_agent), wanted);
    }
}
