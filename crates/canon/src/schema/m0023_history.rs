//! One row of history per version, and finding what was deleted.

use sea_orm::{ConnectionTrait, Statement};
use sea_orm_migration::prelude::*;

pub(super) struct History;

impl MigrationName for History {
    fn name(&self) -> &str {
        "m0023_history"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for History {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.drop_index(Index::drop().name("history_by_subject").table("canon_history").to_owned()).await?;
        m.create_index(
            Index::create()
                .name("history_by_subject")
                .table("canon_history")
                .col("subject_id")
                .col("version")
                .unique()
                .take(),
        )
        .await?;
        // Only what was deleted stands in these, so no other query can take them by mistake.
        for table in ["entities", "facts", "relationships"] {
            let text = format!(
                "CREATE INDEX {table}_deleted ON {table} (campaign_id, deleted_at, id) WHERE deleted_at IS NOT NULL"
            );
            let db = m.get_connection();
            db.execute_raw(Statement::from_string(m.get_database_backend(), text)).await?;
        }
        Ok(())
    }
}
