//! Writing an archive: rows come from one read transaction, so that it is of one moment.

use std::{collections::BTreeMap, pin::pin};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::{Stream, TryStreamExt};
use sea_orm::{AccessMode, ConnectionTrait, IsolationLevel, StreamTrait, TransactionOptions, TransactionTrait};
use serde_json::{Map, Value};
use skald_kernel::{CampaignId, Error, Result};
use skald_platform::{
    App,
    db::{DbResult, sql},
};
use uuid::Uuid;

use super::{
    FORMAT, VERSION,
    columns::{Column, columns, read},
    dto::{Format, Manifest, Named},
    tables::{TABLES, Table},
};
use crate::packing::{self, Pack};

/// Bytes of rows that go to the packing thread at once.
const PIECE: usize = 64 << 10;

/// A name for the file: letters and digits of the campaign's, and the day.
pub(super) fn file_name(campaign: &str, format: Format, now: DateTime<Utc>) -> String {
    let name: String =
        campaign.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let words: Vec<&str> = name.split('-').filter(|word| !word.is_empty()).collect();
    let name = if words.is_empty() { "campaign".to_owned() } else { words.join("-") };
    let what = if format == Format::Archive { "skald" } else { "markdown" };
    format!("{}-{}.{what}.zip", &name[..name.len().min(60)], now.format("%Y-%m-%d"))
}

/// The bytes of the archive.
pub(super) fn stream(
    app: &App,
    campaign: CampaignId,
    name: String,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    let of_task = app.clone();
    packing::stream(app, move |pack| async move { gather(&of_task, campaign, name, &pack).await })
}

async fn gather(app: &App, campaign: CampaignId, name: String, pack: &Pack) -> Result<()> {
    let options = if app.db().is_postgres() {
        TransactionOptions {
            isolation_level: Some(IsolationLevel::RepeatableRead),
            access_mode: Some(AccessMode::ReadOnly),
            ..TransactionOptions::default()
        }
    } else {
        TransactionOptions::default()
    };
    let snapshot = app.db().read().begin_with_options(options).await.db()?;
    let mut rows = BTreeMap::new();
    let mut media = Vec::new();
    for table in TABLES {
        let columns = columns(&snapshot, table.name).await?;
        pack.file(format!("data/{}.jsonl", table.name), true).await?;
        let count = table_rows(&snapshot, table, &columns, campaign, pack, &mut media).await?;
        rows.insert(table.name.to_owned(), count);
    }
    snapshot.commit().await.db()?;
    let mut missing = Vec::new();
    for id in media {
        let blob = skald_canon::media::blob_name(campaign, id.into());
        let Ok(mut bytes) = app.blobs().stream(&blob).await else {
            missing.push(id.to_string());
            continue;
        };
        pack.file(format!("media/{id}"), false).await?;
        while let Some(piece) = bytes.try_next().await.map_err(Error::internal)? {
            pack.bytes(piece.to_vec()).await?;
        }
    }
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        version: VERSION,
        skald: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: app.clock().now(),
        campaign: Named { id: campaign, name },
        rows,
        missing_media: missing,
    };
    pack.file("skald.json".to_owned(), true).await?;
    pack.bytes(serde_json::to_vec_pretty(&manifest).map_err(Error::internal)?).await
}

/// Sends the rows of a table, ordered by their key, and answers how many there were.
async fn table_rows(
    snapshot: &(impl ConnectionTrait + StreamTrait),
    table: &Table,
    columns: &[Column],
    campaign: CampaignId,
    pack: &Pack,
    media: &mut Vec<Uuid>,
) -> Result<u64> {
    let names: Vec<String> = columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
    let keys: Vec<String> =
        columns.iter().filter(|column| column.key).map(|column| format!("\"{}\"", column.name)).collect();
    let text =
        format!("SELECT {} FROM {} WHERE {} ORDER BY {}", names.join(", "), table.name, table.rows, keys.join(", "));
    let mut rows = pin!(snapshot.stream_raw(sql(snapshot, text, [campaign.0.into()])).await.db()?);
    let (mut count, mut piece) = (0, Vec::with_capacity(PIECE));
    while let Some(row) = rows.try_next().await.db()? {
        let mut line = Map::new();
        for column in columns {
            line.insert(column.name.clone(), read(&row, column)?);
        }
        if table.name == "media" {
            media.extend(line["id"].as_str().and_then(|id| Uuid::try_parse(id).ok()));
        }
        serde_json::to_writer(&mut piece, &Value::Object(line)).map_err(Error::internal)?;
        piece.push(b'\n');
        count += 1;
        if piece.len() >= PIECE {
            pack.bytes(std::mem::take(&mut piece)).await?;
        }
    }
    pack.bytes(piece).await?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_named_after_the_campaign_and_the_day() {
        let day = DateTime::parse_from_rfc3339("2026-11-21T09:00:00Z").unwrap().with_timezone(&Utc);
        for (name, wanted) in [
            ("The Backward River", "the-backward-river-2026-11-21.skald.zip"),
            ("Über \"alles\"/..", "ber-alles-2026-11-21.skald.zip"),
            ("龍", "campaign-2026-11-21.skald.zip"),
        ] {
            assert_eq!(file_name(name, Format::Archive, day), wanted);
        }
    }
}
