//! Calendars; what kind a fact is; since when in story time somebody knows it; evidence as a list.

use sea_orm::{DbBackend, Statement};
use sea_orm_migration::{prelude::*, schema::*};

use super::belongs_to;

pub(super) struct Knowledge;

impl MigrationName for Knowledge {
    fn name(&self) -> &str {
        "m0008_knowledge"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Knowledge {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        // A campaign without a row has the calendar that every campaign begins with.
        m.create_table(
            Table::create()
                .table("calendars")
                .col(pk_uuid("campaign_id"))
                .col(json_binary("definition"))
                // The present of the story, in minutes.
                .col(big_integer_null("present"))
                .col(big_integer("version"))
                .col(timestamp_with_time_zone("updated_at"))
                .foreign_key(&mut belongs_to("campaign_id", "campaigns"))
                .take(),
        )
        .await?;
        m.alter_table(Table::alter().table("facts").add_column(string("kind").default("attribute")).take()).await?;
        m.alter_table(Table::alter().table("fact_knowers").add_column(big_integer_null("known_from")).take()).await?;
        let db = m.get_connection();
        let backend = db.get_database_backend();
        let list = match backend {
            DbBackend::Postgres => "UPDATE facts SET evidence = jsonb_build_array(evidence)",
            _ => "UPDATE facts SET evidence = '[' || evidence || ']'",
        };
        for text in ["UPDATE facts SET kind = 'relation' WHERE object_id IS NOT NULL", list] {
            db.execute_raw(Statement::from_string(backend, text)).await?;
        }
        Ok(())
    }
}
