//! Random tables and rolls on them as they come in and go out.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use skald_kernel::{CampaignId, EntityId, TableId, TableRollId, UserId, dice::DieRolled, patch};
use utoipa::ToSchema;

use crate::entities::EntityName;

/// A row of a table: a result.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TableRow {
    /// In a table with dice: the least total that leads here.
    pub from: Option<i32>,
    /// In a table with dice: the greatest total that leads here; as `from` when absent.
    pub to: Option<i32>,
    /// In a table without dice: how likely the row is beside the others, 1 to 1000; 1 when absent.
    pub weight: Option<u32>,
    /// At most 500 characters. `{{name}}` or `{{id}}` of another table stands for a roll on it.
    pub text: String,
    /// What of the canon the row is about.
    pub entity_id: Option<EntityId>,
    /// A table that is rolled on as well; its result follows the text.
    pub table_id: Option<TableId>,
}

/// A table to make.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TableIn {
    /// 1 to 120 characters, none of them braces; no two tables of a campaign have the same, whatever its case and accents.
    pub name: String,
    /// At most 500 characters.
    #[serde(default)]
    pub description: String,
    /// What is thrown, such as `2d6`: then each row has a range, and together they hold every total once. Absent: each
    /// row has a weight.
    #[serde(default)]
    pub dice: Option<String>,
    /// 1 to 200 rows.
    pub rows: Vec<TableRow>,
}

/// A change of a table: absent leaves, null clears, a value sets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TablePatch {
    /// Cannot be null.
    #[serde(deserialize_with = "patch::some")]
    pub name: Option<Option<String>>,
    /// Null makes it empty.
    #[serde(deserialize_with = "patch::some")]
    pub description: Option<Option<String>>,
    /// Null makes it a table of weights.
    #[serde(deserialize_with = "patch::some")]
    pub dice: Option<Option<String>>,
    /// All rows, in place of those that are stored. Cannot be null.
    #[serde(deserialize_with = "patch::some")]
    pub rows: Option<Option<Vec<TableRow>>>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TableOut {
    /// The table.
    pub id: TableId,
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What is thrown; null where the rows have weights.
    pub dice: Option<String>,
    /// How many rows it has.
    pub row_count: u64,
    /// The rows in their order; absent from a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<Vec<TableRow>>,
    /// The entities that rows are about, with their names; absent from a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entities: Option<Vec<EntityName>>,
    /// Counts changes from 1.
    pub version: i64,
}

/// A roll to make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TableRollIn {
    /// Below 2^53: gives the results that it gave before, while the tables are the same. One is drawn when absent.
    pub seed: Option<u64>,
    /// How many results, 1 to 20; 1 when absent.
    pub count: Option<u32>,
}

/// One result, with the rolls on other tables that it took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rolled {
    /// The table.
    pub table_id: TableId,
    /// Its name then.
    pub table: String,
    /// Every die. A table of weights throws one die with as many sides as all weights together.
    pub dice: Vec<DieRolled>,
    /// What the dice come to.
    pub total: i32,
    /// Which row, counted from 0; null when no row has this total any more.
    pub row: Option<u32>,
    /// The row's text, with what other tables gave in its place.
    pub text: String,
    /// What the row is about.
    pub entity: Option<EntityName>,
    /// The rolls on other tables, in their order in the text.
    #[schema(no_recursion)]
    pub nested: Vec<Rolled>,
}

/// A roll that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TableRollOut {
    /// The roll.
    pub id: TableRollId,
    /// The table.
    pub table_id: TableId,
    /// The table's version then.
    pub table_version: i64,
    /// Who rolled.
    pub user_id: Option<UserId>,
    /// Gives the same results again.
    pub seed: u64,
    /// The results.
    pub results: Vec<Rolled>,
    /// When.
    pub created_at: DateTime<Utc>,
}
