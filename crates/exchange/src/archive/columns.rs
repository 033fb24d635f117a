//! The columns of a table as the database has them, and their values as JSON and back.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Value as Bound};
use serde_json::Value;
use skald_kernel::{Error, Result};
use skald_platform::db::{DbResult, sql};
use uuid::Uuid;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Uuid,
    Text,
    Int,
    Long,
    Real,
    Bool,
    Json,
    Time,
}

/// A column.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) nullable: bool,
    /// Whether it is part of the primary key.
    pub(super) key: bool,
}

/// The columns of a table, in the order of the database.
pub(super) async fn columns(db: &impl ConnectionTrait, table: &str) -> Result<Vec<Column>> {
    let postgres = db.get_database_backend() == DbBackend::Postgres;
    let text = match postgres {
        true => {
            "SELECT c.column_name AS name, c.data_type AS type, c.is_nullable = 'YES' AS nullable, EXISTS (\
             SELECT 1 FROM information_schema.key_column_usage k JOIN information_schema.table_constraints t \
             ON t.constraint_name = k.constraint_name AND t.table_schema = k.table_schema AND t.table_name = k.table_name \
             WHERE t.constraint_type = 'PRIMARY KEY' AND k.table_schema = c.table_schema \
             AND k.table_name = c.table_name AND k.column_name = c.column_name) AS key \
             FROM information_schema.columns c WHERE c.table_schema = current_schema() AND c.table_name = $1 \
             ORDER BY c.ordinal_position"
        }
        false => {
            "SELECT name, type, \"notnull\" = 0 AND pk = 0 AS nullable, pk > 0 AS key FROM pragma_table_info($1) ORDER BY cid"
        }
    };
    let rows = db.query_all_raw(sql(db, text, [table.into()])).await.db()?;
    rows.iter()
        .map(|row| {
            let kind: String = row.try_get("", "type").db()?;
            Ok(Column {
                name: row.try_get("", "name").db()?,
                kind: kind_of(&kind, postgres)
                    .ok_or_else(|| Error::internal(format!("{table} has a column of type {kind}")))?,
                nullable: row.try_get("", "nullable").db()?,
                key: row.try_get("", "key").db()?,
            })
        })
        .collect()
}

/// What a declared type holds. Integers of SQLite are of one kind, however large.
fn kind_of(declared: &str, postgres: bool) -> Option<Kind> {
    let declared = declared.to_lowercase();
    let word = declared.split('(').next()?.trim();
    Some(match word {
        "uuid" | "uuid_text" => Kind::Uuid,
        "text" | "varchar" | "character varying" => Kind::Text,
        "integer" if postgres => Kind::Int,
        "integer" | "bigint" => Kind::Long,
        "double" | "double precision" | "real" => Kind::Real,
        "boolean" => Kind::Bool,
        "jsonb" | "json" | "jsonb_text" | "json_text" => Kind::Json,
        "timestamp with time zone" | "timestamp_with_timezone_text" => Kind::Time,
        _ => return None,
    })
}

/// The value of a column in a row.
pub(super) fn read(row: &QueryResult, column: &Column) -> Result<Value> {
    let name = column.name.as_str();
    Ok(match column.kind {
        Kind::Uuid => json(row.try_get::<Option<Uuid>>("", name).db()?),
        Kind::Text => json(row.try_get::<Option<String>>("", name).db()?),
        Kind::Int => json(row.try_get::<Option<i32>>("", name).db()?),
        Kind::Long => json(row.try_get::<Option<i64>>("", name).db()?),
        Kind::Real => json(row.try_get::<Option<f64>>("", name).db()?),
        Kind::Bool => json(row.try_get::<Option<bool>>("", name).db()?),
        Kind::Json => row.try_get::<Option<Value>>("", name).db()?.unwrap_or_default(),
        Kind::Time => json(row.try_get::<Option<DateTime<Utc>>>("", name).db()?),
    })
}

fn json<T: serde::Serialize>(value: Option<T>) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// A value for a column; `None` when it does not fit.
pub(super) fn write(value: &Value, column: &Column) -> Option<Bound> {
    if value.is_null() && column.kind == Kind::Json && !column.nullable {
        return Some(Value::Null.into());
    }
    if value.is_null() {
        return column.nullable.then(|| nothing(column.kind));
    }
    Some(match column.kind {
        Kind::Uuid => Uuid::try_parse(value.as_str()?).ok()?.into(),
        // PostgreSQL has no text with a zero in it.
        Kind::Text => value.as_str().filter(|text| !text.contains('\0'))?.into(),
        Kind::Int => i32::try_from(value.as_i64()?).ok()?.into(),
        Kind::Long => value.as_i64()?.into(),
        Kind::Real => value.as_f64()?.into(),
        Kind::Bool => value.as_bool()?.into(),
        Kind::Json => value.clone().into(),
        Kind::Time => DateTime::parse_from_rfc3339(value.as_str()?).ok()?.with_timezone(&Utc).into(),
    })
}

fn nothing(kind: Kind) -> Bound {
    match kind {
        Kind::Uuid => None::<Uuid>.into(),
        Kind::Text => None::<String>.into(),
        Kind::Int => None::<i32>.into(),
        Kind::Long => None::<i64>.into(),
        Kind::Real => None::<f64>.into(),
        Kind::Bool => None::<bool>.into(),
        Kind::Json => None::<Value>.into(),
        Kind::Time => None::<DateTime<Utc>>.into(),
    }
}
