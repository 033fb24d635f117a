//! No secret leaks: worlds drawn at random, in which every text is a word found nowhere else, are read through every door by
//! everybody, and compared with a model of who may know what that shares nothing with the program.

use std::collections::{HashMap, HashSet};

use proptest::{
    prelude::any,
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};

use super::*;

/// Worlds per database.
const WORLDS: usize = 6;

/// Numbers that decide what a world is like.
struct Draw(std::vec::IntoIter<u16>);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        usize::from(self.0.next().expect("enough numbers")) % n
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn some_of(&mut self, from: &[String]) -> Vec<String> {
        from.iter().filter(|_| self.one_in(3)).cloned().collect()
    }
}

/// Words that occur nowhere else.
#[derive(Default)]
struct Words(usize);

impl Words {
    fn next(&mut self, list: &mut Vec<String>) -> String {
        self.0 += 1;
        let word = format!("mark{:04}x", self.0);
        list.push(word.clone());
        word
    }
}

#[derive(Default)]
struct Entity {
    kind: &'static str,
    visibility: &'static str,
    visible_to: Vec<String>,
    deleted: bool,
    parent: Option<String>,
    /// What only who sees it may read, besides its id.
    words: Vec<String>,
    /// What only a game master may read.
    gm_words: Vec<String>,
    name: String,
    tag: String,
}

struct Fact {
    subject: String,
    object: Option<String>,
    knowers: Vec<Value>,
    status: &'static str,
    words: Vec<String>,
}

struct Edge {
    from: String,
    to: String,
    kind: String,
    open: bool,
    words: Vec<String>,
}

#[derive(Default)]
struct World {
    entities: HashMap<String, Entity>,
    facts: HashMap<String, Fact>,
    edges: HashMap<String, Edge>,
}

/// Somebody who reads.
struct Eyes {
    client: Client,
    name: &'static str,
    gm: bool,
    characters: Vec<String>,
}

impl World {
    fn knows_as<'a>(&'a self, eyes: &'a Eyes) -> HashSet<&'a str> {
        let mut knowers: HashSet<&str> = eyes.characters.iter().map(String::as_str).collect();
        for edge in self.edges.values() {
            let faction = &self.entities[&edge.to];
            if edge.kind == "member_of"
                && eyes.characters.contains(&edge.from)
                && faction.kind == "faction"
                && !faction.deleted
            {
                knowers.insert(&edge.to);
            }
        }
        knowers
    }

    fn sees(&self, eyes: &Eyes, id: &str) -> bool {
        let entity = &self.entities[id];
        let meant = || entity.visible_to.iter().any(|knower| self.knows_as(eyes).contains(knower.as_str()));
        !entity.deleted
            && (eyes.gm
                || entity.visibility == "everyone"
                || eyes.characters.iter().any(|own| own == id)
                || (entity.visibility == "some" && meant()))
    }

    fn sees_fact(&self, eyes: &Eyes, fact: &Fact) -> bool {
        let known = fact.knowers.iter().any(|knower| match knower["type"].as_str().unwrap() {
            "everyone" => true,
            "character" | "faction" => self.knows_as(eyes).contains(knower["id"].as_str().unwrap()),
            _ => false,
        });
        self.sees(eyes, &fact.subject)
            && fact.object.as_ref().is_none_or(|object| self.sees(eyes, object))
            && (eyes.gm || (fact.status == "canon" && known))
    }

    fn sees_edge(&self, eyes: &Eyes, edge: &Edge) -> bool {
        self.sees(eyes, &edge.from) && self.sees(eyes, &edge.to) && (eyes.gm || edge.open)
    }

    /// Every text and id that these eyes may never read.
    fn secrets(&self, eyes: &Eyes) -> Vec<&str> {
        let mut secrets: Vec<&String> = Vec::new();
        for (id, entity) in &self.entities {
            if !self.sees(eyes, id) {
                secrets.extend(&entity.words);
                // A game master's reference to something deleted stays as it was written.
                secrets.extend((!eyes.gm).then_some(id));
            }
            if !eyes.gm {
                secrets.extend(&entity.gm_words);
            }
        }
        for (id, fact) in &self.facts {
            if !self.sees_fact(eyes, fact) {
                secrets.push(id);
                secrets.extend(&fact.words);
            }
        }
        for (id, edge) in &self.edges {
            if !self.sees_edge(eyes, edge) {
                secrets.push(id);
                secrets.extend(&edge.words);
            }
        }
        secrets.into_iter().map(String::as_str).collect()
    }
}

async fn build(gm: &Client, campaign: &str, draw: &mut Draw) -> (World, Vec<String>) {
    let mut world = World::default();
    let mut words = Words::default();
    let kinds = [
        "character",
        "character",
        "character",
        "faction",
        "faction",
        "location",
        "location",
        "location",
        "location",
        "location",
        "item",
        "quest",
        "note",
        "lore",
    ];
    let (mut ids, mut knowers, mut characters, mut locations) = (vec![], vec![], vec![], vec![]);
    for kind in kinds {
        let mut entity = Entity { kind, visibility: ["everyone", "gm", "some"][draw.below(3)], ..Entity::default() };
        entity.visible_to = draw.some_of(&knowers);
        entity.parent = (kind == "location" && !locations.is_empty() && !draw.one_in(4)).then(|| {
            let n = draw.below(locations.len());
            String::clone(&locations[n])
        });
        let own = &mut entity.words;
        entity.name = words.next(own);
        let (alias, summary, body) = (words.next(own), words.next(own), words.next(own));
        entity.tag = words.next(own);
        let open = words.next(own);
        let (deep, plan) = (words.next(&mut entity.gm_words), words.next(&mut entity.gm_words));
        let mut fields = json!({
            "open": open, "gm_plan": plan, "list": [{ "gm_deep": { "x": deep } }],
            "refs": draw.some_of(&ids), "nested": { "items": draw.some_of(&ids) }, "exits": draw.some_of(&locations),
        });
        if let Some(giver) = draw.some_of(&ids).first() {
            fields["giver"] = json!(giver);
        }
        let made = gm
            .entity(
                campaign,
                json!({
                    "kind": kind, "name": entity.name, "aliases": [alias], "summary": summary, "body": body,
                    "tags": [entity.tag], "fields": fields, "visibility": entity.visibility,
                    "visible_to": entity.visible_to, "parent_id": entity.parent,
                }),
            )
            .await;
        let made = id(&made);
        match kind {
            "character" => characters.push(made.clone()),
            "location" => locations.push(made.clone()),
            _ => {}
        }
        if matches!(kind, "character" | "faction") {
            knowers.push(made.clone());
        }
        ids.push(made.clone());
        world.entities.insert(made, entity);
    }
    let factions: Vec<String> = knowers.iter().filter(|id| !characters.contains(id)).cloned().collect();
    for n in 0..10 {
        let member = n < 4;
        let from = if member { &characters[draw.below(3)] } else { &ids[draw.below(ids.len())] }.clone();
        let to = if member { &factions[draw.below(2)] } else { &ids[draw.below(ids.len())] }.clone();
        if from == to {
            continue;
        }
        let mut own = vec![];
        let kind = if member { "member_of".to_owned() } else { words.next(&mut own) };
        let (note, open) = (words.next(&mut own), draw.one_in(2));
        let body = json!({
            "from_id": from, "to_id": to, "kind": kind, "note": note, "visibility": if open { "everyone" } else { "gm" },
        });
        let made = gm.post(&format!("/campaigns/{campaign}/relationships"), body).await.created();
        world.edges.insert(id(&made), Edge { from, to, kind, open, words: own });
    }
    for _ in 0..12 {
        let mut own = vec![];
        let subject = ids[draw.below(ids.len())].clone();
        let object = draw.one_in(2).then(|| ids[draw.below(ids.len())].clone());
        let mut knowing: Vec<Value> =
            draw.some_of(&characters).iter().map(|id| json!({ "type": "character", "id": id })).collect();
        knowing.extend(draw.some_of(&factions).iter().map(|id| json!({ "type": "faction", "id": id })));
        for word in ["everyone", "gm", "reader"] {
            if draw.one_in(3) {
                knowing.push(json!({ "type": word }));
            }
        }
        let status = ["canon", "canon", "canon", "proposed", "retired"][draw.below(5)];
        let body = json!({
            "subject_id": subject, "predicate": words.next(&mut own), "object_id": object, "text": words.next(&mut own),
            "knowers": knowing, "status": status, "evidence": { "kind": "entry", "ref": words.next(&mut own) },
        });
        let made = gm.post(&format!("/campaigns/{campaign}/facts"), body).await.created();
        world.facts.insert(id(&made), Fact { subject, object, knowers: knowing, status, words: own });
    }
    for gone in ids.iter().skip(3) {
        if !draw.one_in(6) {
            continue;
        }
        let path = format!("/entities/{gone}");
        let version = gm.get(&path).await.ok()["version"].as_i64();
        gm.delete(&path, version).await.no_content();
        let parent = world.entities[gone].parent.clone();
        for entity in world.entities.values_mut().filter(|entity| entity.parent.as_ref() == Some(gone)) {
            entity.parent.clone_from(&parent);
        }
        world.entities.get_mut(gone).unwrap().deleted = true;
    }
    (world, characters)
}

async fn check(world: &World, eyes: &Eyes, campaign: &str, case: usize) {
    let secrets = world.secrets(eyes);
    let who = format!("{} in world {case}", eyes.name);
    let clean = |path: &str, body: &Value| {
        let text = body.to_string();
        for secret in &secrets {
            // An answer may repeat an id that was asked for.
            assert!(path.contains(secret) || !text.contains(secret), "{who} reads {secret} at {path}: {text}");
        }
    };
    let ids = |list: &Value| all(list, "id").into_iter().collect::<HashSet<_>>();
    let at = |path: &str| format!("/campaigns/{campaign}/{path}");
    let read = |path: String| async move {
        let answer = eyes.client.get(&path).await;
        clean(&path, &answer.body);
        (answer.status.as_u16(), answer.body)
    };

    let seen: HashSet<String> = world.entities.keys().filter(|id| world.sees(eyes, id)).cloned().collect();
    let (_, list) = read(at("entities?limit=200")).await;
    assert_eq!((ids(&list), &list["total"]), (seen.clone(), &json!(seen.len())), "{who}: entities");
    let parent_of = |id: &str| world.entities[id].parent.clone().filter(|parent| seen.contains(parent));
    let inside = |parent: Option<&String>| -> HashSet<String> {
        let places = seen.iter().filter(|id| world.entities[*id].kind == "location");
        places.filter(|id| parent_of(id).as_ref() == parent).cloned().collect()
    };
    let (_, roots) = read(at("locations")).await;
    assert_eq!(ids(&roots), inside(None), "{who}: roots");
    for place in roots["items"].as_array().unwrap() {
        assert_eq!(place["child_count"], inside(Some(&id(place))).len(), "{who}: children of {place}");
    }

    for (id, entity) in &world.entities {
        let status = if seen.contains(id) { 200 } else { 404 };
        let place = if entity.kind == "location" { status } else { 404 };
        let (found, whole) = read(format!("/entities/{id}")).await;
        assert_eq!(found, status, "{who}: {whole}");
        if status == 200 {
            assert_eq!(whole["parent_id"], json!(parent_of(id)), "{who}: {whole}");
            let text = whole.to_string();
            assert!(entity.words.iter().all(|word| text.contains(word)), "{who} misses something of {whole}");
        }
        assert_eq!(read(format!("/entities/{id}/relationships")).await.0, status, "{who}");
        let (found, children) = read(format!("/locations/{id}/children")).await;
        assert_eq!(found, place, "{who}");
        if place == 200 {
            assert_eq!(ids(&children), inside(Some(id)), "{who}");
        }
        let under = read(at(&format!("entities?parent_id={id}"))).await.1;
        assert_eq!(under["total"], if place == 200 { inside(Some(id)).len() } else { 0 }, "{who}");
        let expected = usize::from(status == 200);
        for filter in [format!("q={}", entity.name), format!("tag={}", entity.tag)] {
            let (_, list) = read(at(&format!("entities?{filter}"))).await;
            assert_eq!(list["total"], expected, "{who}: {filter}");
        }
        read(at(&format!("facts?subject_id={id}"))).await;
    }

    let known: HashSet<String> =
        world.facts.iter().filter(|(_, fact)| world.sees_fact(eyes, fact)).map(|(id, _)| id.clone()).collect();
    let (_, list) = read(at("facts?limit=200")).await;
    assert_eq!((ids(&list), &list["total"]), (known.clone(), &json!(known.len())), "{who}: facts");
    for id in world.facts.keys() {
        assert_eq!(read(format!("/facts/{id}")).await.0, if known.contains(id) { 200 } else { 404 }, "{who}");
    }
    for (id, edge) in &world.edges {
        let status = if world.sees_edge(eyes, edge) { 200 } else { 404 };
        assert_eq!(read(format!("/relationships/{id}")).await.0, status, "{who}");
    }
}

#[db_test]
async fn nobody_reads_what_they_may_not_know(app: TestApp) {
    let gm = app.admin().await;
    let first = gm.campaign("First").await;
    let mira = app.member(&gm, &first, "player", "Mira").await;
    let tom = app.member(&gm, &first, "player", "Tom").await;
    let wanda = app.member(&gm, &first, "observer", "Wanda").await;
    // The same worlds every time: a failure can be looked at again.
    let mut runner = TestRunner::deterministic();
    for case in 0..WORLDS {
        let numbers = proptest::collection::vec(any::<u16>(), 2_000).new_tree(&mut runner).unwrap().current();
        let campaign = gm.campaign(&format!("World {case}")).await;
        for (client, role) in [(&mira, "player"), (&tom, "player"), (&wanda, "observer")] {
            let path = format!("/campaigns/{campaign}/invitations");
            let invitation = gm.post(&path, json!({ "role": role })).await.created();
            let code = invitation["code"].as_str().unwrap();
            client.post(&format!("/invitations/code/{code}/accept"), json!({})).await;
        }
        let (world, characters) = build(&gm, &campaign, &mut Draw(numbers.into_iter())).await;
        play(&app, &mira, &campaign, &characters[0]).await;
        play(&app, &tom, &campaign, &characters[1]).await;
        if case % 2 == 1 {
            play(&app, &tom, &campaign, &characters[2]).await;
        }
        let toms = if case % 2 == 1 { characters[1..].to_vec() } else { vec![characters[1].clone()] };
        for eyes in [
            Eyes { client: gm.clone(), name: "the game master", gm: true, characters: vec![] },
            Eyes { client: mira.clone(), name: "Mira", gm: false, characters: vec![characters[0].clone()] },
            Eyes { client: tom.clone(), name: "Tom", gm: false, characters: toms },
            Eyes { client: wanda.clone(), name: "an observer", gm: false, characters: vec![] },
        ] {
            check(&world, &eyes, &campaign, case).await;
        }
    }
}
