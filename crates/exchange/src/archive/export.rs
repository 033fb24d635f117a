//! Writing an archive while it is sent.
//!
//! Rows come from one read transaction, so that the archive is of one moment; a thread packs them; what it packed goes to the
//! client as it comes. A client that hangs up ends all three.

use std::{collections::BTreeMap, io::Write, pin::pin};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::{Stream, StreamExt, TryStreamExt};
use sea_orm::{AccessMode, ConnectionTrait, IsolationLevel, StreamTrait, TransactionOptions, TransactionTrait};
use serde_json::{Map, Value};
use skald_kernel::{CampaignId, Error, Result};
use skald_platform::{
    App,
    db::{DbResult, sql},
};
use tokio::sync::mpsc;
use tokio_util::io::ReaderStream;
use uuid::Uuid;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{
    FORMAT, VERSION,
    columns::{Column, columns, read},
    dto::{Manifest, Named},
    tables::{TABLES, Table},
};

/// Bytes of rows that go to the packing thread at once.
const PIECE: usize = 64 << 10;

/// What is to be packed.
enum Part {
    File { name: String, packed: bool },
    Bytes(Vec<u8>),
    End,
}

/// A name for the file: letters and digits of the campaign's, and the day.
pub(super) fn file_name(campaign: &str, now: DateTime<Utc>) -> String {
    let name: String =
        campaign.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let words: Vec<&str> = name.split('-').filter(|word| !word.is_empty()).collect();
    let name = if words.is_empty() { "campaign".to_owned() } else { words.join("-") };
    format!("{}-{}.skald.zip", &name[..name.len().min(60)], now.format("%Y-%m-%d"))
}

/// The bytes of the archive. An error on the way ends the stream with it, so that a client never takes half for the whole.
pub(super) fn stream(
    app: &App,
    campaign: CampaignId,
    name: String,
) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    let (out, packed) = tokio::io::duplex(256 << 10);
    let (parts, mut taken) = mpsc::channel::<Part>(8);
    let app = app.clone();
    let packing = tokio::task::spawn_blocking(move || {
        let bridge = tokio_util::io::SyncIoBridge::new(out);
        pack(bridge, &mut taken)
    });
    let (ended, ending) = tokio::sync::oneshot::channel();
    app.clone().tasks().spawn("export", async move {
        let written = gather(&app, campaign, name, &parts).await;
        if let Err(error) = &written {
            tracing::warn!(error = error as &dyn std::error::Error, "an export ended early");
        }
        // Without the word `End`, the packing thread writes no directory.
        if written.is_ok() {
            let _ = parts.send(Part::End).await;
        }
        drop(parts);
        let done = match packing.await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(std::io::Error::other("the archive could not be finished")),
            Ok(Err(error)) => Err(error),
            Err(error) => Err(std::io::Error::other(error)),
        };
        let _ = ended.send(done);
    });
    ReaderStream::new(packed).chain(futures::stream::once(ending).filter_map(|ended| async {
        match ended {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(Err(error)),
            Err(error) => Some(Err(std::io::Error::other(error))),
        }
    }))
}

/// Packs parts until the end. Answers whether the end was said.
fn pack(out: impl Write, parts: &mut mpsc::Receiver<Part>) -> std::io::Result<bool> {
    let mut zip = ZipWriter::new_stream(out);
    while let Some(part) = parts.blocking_recv() {
        match part {
            Part::File { name, packed } => {
                let method = if packed { CompressionMethod::Deflated } else { CompressionMethod::Stored };
                zip.start_file(name, SimpleFileOptions::default().compression_method(method).large_file(true))?;
            }
            Part::Bytes(bytes) => zip.write_all(&bytes)?,
            Part::End => {
                zip.finish()?.into_inner().flush()?;
                return Ok(true);
            }
        }
    }
    Ok(false)
}

async fn send(parts: &mpsc::Sender<Part>, part: Part) -> Result<()> {
    parts.send(part).await.map_err(|_| Error::internal("nobody takes the archive any more"))
}

async fn gather(app: &App, campaign: CampaignId, name: String, parts: &mpsc::Sender<Part>) -> Result<()> {
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
        send(parts, Part::File { name: format!("data/{}.jsonl", table.name), packed: true }).await?;
        let count = table_rows(&snapshot, table, &columns, campaign, parts, &mut media).await?;
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
        send(parts, Part::File { name: format!("media/{id}"), packed: false }).await?;
        while let Some(piece) = bytes.try_next().await.map_err(Error::internal)? {
            send(parts, Part::Bytes(piece.to_vec())).await?;
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
    send(parts, Part::File { name: "skald.json".to_owned(), packed: true }).await?;
    send(parts, Part::Bytes(serde_json::to_vec_pretty(&manifest).map_err(Error::internal)?)).await
}

/// Sends the rows of a table, ordered by their key, and answers how many there were.
async fn table_rows(
    snapshot: &(impl ConnectionTrait + StreamTrait),
    table: &Table,
    columns: &[Column],
    campaign: CampaignId,
    parts: &mpsc::Sender<Part>,
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
            send(parts, Part::Bytes(std::mem::take(&mut piece))).await?;
        }
    }
    send(parts, Part::Bytes(piece)).await?;
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
            assert_eq!(file_name(name, day), wanted);
        }
    }
}
