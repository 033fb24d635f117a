//! The lexicon: which words name which deed, and how hard the deeds are that need a check.
//!
//! Data only. `intent` reads it; a phrase of several words goes before a single word.

/// A kind of deed a word names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Looking for what is not in plain sight, with an ability.
    Search(&'static str),
    /// Looking at somebody or something.
    Look,
    /// Speaking with somebody.
    Talk,
    /// Fighting.
    Attack,
    /// Going somewhere.
    Go,
    /// Taking something.
    Take,
    /// Using, eating or drinking something carried; `true` when the word can only mean that.
    Use(bool),
    /// Tending wounds.
    Heal,
    /// Resting.
    Rest,
    /// Something that may fail: the place in [`ATTEMPTS`].
    Try(usize),
}

/// A deed that needs an ability check.
#[derive(Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its name: the pack has a rule `try_<name>`.
    pub name: &'static str,
    /// The ability it takes.
    pub ability: &'static str,
    /// How hard it is, before what the words add.
    pub difficulty: u8,
    /// Whether failing hurts.
    pub risky: bool,
    /// What kind of success and failure it has: the pack has `win_<manner>` and `fail_<manner>`.
    pub manner: &'static str,
    /// The words that name it.
    pub words: &'static [&'static str],
}

macro_rules! attempts {
    ($($name:literal $ability:literal $difficulty:literal $risky:literal $manner:literal [$($word:literal),+];)+) => {
        /// The deeds that need a check.
        pub static ATTEMPTS: &[Attempt] = &[$(Attempt {
            name: $name, ability: $ability, difficulty: $difficulty, risky: $risky, manner: $manner, words: &[$($word),+],
        }),+];
    };
}

attempts! {
    "climb" "strength" 12 true "body" ["climb", "scale the", "clamber", "abseil"];
    "jump" "strength" 12 true "body" ["jump", "leap", "vault", "hurdle"];
    "swim" "constitution" 12 true "body" ["swim", "dive", "wade", "ford"];
    "force" "strength" 14 false "body" ["force", "break down", "break open", "bash", "lift", "push", "pull", "kick", "smash",
        "shove", "pry", "heave", "bend", "drag", "ram", "wrestle", "break"];
    "balance" "dexterity" 13 true "body" ["balance", "tumble", "swing from", "swing across", "tightrope", "squeeze through"];
    "dodge" "dexterity" 12 true "body" ["dodge", "evade", "duck", "roll aside"];
    "endure" "constitution" 12 false "body" ["endure", "resist", "withstand", "hold my breath", "brace"];
    "sneak" "dexterity" 12 false "stealth" ["sneak", "hide", "creep", "tiptoe", "lurk", "skulk", "take cover", "stalk"];
    "steal" "dexterity" 14 false "stealth" ["steal", "pickpocket", "pick the pocket", "pick his pocket", "pick her pocket", "pilfer", "filch"];
    "lock" "dexterity" 14 false "hands" ["pick the lock", "pick a lock", "pick that lock", "lockpick", "unlock", "pick open"];
    "trap" "dexterity" 14 true "hands" ["disarm", "defuse", "disable the", "set a trap", "set a snare"];
    "craft" "intelligence" 12 false "hands" ["repair", "mend", "craft", "forge", "build", "rig", "tie", "light a fire"];
    "recall" "intelligence" 12 false "mind" ["remember", "recall", "decipher", "translate", "identify", "solve", "work out", "figure out"];
    "magic" "intelligence" 13 false "mind" ["cast", "enchant", "conjure", "summon", "invoke", "dispel"];
    "sense" "wisdom" 12 false "mind" ["sense", "pray", "meditate", "tame", "soothe", "forage", "read his face", "read her face"];
    "persuade" "charisma" 13 false "voice" ["persuade", "convince", "charm", "bribe", "negotiate", "bargain", "haggle", "plead",
        "beg", "flatter", "seduce", "parley", "calm"];
    "intimidate" "charisma" 13 false "voice" ["intimidate", "threaten", "scare", "frighten", "menace", "bully", "taunt"];
    "deceive" "charisma" 13 false "voice" ["lie", "deceive", "bluff", "trick", "disguise", "pretend", "distract", "con"];
    "perform" "charisma" 12 false "voice" ["sing", "dance", "perform", "juggle", "play a tune", "play my", "play the"];
}

/// Words for everything but the attempts.
pub static VERBS: &[(Verb, &[&str])] = &[
    (
        Verb::Search("wisdom"),
        &[
            "search",
            "look for",
            "look around",
            "look about",
            "look out",
            "take a look around",
            "have a look around",
            "track",
            "scout",
            "explore",
            "scan",
            "listen",
            "watch",
            "follow the track",
            "follow the trail",
            "follow the footprints",
            "hunt for",
            "sniff",
            "keep watch",
            "comb",
            "seek",
            "find",
            "rummage",
            "spy",
            "peer",
            "check for",
            "look under",
            "look behind",
            "look inside",
            "look in",
            "look through",
            "look into",
            "scour",
            "sift",
            "survey",
        ],
    ),
    (
        Verb::Search("intelligence"),
        &["investigate", "examine", "inspect", "study", "read", "open", "analyse", "analyze", "check", "probe", "dig"],
    ),
    (
        Verb::Look,
        &[
            "look at",
            "look over",
            "take a look at",
            "look to",
            "look",
            "stare",
            "gaze",
            "glance",
            "eye",
            "observe",
            "regard",
        ],
    ),
    (
        Verb::Talk,
        &[
            "talk",
            "speak",
            "ask",
            "tell",
            "say",
            "greet",
            "chat",
            "question",
            "answer",
            "reply",
            "whisper",
            "shout",
            "call out",
            "hail",
            "thank",
            "introduce",
            "address",
            "interrogate",
            "converse",
            "listen to",
            "wave",
            "call to",
            "apologise",
            "apologize",
            "inquire",
            "enquire",
            "mention",
            "warn",
            "good morning",
            "good evening",
            "hello",
        ],
    ),
    (
        Verb::Attack,
        &[
            "attack",
            "strike",
            "hit",
            "stab",
            "slash",
            "shoot",
            "fight",
            "kill",
            "punch",
            "slay",
            "fire at",
            "fire an arrow",
            "charge",
            "swing at",
            "lunge",
            "ambush",
            "draw my sword",
            "throw my",
            "hack",
            "cut down",
            "loose an arrow",
            "smite",
            "assault",
            "parry",
        ],
    ),
    (
        Verb::Go,
        &[
            "go",
            "head",
            "travel",
            "walk",
            "enter",
            "leave",
            "return",
            "follow",
            "continue",
            "proceed",
            "move",
            "ride",
            "sail",
            "run",
            "flee",
            "cross",
            "exit",
            "descend",
            "ascend",
            "set out",
            "set off",
            "step",
            "approach",
            "march",
            "journey",
            "hike",
            "take the road",
            "take the path",
            "take the way",
            "take the stairs",
            "take the trail",
            "press on",
            "escape",
            "retreat",
            "venture",
            "make my way",
            "make our way",
        ],
    ),
    (
        Verb::Take,
        &[
            "take", "pick up", "grab", "pocket", "collect", "gather", "snatch", "claim", "get", "retrieve", "fetch",
            "lift up", "pick",
        ],
    ),
    (Verb::Use(false), &["use", "apply", "activate", "wear", "put on", "equip", "light", "consume"]),
    (Verb::Use(true), &["drink", "eat", "quaff", "sip", "swallow", "gulp", "swig"]),
    (
        Verb::Heal,
        &[
            "heal",
            "bandage",
            "tend",
            "treat",
            "patch up",
            "bind",
            "give first aid",
            "first aid",
            "nurse",
            "stabilise",
            "stabilize",
        ],
    ),
    (
        Verb::Rest,
        &[
            "rest",
            "sleep",
            "make camp",
            "set up camp",
            "camp",
            "take a rest",
            "take a break",
            "catch my breath",
            "catch our breath",
            "nap",
            "sit down",
            "take a nap",
        ],
    ),
];

/// Words after which the deed proper comes: `go talk to her`, `try to climb`.
pub const WEAK: &[&str] =
    &["go", "try", "want", "use", "get", "run", "step", "move", "head", "approach", "walk", "return"];

/// Words that make a deed harder (above 0) or easier, by how much.
pub static WEIGHTS: &[(i8, &[&str])] = &[
    (4, &["impossible", "sheer", "enormous", "deadly"]),
    (
        2,
        &[
            "heavy",
            "huge",
            "icy",
            "slippery",
            "steep",
            "guarded",
            "ancient",
            "quickly",
            "recklessly",
            "blindly",
            "towering",
            "massive",
        ],
    ),
    (-1, &["carefully", "slowly", "cautiously", "quietly", "patiently", "gently", "rope", "together"]),
    (-2, &["easy", "simple", "low", "small", "shallow", "tiny"]),
];
