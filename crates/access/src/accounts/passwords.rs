//! Password hashes: argon2id with 19 MiB, two passes, one lane, made on blocking threads, a few at once.

use std::{sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{Error as HashError, PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use skald_kernel::{Error, ErrorCode, Result};
use skald_platform::App;
use unicode_normalization::UnicodeNormalization;

use crate::Guard;

/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
/// What an unknown name is compared with: a hash nobody knows a password for, so that the answer takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2thbGQvbm9ib2R5L3NhbHQ$+rftUpdd8ZoUMuvG4X3LEVvbBnVAy+a6Gys0b/dsGMI";

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|error| Error::internal(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A password as it is hashed: the same whichever keyboard typed it.
fn normal(password: &str) -> Vec<u8> {
    password.nfkc().collect::<String>().into_bytes()
}

/// Hashes a new password.
///
/// # Errors
/// Unavailable, when too many wait already.
pub(super) async fn hash(app: &App, password: &str) -> Result<String> {
    let password = normal(password);
    let mut salt = [0; 16];
    app.seeds().fill(&mut salt);
    on_turn(app, move || {
        let hash: PasswordHash = argon2()?.hash_password_with_salt(&password, &salt).map_err(failed)?;
        Ok(hash.to_string())
    })
    .await
}

/// Whether a password is the one of `stored`; takes as long when there is none.
///
/// # Errors
/// Unavailable, when too many wait already.
pub(super) async fn matches(app: &App, password: &str, stored: Option<String>) -> Result<bool> {
    let password = normal(password);
    on_turn(app, move || {
        let known = stored.is_some();
        let hash =
            PasswordHash::new(stored.as_deref().unwrap_or(NOBODY)).map_err(|e| Error::internal(e.to_string()))?;
        match argon2()?.verify_password(&password, &hash) {
            Ok(()) => Ok(known),
            Err(HashError::PasswordInvalid) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    })
    .await
}

async fn on_turn<T: Send + 'static>(app: &App, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let turns = Arc::clone(&app.part::<Guard>().hashes);
    let turn = match tokio::time::timeout(PATIENCE, turns.acquire_owned()).await {
        Ok(turn) => turn.map_err(Error::internal)?,
        Err(_) => {
            return Err(Error::new(ErrorCode::Unavailable, "Too many are signing in right now. Try again shortly.")
                .retry_after(5));
        }
    };
    // The turn goes with the work: a client that hangs up does not free a place that is still in use.
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work()
    });
    done.await.map_err(Error::internal)?
}

fn failed(error: HashError) -> Error {
    Error::internal(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_reads_back_with_its_cost_and_fits_its_password_only() {
        let hash: PasswordHash = argon2().unwrap().hash_password_with_salt(&normal("lanterns é"), &[7; 16]).unwrap();
        let text = hash.to_string();
        assert!(text.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{text}");
        let hash = PasswordHash::new(&text).unwrap();
        assert!(argon2().unwrap().verify_password(&normal("lanterns e\u{301}"), &hash).is_ok());
        assert!(matches!(argon2().unwrap().verify_password(b"lantern", &hash), Err(HashError::PasswordInvalid)));
    }

    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let hash = PasswordHash::new(NOBODY).unwrap();
        let params = Params::try_from(&hash).unwrap();
        assert_eq!((params.m_cost(), params.t_cost(), params.p_cost()), (19 * 1024, 2, 1));
        assert!(matches!(argon2().unwrap().verify_password(b"x", &hash), Err(HashError::PasswordInvalid)));
    }
}
