//! Random tables with their rolls, plots with what they wait for, and lorebook rules.

use sea_orm_migration::{prelude::*, schema::*};

use super::belongs_to;

pub(super) struct Plots;

impl MigrationName for Plots {
    fn name(&self) -> &str {
        "m0011_plots"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Plots {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        tables(m).await?;
        plots(m).await?;
        m.create_table(
            Table::create()
                .table("lorebook_rules")
                .col(pk_uuid("entity_id"))
                .col(uuid("campaign_id"))
                .col(json_binary("rule"))
                .col(big_integer("version"))
                .col(timestamp_with_time_zone("updated_at"))
                .foreign_key(&mut belongs_to("entity_id", "entities"))
                .foreign_key(&mut belongs_to("campaign_id", "campaigns"))
                .take(),
        )
        .await?;
        m.create_index(Index::create().name("lorebook_by_campaign").table("lorebook_rules").col("campaign_id").take())
            .await
    }
}

async fn tables(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("random_tables")
            .col(pk_uuid("id"))
            .col(uuid("campaign_id"))
            .col(text("name"))
            .col(text("description"))
            // Null where the rows have weights.
            .col(text_null("dice"))
            .col(json_binary("rows"))
            .col(big_integer("version").default(1))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .col(timestamp_with_time_zone_null("deleted_at"))
            .foreign_key(&mut belongs_to("campaign_id", "campaigns"))
            .take(),
    )
    .await?;
    m.create_index(
        Index::create().name("random_tables_by_campaign").table("random_tables").col("campaign_id").col("id").take(),
    )
    .await?;
    m.create_table(
        Table::create()
            .table("table_rolls")
            .col(pk_uuid("id"))
            .col(uuid("campaign_id"))
            .col(uuid("table_id"))
            .col(big_integer("table_version"))
            .col(uuid_null("user_id"))
            .col(big_integer("seed"))
            .col(json_binary("results"))
            .col(timestamp_with_time_zone("created_at"))
            .foreign_key(&mut belongs_to("table_id", "random_tables"))
            .take(),
    )
    .await?;
    m.create_index(Index::create().name("table_rolls_by_table").table("table_rolls").col("table_id").col("id").take())
        .await
}

async fn plots(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("plots")
            .col(pk_uuid("entity_id"))
            .col(uuid("campaign_id"))
            .col(string("status"))
            // Null where the milestones say it.
            .col(integer_null("progress"))
            .col(json_binary("milestones"))
            .col(json_binary("hooks"))
            .col(json_binary("links"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("touched_at"))
            .foreign_key(&mut belongs_to("entity_id", "entities"))
            .foreign_key(&mut belongs_to("campaign_id", "campaigns"))
            .take(),
    )
    .await?;
    m.create_table(
        Table::create()
            .table("plot_dependencies")
            .col(uuid("plot_id"))
            .col(uuid("needs_id"))
            .col(uuid("campaign_id"))
            .primary_key(Index::create().col("plot_id").col("needs_id"))
            .foreign_key(&mut belongs_to("plot_id", "entities"))
            .foreign_key(&mut belongs_to("needs_id", "entities"))
            .take(),
    )
    .await?;
    let index = |name: &'static str, column: &'static str| {
        Index::create().name(name).table("plot_dependencies").col(column).take()
    };
    m.create_index(index("plot_dependencies_by_need", "needs_id")).await?;
    m.create_index(index("plot_dependencies_by_campaign", "campaign_id")).await
}
