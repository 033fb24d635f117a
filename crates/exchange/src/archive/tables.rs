//! Which tables an archive holds, and which it leaves out. A test compares both lists with the database, so that no table is
//! forgotten.

/// A table of an archive.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name, also that of its file.
    pub name: &'static str,
    /// Which of its rows are the campaign's: a condition with `$1` for the campaign.
    pub rows: &'static str,
    /// Columns, besides `user_id`, that name a user.
    pub users: &'static [&'static str],
}

const fn of_campaign(name: &'static str) -> Table {
    Table { name, rows: "campaign_id = $1", users: &[] }
}

const fn through(name: &'static str, rows: &'static str) -> Table {
    Table { name, rows, users: &[] }
}

const OF_SESSIONS: &str = "session_id IN (SELECT id FROM sessions WHERE campaign_id = $1)";

/// The tables of an archive, each after those its rows name by a foreign key.
pub const TABLES: &[Table] = &[
    Table { name: "campaigns", rows: "id = $1", users: &[] },
    Table { name: "media", rows: "campaign_id = $1", users: &["uploaded_by"] },
    of_campaign("entities"),
    of_campaign("entity_tags"),
    through("entity_visible_to", "entity_id IN (SELECT id FROM entities WHERE campaign_id = $1)"),
    of_campaign("entity_aliases"),
    of_campaign("entity_links"),
    of_campaign("calendars"),
    of_campaign("facts"),
    of_campaign("fact_knowers"),
    of_campaign("relationships"),
    of_campaign("relationship_states"),
    of_campaign("maps"),
    of_campaign("map_pins"),
    of_campaign("map_visible_to"),
    of_campaign("pin_visible_to"),
    of_campaign("rule_systems"),
    of_campaign("random_tables"),
    of_campaign("table_rolls"),
    of_campaign("plots"),
    of_campaign("plot_dependencies"),
    of_campaign("lorebook_rules"),
    of_campaign("canon_history"),
    Table { name: "proposal_batches", rows: "campaign_id = $1", users: &["author_id"] },
    Table { name: "proposals", rows: "campaign_id = $1", users: &["author_id", "decided_by"] },
    of_campaign("proposal_policies"),
    Table { name: "sessions", rows: "campaign_id = $1", users: &["created_by"] },
    through("entries", OF_SESSIONS),
    through("game_states", OF_SESSIONS),
    through("generations", "campaign_id = $1 AND status NOT IN ('queued', 'running')"),
];

/// The tables that no archive holds, with the reason.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("installation", "the server's"),
    ("users", "people are the server's; who imports becomes the game master"),
    ("devices", "people are the server's"),
    ("refresh_tokens", "people are the server's"),
    ("access_tokens", "people are the server's"),
    ("members", "people are the server's; they are invited again"),
    ("member_characters", "people are the server's; they take their characters again"),
    ("participants", "people are the server's; they join again"),
    ("invitations", "open doors of another server"),
    ("streams", "made again from what came in"),
    ("events", "news is told once"),
    ("audit", "what was done on another server is not this server's word"),
    ("jobs", "work under way"),
    ("idempotency_keys", "requests under way"),
    ("search_documents", "made again from what came in"),
    ("search_document_knowers", "made again from what came in"),
    ("search_index", "made again from what came in"),
    ("location_paths", "made again from what came in"),
    ("ai_providers", "the server's, with its keys"),
    ("ai_routes", "the server's"),
    ("ai_calls", "the server's money"),
    ("ai_attempts", "the server's money"),
    ("ai_budgets", "the server's money"),
    ("ai_spending", "the server's money"),
    ("ai_reserved", "the server's money"),
    ("seaql_migrations", "the server's"),
];

/// Whether a column names a user.
pub fn is_user(table: &Table, column: &str) -> bool {
    column == "user_id" || table.users.contains(&column)
}

/// Columns that hold one of some words, which what reads them relies on.
pub const WORDS: &[(&str, &str, &[&str])] = &[
    ("entities", "kind", &["character", "location", "faction", "item", "lore", "plot", "quest", "note", "scenario"]),
    ("entities", "visibility", &["everyone", "gm", "some"]),
    ("facts", "kind", &["attribute", "relation", "location", "possession", "knowledge", "status", "rule", "quantity"]),
    ("facts", "status", &["proposed", "canon", "retired"]),
    ("fact_knowers", "knower_type", &["everyone", "gm", "character", "faction", "reader"]),
    ("relationships", "visibility", &["everyone", "gm"]),
    ("proposals", "author_kind", &["ai", "import", "member"]),
    ("proposals", "target_type", &["entity", "fact", "relationship"]),
    ("proposals", "operation", &["create", "update", "retire"]),
    ("proposals", "status", &["open", "accepted", "edited", "rejected", "superseded"]),
    ("maps", "visibility", &["everyone", "gm", "some"]),
    ("map_pins", "visibility", &["everyone", "gm", "some"]),
    ("plots", "status", &["planned", "active", "resolved", "abandoned"]),
];
