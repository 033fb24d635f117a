//! The installation's master key, and what is derived from it: signing keys and encryption at rest.
//!
//! The key lies in the data folder (`secret.key`, readable by its owner only) or comes from `SKALD_SECRET_KEY`. Lose it
//! and provider keys must be entered again and everybody signs in again; nothing else depends on it.

use std::path::Path;

use anyhow::{Context, bail};
use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, KeyType, Salt},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use skald_kernel::{Error, Result, Seeds};

/// Derives keys and encrypts small secrets.
#[derive(Clone)]
pub struct Secrets {
    master: [u8; 32],
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(…)")
    }
}

struct Length32;

impl KeyType for Length32 {
    fn len(&self) -> usize {
        32
    }
}

impl Secrets {
    /// Secrets of a known master key.
    pub fn from_key(master: [u8; 32]) -> Self {
        Self { master }
    }

    /// Reads the key given in the configuration (base64 of 32 bytes), or the data folder's key file, which is made on first use.
    ///
    /// # Errors
    /// When the key is not 32 bytes in base64, or the file can be neither read nor written.
    pub fn load(configured: Option<&str>, data_dir: &Path, seeds: &Seeds) -> anyhow::Result<Self> {
        if let Some(text) = configured {
            return Self::decode(text).context("the configured secret key");
        }
        let path = data_dir.join("secret.key");
        if path.exists() {
            let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            return Self::decode(text.trim()).with_context(|| format!("the key in {}", path.display()));
        }
        let mut master = [0; 32];
        seeds.fill(&mut master);
        write_private(&path, &STANDARD.encode(master)).with_context(|| format!("writing {}", path.display()))?;
        Ok(Self { master })
    }

    fn decode(text: &str) -> anyhow::Result<Self> {
        let bytes = STANDARD.decode(text).context("is not base64")?;
        match bytes.try_into() {
            Ok(master) => Ok(Self { master }),
            Err(_) => bail!("must be 32 bytes in base64"),
        }
    }

    /// A 32-byte key for one purpose; the same purpose always gives the same key.
    ///
    /// # Panics
    /// Never: 32 bytes is within what HKDF can give.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0; 32];
        let prk = Salt::new(HKDF_SHA256, b"skald").extract(&self.master);
        prk.expand(&[purpose.as_bytes()], Length32)
            .and_then(|okm| okm.fill(&mut key))
            .expect("32 bytes is within what HKDF can give");
        key
    }

    fn sealing_key(&self) -> LessSafeKey {
        let key = self.derive("seal");
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).expect("a key of 32 bytes"))
    }

    /// Encrypts a secret for storage (AES-256-GCM, nonce in front, base64). `place` binds it to where it is stored.
    ///
    /// # Errors
    /// Internal, when encryption fails.
    pub fn seal(&self, seeds: &Seeds, place: &str, secret: &str) -> Result<String> {
        let mut nonce = [0; NONCE_LEN];
        seeds.fill(&mut nonce);
        let mut out = nonce.to_vec();
        let mut body = secret.as_bytes().to_vec();
        self.sealing_key()
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut body)
            .map_err(|_| Error::internal("sealing failed"))?;
        out.extend(body);
        Ok(STANDARD.encode(out))
    }

    /// Decrypts what [`Secrets::seal`] made for the same place.
    ///
    /// # Errors
    /// Internal, when it was made with another key, for another place, or was changed.
    pub fn open(&self, place: &str, sealed: &str) -> Result<String> {
        let bytes = STANDARD.decode(sealed).map_err(Error::internal)?;
        let (nonce, body) =
            bytes.split_at_checked(NONCE_LEN).ok_or_else(|| Error::internal("a sealed secret is too short"))?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Error::internal("a bad nonce"))?;
        let mut body = body.to_vec();
        let open = self
            .sealing_key()
            .open_in_place(nonce, Aad::from(place), &mut body)
            .map_err(|_| Error::internal("a stored secret cannot be opened: was the secret key changed?"))?;
        String::from_utf8(open.to_vec()).map_err(Error::internal)
    }
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_only_where_it_was_sealed() {
        let (secrets, seeds) = (Secrets::from_key([7; 32]), Seeds::default());
        let sealed = secrets.seal(&seeds, "provider:1", "sk-abc").unwrap();
        assert!(!sealed.contains("abc"));
        assert_eq!(secrets.open("provider:1", &sealed).unwrap(), "sk-abc");
        assert!(secrets.open("provider:2", &sealed).is_err());
        assert!(Secrets::from_key([8; 32]).open("provider:1", &sealed).is_err());
        assert!(secrets.open("provider:1", "AAAA").is_err());
    }

    #[test]
    fn keys_for_two_purposes_differ() {
        let secrets = Secrets::from_key([7; 32]);
        assert_eq!(secrets.derive("a"), secrets.derive("a"));
        assert_ne!(secrets.derive("a"), secrets.derive("b"));
    }

    #[test]
    fn the_key_file_is_made_once_and_read_again() {
        let dir = std::env::temp_dir().join(format!("skald-secrets-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let made = Secrets::load(None, &dir, &Seeds::default()).unwrap();
        let read = Secrets::load(None, &dir, &Seeds::default()).unwrap();
        assert_eq!(made.derive("x"), read.derive("x"));
        std::fs::write(dir.join("secret.key"), "short").unwrap();
        assert!(Secrets::load(None, &dir, &Seeds::default()).is_err());
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
