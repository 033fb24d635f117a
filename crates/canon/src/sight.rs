//! Who may see what, as SQL: the only place that writes the filter of a viewer.
//!
//! - An **entity** is seen by everyone (`everyone`), by a GM only (`gm`), or by `some`: the characters it names and the
//!   characters that are `member_of` a faction it names. A viewer always sees the characters it looks through.
//! - A **fact** is seen when it is canon, the viewer knows it (everyone does, one of the characters, or a faction of
//!   theirs) *and* its subject and its object can be seen. What only the GM or the reader knows is not seen.
//! - A **relationship** is seen when it is open to everyone and both its ends can be seen.
//! - A **passage** of a body is seen by who sees its entity and is among its audience.
//! - A **map** and a **pin** have a visibility as entities have, and are seen only with what they show.
//! - A GM sees all of the campaign that is not deleted. What hangs on something deleted is gone for everybody.
//!
//! A game master may look through a faction itself: it then stands among the characters, and knows what it knows.
//! Membership of a faction counts whether or not the relationship itself is secret: a spy knows what the guild knows.
//! [`Eyes`] is the same filter for what is kept in memory.
//! Ids are bound as parameters; the fragments hold nothing but placeholders and the aliases the caller chose.

use std::collections::HashSet;

use sea_orm::ConnectionTrait;
use skald_kernel::{Result, Viewer};
use uuid::Uuid;

use crate::{
    bind::{Binds, column},
    entities::Visibility,
};

/// Before every minute of story time.
const ALWAYS: i64 = -i64::MAX;

/// The filter of one viewer in one query.
#[derive(Debug)]
pub(crate) struct Sight {
    all: bool,
    campaign: String,
    /// The characters looked through, as a bound list; none for a GM or an observer.
    known_as: Option<String>,
}

impl Sight {
    /// The filter of `viewer`; its ids are bound to the query.
    pub fn new(viewer: &Viewer, binds: &mut Binds) -> Self {
        let campaign = binds.add(viewer.campaign().0);
        let known_as =
            if viewer.sees_all() || viewer.known_as().is_empty() { None } else { Some(binds.ids(viewer.known_as())) };
        Self { all: viewer.sees_all(), campaign, known_as }
    }

    /// Whether nothing but the campaign and what is deleted is filtered.
    pub fn sees_all(&self) -> bool {
        self.all
    }

    /// The placeholder of the campaign.
    pub fn campaign(&self) -> &str {
        &self.campaign
    }

    /// The condition under which the entity `e` (an alias of `entities`) is seen.
    pub fn entity(&self, e: &str) -> String {
        let there = format!("{e}.campaign_id = {} AND {e}.deleted_at IS NULL", self.campaign);
        if self.all {
            return there;
        }
        let some = match &self.known_as {
            None => String::new(),
            Some(own) => format!(
                " OR {e}.id IN {own} OR ({e}.visibility = 'some' AND EXISTS (SELECT 1 FROM entity_visible_to seen_by \
                 WHERE seen_by.entity_id = {e}.id AND (seen_by.knower_id IN {own} OR seen_by.knower_id IN {})))",
                self.factions(own)
            ),
        };
        format!("{there} AND ({e}.visibility = 'everyone'{some})")
    }

    /// `FROM … WHERE …` of the facts `f` that are seen, with their subjects `s` and objects `o`.
    pub fn facts(&self) -> String {
        self.facts_at(None)
    }

    /// The same at a moment of story time, the placeholder of a minute: what holds then and the viewer knows by then.
    pub fn facts_at(&self, moment: Option<&str>) -> String {
        let known =
            if self.all { String::new() } else { format!(" AND f.status = 'canon' AND {}", self.knows("f", moment)) };
        let holds = moment.map_or(String::new(), |moment| {
            format!(
                " AND (f.story_from IS NULL OR f.story_from <= {moment}) AND (f.story_to IS NULL OR f.story_to >= {moment})"
            )
        });
        format!(
            "FROM facts f JOIN entities s ON s.id = f.subject_id AND {} LEFT JOIN entities o ON o.id = f.object_id AND {} \
             WHERE f.campaign_id = {} AND f.deleted_at IS NULL AND (f.object_id IS NULL OR o.id IS NOT NULL){known}{holds}",
            self.entity("s"),
            self.entity("o"),
            self.campaign,
        )
    }

    /// The condition under which the viewer, who is no GM, is among the knowers of the fact `f`; by a moment of story time,
    /// the placeholder of a minute, where one is given.
    pub fn knows(&self, f: &str, moment: Option<&str>) -> String {
        let by = moment.map_or(String::new(), |moment| {
            format!(" AND (knower.known_from IS NULL OR knower.known_from <= {moment})")
        });
        format!("EXISTS (SELECT 1 FROM fact_knowers knower WHERE {}{by})", self.knowing(f))
    }

    /// Since which minute of story time the viewer, who is no GM, has known the fact `f`: null for always.
    pub fn known_since(&self, f: &str) -> String {
        format!(
            "(SELECT NULLIF(MIN(COALESCE(knower.known_from, {ALWAYS})), {ALWAYS}) FROM fact_knowers knower WHERE {})",
            self.knowing(f)
        )
    }

    /// The condition on the row `knower` that it says of the fact `f` that the viewer, who is no GM, knows it.
    fn knowing(&self, f: &str) -> String {
        let own = match &self.known_as {
            None => String::new(),
            Some(own) => format!(" OR knower.knower_id IN {own} OR knower.knower_id IN {}", self.factions(own)),
        };
        format!("knower.fact_id = {f}.id AND (knower.knower_type = 'everyone'{own})")
    }

    /// ` AND …`: that the search document `d` of an entity that is seen is a version of its text for this viewer.
    pub fn document(&self, d: &str) -> String {
        if self.all {
            return format!(" AND {d}.audience IN ('all', 'gm')");
        }
        let some = match &self.known_as {
            None => String::new(),
            Some(own) => format!(
                " OR ({d}.audience = 'some' AND EXISTS (SELECT 1 FROM search_document_knowers let_in \
                 WHERE let_in.document_id = {d}.id AND (let_in.knower_id IN {own} OR let_in.knower_id IN {})))",
                self.factions(own)
            ),
        };
        format!(" AND ({d}.audience IN ('all', 'open'){some})")
    }

    /// `FROM … WHERE …` of the relationships `r` that are seen, with their ends `a` and `b`.
    /// `join` is a `JOIN` of the caller's, or nothing.
    pub fn relationships(&self, join: &str) -> String {
        let open = if self.all { "" } else { " AND r.visibility = 'everyone'" };
        format!(
            "FROM relationships r JOIN entities a ON a.id = r.from_id AND {} JOIN entities b ON b.id = r.to_id AND {} {join} \
             WHERE r.campaign_id = {} AND r.deleted_at IS NULL{open}",
            self.entity("a"),
            self.entity("b"),
            self.campaign,
        )
    }

    /// The condition under which a column, such as the target of an audience, names a character the viewer looks through or
    /// a faction of theirs. For viewers that do not see all.
    pub fn is_known_as(&self, column: &str) -> String {
        match &self.known_as {
            None => "1 = 0".to_owned(),
            Some(own) => format!("({column} IN {own} OR {column} IN {})", self.factions(own)),
        }
    }

    /// The condition under which the passage that the link `l` (an alias of `entity_links`) stands in is seen, by who sees
    /// its entity.
    pub fn passage(&self, l: &str) -> String {
        if self.all {
            return format!("{l}.place <> 'audience'");
        }
        format!(
            "({l}.place = 'open' OR ({l}.place = 'some' AND EXISTS (SELECT 1 FROM entity_links audience \
             WHERE audience.source_id = {l}.source_id AND audience.place = 'audience' \
             AND audience.passage = {l}.passage AND {})))",
            self.is_known_as("audience.target_id")
        )
    }

    /// The condition under which the row `row`, which has a `visibility` of its own, is open to the viewer. Whom `some` names
    /// stands in the table `list`, whose column `of` holds the row's id.
    pub fn open(&self, row: &str, list: &str, of: &str) -> String {
        let there = format!("{row}.campaign_id = {} AND {row}.deleted_at IS NULL", self.campaign);
        if self.all {
            return there;
        }
        let some = match &self.known_as {
            None => String::new(),
            Some(own) => format!(
                " OR ({row}.visibility = 'some' AND EXISTS (SELECT 1 FROM {list} seen_by WHERE seen_by.{of} = {row}.id \
                 AND (seen_by.knower_id IN {own} OR seen_by.knower_id IN {})))",
                self.factions(own)
            ),
        };
        format!("{there} AND ({row}.visibility = 'everyone'{some})")
    }

    /// The factions that the characters `own` belong to.
    fn factions(&self, own: &str) -> String {
        format!(
            "(SELECT membership.to_id FROM relationships membership JOIN entities faction ON faction.id = membership.to_id \
             AND faction.kind = 'faction' AND faction.deleted_at IS NULL WHERE membership.campaign_id = {} \
             AND membership.from_id IN {own} AND membership.kind = 'member_of' AND membership.deleted_at IS NULL)",
            self.campaign
        )
    }
}

/// The filter of one viewer over entities that are kept in memory: what [`Sight::entity`] says of rows.
#[derive(Debug)]
pub(crate) struct Eyes {
    all: bool,
    own: HashSet<Uuid>,
    /// The characters looked through, and the factions they belong to.
    knowers: HashSet<Uuid>,
}

impl Eyes {
    /// The eyes of `viewer`, with the factions of this moment.
    pub async fn of(db: &impl ConnectionTrait, viewer: &Viewer) -> Result<Self> {
        let own: HashSet<Uuid> = viewer.known_as().iter().map(|id| id.0).collect();
        let mut knowers = own.clone();
        let mut binds = Binds::default();
        let sight = Sight::new(viewer, &mut binds);
        if let Some(known_as) = &sight.known_as {
            let text = format!("SELECT id FROM entities WHERE id IN {}", sight.factions(known_as));
            for row in binds.rows(db, text).await? {
                knowers.insert(column(&row, "id")?);
            }
        }
        Ok(Self { all: viewer.sees_all(), own, knowers })
    }

    /// Whether an entity that is not deleted is seen.
    pub fn see(&self, id: Uuid, visibility: Visibility, visible_to: &[Uuid]) -> bool {
        self.all
            || visibility == Visibility::Everyone
            || self.own.contains(&id)
            || (visibility == Visibility::Some && visible_to.iter().any(|knower| self.knowers.contains(knower)))
    }
}

#[cfg(test)]
mod tests {
    use skald_kernel::{CampaignId, EntityId};
    use uuid::Uuid;

    use super::*;

    fn texts(viewer: &Viewer) -> (Vec<String>, usize) {
        let mut binds = Binds::default();
        let sight = Sight::new(viewer, &mut binds);
        let map = sight.open("m", "map_visible_to", "map_id");
        (vec![sight.entity("e"), sight.facts(), sight.relationships(""), map], binds.len())
    }

    fn campaign() -> CampaignId {
        CampaignId(Uuid::from_u128(1))
    }

    #[test]
    fn every_fragment_stays_inside_the_campaign_and_leaves_out_what_is_deleted() {
        for viewer in [
            Viewer::gm(campaign()),
            Viewer::characters(campaign(), vec![]),
            Viewer::characters(campaign(), vec![EntityId(Uuid::from_u128(2))]),
        ] {
            for text in texts(&viewer).0 {
                assert!(text.contains("campaign_id = $1") && text.contains("deleted_at IS NULL"), "{text}");
            }
        }
    }

    #[test]
    fn a_gm_is_filtered_by_the_campaign_alone() {
        let (texts, bound) = texts(&Viewer::gm(campaign()));
        assert_eq!(bound, 1);
        assert!(texts.iter().all(|text| !text.contains("visibility") && !text.contains("knower")), "{texts:?}");
    }

    #[test]
    fn an_observer_sees_what_everyone_knows_and_no_list_is_empty() {
        let (texts, bound) = texts(&Viewer::characters(campaign(), vec![]));
        assert_eq!(bound, 1);
        for text in texts {
            assert!(!text.contains("()") && !text.contains(" IN (") && text.contains("'everyone'"), "{text}");
        }
    }

    #[test]
    fn no_id_is_written_into_the_text() {
        let character = EntityId(Uuid::from_u128(0xabcdef));
        let (texts, bound) = texts(&Viewer::characters(campaign(), vec![character]));
        assert_eq!(bound, 2);
        assert!(texts.iter().all(|text| !text.contains("abcdef") && text.contains("$2")), "{texts:?}");
    }
}
