//! One error type and one table of error codes for the whole program.
//!
//! An error says what to do, never why it failed inside: the cause is kept for the log and not sent. The table fixes
//! status and whether trying again makes sense; a code, once published, keeps its meaning.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The result of anything that can be refused.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $retryable:literal, $title:literal;)+) => {
        /// Every code an answer can carry.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $(#[doc = $title] $name,)+
        }

        impl ErrorCode {
            /// All codes, for the documentation and its test.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The word clients match on.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The HTTP status.
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)+ }
            }

            /// Whether the same request may succeed later.
            pub fn retryable(self) -> bool {
                match self { $(Self::$name => $retryable,)+ }
            }

            /// A short title, the same for every occurrence.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }
        }
    };
}

codes! {
    BadRequest = "bad_request", 400, false, "The request cannot be read";
    InvalidJson = "invalid_json", 400, false, "The body is not valid JSON";
    SignInNeeded = "sign_in_needed", 401, false, "Sign in first";
    WrongCredentials = "wrong_credentials", 401, false, "Name or password is wrong";
    TokenExpired = "token_expired", 401, true, "The access token has expired";
    SessionRevoked = "session_revoked", 401, false, "This device was signed out";
    WrongSetupCode = "wrong_setup_code", 403, false, "The set-up code is wrong";
    SetupDone = "setup_done", 409, false, "Skald is already set up";
    RegistrationClosed = "registration_closed", 403, false, "Registration needs an invitation";
    Forbidden = "forbidden", 403, false, "Your role does not allow this";
    TokenReadOnly = "token_read_only", 403, false, "The access token may only read";
    TokenRestricted = "token_restricted", 403, false, "The access token is for one campaign";
    SignInForThis = "sign_in_for_this", 403, false, "An access token may not do this";
    NotFound = "not_found", 404, false, "There is nothing here";
    MethodNotAllowed = "method_not_allowed", 405, false, "This address does not take that method";
    RequestTimeout = "request_timeout", 408, true, "The request took too long to arrive";
    Conflict = "conflict", 409, false, "The request does not fit the present state";
    NameTaken = "name_taken", 409, false, "The name is taken";
    CharacterTaken = "character_taken", 409, false, "Somebody else plays this character";
    LocationCycle = "location_cycle", 409, false, "A location cannot lie inside itself";
    PlotCycle = "plot_cycle", 409, false, "Plots cannot wait for each other";
    SessionNotRunning = "session_not_running", 409, false, "The session is not running";
    AnswerRunning = "answer_running", 409, true, "The game master is still answering";
    LastGm = "last_gm", 409, false, "A campaign needs a game master";
    IdempotencyMismatch = "idempotency_mismatch", 409, false, "The idempotency key was used for another request";
    IdempotencyRunning = "idempotency_running", 409, true, "The same request is still running";
    InvitationSpent = "invitation_spent", 410, false, "The invitation is no longer valid";
    VersionStale = "version_stale", 412, false, "Somebody changed this in the meantime";
    TooLarge = "too_large", 413, false, "The body is too large";
    UnsupportedMedia = "unsupported_media", 415, false, "The body is of a type this address does not take";
    Invalid = "invalid", 422, false, "Some fields are not valid";
    RuleRefused = "rule_refused", 422, false, "The rules do not allow this";
    VersionNeeded = "version_needed", 428, false, "Send If-Match with the version you saw";
    RateLimited = "rate_limited", 429, true, "Too many requests";
    HeadersTooLarge = "headers_too_large", 431, false, "The headers are too large";
    ProviderAuth = "provider_auth", 502, false, "The model service refused the key";
    ProviderRateLimited = "provider_rate_limited", 503, true, "The model service is limiting requests";
    ProviderQuota = "provider_quota", 502, false, "The model service's quota is used up";
    BudgetSpent = "budget_spent", 402, false, "A budget for models is used up";
    PriceUnknown = "price_unknown", 402, false, "A budget applies and the model has no known price";
    ProviderOverloaded = "provider_overloaded", 503, true, "The model service is overloaded";
    ProviderContextTooLong = "provider_context_too_long", 502, false, "The prompt is too long for the model";
    ProviderRefused = "provider_refused", 502, false, "The model declined to answer";
    ProviderBadRequest = "provider_bad_request", 502, false, "The model service did not accept the request";
    ProviderUnreachable = "provider_unreachable", 502, true, "The model service cannot be reached";
    ProviderIdle = "provider_idle", 504, true, "The model service stopped sending";
    ProviderTruncated = "provider_truncated", 502, true, "The model's answer was cut off";
    ProviderGarbage = "provider_garbage", 502, true, "The model service sent something that is not an answer";
    Cancelled = "cancelled", 409, true, "The work was cancelled";
    Internal = "internal", 500, true, "Something went wrong inside Skald";
    Unavailable = "unavailable", 503, true, "Skald cannot answer right now";
}

/// What is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// The field, with dots into nested ones.
    pub field: String,
    /// A word to match on, such as `too_short`.
    pub code: String,
    /// What to do about it.
    pub message: String,
}

/// Why a request was refused or failed. Cheap to move: the rest is boxed.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: ErrorCode,
    detail: Cow<'static, str>,
    fields: Vec<FieldError>,
    current: Option<serde_json::Value>,
    retry_after_s: Option<u64>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error with a sentence that tells its reader what to do.
    pub fn new(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            code,
            detail: detail.into(),
            fields: Vec::new(),
            current: None,
            retry_after_s: None,
            source: None,
        }))
    }

    /// Nothing here, or nothing the viewer may know of.
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, "Nothing here by that id, or nothing you may see.")
    }

    /// A failure inside Skald; the cause goes to the log only.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::new(ErrorCode::Internal, "The error was logged. Try again; nothing was half saved.").because(cause)
    }

    /// One field is not valid.
    pub fn field(field: &str, code: &str, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError { field: field.into(), code: code.into(), message: message.into() }])
    }

    /// Several fields are not valid.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let mut error = Self::new(ErrorCode::Invalid, "Correct the fields listed in `errors` and send it again.");
        error.0.fields = fields;
        error
    }

    /// A stale write: `current` is what is stored now, so that the client can merge.
    pub fn stale(current: serde_json::Value) -> Self {
        let mut error = Self::new(
            ErrorCode::VersionStale,
            "Your version is older than the stored one. Merge your change with `current` and send it with its version.",
        );
        error.0.current = Some(current);
        error
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(cause.into());
        self
    }

    /// Sends along what is stored now.
    #[must_use]
    pub fn with_current(mut self, current: serde_json::Value) -> Self {
        self.0.current = Some(current);
        self
    }

    /// Names the fields it is about.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<FieldError>) -> Self {
        self.0.fields = fields;
        self
    }

    /// Says when to try again, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    /// The code.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// The sentence for the reader.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The fields that are not valid.
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// What is stored now, for a stale write.
    pub fn current(&self) -> Option<&serde_json::Value> {
        self.0.current.as_ref()
    }

    /// When to try again, in seconds.
    pub fn retry_after_s(&self) -> Option<u64> {
        self.0.retry_after_s
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.as_str(), self.0.detail)?;
        for field in &self.0.fields {
            write!(f, "; {}: {}", field.field, field.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|e| e as _)
    }
}

/// Collects what is wrong with a request's fields, to report all of it at once.
#[derive(Debug, Default)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    /// Notes that a field is not valid.
    pub fn add(&mut self, field: &str, code: &str, message: impl Into<String>) -> &mut Self {
        self.0.push(FieldError { field: field.into(), code: code.into(), message: message.into() });
        self
    }

    /// Notes a text that, without the white space around it, is empty or longer than `max` characters.
    pub fn text(&mut self, field: &str, value: &str, max: usize) -> &mut Self {
        if value.trim().is_empty() {
            self.add(field, "empty", "Write something here.");
        }
        self.at_most(field, value, max)
    }

    /// Notes a text longer than `max` characters.
    pub fn at_most(&mut self, field: &str, value: &str, max: usize) -> &mut Self {
        if value.chars().count() > max {
            self.add(field, "too_long", format!("At most {max} characters."));
        }
        self
    }

    /// Refuses when anything was noted.
    pub fn check(&mut self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::invalid(std::mem::take(&mut self.0))) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_is_a_word_of_its_own_with_an_error_status() {
        let mut seen = HashSet::new();
        for code in ErrorCode::ALL {
            assert!(seen.insert(code.as_str()), "{} twice", code.as_str());
            assert!((400..600).contains(&code.status()), "{}", code.as_str());
        }
    }

    #[test]
    fn all_wrong_fields_are_reported_at_once() {
        let error = Fields::default().text("name", " ", 5).at_most("summary", "abcdef", 5).check().unwrap_err();
        let words: Vec<_> = error.fields().iter().map(|f| (f.field.as_str(), f.code.as_str())).collect();
        assert_eq!(words, [("name", "empty"), ("summary", "too_long")]);
    }
}
