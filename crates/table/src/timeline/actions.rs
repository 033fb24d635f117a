//! Appending: the only way a timeline changes.

use skald_kernel::{EntryId, Result, SessionId, StreamKey};
use skald_platform::Tx;

use super::{EntryOut, NewEntry, queries};

/// Where new entries go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Behind the newest entry.
    Head,
    /// Behind an earlier entry: everything after that leaves the active branch.
    Behind(EntryId),
}

/// Appends entries, each behind the one before it.
///
/// # Errors
/// When the database fails.
pub async fn append(tx: &mut Tx, session: SessionId, at: At, entries: Vec<NewEntry>) -> Result<Vec<EntryOut>> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    // The counter's row is locked from here on: whoever appends next waits, and sees these entries.
    let first = tx.next_seq(StreamKey::session(session), entries.len() as u64).await?;
    let mut parent = match at {
        At::Behind(entry) => Some(entry),
        At::Head => queries::head(tx.conn(), session).await?.map(|(id, _)| id),
    };
    let mut appended = Vec::with_capacity(entries.len());
    for (entry, seq) in entries.into_iter().zip(first..) {
        let id: EntryId = tx.ids().next();
        let entry = EntryOut {
            id,
            session_id: session,
            seq,
            parent_id: parent,
            kind: entry.kind,
            author: entry.author,
            text: entry.text,
            data: entry.data,
            generation_id: entry.generation_id,
            created_at: tx.now(),
        };
        parent = Some(id);
        appended.push(entry);
    }
    queries::insert(tx.conn(), &appended).await?;
    Ok(appended)
}
