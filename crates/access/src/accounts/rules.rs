//! Pure rules: names, passwords, codes, labels of devices, and what becomes of a refresh token.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use skald_kernel::error::Fields;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// How long a used refresh token still gives the same successor: an answer may be lost on the way.
const GRACE: TimeDelta = TimeDelta::seconds(10);
/// How long a device lasts at most, used or not.
pub(super) const LONGEST: TimeDelta = TimeDelta::days(90);
const PASSWORD: std::ops::RangeInclusive<usize> = 10..=200;
const USERNAME: std::ops::RangeInclusive<usize> = 2..=32;
const DISPLAY_NAME: usize = 60;
const EMAIL: usize = 254;
/// Crockford's letters and digits: none looks like another.
const CODE_LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Passwords everybody tries first, in lower case.
const COMMON: &[&str] = &[
    "0123456789",
    "0987654321",
    "1111111111",
    "1122334455",
    "12345678",
    "123456789",
    "1234567890",
    "1234567891",
    "12345678910",
    "123456789a",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1q2w3e4r5t6y",
    "1qaz2wsx3edc",
    "aaaaaaaaaa",
    "abc123abc123",
    "abcd1234567",
    "abcdefghij",
    "abcdefghijk",
    "administrator",
    "asdfghjkl",
    "asdfghjkl;",
    "basketball",
    "changeme",
    "changeme123",
    "correcthorsebatterystaple",
    "dungeonmaster",
    "dungeonsanddragons",
    "dragondragon",
    "football123",
    "gamemaster",
    "iloveyou",
    "iloveyou123",
    "iloveyou1234",
    "letmein123",
    "letmeinplease",
    "liverpool1",
    "manchester",
    "monkey12345",
    "p@ssw0rd123",
    "passw0rd123",
    "password",
    "password1",
    "password12",
    "password123",
    "password1234",
    "password12345",
    "passwordpassword",
    "princess123",
    "q1w2e3r4t5",
    "q1w2e3r4t5y6",
    "qazwsxedcrfv",
    "qwerty12345",
    "qwerty123456",
    "qwertyuiop",
    "qwertyuiop1",
    "qwertyuiop123",
    "qwertzuiop",
    "skaldskald",
    "starwars123",
    "sunshine123",
    "superman123",
    "trustno1trustno1",
    "welcome123",
    "welcome1234",
    "zaq12wsxcde3",
    "zxcvbnm123",
];

/// What of a new account is to be checked.
pub(super) struct NewAccount<'a> {
    pub(super) username: &'a str,
    pub(super) display_name: &'a str,
    pub(super) email: Option<&'a str>,
    pub(super) password: &'a str,
}

impl NewAccount<'_> {
    /// Everything that is wrong with it, at once.
    pub(super) fn check(&self) -> skald_kernel::Result<()> {
        let mut fields = Fields::default();
        check_username(&mut fields, self.username);
        check_display_name(&mut fields, self.display_name);
        if let Some(email) = self.email {
            check_email(&mut fields, email);
        }
        check_password(&mut fields, self.password, self.username);
        fields.check()
    }
}

fn check_username(fields: &mut Fields, username: &str) {
    if !USERNAME.contains(&username.nfc().count()) {
        let (least, most) = (USERNAME.start(), USERNAME.end());
        fields.add("username", "wrong_length", format!("Between {least} and {most} characters."));
    }
    if !username.nfc().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-')) {
        fields.add("username", "wrong_characters", "Only letters, digits, dot, underscore and hyphen.");
    }
}

pub(super) fn check_display_name(fields: &mut Fields, name: &str) {
    fields.text("display_name", name, DISPLAY_NAME);
    if name.chars().any(char::is_control) {
        fields.add("display_name", "wrong_characters", "No line breaks or other control characters.");
    }
}

pub(super) fn check_email(fields: &mut Fields, email: &str) {
    let parts = email.split_once('@');
    let good = parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    if !good || email.chars().any(|c| c.is_whitespace() || c.is_control()) {
        fields.add("email", "not_an_address", "Write an address such as mira@example.org, or leave it out.");
    }
    fields.at_most("email", email, EMAIL);
}

fn check_password(fields: &mut Fields, password: &str, username: &str) {
    let length = password.chars().count();
    if length < *PASSWORD.start() {
        fields.add("password", "too_short", format!("At least {} characters.", PASSWORD.start()));
    }
    if length > *PASSWORD.end() {
        fields.add("password", "too_long", format!("At most {} characters.", PASSWORD.end()));
    }
    let (plain, name) = (username_key(password), username_key(username));
    if !name.is_empty() && plain.contains(&name) {
        fields.add("password", "contains_username", "Leave your username out of it.");
    }
    let mut letters = plain.chars();
    let first = letters.next();
    if COMMON.contains(&plain.as_str()) || (first.is_some() && letters.all(|c| Some(c) == first)) {
        fields.add("password", "too_common", "This is one of the first passwords anybody tries. Choose another.");
    }
}

/// A username as names are compared: without case, accents and look-alike forms.
pub(super) fn username_key(username: &str) -> String {
    let plain: String = username.to_lowercase().nfkd().filter(|c| !is_combining_mark(*c)).collect();
    plain.to_lowercase()
}

/// A set-up code: easy to read aloud and to type.
pub(super) fn setup_code(random: [u8; 8]) -> String {
    let letters: String = random.iter().map(|byte| char::from(CODE_LETTERS[usize::from(byte & 31)])).collect();
    format!("{}-{}", &letters[..4], &letters[4..])
}

/// A set-up code as somebody typed it: case, spaces, hyphens and look-alikes do not matter.
pub(super) fn typed_code(code: &str) -> String {
    code.chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

/// A refresh token from 32 random bytes.
pub(super) fn refresh_token(random: [u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(random)
}

/// How a refresh token is stored.
pub(super) fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// What becomes of a refresh token that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rotation {
    /// It is current: it gets a successor.
    Rotate,
    /// Its successor's way was lost: the same again.
    Again,
    /// Somebody else holds it too.
    Reused,
}

/// Decides by when the token was used and whether its successor still waits for its first use.
pub(super) fn rotation(used_at: Option<DateTime<Utc>>, successor_fresh: bool, now: DateTime<Utc>) -> Rotation {
    match used_at {
        None => Rotation::Rotate,
        Some(at) if successor_fresh && now - at <= GRACE => Rotation::Again,
        Some(_) => Rotation::Reused,
    }
}

/// Whether a device still lasts.
pub(super) fn lasts(
    last_used_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    idle: TimeDelta,
    now: DateTime<Utc>,
) -> bool {
    now < expires_at && now - last_used_at < idle
}

/// What a browser seems to be, from its `User-Agent`.
pub(super) fn device_label(user_agent: &str) -> String {
    let has = |word: &str| user_agent.contains(word);
    // The order matters: most browsers also claim to be others.
    let browsers = [
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Vivaldi/", "Vivaldi"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("CriOS/", "Chrome"),
        ("Chromium/", "Chromium"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    let systems = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Macintosh", "Mac"),
        ("Linux", "Linux"),
    ];
    let named = |table: &[(&str, &'static str)]| table.iter().find(|(word, _)| has(word)).map(|(_, name)| *name);
    match (named(&browsers), named(&systems)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Unknown device".to_owned(),
    }
}

#[cfg(test)]
mod tests;
