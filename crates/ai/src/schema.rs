//! The tables of the AI: providers, routes, the ledger of calls.

use sea_orm_migration::{prelude::*, schema::*};

/// The migrations of this crate, oldest first.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Tables), Box::new(Dialects), Box::new(Places)]
}

struct Tables;

impl MigrationName for Tables {
    fn name(&self) -> &str {
        "m0004_ai"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("ai_providers")
                .col(pk_uuid("id"))
                .col(string_uniq("name"))
                .col(text("base_url"))
                .col(string("model"))
                // Sealed with the master key, bound to this row.
                .col(text_null("api_key_sealed"))
                .col(boolean("outside"))
                .col(boolean("enabled").default(true))
                .col(big_integer("version").default(1))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone("updated_at"))
                .take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("ai_routes")
                .col(string("task"))
                .col(integer("place"))
                .col(uuid("provider_id"))
                .primary_key(Index::create().col("task").col("place"))
                .foreign_key(
                    ForeignKey::create()
                        .from_col("provider_id")
                        .to("ai_providers", "id")
                        .on_delete(ForeignKeyAction::Cascade),
                )
                .take(),
        )
        .await?;
        // A call outlives the provider, the session and the user it names; it goes with its campaign.
        m.create_table(
            Table::create()
                .table("ai_calls")
                .col(pk_uuid("id"))
                .col(uuid_null("campaign_id"))
                .col(uuid_null("session_id"))
                .col(uuid_null("user_id"))
                .col(string("task"))
                .col(uuid_null("provider_id"))
                .col(string("provider_name"))
                .col(string("model"))
                .col(string("prompt_hash"))
                .col(json_binary("request"))
                .col(json_binary_null("receipt"))
                .col(text("reply"))
                .col(json_binary("tool_calls"))
                .col(string("outcome"))
                .col(string_null("error_code"))
                .col(text_null("error_detail"))
                .col(integer("attempts"))
                .col(json_binary("tried"))
                .col(big_integer("input_tokens"))
                .col(big_integer("output_tokens"))
                .col(big_integer("cached_tokens"))
                .col(json_binary_null("usage_raw"))
                .col(boolean("estimated"))
                .col(big_integer_null("first_token_ms"))
                .col(big_integer("total_ms"))
                .col(timestamp_with_time_zone("created_at"))
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
            Index::create().name("ai_calls_by_campaign").table("ai_calls").col("campaign_id").col("id").take(),
        )
        .await
    }
}

/// What a provider speaks; those from before spoke OpenAI's dialect.
struct Dialects;

impl MigrationName for Dialects {
    fn name(&self) -> &str {
        "m0015_dialects"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Dialects {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.alter_table(Table::alter().table("ai_providers").add_column(string("dialect").default("openai")).take()).await
    }
}

/// How many requests a provider is sent at once.
struct Places;

impl MigrationName for Places {
    fn name(&self) -> &str {
        "m0016_places"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Places {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.alter_table(Table::alter().table("ai_providers").add_column(integer("max_parallel").default(8)).take()).await
    }
}
