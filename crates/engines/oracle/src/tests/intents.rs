//! What phrases mean.

use super::{chapel, id, wolf};
use crate::{
    fate::Likelihood,
    intent::{Intent, Target, recognise},
};

fn attempt(text: &str) -> (String, &'static str) {
    match recognise(&chapel(text)) {
        Intent::Try { attempt, .. } => (attempt.name.to_owned(), attempt.ability),
        other => (format!("{other:?}"), ""),
    }
}

#[test]
fn phrases_mean_what_people_mean_by_them() {
    let hermit = Some(Target::Person(0));
    let table: &[(&str, Intent)] = &[
        ("I search the ruined chapel for tracks", Intent::Search("wisdom")),
        ("We look around.", Intent::Search("wisdom")),
        ("look for hidden doors", Intent::Search("wisdom")),
        ("I take a look around the nave", Intent::Search("wisdom")),
        ("Mira investigates the altar", Intent::Search("intelligence")),
        ("I follow the tracks", Intent::Search("wisdom")),
        ("I carefully open the chest", Intent::Search("intelligence")),
        ("I read the inscription", Intent::Search("intelligence")),
        ("Listening at the wall", Intent::Search("wisdom")),
        ("I look at Tamsin", Intent::Examine(Target::Person(0))),
        ("I examine the rusted sword", Intent::Examine(Target::Item(0))),
        ("I talk to the hermit", Intent::Talk(hermit)),
        ("I ask Old Tamsin about the bell", Intent::Talk(hermit)),
        ("go and talk to Tamsin", Intent::Talk(hermit)),
        ("\"We come in peace.\"", Intent::Talk(hermit)),
        ("“Wer da?”", Intent::Talk(hermit)),
        ("Tamsin, where were you that night?", Intent::Talk(hermit)),
        ("Do you know the miller?", Intent::Talk(hermit)),
        ("I tell Joss to be quiet", Intent::Talk(Some(Target::Mate(1)))),
        ("I walk up to Tamsin", Intent::Talk(hermit)),
        ("I attack the hermit", Intent::Attack(hermit)),
        ("I shoot an arrow at Tamsin", Intent::Attack(hermit)),
        ("We go to the Hollow Village", Intent::Travel(Some(0))),
        ("head for the old mill", Intent::Travel(Some(1))),
        ("I take the road to the village", Intent::Travel(Some(0))),
        ("Old Mill", Intent::Travel(Some(1))),
        ("We leave", Intent::Travel(None)),
        ("I pick up the sword", Intent::Take(Some(0))),
        ("take the rusted sword", Intent::Take(Some(0))),
        ("Take it", Intent::Take(Some(0))),
        ("I grab the golden crown", Intent::Take(None)),
        ("I drink the healing potion", Intent::Use(Some("Healing Potion".into()))),
        ("I use the rope", Intent::Use(Some("Rope".into()))),
        ("I eat a pie of stone", Intent::Use(Some("Healing Potion".into()))),
        ("I bandage Joss", Intent::Heal(1)),
        ("I heal myself", Intent::Heal(0)),
        ("Heal the worst wounds", Intent::Heal(1)),
        ("We rest for a while", Intent::Rest),
        ("Let's make camp", Intent::Rest),
        ("We accept the quest", Intent::Accept(1)),
        ("We'll do it!", Intent::Accept(1)),
        ("Yes, gladly", Intent::Accept(1)),
        ("We do not accept", Intent::Free),
        ("Is the crypt flooded?", Intent::Fate(Likelihood::Even)),
        ("Is it likely that somebody saw us?", Intent::Fate(Likelihood::Likely)),
        ("Are there surely wolves?", Intent::Fate(Likelihood::Surely)),
        ("What do we know about the bell?", Intent::Recall),
        ("Where are we?", Intent::Recall),
        ("Who is here?", Intent::Recall),
        ("I whistle", Intent::Free),
        ("", Intent::Free),
        ("…!?", Intent::Free),
        ("日本語のテキスト", Intent::Free),
    ];
    let wrong: Vec<String> = table
        .iter()
        .map(|(text, meant)| (text, meant, recognise(&chapel(text))))
        .filter(|(_, meant, read)| *meant != read)
        .map(|(text, meant, read)| format!("{text:?}: {read:?}, not {meant:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn deeds_that_may_fail_take_the_fitting_ability() {
    for (text, name, ability) in [
        ("I climb the wall", "climb", "strength"),
        ("Can I climb the tower?", "climb", "strength"),
        ("I use the rope to climb down", "climb", "strength"),
        ("I try to jump over the gap", "jump", "strength"),
        ("I sneak past the guard", "sneak", "dexterity"),
        ("take cover behind the altar", "sneak", "dexterity"),
        ("I pick the lock", "lock", "dexterity"),
        ("I kick the door in", "force", "strength"),
        ("We swim across", "swim", "constitution"),
        ("I persuade Tamsin to help us", "persuade", "charisma"),
        ("I threaten the hermit", "intimidate", "charisma"),
        ("I lie to her", "deceive", "charisma"),
        ("I sing a song", "perform", "charisma"),
        ("I cast a spell of light", "magic", "intelligence"),
        ("I try to remember the old rite", "recall", "intelligence"),
        ("I pray", "sense", "wisdom"),
    ] {
        assert_eq!(attempt(text), (name.to_owned(), ability), "{text}");
    }
}

#[test]
fn words_make_a_deed_harder_or_easier() {
    let difficulty = |text: &str| match recognise(&chapel(text)) {
        Intent::Try { difficulty, .. } => difficulty,
        other => panic!("{other:?}"),
    };
    assert!(difficulty("I climb the sheer wall") > difficulty("I climb the wall"));
    assert!(difficulty("I carefully climb the low wall") < difficulty("I climb the wall"));
}

#[test]
fn an_attack_without_a_target_is_on_the_creature() {
    assert_eq!(recognise(&wolf("I attack!")), Intent::Attack(Some(Target::Person(1))));
    assert_eq!(recognise(&chapel("I attack!")), Intent::Attack(None));
    assert_eq!(recognise(&wolf("I hit the wolf with my staff")), Intent::Attack(Some(Target::Person(1))));
}

#[test]
fn an_offer_nobody_made_cannot_be_accepted() {
    let mut scene = chapel("We accept");
    scene.quests.retain(|quest| quest.id != id(41));
    assert_eq!(recognise(&scene), Intent::Free);
}
