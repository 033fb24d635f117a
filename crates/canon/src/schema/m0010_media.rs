//! Pictures, and the portraits of entities.

use sea_orm_migration::{prelude::*, schema::*};

use super::belongs_to;

pub(super) struct Media;

impl MigrationName for Media {
    fn name(&self) -> &str {
        "m0010_media"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Media {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("media")
                .col(pk_uuid("id"))
                .col(uuid("campaign_id"))
                .col(string("sha256"))
                .col(string("content_type"))
                .col(big_integer("bytes"))
                .col(integer("width"))
                .col(integer("height"))
                .col(text("name"))
                .col(text("alt"))
                .col(uuid_null("uploaded_by"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone_null("deleted_at"))
                .foreign_key(&mut belongs_to("campaign_id", "campaigns"))
                .take(),
        )
        .await?;
        m.create_index(Index::create().name("media_by_campaign").table("media").col("campaign_id").col("id").take())
            .await?;
        // No foreign key: SQLite cannot add one to a table that is there. The action that sets a portrait checks it.
        m.alter_table(Table::alter().table("entities").add_column(uuid_null("portrait_id")).take()).await?;
        m.create_index(Index::create().name("entities_by_portrait").table("entities").col("portrait_id").take()).await
    }
}
