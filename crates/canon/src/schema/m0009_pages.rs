//! Pages: aliases one by one, the links and audiences in a body, history, locked fields.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, Statement, Value};
use sea_orm_migration::{prelude::*, schema::*};
use uuid::Uuid;

use super::{belongs_to, key};

pub(super) struct Pages;

impl MigrationName for Pages {
    fn name(&self) -> &str {
        "m0009_pages"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Pages {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        aliases(m).await?;
        links(m).await?;
        history(m).await?;
        m.alter_table(
            Table::alter().table("entities").add_column(json_binary("locked").default(Expr::cust("'[]'"))).take(),
        )
        .await
    }
}

/// An index finds an alias here; the text in `entities.aliases_key` is for parts of one.
async fn aliases(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("entity_aliases")
            .col(uuid("entity_id"))
            .col(key(m, "alias_key"))
            .col(uuid("campaign_id"))
            .primary_key(Index::create().col("entity_id").col("alias_key"))
            .foreign_key(&mut belongs_to("entity_id", "entities"))
            .take(),
    )
    .await?;
    m.create_index(
        Index::create()
            .name("aliases_by_key")
            .table("entity_aliases")
            .col("campaign_id")
            .col("alias_key")
            .col("entity_id")
            .take(),
    )
    .await?;
    let db = m.get_connection();
    let backend = m.get_database_backend();
    let known = "SELECT id, campaign_id, aliases_key FROM entities WHERE aliases_key <> ''";
    for row in db.query_all_raw(Statement::from_string(backend, known)).await? {
        let (id, campaign): (Uuid, Uuid) = (row.try_get("", "id")?, row.try_get("", "campaign_id")?);
        let aliases: String = row.try_get("", "aliases_key")?;
        // Cut as a name's key is.
        let keys: HashSet<String> =
            aliases.split('\n').filter(|key| !key.is_empty()).map(|key| key.chars().take(500).collect()).collect();
        for key in keys {
            let values: [Value; 3] = [id.into(), key.into(), campaign.into()];
            let insert = "INSERT INTO entity_aliases (entity_id, alias_key, campaign_id) VALUES ($1, $2, $3)";
            db.execute_raw(Statement::from_sql_and_values(backend, insert, values)).await?;
        }
    }
    Ok(())
}

async fn links(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("entity_links")
            .col(uuid("source_id"))
            .col(integer("position"))
            .col(uuid("campaign_id"))
            // `open`, `gm` or `some`: who may read the passage it stands in. `audience`: a name in the fence of one.
            .col(string("place"))
            .col(integer("passage"))
            .col(key(m, "text_key"))
            // Null while nothing bears the name.
            .col(uuid_null("target_id"))
            .primary_key(Index::create().col("source_id").col("position"))
            .foreign_key(&mut belongs_to("source_id", "entities"))
            .take(),
    )
    .await?;
    let index = |name: &'static str| Index::create().name(name).table("entity_links").take();
    m.create_index(index("links_by_target").col("target_id").col("source_id").take()).await?;
    m.create_index(index("links_by_name").col("campaign_id").col("text_key").take()).await
}

async fn history(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("canon_history")
            .col(pk_uuid("id"))
            .col(uuid("campaign_id"))
            .col(string("subject_type"))
            .col(uuid("subject_id"))
            .col(big_integer("version"))
            .col(string("action"))
            .col(json_binary("changed"))
            .col(json_binary("snapshot"))
            .col(uuid_null("user_id"))
            .col(timestamp_with_time_zone("created_at"))
            .foreign_key(&mut belongs_to("campaign_id", "campaigns"))
            .take(),
    )
    .await?;
    let index = |name: &'static str| Index::create().name(name).table("canon_history").take();
    m.create_index(index("history_by_subject").col("subject_id").col("version").take()).await?;
    m.create_index(index("history_by_campaign").col("campaign_id").col("id").take()).await
}
