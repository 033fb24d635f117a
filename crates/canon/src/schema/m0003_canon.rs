//! Entities, facts, relationships.

use sea_orm_migration::{prelude::*, schema::*};

use super::{belongs_to, key};

pub(super) struct Tables;

impl MigrationName for Tables {
    fn name(&self) -> &str {
        "m0003_canon"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        entities(m).await?;
        facts(m).await?;
        relationships(m).await
    }
}

async fn entities(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("entities")
            .col(pk_uuid("id"))
            .col(uuid("campaign_id"))
            .col(string("kind"))
            .col(string_null("subtype"))
            .col(text("name"))
            .col(key(m, "name_key"))
            .col(json_binary("aliases"))
            // Every folded alias between line breaks, so that a whole alias can be found as well as a part of one.
            .col(text("aliases_key"))
            .col(text("summary"))
            .col(text("body"))
            .col(json_binary("fields"))
            .col(string("visibility"))
            .col(uuid_null("parent_id"))
            .col(big_integer("version").default(1))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .col(timestamp_with_time_zone_null("deleted_at"))
            .foreign_key(&mut belongs_to("campaign_id", "campaigns"))
            .take(),
    )
    .await?;
    let index = |name: &'static str| Index::create().name(name).table("entities").take();
    // With what the filter of a viewer asks, so that counting a campaign reads the index alone.
    m.create_index(
        index("entities_by_name")
            .col("campaign_id")
            .col("name_key")
            .col("id")
            .col("deleted_at")
            .col("visibility")
            .take(),
    )
    .await?;
    m.create_index(
        index("entities_by_kind")
            .col("campaign_id")
            .col("kind")
            .col("name_key")
            .col("id")
            .col("deleted_at")
            .col("visibility")
            .take(),
    )
    .await?;
    m.create_index(index("entities_by_parent").col("campaign_id").col("parent_id").col("name_key").col("id").take())
        .await?;
    m.create_table(
        Table::create()
            .table("entity_tags")
            .col(uuid("entity_id"))
            .col(key(m, "tag_key"))
            .col(text("tag"))
            .col(uuid("campaign_id"))
            .primary_key(Index::create().col("entity_id").col("tag_key"))
            .foreign_key(&mut belongs_to("entity_id", "entities"))
            .take(),
    )
    .await?;
    m.create_index(
        Index::create()
            .name("tags_by_key")
            .table("entity_tags")
            .col("campaign_id")
            .col("tag_key")
            .col("entity_id")
            .take(),
    )
    .await?;
    m.create_table(
        Table::create()
            .table("entity_visible_to")
            .col(uuid("entity_id"))
            .col(uuid("knower_id"))
            .primary_key(Index::create().col("entity_id").col("knower_id"))
            .foreign_key(&mut belongs_to("entity_id", "entities"))
            .take(),
    )
    .await
}

async fn facts(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("facts")
            .col(pk_uuid("id"))
            .col(uuid("campaign_id"))
            .col(uuid("subject_id"))
            .col(text("predicate"))
            .col(uuid_null("object_id"))
            .col(text("text"))
            .col(big_integer_null("story_from"))
            .col(big_integer_null("story_to"))
            .col(integer_null("find_dc"))
            .col(string("status"))
            .col(json_binary("evidence"))
            .col(big_integer("version").default(1))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .col(timestamp_with_time_zone_null("deleted_at"))
            .foreign_key(&mut belongs_to("campaign_id", "campaigns"))
            .foreign_key(&mut belongs_to("subject_id", "entities"))
            .take(),
    )
    .await?;
    m.create_index(Index::create().name("facts_by_campaign").table("facts").col("campaign_id").col("id").take())
        .await?;
    m.create_index(
        Index::create().name("facts_by_subject").table("facts").col("campaign_id").col("subject_id").col("id").take(),
    )
    .await?;
    // For `everyone`, `gm` and `reader` the knower's id is nil, so that it can be part of the key.
    m.create_table(
        Table::create()
            .table("fact_knowers")
            .col(uuid("fact_id"))
            .col(string("knower_type"))
            .col(uuid("knower_id"))
            .col(uuid("campaign_id"))
            // How this knower came to know, where play found it out; null for what an author set.
            .col(json_binary_null("evidence"))
            .col(timestamp_with_time_zone("since"))
            .primary_key(Index::create().col("fact_id").col("knower_type").col("knower_id"))
            .foreign_key(&mut belongs_to("fact_id", "facts"))
            .take(),
    )
    .await
}

async fn relationships(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("relationships")
            .col(pk_uuid("id"))
            .col(uuid("campaign_id"))
            .col(uuid("from_id"))
            .col(uuid("to_id"))
            .col(string("kind"))
            .col(integer("strength"))
            .col(boolean("symmetric"))
            .col(string("visibility"))
            .col(text("note"))
            .col(big_integer("version").default(1))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .col(timestamp_with_time_zone_null("deleted_at"))
            .foreign_key(&mut belongs_to("campaign_id", "campaigns"))
            .foreign_key(&mut belongs_to("from_id", "entities"))
            .foreign_key(&mut belongs_to("to_id", "entities"))
            .take(),
    )
    .await?;
    let index = |name: &'static str| Index::create().name(name).table("relationships").take();
    m.create_index(index("relationships_by_from").col("from_id").col("kind").col("to_id").take()).await?;
    // None by campaign: SQLite, which knows no sizes, would take it for every read, and a membership would cost a scan.
    m.create_index(index("relationships_by_to").col("to_id").take()).await
}
