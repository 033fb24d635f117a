//! Where locations lie, as paths; the states of relationships over story time.

use sea_orm::{DbBackend, Statement};
use sea_orm_migration::{prelude::*, schema::*};

use super::{belongs_to, key};

pub(super) struct World;

impl MigrationName for World {
    fn name(&self) -> &str {
        "m0012_world"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for World {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        // A table of its own: moving a subtree rewrites these narrow rows, and not those with the texts.
        m.create_table(
            Table::create()
                .table("location_paths")
                .col(pk_uuid("entity_id"))
                .col(uuid("campaign_id"))
                .col(key(m, "path"))
                .foreign_key(&mut belongs_to("entity_id", "entities"))
                .take(),
        )
        .await?;
        m.create_index(
            Index::create()
                .name("locations_by_path")
                .table("location_paths")
                .col("campaign_id")
                .col("path")
                .col("entity_id")
                .unique()
                .take(),
        )
        .await?;
        m.alter_table(Table::alter().table("relationships").add_column(big_integer_null("story_from")).take()).await?;
        m.create_table(
            Table::create()
                .table("relationship_states")
                .col(uuid("relationship_id"))
                // The smallest number there is stands for the beginning of time, so that it can be part of the key.
                .col(big_integer("story_from"))
                .col(uuid("campaign_id"))
                .col(string("kind"))
                .col(integer("strength"))
                .col(text("note"))
                .col(json_binary("evidence"))
                .col(timestamp_with_time_zone("created_at"))
                .primary_key(Index::create().col("relationship_id").col("story_from"))
                .foreign_key(&mut belongs_to("relationship_id", "relationships"))
                .take(),
        )
        .await?;
        for text in fill(m.get_database_backend()) {
            let db = m.get_connection();
            db.execute_raw(Statement::from_string(db.get_database_backend(), text)).await?;
        }
        Ok(())
    }
}

/// What is there already gets its path and its first state.
fn fill(backend: DbBackend) -> [String; 2] {
    let (step, evidence) = match backend {
        DbBackend::Postgres => ("replace(e.id::text, '-', '')", "'{\"kind\":\"author\"}'::jsonb"),
        _ => ("lower(hex(e.id))", "'{\"kind\":\"author\"}'"),
    };
    let paths = format!(
        "INSERT INTO location_paths (entity_id, campaign_id, path) \
         WITH RECURSIVE tree(id, campaign_id, path) AS (\
         SELECT e.id, e.campaign_id, {step} FROM entities e \
         WHERE e.kind = 'location' AND e.deleted_at IS NULL AND e.parent_id IS NULL \
         UNION ALL \
         SELECT e.id, e.campaign_id, tree.path || {step} FROM entities e \
         JOIN tree ON e.parent_id = tree.id AND e.campaign_id = tree.campaign_id \
         WHERE e.kind = 'location' AND e.deleted_at IS NULL) \
         SELECT id, campaign_id, path FROM tree"
    );
    let states = format!(
        "INSERT INTO relationship_states (relationship_id, story_from, campaign_id, kind, strength, note, evidence, \
         created_at) SELECT id, {}, campaign_id, kind, strength, note, {evidence}, created_at FROM relationships",
        i64::MIN
    );
    [paths, states]
}
