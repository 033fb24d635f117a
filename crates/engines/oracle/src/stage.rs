//! The stage: questions about a scene that more than one part asks.

use skald_kernel::{
    EntityId,
    scene::{Scene, SceneObjective, ScenePerson, SceneQuest},
};

use crate::words::words;

/// A scene, to be asked about.
#[derive(Clone, Copy)]
pub struct Stage<'a> {
    /// The scene.
    pub scene: &'a Scene,
}

/// Tags of the pack for what a place is like, and the words of an environment, a name or a summary that mean them. Where
/// several fit, the first does.
const ENVIRONMENTS: &[(&str, &str)] = &[
    (
        "crypt",
        "crypt tomb catacomb catacombs cave cavern dungeon cellar vault barrow grave mine tunnel underground undercroft",
    ),
    ("tavern", "tavern inn taproom alehouse hall hearth kitchen pub indoors"),
    ("ruin", "ruin ruins ruined chapel abbey temple church shrine castle keep fort monastery sanctuary arch gable"),
    (
        "forest",
        "forest wood woods woodland grove thicket jungle swamp marsh bog glade orchard wilderness wild moor fen",
    ),
    ("village", "village town city market farm hamlet settlement square street urban mill house shop smithy"),
    ("coast", "coast sea harbour harbor beach shore ship island port docks cliffs bay ocean lighthouse cove shingle"),
    ("mountain", "mountain mountains hill hills peak pass cliff ridge summit crag highland height"),
    ("road", "road path bridge crossroads trail highway ford plain plains field fields track grassland meadow pasture"),
];

/// Tags of the pack for how somebody speaks, and the words of a voice or a summary that mean them.
const MANNERS: &[(&str, &str)] = &[
    ("gruff", "gruff terse short curt rough blunt growl growling hoarse grim clipped laconic grumpy harsh dry brisk"),
    (
        "formal",
        "formal noble courtly precise archaic proud stiff educated lofty polite measured pious solemn clerkly exact",
    ),
    ("warm", "warm kind friendly cheerful hearty jolly motherly gentle merry welcoming hospitable bright booming"),
    (
        "timid",
        "timid nervous shy frightened whisper whispers whispering stammer stutter anxious afraid trembling breathless",
    ),
    ("sly", "sly mocking teasing cunning smooth oily wry sarcastic playful riddles cryptic mysterious sideways chatty"),
];

fn tag(table: &[(&'static str, &'static str)], text: &str) -> Option<&'static str> {
    let words = words(text);
    table.iter().find(|(_, keys)| keys.split(' ').any(|key| words.iter().any(|word| word == key))).map(|(tag, _)| *tag)
}

impl<'a> Stage<'a> {
    /// The character the player acts with; the only one of a party of one where unsaid.
    pub fn actor(self) -> Option<&'a ScenePerson> {
        match self.scene.acting {
            Some(id) => self.scene.party.iter().find(|one| one.id == id),
            None if self.scene.party.len() == 1 => self.scene.party.first(),
            None => None,
        }
    }

    /// The tag of what the place is like, where its environment, name or summary says.
    pub fn environment(self) -> Option<&'static str> {
        let place = self.scene.place.as_ref()?;
        [&place.environment, &place.name, &place.summary].into_iter().find_map(|text| tag(ENVIRONMENTS, text))
    }

    /// How somebody speaks.
    pub fn manner(self, person: &ScenePerson) -> Option<&'static str> {
        tag(MANNERS, &person.voice).or_else(|| tag(MANNERS, &person.summary))
    }

    /// Whether somebody can still do something: those without numbers always can.
    pub fn stands(self, person: &ScenePerson) -> bool {
        person.max_health <= 0 || person.health > 0
    }

    /// Whether somebody has words: people, and creatures that were given a voice.
    pub fn speaks(self, person: &ScenePerson) -> bool {
        person.subtype != "creature" || !person.voice.trim().is_empty()
    }

    /// Whether somebody strikes back and makes a place no place to rest: creatures, unless they are said to be tame.
    pub fn hostile(self, person: &ScenePerson) -> bool {
        let tame = ["tame", "friendly", "harmless", "docile", "pet", "shy", "gentle", "peaceful", "loyal"];
        person.subtype == "creature"
            && self.stands(person)
            && !words(&person.summary).iter().any(|word| tame.contains(&word.as_str()))
    }

    /// The first hostile creature.
    pub fn foe(self) -> Option<usize> {
        self.scene.people.iter().position(|person| self.hostile(person))
    }

    /// The first person who is no creature, else the first creature.
    pub fn first_person(self) -> Option<usize> {
        let people = &self.scene.people;
        people.iter().position(|person| person.subtype != "creature").or(if people.is_empty() { None } else { Some(0) })
    }

    /// Whom an id or a name means, of the people and the party.
    pub fn whom(self, id_or_name: &str) -> Option<&'a ScenePerson> {
        let id = id_or_name.parse::<EntityId>().ok();
        self.scene
            .people
            .iter()
            .chain(&self.scene.party)
            .find(|person| Some(person.id) == id || person.name.eq_ignore_ascii_case(id_or_name))
    }

    /// The quest an id or a title means.
    pub fn quest(self, id_or_title: &str) -> Option<&'a SceneQuest> {
        let id = id_or_title.parse::<EntityId>().ok();
        self.scene.quests.iter().find(|quest| Some(quest.id) == id || quest.title.eq_ignore_ascii_case(id_or_title))
    }

    /// The objective of a quest an id means.
    pub fn objective(self, quest: &str, objective: &str) -> Option<&'a SceneObjective> {
        self.quest(quest)?.objectives.iter().find(|one| one.id == objective)
    }

    /// The name of a way out or a thing, by its id.
    pub fn thing(self, id: &str) -> Option<&'a str> {
        let id = id.parse::<EntityId>().ok()?;
        let exits = self.scene.place.iter().flat_map(|place| &place.exits);
        exits.chain(&self.scene.items).find(|thing| thing.id == id).map(|thing| thing.name.as_str())
    }
}

/// Names as prose: `A, B and C`; `None` when there are none.
pub fn listed<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<&str> = names.filter(|name| !name.trim().is_empty()).take(6).collect();
    match names.as_slice() {
        [] => None,
        [one] => Some((*one).to_owned()),
        [many @ .., last] => Some(format!("{} and {last}", many.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use skald_kernel::scene::ScenePlace;

    use super::*;

    #[test]
    fn an_environment_is_read_from_plain_words() {
        for (said, tag) in [
            ("River village", Some("village")),
            ("Roofless ruin on a hill", Some("ruin")),
            ("Stone sea-tower on a headland", Some("coast")),
            ("Burial vault, damp", Some("crypt")),
            ("Inn common room", Some("tavern")),
            ("Leaning alder forest", Some("forest")),
            ("Somewhere", None),
        ] {
            let place = ScenePlace { environment: said.into(), ..ScenePlace::default() };
            let scene = Scene { place: Some(place), ..Scene::default() };
            assert_eq!(Stage { scene: &scene }.environment(), tag, "{said}");
        }
    }

    #[test]
    fn a_manner_is_read_from_the_voice_before_the_summary() {
        let manner = |voice: &str| {
            let person = ScenePerson { voice: voice.into(), summary: "A kind soul".into(), ..ScenePerson::default() };
            Stage { scene: &Scene::default() }.manner(&person)
        };
        assert_eq!(manner("Hoarse, level, economical"), Some("gruff"));
        assert_eq!(manner("Slow, formal, a little amused"), Some("formal"));
        assert_eq!(manner("Like a flute"), Some("warm"));
    }

    #[test]
    fn names_are_listed_as_prose() {
        assert_eq!(listed(["A", " ", "B", "C"].into_iter()).as_deref(), Some("A, B and C"));
        assert_eq!(listed([""].into_iter()), None);
    }
}
