//! The tables of accounts and campaigns.

use sea_orm_migration::{prelude::*, schema::*};

/// The migrations of this crate, oldest first.
pub fn migrations() -> Vec<Box<dyn MigrationTrait>> {
    vec![Box::new(Tables), Box::new(AccessTokens)]
}

struct Tables;

impl MigrationName for Tables {
    fn name(&self) -> &str {
        "m0002_access"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("users")
                .col(pk_uuid("id"))
                // What people type, compared through `username_key`: case and accents off.
                .col(string("username"))
                .col(string_uniq("username_key"))
                .col(string("display_name"))
                .col(string_null("email"))
                .col(text("password_hash"))
                .col(string("site_role"))
                .col(big_integer("version").default(1))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone_null("deleted_at"))
                .take(),
        )
        .await?;
        // A device is a family of refresh tokens, of which one is current.
        m.create_table(
            Table::create()
                .table("devices")
                .col(pk_uuid("id"))
                .col(uuid("user_id"))
                .col(string("label"))
                .col(string("ip"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone("last_used_at"))
                .col(timestamp_with_time_zone("expires_at"))
                .col(timestamp_with_time_zone_null("revoked_at"))
                .foreign_key(
                    ForeignKey::create().from_col("user_id").to("users", "id").on_delete(ForeignKeyAction::Cascade),
                )
                .take(),
        )
        .await?;
        m.create_index(Index::create().name("devices_by_user").table("devices").col("user_id").take()).await?;
        m.create_table(
            Table::create()
                .table("refresh_tokens")
                .col(pk_uuid("id"))
                .col(uuid("device_id"))
                .col(binary_uniq("hash"))
                // For the grace period: the successor, sealed, so that a lost answer can be given again.
                .col(text_null("successor"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone_null("used_at"))
                .foreign_key(
                    ForeignKey::create().from_col("device_id").to("devices", "id").on_delete(ForeignKeyAction::Cascade),
                )
                .take(),
        )
        .await?;
        m.create_index(Index::create().name("refresh_by_device").table("refresh_tokens").col("device_id").take())
            .await?;
        m.create_table(
            Table::create()
                .table("campaigns")
                .col(pk_uuid("id"))
                .col(string("name"))
                .col(text("description"))
                .col(json_binary("settings"))
                .col(big_integer("version").default(1))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone("updated_at"))
                .col(timestamp_with_time_zone_null("deleted_at"))
                .take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("members")
                .col(uuid("campaign_id"))
                .col(uuid("user_id"))
                .col(string("role"))
                .col(timestamp_with_time_zone("joined_at"))
                .primary_key(Index::create().col("campaign_id").col("user_id"))
                .foreign_key(
                    ForeignKey::create()
                        .from_col("campaign_id")
                        .to("campaigns", "id")
                        .on_delete(ForeignKeyAction::Cascade),
                )
                .foreign_key(
                    ForeignKey::create().from_col("user_id").to("users", "id").on_delete(ForeignKeyAction::Cascade),
                )
                .take(),
        )
        .await?;
        m.create_index(Index::create().name("members_by_user").table("members").col("user_id").take()).await?;
        // Who plays whom: a character has at most one player, and a player knows what their characters know.
        m.create_table(
            Table::create()
                .table("member_characters")
                .col(uuid("campaign_id"))
                .col(uuid("character_id"))
                .col(uuid("user_id"))
                .col(timestamp_with_time_zone("since"))
                .primary_key(Index::create().col("campaign_id").col("character_id"))
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
            Index::create()
                .name("characters_by_member")
                .table("member_characters")
                .col("campaign_id")
                .col("user_id")
                .take(),
        )
        .await?;
        m.create_table(
            Table::create()
                .table("invitations")
                .col(pk_uuid("id"))
                .col(uuid("campaign_id"))
                .col(string_uniq("code"))
                .col(string("role"))
                .col(uuid("inviter_id"))
                .col(integer("uses").default(0))
                .col(integer_null("max_uses"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone_null("expires_at"))
                .col(timestamp_with_time_zone_null("revoked_at"))
                .foreign_key(
                    ForeignKey::create()
                        .from_col("campaign_id")
                        .to("campaigns", "id")
                        .on_delete(ForeignKeyAction::Cascade),
                )
                .take(),
        )
        .await?;
        m.create_index(Index::create().name("invitations_by_campaign").table("invitations").col("campaign_id").take())
            .await
    }
}

struct AccessTokens;

impl MigrationName for AccessTokens {
    fn name(&self) -> &str {
        "m0025_access_tokens"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for AccessTokens {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("access_tokens")
                .col(pk_uuid("id"))
                .col(uuid("user_id"))
                .col(string("name"))
                // SHA-256 of the token: the token itself is random, so nothing slower is needed.
                .col(binary_uniq("hash"))
                .col(string("scope"))
                .col(uuid_null("campaign_id"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone_null("expires_at"))
                .col(timestamp_with_time_zone_null("last_used_at"))
                .foreign_key(
                    ForeignKey::create().from_col("user_id").to("users", "id").on_delete(ForeignKeyAction::Cascade),
                )
                .foreign_key(
                    ForeignKey::create()
                        .from_col("campaign_id")
                        .to("campaigns", "id")
                        .on_delete(ForeignKeyAction::Cascade),
                )
                .take(),
        )
        .await?;
        m.create_index(Index::create().name("access_tokens_by_user").table("access_tokens").col("user_id").take()).await
    }
}
