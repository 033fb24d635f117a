//! The tables of sessions.

use sea_orm_migration::{prelude::*, schema::*};

/// The migrations of this crate, oldest first.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Tables)]
}

struct Tables;

impl MigrationName for Tables {
    fn name(&self) -> &str {
        "m0005_table"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("sessions")
                .col(pk_uuid("id"))
                .col(uuid("campaign_id"))
                .col(string("kind"))
                .col(string("title"))
                .col(string("status"))
                .col(uuid("created_by"))
                .col(big_integer("version").default(1))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone_null("started_at"))
                .col(timestamp_with_time_zone_null("ended_at"))
                .foreign_key(
                    ForeignKey::create()
                        .from_col("campaign_id")
                        .to("campaigns", "id")
                        .on_delete(ForeignKeyAction::Cascade),
                )
                .take(),
        )
        .await?;
        m.create_index(
            Index::create().name("sessions_by_campaign").table("sessions").col("campaign_id").col("id").take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("participants")
                .col(uuid("session_id"))
                .col(uuid("user_id"))
                .col(uuid_null("character_id"))
                .col(timestamp_with_time_zone("joined_at"))
                .primary_key(Index::create().col("session_id").col("user_id"))
                .foreign_key(
                    ForeignKey::create()
                        .from_col("session_id")
                        .to("sessions", "id")
                        .on_delete(ForeignKeyAction::Cascade),
                )
                .take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("entries")
                .col(pk_uuid("id"))
                .col(uuid("session_id"))
                .col(big_integer("seq"))
                .col(uuid_null("parent_id"))
                .col(string("kind"))
                .col(string("author_type"))
                .col(uuid_null("user_id"))
                .col(uuid_null("character_id"))
                .col(string("author_name"))
                .col(text("text"))
                .col(json_binary("data"))
                .col(uuid_null("generation_id"))
                .col(timestamp_with_time_zone("created_at"))
                .foreign_key(
                    ForeignKey::create()
                        .from_col("session_id")
                        .to("sessions", "id")
                        .on_delete(ForeignKeyAction::Cascade),
                )
                .take(),
        )
        .await?;
        m.create_index(
            Index::create().name("entries_in_order").table("entries").col("session_id").col("seq").unique().take(),
        )
        .await
    }
}
