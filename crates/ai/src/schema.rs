//! The tables of the AI: providers, routes, the ledger of calls and attempts, budgets.

use sea_orm_migration::{prelude::*, schema::*};

/// The migrations of this crate, oldest first.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Tables), Box::new(Dialects), Box::new(Places), Box::new(Money)]
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

/// Prices, budgets, what was taken from them, and what each attempt took.
struct Money;

impl MigrationName for Money {
    fn name(&self) -> &str {
        "m0017_money"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Money {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        // Nano-dollars per million tokens, as an admin set them.
        for column in ["price_input", "price_output", "price_cached", "price_reasoning"] {
            m.alter_table(Table::alter().table("ai_providers").add_column(big_integer_null(column)).take()).await?;
        }
        for column in [
            big_integer("reasoning_tokens").default(0).take(),
            // Null when a part of it has no known price.
            big_integer_null("cost_nano").take(),
            string("price_source").default("unknown").take(),
            boolean("outside").default(false).take(),
        ] {
            m.alter_table(Table::alter().table("ai_calls").add_column(column).take()).await?;
        }
        self.budgets(m).await?;
        self.attempts(m).await
    }
}

impl Money {
    async fn budgets(&self, m: &SchemaManager<'_>) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("ai_budgets")
                .col(pk_uuid("id"))
                .col(string("scope"))
                // The user or the campaign; all zeros for the site.
                .col(uuid("scope_id"))
                .col(string("period"))
                .col(boolean("by_admin"))
                .col(big_integer_null("limit_nano"))
                .col(big_integer_null("limit_calls"))
                .col(big_integer_null("limit_tokens"))
                .col(boolean("allow_unknown"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone("updated_at"))
                .take(),
        )
        .await?;
        m.create_index(
            Index::create()
                .name("ai_budgets_by_scope")
                .table("ai_budgets")
                .col("scope")
                .col("scope_id")
                .col("period")
                .col("by_admin")
                .unique()
                .take(),
        )
        .await?;
        let mut spending = Table::create().table("ai_spending").col(uuid("budget_id")).col(string("since")).take();
        for column in ["nano", "calls", "tokens", "unknown_calls", "reserved_nano", "reserved_calls", "reserved_tokens"]
        {
            spending.col(big_integer(column));
        }
        let of_budget = || {
            ForeignKey::create()
                .from_col("budget_id")
                .to("ai_budgets", "id")
                .on_delete(ForeignKeyAction::Cascade)
                .take()
        };
        spending.primary_key(Index::create().col("budget_id").col("since")).foreign_key(&mut of_budget());
        m.create_table(spending).await?;
        m.create_table(
            Table::create()
                .table("ai_reserved")
                .col(uuid("attempt_id"))
                .col(uuid("budget_id"))
                .col(string("since"))
                .col(string("node"))
                .col(timestamp_with_time_zone("lease_until"))
                .col(big_integer("nano"))
                .col(big_integer("calls"))
                .col(big_integer("tokens"))
                .primary_key(Index::create().col("attempt_id").col("budget_id"))
                .foreign_key(&mut of_budget())
                .take(),
        )
        .await?;
        m.create_index(Index::create().name("ai_reserved_by_lease").table("ai_reserved").col("lease_until").take())
            .await
    }

    async fn attempts(&self, m: &SchemaManager<'_>) -> Result<(), DbErr> {
        // What was spent stays, whatever becomes of the campaign, the user and the provider: there are no words in it.
        m.create_table(
            Table::create()
                .table("ai_attempts")
                .col(pk_uuid("id"))
                .col(uuid("call_id"))
                // The day in UTC, as 2026-11-21.
                .col(string("day"))
                .col(timestamp_with_time_zone("created_at"))
                .col(uuid_null("campaign_id"))
                .col(uuid_null("user_id"))
                .col(string("task"))
                .col(uuid_null("provider_id"))
                .col(string("provider_name"))
                .col(string("host"))
                .col(string("model"))
                .col(boolean("outside"))
                .col(string("status"))
                .col(string_null("error_code"))
                .col(big_integer("input_tokens"))
                .col(big_integer("output_tokens"))
                .col(big_integer("cached_tokens"))
                .col(big_integer("reasoning_tokens"))
                .col(boolean("estimated"))
                .col(big_integer_null("cost_nano"))
                .col(string("price_source"))
                .col(big_integer("sent_bytes"))
                .take(),
        )
        .await?;
        for (name, columns) in [
            ("ai_attempts_by_day", &["day"][..]),
            ("ai_attempts_by_campaign", &["campaign_id", "day"]),
            ("ai_attempts_by_user", &["user_id", "day"]),
            ("ai_attempts_outside", &["outside", "id"]),
            ("ai_attempts_outside_by_campaign", &["campaign_id", "outside", "id"]),
        ] {
            let mut index = Index::create().name(name).table("ai_attempts").take();
            for column in columns {
                index.col(*column);
            }
            m.create_index(index).await?;
        }
        Ok(())
    }
}
