//! Which objective a deed serves.
//!
//! Only objectives of active quests that are not done yet. One whose place is this place needs a shared stem with the deed
//! or what came of it; one without a place needs more, and
//! waits until those before it are done. A deed of one kind never does an objective that asks for another
//! (searching is not speaking), and the place's own name alone is not enough when the objective says what to do there.

use std::collections::BTreeSet;

use skald_kernel::scene::{Scene, SceneObjective, SceneQuest};

use crate::words::stems;

/// What kind of deed serves an objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Looking, finding, learning.
    Seek,
    /// Speaking.
    Speak,
    /// Fighting.
    Fight,
    /// Arriving.
    Go,
    /// Taking.
    Take,
    /// Anything with hands or wits.
    Do,
}

const KINDS: &[(Kind, &str)] = &[
    (
        Kind::Seek,
        "search find look investigate track examine explore discover learn inspect uncover clue trace sign scout locate determine",
    ),
    (Kind::Speak, "talk speak ask question tell meet convince persuade hear consult warn"),
    (Kind::Fight, "defeat kill slay drive fight destroy beat banish vanquish hunt stop clear"),
    (Kind::Go, "reach go travel visit enter return arrive cross follow"),
    (Kind::Take, "take fetch recover bring retrieve get collect gather pick obtain"),
];

fn stems_of(kind: Kind) -> BTreeSet<String> {
    KINDS.iter().filter(|(of, _)| *of == kind).flat_map(|(_, words)| stems(words)).collect()
}

/// The objective of an active quest that a deed of a kind serves best, given all words about it (what the player wrote,
/// what was found).
pub fn served<'a>(scene: &'a Scene, kind: Kind, about: &str) -> Option<(&'a SceneQuest, &'a SceneObjective)> {
    let here = scene.place.as_ref().map(|place| place.id);
    let place: BTreeSet<String> = scene.place.iter().flat_map(|place| stems(&place.name)).collect();
    let about = stems(about);
    let same_kind = stems_of(kind);
    let done = |objective: &SceneObjective| objective.progress >= objective.target.max(1);
    let mut best = (0, None);
    for quest in scene.quests.iter().filter(|quest| quest.status == "active") {
        for (at, objective) in quest.objectives.iter().enumerate().filter(|(_, one)| !done(one)) {
            let anywhere = objective.at.is_none();
            if (!anywhere && objective.at != here) || (anywhere && !quest.objectives[..at].iter().all(done)) {
                continue;
            }
            let text = stems(&objective.text);
            let alike = text.intersection(&same_kind).count();
            let other = KINDS.iter().filter(|(of, _)| *of != kind).any(|(of, _)| !stems_of(*of).is_disjoint(&text));
            let shared = || text.intersection(&about);
            let own = shared().filter(|stem| !place.contains(*stem) && !same_kind.contains(*stem)).count();
            let by_place = shared().any(|stem| place.contains(stem));
            let fits = match kind {
                Kind::Do => own > 1 || (own > 0 && !other && !anywhere),
                Kind::Speak if anywhere => own > 1 || (own > 0 && alike > 0),
                Kind::Seek | Kind::Speak | Kind::Fight | Kind::Go if alike == 0 && other => false,
                _ if anywhere => own > 1 || (own > 0 && alike > 0),
                _ => own > 0 || alike > 0 || (by_place && !other),
            };
            let score = own * 3 + alike.min(1) * 2 + usize::from(by_place) + usize::from(!anywhere);
            if fits && score > best.0 {
                best = (score, Some((quest, objective)));
            }
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use skald_kernel::scene::ScenePlace;

    use super::*;

    fn scene(objectives: &[&str]) -> Scene {
        let place = ScenePlace {
            name: "The Ruined Chapel".into(),
            id: "01890000-0000-7000-8000-000000000001".parse().unwrap(),
            ..ScenePlace::default()
        };
        let objectives = objectives
            .iter()
            .enumerate()
            .map(|(at, text)| SceneObjective {
                id: at.to_string(),
                text: (*text).into(),
                target: 1,
                at: Some(place.id),
                ..SceneObjective::default()
            })
            .collect();
        Scene {
            quests: vec![SceneQuest { status: "active".into(), objectives, ..SceneQuest::default() }],
            place: Some(place),
            ..Scene::default()
        }
    }

    fn best(scene: &Scene, kind: Kind, about: &str) -> Option<String> {
        served(scene, kind, about).map(|(_, objective)| objective.text.clone())
    }

    #[test]
    fn a_search_serves_what_it_was_for() {
        let scene = scene(&["Ask the hermit at the ruined chapel about the bell", "Find tracks at the ruined chapel"]);
        assert_eq!(
            best(&scene, Kind::Seek, "I search the ruined chapel for tracks").as_deref(),
            Some("Find tracks at the ruined chapel")
        );
        assert!(best(&scene, Kind::Speak, "I ask the hermit about it").unwrap().contains("hermit"));
        assert_eq!(best(&scene, Kind::Fight, "I hit the wolf"), None);
    }

    #[test]
    fn what_is_done_offered_or_elsewhere_is_not_served() {
        let about = "I search for tracks";
        let mut done = scene(&["Find tracks"]);
        done.quests[0].objectives[0].progress = 1;
        let mut offered = scene(&["Find tracks"]);
        offered.quests[0].status = "offered".into();
        let mut elsewhere = scene(&["Find tracks"]);
        elsewhere.quests[0].objectives[0].at = Some("01890000-0000-7000-8000-000000000009".parse().unwrap());
        for scene in [done, offered, elsewhere] {
            assert_eq!(best(&scene, Kind::Seek, about), None);
        }
    }

    #[test]
    fn an_objective_without_a_place_waits_for_those_before_it() {
        let mut scene = scene(&["Find tracks", "Hang the tongue and ring the hour"]);
        scene.quests[0].objectives[1].at = None;
        assert_eq!(best(&scene, Kind::Do, "I hang up the tongue"), None);
        scene.quests[0].objectives[0].progress = 1;
        assert!(best(&scene, Kind::Do, "I hang up the tongue").is_some());
        assert_eq!(best(&scene, Kind::Do, "I whistle for an hour"), None, "one word is not enough");
    }
}
