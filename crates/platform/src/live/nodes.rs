//! Several nodes on one PostgreSQL: each tells the others which streams grew, what was said in passing, who was signed out.
//!
//! The log in the database is the truth and the look every second finds whatever is lost here, so this is only about speed.
//! News is gathered for a few milliseconds and sent by one statement outside of any transaction: NOTIFY inside a writing
//! transaction serialises all commits. A notice holds names and numbers; only ephemeral frames carry data, and one that
//! does not fit a notice stays on its node. Who is present is known per node.

use std::{collections::HashMap, time::Duration};

use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use skald_kernel::StreamKey;
use sqlx::postgres::PgListener;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::Revoked;
use crate::{App, db::sql};

const CHANNEL: &str = "skald_live";
/// How long news is gathered before it is sent.
const GATHER: Duration = Duration::from_millis(5);
/// Bytes of a notice at most; PostgreSQL takes just under 8,000.
const NOTICE: usize = 7_500;
/// News that waits to be sent at most. What does not fit is found by the safety poll.
const QUEUE: usize = 10_000;

/// Something the other nodes should hear.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum News {
    /// A stream has grown to this number.
    Grew(String, u64),
    /// An ephemeral frame, to be shown behind an entry.
    Said(String, u64, String, Value),
    /// Somebody's connections or subscriptions must go.
    Revoked(Revoked),
}

/// Where news for the other nodes goes; nowhere while there are none.
#[derive(Default)]
pub(super) struct Others(std::sync::OnceLock<mpsc::Sender<News>>);

impl Others {
    pub(super) fn tell(&self, news: impl FnOnce() -> News) {
        if let Some(queue) = self.0.get()
            && queue.try_send(news()).is_err()
        {
            metrics::counter!("skald_live_news_dropped_total").increment(1);
        }
    }
}

/// Starts telling and hearing. Only PostgreSQL has other nodes.
pub(super) fn start(app: &App) {
    if !app.db().is_postgres() {
        return;
    }
    let me: Uuid = app.ids().next();
    let (queue, news) = mpsc::channel(QUEUE);
    if app.live().others.0.set(queue).is_err() {
        return;
    }
    app.tasks().spawn("tell nodes", tell(app.clone(), me, news));
    app.tasks().spawn("hear nodes", hear(app.clone(), me));
}

async fn tell(app: App, me: Uuid, mut news: mpsc::Receiver<News>) {
    let stopping = app.tasks().stopping();
    loop {
        let first = tokio::select! {
            () = stopping.cancelled() => return,
            first = news.recv() => first,
        };
        let Some(first) = first else { return };
        tokio::time::sleep(GATHER).await;
        let mut gathered = vec![first];
        while let Ok(more) = news.try_recv() {
            gathered.push(more);
        }
        for notice in notices(me, gathered) {
            let db = app.db().write();
            if let Err(error) =
                db.execute_raw(sql(db, "SELECT pg_notify($1, $2)", [CHANNEL.into(), notice.into()])).await
            {
                tracing::warn!(%error, "telling the other nodes failed");
            }
        }
    }
}

/// Packs news into notices: of each stream's growth only the last number, and nothing that does not fit.
fn notices(me: Uuid, news: Vec<News>) -> Vec<String> {
    let mut last: HashMap<String, u64> = HashMap::new();
    for one in &news {
        if let News::Grew(stream, seq) = one {
            let known = last.entry(stream.clone()).or_default();
            *known = (*known).max(*seq);
        }
    }
    let mut out = Vec::new();
    let head = format!("{me} [");
    let mut notice = head.clone();
    for one in news {
        let one = match one {
            News::Grew(stream, _) => match last.remove(&stream) {
                Some(seq) => News::Grew(stream, seq),
                None => continue,
            },
            other => other,
        };
        let Ok(text) = serde_json::to_string(&one) else { continue };
        if head.len() + text.len() + 2 > NOTICE {
            continue;
        }
        if notice.len() + text.len() + 2 > NOTICE {
            out.push(std::mem::replace(&mut notice, head.clone()) + "]");
        }
        if notice.len() > head.len() {
            notice.push(',');
        }
        notice.push_str(&text);
    }
    if notice.len() > head.len() {
        out.push(notice + "]");
    }
    out
}

async fn hear(app: App, me: Uuid) {
    let stopping = app.tasks().stopping();
    let pool = app.db().write().get_postgres_connection_pool().clone();
    loop {
        let heard = async {
            let mut listener = PgListener::connect_with(&pool).await?;
            listener.listen(CHANNEL).await?;
            loop {
                let notice = listener.recv().await?;
                take(&app, me, notice.payload());
            }
        };
        let ended: Result<(), sqlx::Error> = tokio::select! {
            () = stopping.cancelled() => return,
            ended = heard => ended,
        };
        if let Err(error) = ended {
            tracing::warn!(%error, "hearing the other nodes failed");
        }
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
    }
}

fn take(app: &App, me: Uuid, notice: &str) {
    let Some((from, news)) = notice.split_once(' ') else { return };
    if from == me.to_string() {
        return;
    }
    // A newer node may send news that this one does not know.
    let news: Vec<Value> = serde_json::from_str(news).unwrap_or_default();
    for one in news.into_iter().filter_map(|one| serde_json::from_value(one).ok()) {
        match one {
            News::Grew(stream, seq) => with(&stream, |stream| app.live().grew(stream, seq)),
            News::Said(stream, seq, kind, data) => with(&stream, |stream| app.live().show(stream, seq, &kind, &data)),
            News::Revoked(revoked) => app.live().close(revoked),
        }
    }
}

fn with(stream: &str, act: impl FnOnce(StreamKey)) {
    if let Ok(stream) = stream.parse() {
        act(stream);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(notice: &str) -> Vec<News> {
        serde_json::from_str(notice.split_once(' ').unwrap().1).unwrap()
    }

    #[test]
    fn only_the_last_growth_of_a_stream_is_told() {
        let grew = |stream: &str, seq| News::Grew(stream.into(), seq);
        let out = notices(Uuid::nil(), vec![grew("a", 1), grew("b", 7), grew("a", 3), grew("a", 2)]);
        assert_eq!(out.len(), 1);
        assert_eq!(read(&out[0]), [grew("a", 3), grew("b", 7)]);
    }

    #[test]
    fn much_news_is_told_in_several_notices_and_what_fits_none_is_left_out() {
        let said = |length: usize| News::Said("s".into(), 0, "k".into(), Value::String("x".repeat(length)));
        let out = notices(Uuid::nil(), vec![said(5_000), said(9_000), said(5_000), said(100)]);
        assert!(out.iter().all(|notice| notice.len() <= NOTICE));
        assert_eq!(out.iter().map(|notice| read(notice).len()).sum::<usize>(), 3);
        assert!(notices(Uuid::nil(), Vec::new()).is_empty());
    }
}
