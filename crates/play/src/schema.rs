//! The tables of play: the state of each game, and the answers of its game master.

use sea_orm_migration::{prelude::*, schema::*};

/// The migrations of this crate, oldest first.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Tables)]
}

struct Tables;

impl MigrationName for Tables {
    fn name(&self) -> &str {
        "m0006_play"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        // The fold of the active branch's effects, kept so that nobody folds a long evening again for each roll.
        m.create_table(
            Table::create()
                .table("game_states")
                .col(uuid("session_id").primary_key())
                .col(json_binary("state"))
                .col(timestamp_with_time_zone("updated_at"))
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
                .table("generations")
                .col(pk_uuid("id"))
                .col(uuid("session_id"))
                .col(uuid("campaign_id"))
                // The entry it answers; a retry starts behind it.
                .col(uuid("answers_id"))
                .col(uuid_null("user_id"))
                .col(uuid_null("character_id"))
                .col(boolean("with_oracle"))
                .col(string("status"))
                .col(integer("part").default(0))
                // What was shown of the part so far, written now and then, for an answer whose server was killed.
                .col(text("shown"))
                .col(string("label"))
                .col(big_integer("seed"))
                .col(uuid_null("call_id"))
                .col(string_null("error_code"))
                .col(text_null("error_detail"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone_null("finished_at"))
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
            Index::create().name("generations_by_session").table("generations").col("session_id").col("status").take(),
        )
        .await
    }
}
