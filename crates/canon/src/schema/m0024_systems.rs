//! The rule systems that a campaign wrote itself.

use sea_orm_migration::{prelude::*, schema::*};

use super::belongs_to;

pub(super) struct Systems;

impl MigrationName for Systems {
    fn name(&self) -> &str {
        "m0024_systems"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Systems {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("rule_systems")
                .col(pk_uuid("id"))
                .col(uuid("campaign_id"))
                .col(string("key"))
                .col(text("name"))
                .col(json_binary("schema"))
                .col(json_binary("ui"))
                .col(big_integer("version").default(1))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone("updated_at"))
                .foreign_key(&mut belongs_to("campaign_id", "campaigns"))
                .take(),
        )
        .await?;
        m.create_index(
            Index::create()
                .name("rule_systems_by_key")
                .table("rule_systems")
                .col("campaign_id")
                .col("key")
                .unique()
                .take(),
        )
        .await
    }
}
