//! The SQL of random tables and rolls. Callers make sure that the viewer sees all.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::{Value, json};
use skald_kernel::{CampaignId, Error, Result, TableId, TableRollId, UserId};
use skald_platform::http::{Page, PageQuery};
use uuid::Uuid;

use super::dto::{TableIn, TableOut, TableRollOut, TableRow};
use crate::bind::{Binds, column};

const TABLE: &str = "SELECT t.id, t.campaign_id, t.name, t.description, t.dice, t.rows, t.version FROM random_tables t \
                     WHERE t.deleted_at IS NULL";

fn table(row: &QueryResult) -> Result<TableOut> {
    let rows: Vec<TableRow> = serde_json::from_value(column::<Value>(row, "rows")?).map_err(Error::internal)?;
    Ok(TableOut {
        id: TableId(column(row, "id")?),
        campaign_id: CampaignId(column(row, "campaign_id")?),
        name: column(row, "name")?,
        description: column(row, "description")?,
        dice: column(row, "dice")?,
        row_count: rows.len() as u64,
        rows: Some(rows),
        entities: None,
        version: column(row, "version")?,
    })
}

/// All tables of a campaign with their rows, by name.
pub(super) async fn list(db: &impl ConnectionTrait, campaign: CampaignId) -> Result<Vec<TableOut>> {
    let mut binds = Binds::default();
    let text = format!("{TABLE} AND t.campaign_id = {} ORDER BY t.name, t.id", binds.add(campaign.0));
    binds.rows(db, text).await?.iter().map(table).collect()
}

pub(super) async fn find(db: &impl ConnectionTrait, campaign: CampaignId, id: TableId) -> Result<Option<TableOut>> {
    let mut binds = Binds::default();
    let text = format!("{TABLE} AND t.campaign_id = {} AND t.id = {}", binds.add(campaign.0), binds.add(id.0));
    binds.rows(db, text).await?.first().map(table).transpose()
}

pub(super) async fn insert(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: TableId,
    table: &TableIn,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut binds = Binds::default();
    let row = binds.row([
        id.0.into(),
        campaign.0.into(),
        table.name.clone().into(),
        table.description.clone().into(),
        table.dice.clone().into(),
        json!(table.rows).into(),
        1_i64.into(),
        now.into(),
        now.into(),
    ]);
    let text = format!(
        "INSERT INTO random_tables (id, campaign_id, name, description, dice, rows, version, created_at, updated_at) \
         VALUES {row}"
    );
    binds.run(db, text).await.map(drop)
}

/// Whether the stored version was the expected one; if not, nothing is changed.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: TableId,
    expected: i64,
    table: &TableIn,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE random_tables SET name = {}, description = {}, dice = {}, rows = {}, updated_at = {}, \
         version = version + 1 WHERE id = {} AND campaign_id = {} AND version = {} AND deleted_at IS NULL",
        binds.add(table.name.clone()),
        binds.add(table.description.clone()),
        binds.add(table.dice.clone()),
        binds.add(json!(table.rows)),
        binds.add(now),
        binds.add(id.0),
        binds.add(campaign.0),
        binds.add(expected)
    );
    Ok(binds.run(db, text).await? > 0)
}

/// Whether the stored version was the expected one; if not, nothing is changed.
pub(super) async fn delete(
    db: &impl ConnectionTrait,
    campaign: CampaignId,
    id: TableId,
    expected: i64,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut binds = Binds::default();
    let text = format!(
        "UPDATE random_tables SET deleted_at = {}, version = version + 1 \
         WHERE id = {} AND campaign_id = {} AND version = {} AND deleted_at IS NULL",
        binds.add(now),
        binds.add(id.0),
        binds.add(campaign.0),
        binds.add(expected)
    );
    Ok(binds.run(db, text).await? > 0)
}

pub(super) async fn insert_roll(db: &impl ConnectionTrait, campaign: CampaignId, roll: &TableRollOut) -> Result<()> {
    let mut binds = Binds::default();
    let row = binds.row([
        roll.id.0.into(),
        campaign.0.into(),
        roll.table_id.0.into(),
        roll.table_version.into(),
        roll.user_id.map(|id| id.0).into(),
        (roll.seed as i64).into(),
        json!(roll.results).into(),
        roll.created_at.into(),
    ]);
    let text = format!(
        "INSERT INTO table_rolls (id, campaign_id, table_id, table_version, user_id, seed, results, created_at) \
         VALUES {row}"
    );
    binds.run(db, text).await.map(drop)
}

pub(super) async fn rolls(db: &impl ConnectionTrait, table: TableId, page: &PageQuery) -> Result<Page<TableRollOut>> {
    let limit = page.limit()?;
    let mut binds = Binds::default();
    let mut text = format!(
        "SELECT id, table_id, table_version, user_id, seed, results, created_at FROM table_rolls WHERE table_id = {}",
        binds.add(table.0)
    );
    if let Some(last) = page.after::<Uuid>()? {
        text.push_str(&format!(" AND id < {}", binds.add(last)));
    }
    text.push_str(&format!(" ORDER BY id DESC LIMIT {}", limit + 1));
    let rows: Result<Vec<TableRollOut>> = binds.rows(db, text).await?.iter().map(roll).collect();
    Ok(Page::from_rows(rows?, limit, |roll| roll.id.0))
}

fn roll(row: &QueryResult) -> Result<TableRollOut> {
    Ok(TableRollOut {
        id: TableRollId(column(row, "id")?),
        table_id: TableId(column(row, "table_id")?),
        table_version: column(row, "table_version")?,
        user_id: column::<Option<Uuid>>(row, "user_id")?.map(UserId),
        seed: column::<i64>(row, "seed")?.unsigned_abs(),
        results: serde_json::from_value(column::<Value>(row, "results")?).map_err(Error::internal)?,
        created_at: column(row, "created_at")?,
    })
}
