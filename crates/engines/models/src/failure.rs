//! Reading what a service says went wrong, whatever its shape: OpenAI's object, a bare string, FastAPI's `detail`, an array
//! around one of them, plain text or a web page.
//!
//! The status decides first, the service's own words where the status is vague. Messages are shortened and never hold the
//! key.

use std::{error::Error as _, time::Duration};

use chrono::DateTime;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use serde_json::Value;
use skald_kernel::model::{AiError, AiErrorKind};

/// How much of a service's message is kept, in characters.
const MESSAGE_MAX: usize = 300;

const QUOTA: [&str; 7] = [
    "insufficient_quota",
    "insufficient_balance",
    "billing_hard_limit",
    "billing_not_active",
    "insufficient_credits",
    "billing_error",
    // Google names the quota that is used up; one of a day does not come back shortly.
    "perday",
];
/// How services without a word for machines say the same.
const QUOTA_MESSAGES: [&str; 2] = ["credit balance is too low", "api calls / month"];
const REFUSED: [&str; 4] = ["content_filter", "content_policy", "moderation", "safety"];
const CONTEXT_LABELS: [&str; 3] = ["context_length", "exceed_context_size", "context_window"];
const CONTEXT_MESSAGES: [&str; 10] = [
    "context length",
    "context window",
    "context size",
    "context limit",
    "context_length_exceeded",
    "prompt is too long",
    "prompt too long",
    "input is too long",
    "maximum number of tokens",
    "too many tokens",
];

/// What a service said about a failure.
#[derive(Default)]
struct Said {
    message: String,
    /// Its code and type in lower case: words for machines.
    label: String,
    /// The status inside the body, for errors inside a stream that began well.
    status: Option<u16>,
    /// When to try again, where the body says.
    retry_after: Option<Duration>,
}

/// The failure of an answer with this status.
pub(crate) fn of_status(status: u16, headers: &HeaderMap, body: &str, key: Option<&str>) -> AiError {
    let said = read(body);
    let message = match said.message.is_empty() {
        true => format!("the service answered with status {status}"),
        false => shorten(&said.message, key),
    };
    let retry_after = retry_after(headers).or(said.retry_after);
    AiError { status: Some(status), retry_after, ..AiError::new(kind(Some(status), &said), message) }
}

/// The failure of an error object inside an answer that began with status 200.
pub(crate) fn of_object(object: &Value, key: Option<&str>) -> AiError {
    let said = read_value(object);
    let message = match said.message.is_empty() {
        true => "the service broke its answer off with an error".to_owned(),
        false => shorten(&said.message, key),
    };
    AiError { status: said.status, ..AiError::new(kind(said.status, &said), message) }
}

/// The failure of a request that got no answer.
pub(crate) fn of_transport(error: reqwest::Error) -> AiError {
    let error = error.without_url();
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        message = format!("{message}: {inner}");
        cause = inner.source();
    }
    AiError::new(AiErrorKind::Transport, shorten(&message, None))
}

/// One line of at most 300 characters, without the key.
pub(crate) fn shorten(message: &str, key: Option<&str>) -> String {
    let message = match key {
        Some(key) if !key.is_empty() => message.replace(key, "***"),
        _ => message.to_owned(),
    };
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MESSAGE_MAX {
        return line;
    }
    line.chars().take(MESSAGE_MAX - 1).chain(['…']).collect()
}

fn read(body: &str) -> Said {
    match serde_json::from_str::<Value>(body) {
        Ok(value) => read_value(&value),
        Err(_) if body.trim_start().starts_with('<') => Said::default(),
        Err(_) => Said { message: body.trim().to_owned(), ..Said::default() },
    }
}

fn read_value(value: &Value) -> Said {
    let value = value.get(0).unwrap_or(value);
    let error = value.get("error").filter(|e| !e.is_null()).unwrap_or(value);
    let text = |found: Option<&Value>| match found {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let mut message = match error {
        Value::String(text) => text.clone(),
        _ => text(error.get("message").or_else(|| error.get("detail"))),
    };
    if message.is_empty() {
        message = text(value.get("message").or_else(|| value.get("detail")));
    }
    let code = text(error.get("code").or_else(|| value.get("code")));
    let mut label = format!("{code} {}", text(error.get("type")));
    let mut retry_after = None;
    // Google says more in details: the reason, the quota, when to return.
    for detail in error.get("details").and_then(Value::as_array).into_iter().flatten() {
        let violated = detail.get("violations").and_then(Value::as_array).into_iter().flatten();
        for word in violated.filter_map(|one| one.get("quotaId")).chain(detail.get("reason")) {
            label = format!("{label} {}", text(Some(word)));
        }
        let seconds = detail.get("retryDelay").and_then(Value::as_str).and_then(|delay| delay.strip_suffix('s'));
        retry_after = retry_after.or(seconds.and_then(|seconds| seconds.parse().ok()).and_then(seconds_of));
    }
    let status = code.parse().ok().filter(|s| (400..600).contains(s));
    Said { message, label: label.to_lowercase(), status, retry_after }
}

fn seconds_of(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

fn kind(status: Option<u16>, said: &Said) -> AiErrorKind {
    let labelled = |words: &[&str]| words.iter().any(|word| said.label.contains(word));
    let message = said.message.to_lowercase();
    if labelled(&QUOTA) || QUOTA_MESSAGES.iter().any(|words| message.contains(words)) {
        return AiErrorKind::Quota;
    }
    if labelled(&["api_key_invalid"]) {
        return AiErrorKind::Auth;
    }
    match status {
        Some(402) => return AiErrorKind::Quota,
        Some(403) if labelled(&REFUSED) || message.contains("flagged") => return AiErrorKind::Refused,
        Some(401 | 403 | 498) => return AiErrorKind::Auth,
        Some(429) => return AiErrorKind::RateLimited,
        None if labelled(&["rate_limit", "too_many_requests"]) => return AiErrorKind::RateLimited,
        _ => {}
    }
    if labelled(&CONTEXT_LABELS) || CONTEXT_MESSAGES.iter().any(|words| message.contains(words)) {
        return AiErrorKind::ContextTooLong;
    }
    if labelled(&REFUSED) {
        return AiErrorKind::Refused;
    }
    match status {
        Some(413) => AiErrorKind::ContextTooLong,
        Some(501) => AiErrorKind::BadRequest,
        Some(408 | 425 | 500..) => AiErrorKind::Overloaded,
        Some(_) => AiErrorKind::BadRequest,
        None if labelled(&["authentication", "permission", "invalid_api_key"]) => AiErrorKind::Auth,
        None if labelled(&["invalid_request", "badrequest", "not_found"]) => AiErrorKind::BadRequest,
        // A service that fails while it answers, without saying how, most likely ran out of something.
        None => AiErrorKind::Overloaded,
    }
}

/// When the service wants to be asked again. A date counts from the service's own `Date`, so that no clock is compared
/// with another.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |value: Option<&reqwest::header::HeaderValue>| value?.to_str().ok().map(str::trim).map(str::to_owned);
    if let Some(ms) = text(headers.get("retry-after-ms")).and_then(|ms| ms.parse::<f64>().ok()) {
        return seconds_of(ms / 1000.0);
    }
    let value = text(headers.get(RETRY_AFTER))?;
    if let Ok(seconds) = value.parse::<f64>() {
        return seconds_of(seconds);
    }
    let at = DateTime::parse_from_rfc2822(&value).ok()?;
    let now = DateTime::parse_from_rfc2822(&text(headers.get(DATE))?).ok()?;
    Some((at - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn status(status: u16, body: Value) -> AiErrorKind {
        of_status(status, &HeaderMap::new(), &body.to_string(), None).kind
    }

    #[test]
    fn the_status_decides_and_the_words_refine() {
        use AiErrorKind as K;
        let plain = json!({"error": {"message": "no"}});
        for (code, kind) in [
            (301, K::BadRequest),
            (400, K::BadRequest),
            (401, K::Auth),
            (402, K::Quota),
            (403, K::Auth),
            (404, K::BadRequest),
            (408, K::Overloaded),
            (413, K::ContextTooLong),
            (422, K::BadRequest),
            (429, K::RateLimited),
            (500, K::Overloaded),
            (501, K::BadRequest),
            (502, K::Overloaded),
            (503, K::Overloaded),
            (504, K::Overloaded),
            (529, K::Overloaded),
        ] {
            assert_eq!(status(code, plain.clone()), kind, "{code}");
        }
        assert_eq!(status(429, json!({"error": {"type": "insufficient_quota"}})), K::Quota);
        assert_eq!(
            status(429, json!({"error": {"message": "You exceeded your current quota per minute"}})),
            K::RateLimited
        );
        assert_eq!(status(400, json!({"error": {"code": "context_length_exceeded"}})), K::ContextTooLong);
        assert_eq!(status(500, json!({"error": "the request exceeds the available context size"})), K::ContextTooLong);
        assert_eq!(status(400, json!([{"error": {"code": "content_policy_violation"}}])), K::Refused);
        assert_eq!(status(403, json!({"error": {"message": "Your input was flagged"}})), K::Refused);
    }

    #[test]
    fn a_message_is_found_in_every_shape_and_a_web_page_is_not_one() {
        let message = |body: &str| of_status(400, &HeaderMap::new(), body, None).message;
        assert_eq!(message(r#"{"error":{"message":"A"}}"#), "A");
        assert_eq!(message(r#"{"error":"B"}"#), "B");
        assert_eq!(message(r#"[{"error":{"message":"C"}}]"#), "C");
        assert_eq!(message(r#"{"detail":"D"}"#), "D");
        assert_eq!(message(r#"{"object":"error","message":"E","code":400}"#), "E");
        assert_eq!(message("  plain\n text "), "plain text");
        assert_eq!(message("<html>no</html>"), "the service answered with status 400");
        assert_eq!(message(r#"{"detail":[{"loc":["body"]}]}"#), r#"[{"loc":["body"]}]"#);
    }

    #[test]
    fn a_message_is_short_and_never_holds_the_key() {
        let body = json!({"error": {"message": format!("Incorrect key sk-secret {}", "x".repeat(1000))}}).to_string();
        let message = of_status(401, &HeaderMap::new(), &body, Some("sk-secret")).message;
        assert_eq!(message.chars().count(), MESSAGE_MAX);
        assert!(message.starts_with("Incorrect key *** x") && message.ends_with('…'), "{message}");
    }

    #[test]
    fn retry_after_is_read_as_seconds_milliseconds_or_a_date() {
        let after = |pairs: &[(&'static str, &str)]| {
            let pairs = pairs.iter().map(|(name, value)| {
                (reqwest::header::HeaderName::from_static(name), value.parse::<reqwest::header::HeaderValue>().unwrap())
            });
            retry_after(&pairs.collect())
        };
        let date = ("date", "Wed, 21 Oct 2015 07:28:00 GMT");
        assert_eq!(after(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(after(&[("retry-after", "1.5")]), Some(Duration::from_millis(1500)));
        assert_eq!(after(&[("retry-after-ms", "250"), ("retry-after", "1")]), Some(Duration::from_millis(250)));
        assert_eq!(after(&[("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT"), date]), Some(Duration::from_secs(30)));
        assert_eq!(after(&[("retry-after", "Wed, 21 Oct 2015 07:27:00 GMT"), date]), Some(Duration::ZERO));
        for nonsense in ["-1", "soon", "1e300", "NaN", ""] {
            assert_eq!(after(&[("retry-after", nonsense), date]), None, "{nonsense}");
        }
    }

    #[test]
    fn an_error_inside_a_stream_is_read_by_its_code_or_type() {
        use AiErrorKind as K;
        for (object, kind) in [
            (json!({"error": {"message": "slow down", "code": 429}}), K::RateLimited),
            (json!({"error": {"message": "no", "code": "502"}}), K::Overloaded),
            (json!({"error": {"message": "no", "type": "rate_limit_error"}}), K::RateLimited),
            (json!({"error": {"message": "no", "type": "insufficient_quota"}}), K::Quota),
            (json!({"error": {"message": "no", "type": "invalid_request_error"}}), K::BadRequest),
            (json!({"error": {"code": "invalid_api_key"}}), K::Auth),
            (json!({"error": "the runner has stopped"}), K::Overloaded),
        ] {
            assert_eq!(of_object(&object, None).kind, kind, "{object}");
        }
    }
}
