//! The tables of the plumbing: streams and events (the outbox), audit, jobs, idempotency keys, installation facts.

use sea_orm_migration::{prelude::*, schema::*};

/// The migrations of this crate, oldest first.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Tables), Box::new(LongWork)]
}

struct Tables;

impl MigrationName for Tables {
    fn name(&self) -> &str {
        "m0001_platform"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create().table("installation").col(string("name").primary_key()).col(text("value")).take(),
        )
        .await?;
        m.create_table(
            Table::create().table("streams").col(string("key").primary_key()).col(big_integer("seq")).take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("events")
                .col(string("stream"))
                .col(big_integer("seq"))
                .col(uuid("campaign_id"))
                .col(string("kind"))
                .col(uuid("subject_id"))
                .col(uuid_null("user_id"))
                .col(timestamp_with_time_zone("created_at"))
                .primary_key(Index::create().col("stream").col("seq"))
                .take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("audit")
                .col(pk_uuid("id"))
                .col(uuid_null("campaign_id"))
                .col(uuid_null("user_id"))
                .col(string("action"))
                .col(uuid_null("subject_id"))
                .col(json_binary("detail"))
                .col(string("request_id"))
                .col(timestamp_with_time_zone("created_at"))
                .take(),
        )
        .await?;
        m.create_index(Index::create().name("audit_by_campaign").table("audit").col("campaign_id").col("id").take())
            .await?;
        m.create_table(
            Table::create()
                .table("jobs")
                .col(pk_uuid("id"))
                .col(string("kind"))
                .col(json_binary("payload"))
                .col(string("state"))
                .col(integer("priority").default(0))
                .col(timestamp_with_time_zone("run_at"))
                .col(integer("attempts").default(0))
                .col(integer("max_attempts"))
                .col(uuid_null("lease_token"))
                .col(timestamp_with_time_zone_null("lease_until"))
                .col(string_null("node"))
                .col(string_null("dedup_key"))
                .col(text_null("error"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone_null("finished_at"))
                .take(),
        )
        .await?;
        m.create_index(Index::create().name("jobs_due").table("jobs").col("state").col("run_at").take()).await?;
        m.create_index(Index::create().name("jobs_dedup").table("jobs").col("dedup_key").unique().take()).await?;
        m.create_table(
            Table::create()
                .table("idempotency_keys")
                .col(uuid("user_id"))
                .col(string("key"))
                .col(binary("request_hash"))
                .col(string("state"))
                .col(integer_null("status"))
                .col(text_null("answer"))
                .col(string("node"))
                .col(timestamp_with_time_zone("created_at"))
                .primary_key(Index::create().col("user_id").col("key"))
                .take(),
        )
        .await?;
        m.create_index(Index::create().name("idempotency_by_age").table("idempotency_keys").col("created_at").take())
            .await
    }
}

/// What people see of work that takes long: whose it is, how far it is, what came of it.
struct LongWork;

impl MigrationName for LongWork {
    fn name(&self) -> &str {
        "m0026_long_work"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for LongWork {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            uuid_null("user_id"),
            json_binary_null("progress"),
            json_binary_null("result"),
            boolean("cancelled").default(false).take(),
        ] {
            m.alter_table(Table::alter().table("jobs").add_column(column).take()).await?;
        }
        Ok(())
    }
}
