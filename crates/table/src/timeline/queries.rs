//! Reading and writing entries.

use sea_orm::{ConnectionTrait, QueryResult, Value as Bind};
use skald_kernel::{EntityId, EntryId, GenerationId, Result, SessionId, UserId};
use skald_platform::db::{DbResult, sql};
use uuid::Uuid;

use super::{Author, EntryKind, EntryOut};

const COLUMNS: &str = "id, session_id, seq, parent_id, kind, author_type, user_id, character_id, author_name, text, data, \
                       generation_id, created_at";
/// Entries written by one statement; each takes 13 parameters.
const ROWS: usize = 50;

fn read(row: &QueryResult) -> Result<EntryOut> {
    let name: String = row.try_get("", "author_name").db()?;
    let user: Option<Uuid> = row.try_get("", "user_id").db()?;
    let author_type: String = row.try_get("", "author_type").db()?;
    let author = match (author_type.as_str(), user) {
        ("member", Some(user)) => Author::Member {
            user_id: UserId(user),
            character_id: row.try_get::<Option<Uuid>>("", "character_id").db()?.map(EntityId),
            name,
        },
        ("master", _) => Author::Master { name },
        _ => Author::Engine { name },
    };
    let kind: String = row.try_get("", "kind").db()?;
    Ok(EntryOut {
        id: EntryId(row.try_get("", "id").db()?),
        session_id: SessionId(row.try_get("", "session_id").db()?),
        seq: row.try_get::<i64>("", "seq").db()? as u64,
        parent_id: row.try_get::<Option<Uuid>>("", "parent_id").db()?.map(EntryId),
        kind: EntryKind::parse(&kind),
        author,
        text: row.try_get("", "text").db()?,
        data: row.try_get("", "data").db()?,
        generation_id: row.try_get::<Option<Uuid>>("", "generation_id").db()?.map(GenerationId),
        created_at: row.try_get("", "created_at").db()?,
    })
}

async fn rows(db: &impl ConnectionTrait, text: String, values: Vec<Bind>) -> Result<Vec<EntryOut>> {
    db.query_all_raw(sql(db, text, values)).await.db()?.iter().map(read).collect()
}

pub(super) async fn insert(db: &impl ConnectionTrait, entries: &[EntryOut]) -> Result<()> {
    for batch in entries.chunks(ROWS) {
        let mut values: Vec<Bind> = Vec::with_capacity(batch.len() * 13);
        let mut tuples = Vec::with_capacity(batch.len());
        for entry in batch {
            let (author_type, user, character, name) = match &entry.author {
                Author::Member { user_id, character_id, name } => {
                    ("member", Some(user_id.0), character_id.map(|id| id.0), name)
                }
                Author::Master { name } => ("master", None, None, name),
                Author::Engine { name } => ("engine", None, None, name),
            };
            let from = values.len();
            values.extend::<[Bind; 13]>([
                entry.id.0.into(),
                entry.session_id.0.into(),
                (entry.seq as i64).into(),
                entry.parent_id.map(|id| id.0).into(),
                entry.kind.as_str().into(),
                author_type.into(),
                user.into(),
                character.into(),
                name.clone().into(),
                entry.text.clone().into(),
                entry.data.clone().into(),
                entry.generation_id.map(|id| id.0).into(),
                entry.created_at.into(),
            ]);
            let marks: Vec<String> = (from + 1..=values.len()).map(|n| format!("${n}")).collect();
            tuples.push(format!("({})", marks.join(", ")));
        }
        let text = format!("INSERT INTO entries ({COLUMNS}) VALUES {}", tuples.join(", "));
        db.execute_raw(sql(db, text, values)).await.db()?;
    }
    Ok(())
}

/// The newest entry with its number: the tip of the active branch.
///
/// # Errors
/// When the database fails.
pub async fn head(db: &impl ConnectionTrait, session: SessionId) -> Result<Option<(EntryId, u64)>> {
    let text = "SELECT id, seq FROM entries WHERE session_id = $1 ORDER BY seq DESC LIMIT 1";
    let Some(row) = db.query_one_raw(sql(db, text, [session.0.into()])).await.db()? else { return Ok(None) };
    Ok(Some((EntryId(row.try_get("", "id").db()?), row.try_get::<i64>("", "seq").db()? as u64)))
}

/// One entry of a session.
///
/// # Errors
/// Not found.
pub async fn find(db: &impl ConnectionTrait, session: SessionId, entry: EntryId) -> Result<EntryOut> {
    let text = format!("SELECT {COLUMNS} FROM entries WHERE session_id = $1 AND id = $2");
    let found = rows(db, text, vec![session.0.into(), entry.0.into()]).await?;
    found.into_iter().next().ok_or_else(skald_kernel::Error::not_found)
}

/// Entries after a number, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn after(db: &impl ConnectionTrait, session: SessionId, seq: u64, limit: u64) -> Result<Vec<EntryOut>> {
    let text = format!("SELECT {COLUMNS} FROM entries WHERE session_id = $1 AND seq > $2 ORDER BY seq LIMIT $3");
    rows(db, text, vec![session.0.into(), (seq as i64).into(), (limit as i64).into()]).await
}

/// The last entries before a number (or of all), oldest first.
///
/// # Errors
/// When the database fails.
pub async fn before(
    db: &impl ConnectionTrait,
    session: SessionId,
    seq: Option<u64>,
    limit: u64,
) -> Result<Vec<EntryOut>> {
    let text = format!("SELECT {COLUMNS} FROM entries WHERE session_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3");
    let until = seq.map_or(i64::MAX, |seq| seq as i64);
    let mut found = rows(db, text, vec![session.0.into(), until.into(), (limit as i64).into()]).await?;
    found.reverse();
    Ok(found)
}

/// The last entries of the active branch that ends at `tip`, oldest first, walked by parents.
///
/// # Errors
/// When the database fails.
pub async fn branch(db: &impl ConnectionTrait, session: SessionId, tip: EntryId, limit: u64) -> Result<Vec<EntryOut>> {
    walk(db, session, tip, limit, "").await
}

/// All effects on the branch that ends at `tip`, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn effects(db: &impl ConnectionTrait, session: SessionId, tip: EntryId) -> Result<Vec<EntryOut>> {
    walk(db, session, tip, i64::MAX as u64, " AND e.kind = 'effect'").await
}

async fn walk(
    db: &impl ConnectionTrait,
    session: SessionId,
    tip: EntryId,
    limit: u64,
    only: &str,
) -> Result<Vec<EntryOut>> {
    let columns: Vec<String> = COLUMNS.split(',').map(|column| format!("e.{}", column.trim())).collect();
    let text = format!(
        "WITH RECURSIVE path (id, parent_id, depth) AS ( \
           SELECT id, parent_id, 1 FROM entries WHERE session_id = $1 AND id = $2 \
           UNION ALL \
           SELECT p.id, p.parent_id, path.depth + 1 FROM path JOIN entries p ON p.id = path.parent_id WHERE path.depth < $3 \
         ) SELECT {} FROM path JOIN entries e ON e.id = path.id WHERE 1 = 1{only} ORDER BY e.seq",
        columns.join(", ")
    );
    let limit = limit.min(i32::MAX as u64) as i32;
    rows(db, text, vec![session.0.into(), tip.0.into(), limit.into()]).await
}
