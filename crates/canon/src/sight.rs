//! Who may see what, as SQL: the only place that writes the filter of a viewer.
//!
//! - An **entity** is seen by everyone (`everyone`), by a GM only (`gm`), or by `some`: the characters it names and the
//!   characters that are `member_of` a faction it names. A viewer always sees the characters it looks through.
//! - A **fact** is seen when it is canon, the viewer knows it (everyone does, one of the characters, or a faction of
//!   theirs) *and* its subject and its object can be seen. What only the GM or the reader knows is not seen.
//! - A **relationship** is seen when it is open to everyone and both its ends can be seen.
//! - A GM sees all of the campaign that is not deleted. What hangs on something deleted is gone for everybody.
//!
//! Membership of a faction counts whether or not the relationship itself is secret: a spy knows what the guild knows.
//! Ids are bound as parameters; the fragments hold nothing but placeholders and the aliases the caller chose.

use skald_kernel::Viewer;

use crate::bind::Binds;

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
        let known = if self.all { String::new() } else { format!(" AND f.status = 'canon' AND {}", self.knows("f")) };
        format!(
            "FROM facts f JOIN entities s ON s.id = f.subject_id AND {} LEFT JOIN entities o ON o.id = f.object_id AND {} \
             WHERE f.campaign_id = {} AND f.deleted_at IS NULL AND (f.object_id IS NULL OR o.id IS NOT NULL){known}",
            self.entity("s"),
            self.entity("o"),
            self.campaign,
        )
    }

    /// The condition under which the viewer, who is no GM, is among the knowers of the fact `f`.
    pub fn knows(&self, f: &str) -> String {
        let own = match &self.known_as {
            None => String::new(),
            Some(own) => format!(
                " OR (knower.knower_type = 'character' AND knower.knower_id IN {own}) \
                 OR (knower.knower_type = 'faction' AND knower.knower_id IN {})",
                self.factions(own)
            ),
        };
        format!(
            "EXISTS (SELECT 1 FROM fact_knowers knower WHERE knower.fact_id = {f}.id \
             AND (knower.knower_type = 'everyone'{own}))"
        )
    }

    /// `FROM … WHERE …` of the relationships `r` that are seen, with their ends `a` and `b`.
    pub fn relationships(&self) -> String {
        let open = if self.all { "" } else { " AND r.visibility = 'everyone'" };
        format!(
            "FROM relationships r JOIN entities a ON a.id = r.from_id AND {} JOIN entities b ON b.id = r.to_id AND {} \
             WHERE r.campaign_id = {} AND r.deleted_at IS NULL{open}",
            self.entity("a"),
            self.entity("b"),
            self.campaign,
        )
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

#[cfg(test)]
mod tests {
    use skald_kernel::{CampaignId, EntityId};
    use uuid::Uuid;

    use super::*;

    fn texts(viewer: &Viewer) -> (Vec<String>, usize) {
        let mut binds = Binds::default();
        let sight = Sight::new(viewer, &mut binds);
        (vec![sight.entity("e"), sight.facts(), sight.relationships()], binds.len())
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
