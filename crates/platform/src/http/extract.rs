//! Strict extractors: what cannot be read is refused with a problem that names the field.

use axum::{
    extract::{FromRequest, FromRequestParts, Request, rejection::PathRejection},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{header, request::Parts};
use serde::de::DeserializeOwned;
use skald_kernel::{Error, ErrorCode};

use super::{Problem, patience::TooSlow};

/// A JSON body. Unknown fields are refused where the type says `deny_unknown_fields`, as all inputs do.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T, S> FromRequest<S> for Body<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let json =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
                value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
            });
        if !json {
            return Err(Error::new(ErrorCode::UnsupportedMedia, "Send the body as application/json.").into());
        }
        let bytes = read_body(request).await?;
        read_json(&bytes).map(Self).map_err(Problem)
    }
}

/// Reads a body to its end.
///
/// # Errors
/// `too_large`, `request_timeout`, or bad request when the client hung up.
pub async fn read_body(request: Request) -> Result<Bytes, Error> {
    Bytes::from_request(request, &()).await.map_err(|rejection| {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&rejection);
        while let Some(error) = cause {
            if error.is::<TooSlow>() {
                return Error::new(ErrorCode::RequestTimeout, "The body took too long to arrive.");
            }
            cause = error.source();
        }
        match rejection.into_response().status().as_u16() {
            413 => Error::new(ErrorCode::TooLarge, "The body is larger than this address takes."),
            _ => Error::new(ErrorCode::BadRequest, "The body could not be read to its end."),
        }
    })
}

/// Reads JSON, telling text that is no JSON from JSON that does not fit.
///
/// # Errors
/// `invalid_json` with the place, or `invalid` with the field.
pub fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let cause = error.into_inner();
        if cause.is_data() {
            let message = cause.to_string();
            let message = message.rsplit_once(" at line").map_or(message.as_str(), |(m, _)| m);
            let field = if path == "." { "" } else { path.as_str() };
            let code = if message.starts_with("unknown field") {
                "unknown_field"
            } else if message.starts_with("missing field") {
                "missing"
            } else {
                "wrong_type"
            };
            Error::field(field, code, message.to_owned())
        } else {
            Error::new(
                ErrorCode::InvalidJson,
                format!("Not valid JSON at line {}, column {}.", cause.line(), cause.column()),
            )
        }
    })?;
    reader.end().map_err(|_| Error::new(ErrorCode::InvalidJson, "There is something behind the end of the JSON."))?;
    Ok(value)
}

/// Path parameters; one that does not read as what it should be names nothing, so 404.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T, S> FromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Path::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|_: PathRejection| Error::not_found().into())
    }
}

/// Query parameters.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T, S> FromRequestParts<S> for Query<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        axum::extract::Query::try_from_uri(&parts.uri).map(|axum::extract::Query(value)| Self(value)).map_err(
            |rejection| {
                let text = rejection.body_text();
                let (field, message) = match text.split_once(": ") {
                    Some((_, rest)) => match rest.split_once(": ") {
                        Some((field, message)) => (field.to_owned(), message.to_owned()),
                        None => (String::new(), rest.to_owned()),
                    },
                    None => (String::new(), text),
                };
                Error::field(&field, "wrong_type", message).into()
            },
        )
    }
}

/// Answers any address that is not there.
pub async fn not_found() -> Response {
    Problem(Error::new(ErrorCode::NotFound, "There is no such address. The API is described at /docs.")).into_response()
}

/// Answers a method an address does not take.
pub async fn method_not_allowed() -> Response {
    Problem(Error::new(ErrorCode::MethodNotAllowed, "This address does not take that method. See /docs."))
        .into_response()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct In {
        #[expect(dead_code, reason = "only its type matters")]
        name: String,
    }

    #[test]
    fn what_is_wrong_with_a_body_is_said_exactly() {
        for (body, code, field) in [
            ("{", ErrorCode::InvalidJson, None),
            ("{} x", ErrorCode::Invalid, Some(("", "missing"))),
            (r#"{"name":"a"} x"#, ErrorCode::InvalidJson, None),
            (r#"{"name":1}"#, ErrorCode::Invalid, Some(("name", "wrong_type"))),
            (r#"{"name":"a","nmae":"b"}"#, ErrorCode::Invalid, Some(("nmae", "unknown_field"))),
        ] {
            let error = read_json::<In>(body.as_bytes()).unwrap_err();
            assert_eq!(error.code(), code, "{body}");
            let first = error.fields().first().map(|f| (f.field.as_str(), f.code.as_str()));
            assert_eq!(first, field, "{body}");
        }
    }
}
