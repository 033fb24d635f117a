//! The texts that are searched: one row per text and audience, with nothing in it but its words.
//!
//! SQLite finds them through an FTS5 index that triggers keep, PostgreSQL through a generated `tsvector`. Both get words
//! that were made by the same rules, so both find the same.

use sea_orm::{ConnectionTrait, DbBackend};
use sea_orm_migration::{prelude::*, schema::*};

use super::belongs_to;

pub(super) struct Tables;

impl MigrationName for Tables {
    fn name(&self) -> &str {
        "m0007_search"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("search_documents")
                // Ascending with time: the newest texts are found first.
                .col(big_integer("id").primary_key().auto_increment())
                .col(uuid("campaign_id"))
                // `entity` or `fact`, and which.
                .col(string("subject_type"))
                .col(uuid("subject_id"))
                // The entity it leads to.
                .col(uuid("entity_id"))
                // `all`, or of a text with secrets: `open` for everybody, `gm` with all of it, `some` for those it names.
                .col(string("audience"))
                .col(uuid_null("author_id"))
                // A word of its own for each campaign, so that the index looks at no other's texts.
                .col(text("scope"))
                .col(text("title"))
                .col(text("words"))
                .foreign_key(&mut belongs_to("campaign_id", "campaigns"))
                .take(),
        )
        .await?;
        m.create_index(Index::create().name("documents_by_subject").table("search_documents").col("subject_id").take())
            .await?;
        m.create_index(
            Index::create().name("documents_by_campaign").table("search_documents").col("campaign_id").take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("search_document_knowers")
                .col(big_integer("document_id"))
                .col(uuid("knower_id"))
                .primary_key(Index::create().col("document_id").col("knower_id"))
                .foreign_key(&mut belongs_to("document_id", "search_documents"))
                .take(),
        )
        .await?;
        let db = m.get_connection();
        if m.get_database_backend() == DbBackend::Postgres {
            db.execute_unprepared(
                "ALTER TABLE search_documents ADD COLUMN vector tsvector GENERATED ALWAYS AS \
                 (to_tsvector('simple', title || ' ' || words || ' ' || scope)) STORED",
            )
            .await?;
            db.execute_unprepared("CREATE INDEX documents_by_word ON search_documents USING gin (vector)").await?;
            return Ok(());
        }
        for statement in [
            "CREATE VIRTUAL TABLE search_index USING fts5(title, words, scope, content = 'search_documents', \
             content_rowid = 'id', tokenize = \"unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'\")",
            "CREATE TRIGGER search_documents_added AFTER INSERT ON search_documents BEGIN \
             INSERT INTO search_index (rowid, title, words, scope) VALUES (new.id, new.title, new.words, new.scope); END",
            "CREATE TRIGGER search_documents_gone AFTER DELETE ON search_documents BEGIN \
             INSERT INTO search_index (search_index, rowid, title, words, scope) \
             VALUES ('delete', old.id, old.title, old.words, old.scope); END",
        ] {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
