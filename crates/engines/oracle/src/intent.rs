//! Intent: what a player wants, read from their words by rules.
//!
//! The words are matched against the lexicon from left to right, and what they name against the scene: ids are never read
//! from text. What no rule knows is `Free`, so every text has an intent. Nothing here draws at random.

use skald_kernel::scene::{Scene, ScenePerson};

use crate::{
    fate::Likelihood,
    lexicon::{ATTEMPTS, Attempt, VERBS, Verb, WEAK, WEIGHTS},
    stage::Stage,
    words::{best_named, is_stop, naming, stem, words},
};

/// Somebody or something of the scene, by its place in the scene's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// One of `people`.
    Person(usize),
    /// One of `party`.
    Mate(usize),
    /// One of `items`.
    Item(usize),
}

/// What a player wants. Where a target is absent, they named none and none is the obvious one.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Search the place, with an ability.
    Search(&'static str),
    /// Look at somebody or something.
    Examine(Target),
    /// Speak with somebody.
    Talk(Option<Target>),
    /// Attack somebody.
    Attack(Option<Target>),
    /// Leave by an exit: its place in the scene's exits.
    Travel(Option<usize>),
    /// Take something that lies here.
    Take(Option<usize>),
    /// Use something carried, by name.
    Use(Option<String>),
    /// Tend somebody of the party.
    Heal(usize),
    /// Rest.
    Rest,
    /// Try what may fail, perhaps on somebody.
    Try {
        /// What.
        attempt: &'static Attempt,
        /// How hard it is.
        difficulty: u8,
        /// On whom: their place in `people`.
        on: Option<usize>,
    },
    /// Accept an offered quest: its place in `quests`.
    Accept(usize),
    /// Ask fate a yes/no question.
    Fate(Likelihood),
    /// Ask what is known or seen.
    Recall,
    /// Anything else.
    Free,
}

const WHICH: &[&str] = &["who", "what", "where", "how", "why", "which", "whose", "when", "whom"];
const WHETHER: &[&str] = &[
    "is", "are", "am", "was", "were", "does", "do", "did", "has", "have", "had", "will", "would", "can", "could",
    "may", "might", "should", "isnt", "arent", "doesnt", "didnt", "wont", "cant", "maybe", "perhaps",
];

/// Reads what a player wants in a scene.
pub fn recognise(scene: &Scene) -> Intent {
    Reader { scene, stage: Stage { scene }, words: words(&scene.player_text) }.read()
}

struct Reader<'a> {
    scene: &'a Scene,
    stage: Stage<'a>,
    words: Vec<String>,
}

impl Reader<'_> {
    fn read(&self) -> Intent {
        if self.words.is_empty() {
            return Intent::Free;
        }
        self.acceptance()
            .or_else(|| self.speech())
            .or_else(|| self.question())
            .or_else(|| self.deed())
            .or_else(|| self.bare_name())
            .unwrap_or(Intent::Free)
    }

    fn acceptance(&self) -> Option<Intent> {
        let text = format!(" {} ", self.words.join(" "));
        let says = [
            " accept ",
            " agree ",
            " count me in ",
            " count us in ",
            " well do it ",
            " ill do it ",
            " we will do it ",
            " i will do it ",
            " take the job ",
            " take the quest ",
            " take the task ",
            " take on the ",
            " well help ",
            " ill help ",
            " we will help ",
            " i will help ",
            " you have a deal ",
            " its a deal ",
            " take the contract ",
        ];
        let nods = self.words.len() <= 3
            && matches!(self.words[0].as_str(), "yes" | "sure" | "agreed" | "deal" | "okay" | "aye");
        if !(nods || says.iter().any(|phrase| text.contains(phrase)))
            || text.contains(" not ")
            || text.contains(" dont ")
        {
            return None;
        }
        let offered = || self.scene.quests.iter().enumerate().filter(|(_, quest)| quest.status == "offered");
        offered()
            .max_by_key(|(at, quest)| (naming(&self.words, &quest.title, &quest.summary), usize::MAX - at))
            .map(|(at, _)| Intent::Accept(at))
    }

    /// `"We come in peace," I tell the miller.`
    fn speech(&self) -> Option<Intent> {
        let text = self.scene.player_text.trim_start();
        let quoted = text.starts_with(['"', '“', '„', '«']);
        quoted.then(|| Intent::Talk(self.listener()))
    }

    fn question(&self) -> Option<Intent> {
        let asks = self.scene.player_text.trim_end().ends_with(['?', '？']);
        let first = self.words.first()?.as_str();
        let second = self.words.get(1).map_or("", String::as_str);
        let which = WHICH.contains(&first);
        if !(asks || which && self.words.len() > 2) {
            return None;
        }
        if matches!(first, "can" | "could" | "may" | "should" | "do") && matches!(second, "i" | "we") {
            // `Can I climb the wall?` is a deed put politely; `Do we know him?` is not.
            if let (true, Some(deed)) = (first != "do", self.deed()) {
                return Some(deed);
            }
            return Some(if first == "do" { Intent::Recall } else { Intent::Fate(Likelihood::of(&self.words)) });
        }
        let to_them = self.words.iter().any(|word| matches!(word.as_str(), "you" | "your"));
        let called = asks && self.vocative().is_some();
        if ((to_them && !matches!(second, "see" | "think")) || called)
            && let Some(target) = self.vocative().or_else(|| self.listener())
        {
            return Some(Intent::Talk(Some(target)));
        }
        if which {
            return Some(Intent::Recall);
        }
        WHETHER.contains(&first).then(|| Intent::Fate(Likelihood::of(&self.words)))
    }

    /// Somebody called by name at the beginning or end: `Brannoc, where were you?`
    fn vocative(&self) -> Option<Target> {
        let text = self.scene.player_text.trim();
        let text: String = text.chars().take(400).collect();
        let (head, _) = text.split_once(',')?;
        let (_, tail) = text.rsplit_once(',')?;
        [head, tail]
            .into_iter()
            .filter(|part| words(part).len() <= 3)
            .find_map(|part| self.person_in(&words(part), false))
    }

    fn deed(&self) -> Option<Intent> {
        let stems: Vec<String> = self.words.iter().map(|word| stem(word)).collect();
        let mut at = 0;
        let mut weak = None;
        while at < stems.len() {
            if let Some((verb, length)) = verb_at(&stems, at) {
                let more = WEAK.contains(&self.words[at].as_str()) && verb_soon(&stems, at + length);
                if more {
                    weak.get_or_insert((verb, at + length));
                } else if let Some(intent) = self.verb(verb, at + length) {
                    return Some(intent);
                }
                at += length;
            } else {
                at += 1;
            }
        }
        weak.and_then(|(verb, after)| self.verb(verb, after))
    }

    /// What a verb means here. `None`: not this verb after all.
    fn verb(&self, verb: Verb, after: usize) -> Option<Intent> {
        let rest = &self.words[after.min(self.words.len())..];
        Some(match verb {
            Verb::Search(ability) => match self.person_in(rest, false).or_else(|| self.item(rest).map(Target::Item)) {
                Some(target) if !rest.iter().any(|word| word == "for") && ability == "intelligence" => {
                    Intent::Examine(target)
                }
                Some(target @ Target::Person(_))
                    if self.words.get(after.wrapping_sub(1)).is_some_and(|w| w == "listen") =>
                {
                    Intent::Talk(Some(target))
                }
                _ => Intent::Search(ability),
            },
            Verb::Look => self.target_in(rest).map_or(Intent::Search("wisdom"), Intent::Examine),
            Verb::Talk => Intent::Talk(self.person_in(rest, true).or_else(|| self.listener())),
            Verb::Attack => Intent::Attack(self.foe(rest)),
            Verb::Go => match (self.exit(rest), self.person_in(rest, true)) {
                (None, Some(person)) => Intent::Talk(Some(person)),
                (exit, _) => Intent::Travel(exit.or_else(|| self.only_exit(rest))),
            },
            Verb::Take => match self.item(rest) {
                Some(item) => Intent::Take(Some(item)),
                None if self.exit(rest).is_some() => Intent::Travel(self.exit(rest)),
                None if rest.is_empty() => return None,
                None => Intent::Take(self.only_item(rest)),
            },
            Verb::Use(sure) => match self.carried(rest, sure) {
                None if sure || rest.len() < 4 => Intent::Use(None),
                None => return None,
                Some(item) => Intent::Use(Some(item)),
            },
            Verb::Heal => Intent::Heal(self.wounded(rest)?),
            Verb::Rest => Intent::Rest,
            Verb::Try(at) => {
                let attempt = &ATTEMPTS[at];
                let person = match self.person_in(rest, true) {
                    Some(Target::Person(person)) => Some(person),
                    _ if attempt.manner == "voice" => self.stage.first_person(),
                    _ => None,
                };
                Intent::Try { attempt, difficulty: self.difficulty(attempt.difficulty), on: person }
            }
        })
    }

    fn difficulty(&self, base: u8) -> u8 {
        let weight: i8 = WEIGHTS
            .iter()
            .filter(|(_, words)| self.words.iter().any(|word| words.contains(&word.as_str())))
            .map(|(weight, _)| *weight)
            .sum();
        base.saturating_add_signed(weight).clamp(5, 30)
    }

    /// No verb, but a name: a person is spoken to, a way out is taken; whichever is named better.
    fn bare_name(&self) -> Option<Intent> {
        let score = |name: &str| naming(&self.words, name, "");
        let exits = self.scene.place.iter().flat_map(|place| &place.exits);
        let exit = exits.map(|exit| score(&exit.name)).max().unwrap_or(0);
        let person = self.scene.people.iter().chain(&self.scene.party).map(|one| score(&one.name)).max().unwrap_or(0);
        if exit > person && self.words.len() <= 5 {
            return self.exit(&self.words).map(|exit| Intent::Travel(Some(exit)));
        }
        self.person_in(&self.words, false).map(|person| Intent::Talk(Some(person)))
    }

    fn person_in(&self, words: &[String], by_description: bool) -> Option<Target> {
        let named = |of: &[ScenePerson], described: bool| {
            best_named(
                words,
                of.iter().map(|one| (one.name.as_str(), if described { one.summary.as_str() } else { "" })),
            )
        };
        let mate = |at: &usize| Some(self.scene.party[*at].id) != self.scene.acting;
        named(&self.scene.people, false)
            .map(Target::Person)
            .or_else(|| named(&self.scene.party, false).filter(mate).map(Target::Mate))
            .or_else(|| by_description.then(|| named(&self.scene.people, true)).flatten().map(Target::Person))
    }

    fn target_in(&self, words: &[String]) -> Option<Target> {
        self.person_in(words, false)
            .or_else(|| self.item(words).map(Target::Item))
            .or_else(|| self.person_in(words, true))
    }

    fn listener(&self) -> Option<Target> {
        self.person_in(&self.words, true).or_else(|| self.stage.first_person().map(Target::Person))
    }

    fn foe(&self, words: &[String]) -> Option<Target> {
        self.person_in(words, true).or_else(|| self.stage.foe().map(Target::Person))
    }

    fn exit(&self, words: &[String]) -> Option<usize> {
        let exits = &self.scene.place.as_ref()?.exits;
        best_named(words, exits.iter().map(|exit| (exit.name.as_str(), "")))
            .or_else(|| best_named(words, exits.iter().map(|exit| (exit.name.as_str(), exit.summary.as_str()))))
    }

    /// The only way out there is, unless the words name another one.
    fn only_exit(&self, words: &[String]) -> Option<usize> {
        let vague = |word: &String| {
            is_stop(word)
                || matches!(word.as_str(), "place" | "away" | "outside" | "onward" | "onwards" | "further" | "ahead")
        };
        (self.scene.place.as_ref()?.exits.len() == 1 && words.iter().all(vague)).then_some(0)
    }

    fn item(&self, words: &[String]) -> Option<usize> {
        best_named(words, self.scene.items.iter().map(|item| (item.name.as_str(), ""))).or_else(|| {
            best_named(words, self.scene.items.iter().map(|item| (item.name.as_str(), item.summary.as_str())))
        })
    }

    fn only_item(&self, words: &[String]) -> Option<usize> {
        let vague = |word: &String| is_stop(word) || matches!(word.as_str(), "item" | "thing" | "everything" | "one");
        (self.scene.items.len() == 1 && words.iter().all(vague)).then_some(0)
    }

    fn carried(&self, words: &[String], sure: bool) -> Option<String> {
        let carried = &self.stage.actor()?.inventory;
        let drinkable = |item: &&String| {
            let item = item.to_lowercase();
            ["potion", "draught", "elixir", "tonic", "ration", "bread", "waterskin", "brew", "cordial"]
                .iter()
                .any(|kind| item.contains(kind))
        };
        best_named(words, carried.iter().map(|item| (item.as_str(), "")))
            .map(|at| carried[at].clone())
            .or_else(|| if sure { carried.iter().find(drinkable).cloned() } else { None })
    }

    /// Who of the party is to be tended: the one who is named, else whoever is worst off.
    fn wounded(&self, words: &[String]) -> Option<usize> {
        let party = &self.scene.party;
        let lost = |one: &ScenePerson| one.max_health.saturating_sub(one.health);
        best_named(words, party.iter().map(|one| (one.name.as_str(), "")))
            .or_else(|| {
                let myself = words.iter().any(|word| matches!(word.as_str(), "myself" | "my" | "me"));
                party.iter().position(|one| myself && Some(one.id) == self.scene.acting)
            })
            .or_else(|| (0..party.len()).max_by_key(|&at| (lost(&party[at]), usize::MAX - at)))
    }
}

/// The longest phrase of the lexicon that begins at a word, and its length in words.
fn verb_at(stems: &[String], at: usize) -> Option<(Verb, usize)> {
    let mut best: Option<(Verb, usize)> = None;
    let attempts = ATTEMPTS.iter().enumerate().map(|(at, attempt)| (Verb::Try(at), attempt.words));
    for (verb, phrases) in VERBS.iter().map(|(verb, phrases)| (*verb, *phrases)).chain(attempts) {
        for phrase in phrases {
            let length = phrase.split(' ').count();
            let fits = length > best.map_or(0, |(_, length)| length)
                && stems.len() >= at + length
                && phrase.split(' ').zip(&stems[at..]).all(|(word, found)| stem(word) == *found);
            if fits {
                best = Some((verb, length));
            }
        }
    }
    best
}

/// Whether another verb follows at once, or after small words: `go and talk`, `use the rope to climb`.
fn verb_soon(stems: &[String], at: usize) -> bool {
    let joins = |word: &str| matches!(word, "and" | "to" | "over" | "up" | "then" | "out" | "there");
    let near = (at..stems.len()).find(|&at| !joins(&stems[at])).is_some_and(|at| verb_at(stems, at).is_some());
    let purpose = stems[at.min(stems.len())..].iter().position(|word| word == "to").map(|to| at + to + 1);
    near || purpose.is_some_and(|at| {
        verb_at(stems, at).is_some_and(|(verb, _)| matches!(verb, Verb::Try(_) | Verb::Talk | Verb::Search(_)))
    })
}
