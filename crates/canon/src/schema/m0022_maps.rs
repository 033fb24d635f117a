//! Maps and the pins on them.

use sea_orm_migration::{prelude::*, schema::*};

use super::belongs_to;

pub(super) struct Maps;

impl MigrationName for Maps {
    fn name(&self) -> &str {
        "m0022_maps"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Maps {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("maps")
                .col(pk_uuid("id"))
                .col(uuid("campaign_id"))
                .col(text("name"))
                .col(uuid("media_id"))
                .col(uuid_null("location_id"))
                .col(string("visibility"))
                .col(big_integer("version").default(1))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone("updated_at"))
                .col(timestamp_with_time_zone_null("deleted_at"))
                .foreign_key(&mut belongs_to("campaign_id", "campaigns"))
                .foreign_key(&mut belongs_to("media_id", "media"))
                .take(),
        )
        .await?;
        m.create_index(Index::create().name("maps_by_campaign").table("maps").col("campaign_id").col("id").take())
            .await?;
        m.create_index(Index::create().name("maps_by_location").table("maps").col("location_id").take()).await?;
        m.create_index(Index::create().name("maps_by_media").table("maps").col("media_id").take()).await?;
        m.create_table(
            Table::create()
                .table("map_pins")
                .col(pk_uuid("id"))
                .col(uuid("campaign_id"))
                .col(uuid("map_id"))
                .col(double("x"))
                .col(double("y"))
                .col(text("label"))
                .col(uuid_null("entity_id"))
                .col(string("icon"))
                .col(string("colour"))
                .col(string("visibility"))
                .col(big_integer("version").default(1))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone("updated_at"))
                .col(timestamp_with_time_zone_null("deleted_at"))
                .foreign_key(&mut belongs_to("campaign_id", "campaigns"))
                .foreign_key(&mut belongs_to("map_id", "maps"))
                .take(),
        )
        .await?;
        m.create_index(Index::create().name("pins_by_map").table("map_pins").col("map_id").col("id").take()).await?;
        m.create_index(Index::create().name("pins_by_entity").table("map_pins").col("entity_id").take()).await?;
        for (table, column, of) in [("map_visible_to", "map_id", "maps"), ("pin_visible_to", "pin_id", "map_pins")] {
            m.create_table(
                Table::create()
                    .table(table)
                    .col(uuid(column))
                    .col(uuid("knower_id"))
                    .col(uuid("campaign_id"))
                    .primary_key(Index::create().col(column).col("knower_id"))
                    .foreign_key(&mut belongs_to(column, of))
                    .take(),
            )
            .await?;
        }
        Ok(())
    }
}
