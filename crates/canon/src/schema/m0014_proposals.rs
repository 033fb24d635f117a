//! Proposals, the batches they come in, and what a campaign does with which.

use sea_orm_migration::{prelude::*, schema::*};

use super::belongs_to;

pub(super) struct Proposals;

impl MigrationName for Proposals {
    fn name(&self) -> &str {
        "m0014_proposals"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Proposals {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("proposal_batches")
                .col(pk_uuid("id"))
                .col(uuid("campaign_id"))
                .col(text("title"))
                .col(string("author_kind"))
                // The member; for others the call to a model or the job.
                .col(uuid_null("author_id"))
                .col(timestamp_with_time_zone("created_at"))
                .foreign_key(&mut belongs_to("campaign_id", "campaigns"))
                .take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("proposals")
                .col(pk_uuid("id"))
                .col(uuid("campaign_id"))
                .col(uuid_null("batch_id"))
                .col(string("author_kind"))
                .col(uuid_null("author_id"))
                .col(text("author_task"))
                .col(string("target_type"))
                .col(string("operation"))
                // The kind of the entity; empty for what is none.
                .col(string("entity_kind"))
                .col(uuid_null("target_id"))
                .col(big_integer_null("base_version"))
                // What the author saw of the fields that the change sets.
                .col(json_binary("base"))
                .col(json_binary("change"))
                // What later proposals of the batch call the entity it makes.
                .col(text_null("ref"))
                .col(text("label"))
                .col(json_binary("evidence"))
                .col(text("reason"))
                .col(string("status"))
                .col(uuid_null("decided_by"))
                .col(timestamp_with_time_zone_null("decided_at"))
                .col(text("decided_note"))
                .col(uuid_null("result_id"))
                // What was accepted in the place of the change.
                .col(json_binary_null("edited"))
                // What takes it back: the version it made, and the fields before and after.
                .col(json_binary_null("undo"))
                .col(big_integer("version").default(1))
                .col(timestamp_with_time_zone("created_at"))
                .foreign_key(&mut belongs_to("campaign_id", "campaigns"))
                .foreign_key(&mut belongs_to("batch_id", "proposal_batches"))
                .take(),
        )
        .await?;
        let index = |name: &'static str| Index::create().name(name).table("proposals").take();
        m.create_index(index("proposals_by_campaign").col("campaign_id").col("status").col("id").take()).await?;
        m.create_index(index("proposals_by_target").col("target_id").col("status").take()).await?;
        m.create_index(index("proposals_by_batch").col("batch_id").col("id").take()).await?;
        m.create_index(index("proposals_by_author").col("author_id").col("campaign_id").col("id").take()).await?;
        m.create_table(
            Table::create()
                .table("proposal_policies")
                .col(pk_uuid("campaign_id"))
                .col(json_binary("rules"))
                .col(big_integer("version").default(1))
                .foreign_key(&mut belongs_to("campaign_id", "campaigns"))
                .take(),
        )
        .await
    }
}
