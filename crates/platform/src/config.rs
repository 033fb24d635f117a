//! Configuration: defaults, then `skald.toml`, then `SKALD_…` variables, then flags. Each value remembers where it came from.

use std::{net::SocketAddr, path::PathBuf};

use figment::{
    Figment, Profile,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};

/// Everything that can be configured.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the database file, the key and the media (below `blobs`) lie.
    pub data_dir: PathBuf,
    /// `sqlite` for the file in the data folder, or a `postgres://` address.
    pub database_url: String,
    /// Connections kept to PostgreSQL, or read connections to SQLite.
    pub database_connections: u32,
    /// `normal` loses nothing when the process is killed; `full` loses nothing when the power fails either (SQLite).
    pub sqlite_synchronous: String,
    /// Name of this node among several on one database; host name and port when absent.
    pub node_name: Option<String>,
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// How people reach this server, such as `https://skald.example.org`; decides links, `Secure` cookies and the allowed origin.
    pub public_url: Option<String>,
    /// Further origins that may call the API from a browser.
    pub allowed_origins: Vec<String>,
    /// Whether addresses in `X-Forwarded-For` are believed (behind a reverse proxy).
    pub trust_proxy: bool,
    /// Whether anybody may register; otherwise an invitation is needed.
    pub open_registration: bool,
    /// Base64 of 32 bytes; made and kept in the data folder when absent.
    pub secret_key: Option<String>,
    /// `json` or `text`.
    pub log_format: String,
    /// What is logged, such as `info,sqlx=warn`.
    pub log: String,
    /// When set, `/metrics` answers only to this bearer token.
    pub metrics_token: Option<String>,
    /// Open connections at most.
    pub max_connections: usize,
    /// Bytes of a JSON body at most.
    pub max_body_bytes: usize,
    /// Bytes of one picture at most.
    pub max_media_bytes: usize,
    /// Bytes of all pictures of a campaign at most.
    pub max_campaign_media_bytes: u64,
    /// Bytes of a file that is imported at most.
    pub max_import_bytes: usize,
    /// Milliseconds a client has to send its headers.
    pub header_timeout_ms: u64,
    /// Milliseconds a client may pause while sending its body; all of it may take four times as long.
    pub body_timeout_ms: u64,
    /// Milliseconds a shutdown waits for requests and answers that are under way.
    pub shutdown_timeout_ms: u64,
    /// Seconds between two heartbeats on the live socket.
    pub heartbeat_s: u64,
    /// Jobs run at once.
    pub job_workers: usize,
    /// Milliseconds between two words of the oracle, so that it reads like speech; 0 for at once.
    pub oracle_pace_ms: u64,
    /// Hours an access to a device lasts without use.
    pub session_idle_hours: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: "data".into(),
            database_url: "sqlite".into(),
            database_connections: 8,
            sqlite_synchronous: "normal".into(),
            node_name: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8000)),
            public_url: None,
            allowed_origins: Vec::new(),
            trust_proxy: false,
            open_registration: false,
            secret_key: None,
            log_format: "text".into(),
            log: "info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn".into(),
            metrics_token: None,
            max_connections: 20_000,
            max_body_bytes: 1 << 20,
            max_media_bytes: 20 << 20,
            max_campaign_media_bytes: 2 << 30,
            max_import_bytes: 1 << 30,
            header_timeout_ms: 10_000,
            body_timeout_ms: 15_000,
            shutdown_timeout_ms: 10_000,
            heartbeat_s: 30,
            job_workers: 8,
            oracle_pace_ms: 18,
            session_idle_hours: 30 * 24,
        }
    }
}

/// One setting with its value and where that came from, for `skald config`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name, which is also `SKALD_` plus the name in capitals.
    pub name: String,
    /// Its value; secrets are hidden.
    pub value: String,
    /// `default`, a file, an environment variable or a flag.
    pub origin: String,
}

/// The configuration together with the origin of each value.
#[derive(Debug)]
pub struct Loaded {
    /// The values.
    pub config: Config,
    figment: Figment,
}

impl Config {
    /// Reads the configuration. `file` is `skald.toml` when absent, which may be missing; a file that was named may not.
    /// `flags` are the values given on the command line.
    ///
    /// # Errors
    /// Unknown names and values of the wrong type, naming the file or variable they stand in.
    pub fn load(file: Option<PathBuf>, flags: &serde_json::Value) -> anyhow::Result<Loaded> {
        let toml = match file {
            Some(path) => Toml::file_exact(path),
            None => Toml::file("skald.toml"),
        };
        let figment = Figment::from(Serialized::defaults(Self::default()).profile(Profile::Default))
            .merge(toml)
            .merge(Env::prefixed("SKALD_").filter(|name| !name.starts_with("test_") && !name.starts_with("dev_")))
            .merge(Serialized::defaults(flags));
        let config: Self = figment.extract().map_err(|error| {
            anyhow::anyhow!(
                "{}",
                error
                    .into_iter()
                    .map(|one| {
                        let place = one.metadata.as_ref().map(|m| format!(" ({})", m.name)).unwrap_or_default();
                        format!("setting `{}`: {}{place}", one.path.join("."), one.kind)
                    })
                    .collect::<Vec<_>>()
                    .join("\n")
            )
        })?;
        Ok(Loaded { config, figment })
    }

    /// Whether the database is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.database_url.starts_with("postgres")
    }

    /// The name of this node; stable over restarts.
    pub fn node(&self) -> String {
        match &self.node_name {
            Some(name) => name.clone(),
            None if self.is_postgres() => {
                let host = std::env::var("HOSTNAME").unwrap_or_else(|_| "node".into());
                format!("{host}:{}", self.listen.port())
            }
            None => "local".into(),
        }
    }

    /// The address people use, without a slash at the end.
    pub fn base_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => {
                let host =
                    if self.listen.ip().is_unspecified() { "localhost".into() } else { self.listen.ip().to_string() };
                format!("http://{host}:{}", self.listen.port())
            }
        }
    }
}

impl Loaded {
    /// Every setting with its origin, by name.
    pub fn settings(&self) -> Vec<Setting> {
        let values = serde_json::to_value(&self.config).unwrap_or_default();
        let mut settings: Vec<_> = values
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, value)| {
                let hidden = matches!(name.as_str(), "secret_key" | "metrics_token") && !value.is_null();
                let value = match value {
                    _ if hidden => "(set)".to_owned(),
                    serde_json::Value::Null => "(none)".to_owned(),
                    serde_json::Value::String(text) if name == "database_url" => hide_password(text),
                    serde_json::Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                Setting { name: name.clone(), value, origin: self.origin(name) }
            })
            .collect();
        settings.sort_by(|a, b| a.name.cmp(&b.name));
        settings
    }

    fn origin(&self, name: &str) -> String {
        let Some(metadata) = self.figment.find_metadata(name) else { return "default".into() };
        match (&metadata.source, metadata.name.as_ref()) {
            (Some(figment::Source::File(path)), _) => path.display().to_string(),
            (_, n) if n.contains("environment") => format!("SKALD_{}", name.to_uppercase()),
            (_, n) if n.contains("Config") => "default".into(),
            _ => "flag".into(),
        }
    }
}

fn hide_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, rest)), Some((_, host))) => match rest.split_once(':') {
            Some((user, _)) if !user.contains('@') => format!("{scheme}://{user}:…@{host}"),
            _ => url.to_owned(),
        },
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_win_and_each_value_knows_where_it_came_from() {
        let loaded = Config::load(None, &serde_json::json!({ "open_registration": true })).unwrap();
        assert!(loaded.config.open_registration);
        let origin = |name: &str| loaded.settings().into_iter().find(|s| s.name == name).unwrap().origin;
        assert_eq!(origin("open_registration"), "flag");
        assert_eq!(origin("heartbeat_s"), "default");
    }

    #[test]
    fn an_unknown_setting_is_named_in_the_error() {
        let error = Config::load(None, &serde_json::json!({ "lisen": "x" })).unwrap_err().to_string();
        assert!(error.contains("lisen"), "{error}");
    }

    #[test]
    fn a_password_in_the_database_address_is_not_shown() {
        assert_eq!(hide_password("postgres://me:secret@db/skald"), "postgres://me:…@db/skald");
        assert_eq!(hide_password("postgres:///skald"), "postgres:///skald");
    }
}
