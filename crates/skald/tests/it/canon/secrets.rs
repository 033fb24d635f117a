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
    /// The passages of the body: who may read it (everyone, where there is no list), what it says, what it links to.
    passages: Vec<Passage>,
}

struct Passage {
    audience: Option<Vec<String>>,
    word: String,
    links: Vec<String>,
}

struct Fact {
    subject: String,
    object: Option<String>,
    knowers: Vec<Value>,
    /// Since when all of them know it.
    known_from: Option<i64>,
    holds: (Option<i64>, Option<i64>),
    kind: &'static str,
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

    fn reads(&self, eyes: &Eyes, passage: &Passage) -> bool {
        let named = |audience: &Vec<String>| audience.iter().any(|id| self.knows_as(eyes).contains(id.as_str()));
        eyes.gm || passage.audience.as_ref().is_none_or(named)
    }

    /// The pages that link to `id` where these eyes may read.
    fn backlinks(&self, eyes: &Eyes, id: &str) -> HashSet<String> {
        let links = |entity: &Entity| {
            entity.passages.iter().any(|p| p.links.iter().any(|link| link == id) && self.reads(eyes, p))
        };
        self.entities
            .iter()
            .filter(|(from, entity)| self.sees(eyes, from) && links(entity))
            .map(|(id, _)| id.clone())
            .collect()
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
                // A game master's reference to something deleted stays as it was written, by id or by name.
                secrets.extend(entity.words.iter().filter(|word| !eyes.gm || **word != entity.name));
                secrets.extend((!eyes.gm).then_some(id));
            }
            if !eyes.gm {
                secrets.extend(&entity.gm_words);
            }
            let hidden = entity.passages.iter().filter(|passage| !self.sees(eyes, id) || !self.reads(eyes, passage));
            secrets.extend(hidden.map(|passage| &passage.word));
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
        let (alias, summary) = (words.next(own), words.next(own));
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
        let mut body = String::new();
        for audience in [None, Some(vec![]), Some(draw.some_of(&knowers)), None] {
            let word = words.next(&mut vec![]);
            let links = draw.some_of(&ids);
            let names = |ids: &[String]| -> String {
                ids.iter().map(|id| format!("[[{}]] ", world.entities[id].name)).collect()
            };
            let text = format!("{word} {}", names(&links));
            match &audience {
                None => body.push_str(&format!("{text}\n\n")),
                Some(audience) => body.push_str(&format!(":::secret {}\n{text}\n:::\n\n", names(audience))),
            }
            entity.passages.push(Passage { audience, word, links });
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
        let some = |n: usize| (n > 0).then(|| n as i64 * 10);
        let (known_from, from, to) = (some(draw.below(4)), some(draw.below(3)), draw.one_in(3).then_some(25));
        let kind = ["rule", "status", "quantity"][draw.below(3)];
        let status = ["canon", "canon", "canon", "proposed", "retired"][draw.below(5)];
        let body = json!({
            "subject_id": subject, "predicate": words.next(&mut own), "object_id": object, "text": words.next(&mut own),
            "knowers": knowing, "known_from": known_from, "story_from": from, "story_to": to, "kind": kind, "status": status, "evidence": [{ "kind": "entry", "ref": words.next(&mut own) }],
        });
        let made = gm.post(&format!("/campaigns/{campaign}/facts"), body).await.created();
        world.facts.insert(
            id(&made),
            Fact { subject, object, knowers: knowing, known_from, holds: (from, to), kind, status, words: own },
        );
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
            let mut read = entity.passages.iter().filter(|passage| world.reads(eyes, passage));
            assert!(read.all(|passage| text.contains(&passage.word)), "{who} misses a passage of {whole}");
        }
        let (found, linking) = read(format!("/entities/{id}/backlinks?limit=200")).await;
        assert_eq!(found, status, "{who}");
        if status == 200 {
            let expected = world.backlinks(eyes, id);
            assert_eq!(
                (ids(&linking), &linking["total"]),
                (expected.clone(), &json!(expected.len())),
                "{who}: backlinks"
            );
        }
        assert_eq!(read(format!("/entities/{id}/relationships")).await.0, status, "{who}");
        let (found, children) = read(format!("/locations/{id}/children")).await;
        assert_eq!(found, place, "{who}");
        if place == 200 {
            assert_eq!(ids(&children), inside(Some(id)), "{who}");
        }
        if entity.kind == "location" {
            let below = read(at(&format!("locations?under={id}&limit=200"))).await.1;
            let mut deep = HashSet::new();
            let mut open = vec![id.clone()];
            while let Some(place) = open.pop() {
                open.extend(inside(Some(&place)));
                deep.extend(inside(Some(&place)));
            }
            let listed = if place == 200 { ids(&below) } else { HashSet::new() };
            assert_eq!(listed, deep, "{who}: under {id}");
        }
        let under = read(at(&format!("entities?parent_id={id}"))).await.1;
        assert_eq!(under["total"], if place == 200 { inside(Some(id)).len() } else { 0 }, "{who}");
        let expected = usize::from(status == 200);
        for filter in [format!("q={}", entity.name), format!("tag={}", entity.tag)] {
            let (_, list) = read(at(&format!("entities?{filter}"))).await;
            assert_eq!(list["total"], expected, "{who}: {filter}");
        }
        for q in [&entity.name, &entity.words[1]] {
            let (_, list) = read(at(&format!("search/suggest?q={q}"))).await;
            let first = list["items"].as_array().unwrap().iter().find(|item| item["score"].as_f64() > Some(0.99));
            assert_eq!(first.map(|item| item["id"].clone()), (status == 200).then(|| json!(id)), "{who}: {q}");
        }
        read(at(&format!("facts?subject_id={id}"))).await;
    }

    // Each word leads whoever may read it to what it stands in, and nobody else anywhere.
    for (id, entity) in &world.entities {
        for word in &entity.words[..4] {
            let (_, answer) = read(at(&format!("search?q={word}"))).await;
            let exact = ids(&answer).contains(id);
            assert_eq!(exact, seen.contains(id), "{who}: {word}: {answer}");
            let counted: u64 =
                answer["facets"]["kinds"].as_array().unwrap().iter().filter_map(|k| k["count"].as_u64()).sum();
            assert_eq!(answer["total"], counted, "{who}: {answer}");
            assert!(ids(&answer).is_subset(&seen), "{who}: {word}");
        }
    }
    for (id, fact) in &world.facts {
        let (_, answer) = read(at(&format!("search?q={}", fact.words[1]))).await;
        let found = answer["items"].as_array().unwrap().iter().any(|hit| hit["fact_id"] == json!(id));
        assert_eq!(found, world.sees_fact(eyes, fact), "{who}: {answer}");
    }

    let known: HashSet<String> =
        world.facts.iter().filter(|(_, fact)| world.sees_fact(eyes, fact)).map(|(id, _)| id.clone()).collect();
    let (_, list) = read(at("facts?limit=200")).await;
    assert_eq!((ids(&list), &list["total"]), (known.clone(), &json!(known.len())), "{who}: facts");
    // At a moment of the story: what held then and was known by then; of a kind; and who knows is for game masters.
    for moment in [0, 10, 25, 26, 30] {
        let then = |fact: &Fact| {
            fact.holds.0.is_none_or(|from| from <= moment)
                && fact.holds.1.is_none_or(|to| moment <= to)
                && (eyes.gm || fact.known_from.is_none_or(|from| from <= moment))
        };
        let kind = ["rule", "status", "quantity"][case % 3];
        let held: HashSet<String> = known.iter().filter(|id| then(&world.facts[*id])).cloned().collect();
        let of_kind: HashSet<String> = held.iter().filter(|id| world.facts[*id].kind == kind).cloned().collect();
        for (query, expected) in [(String::new(), held), (format!("&kind={kind}"), of_kind)] {
            for order in ["oldest", "subject"] {
                let (_, list) = read(at(&format!("facts?limit=200&order={order}&as_of={moment}{query}"))).await;
                assert_eq!(
                    (ids(&list), &list["total"]),
                    (expected.clone(), &json!(expected.len())),
                    "{who}: as of {moment}"
                );
            }
        }
    }
    for fact in world.facts.values() {
        for word in &fact.words[..2] {
            let (_, list) = read(at(&format!("facts?q={word}"))).await;
            assert_eq!(list["total"], usize::from(world.sees_fact(eyes, fact)), "{who}: {word}");
        }
    }
    for character in eyes.characters.iter().chain(world.entities.keys().take(1)) {
        let (status, _) = read(at(&format!("facts?knower=character:{character}"))).await;
        assert!(eyes.gm || status == 403, "{who} asks who knows");
    }
    for id in world.facts.keys() {
        if !eyes.gm {
            let body = json!({ "fact_ids": [id], "to": [{ "type": "everyone" }] });
            eyes.client.post(&at("facts/reveal"), body).await.refused(403, "forbidden");
        }
        assert_eq!(read(format!("/facts/{id}")).await.0, if known.contains(id) { 200 } else { 404 }, "{who}");
    }
    for (id, edge) in &world.edges {
        let status = if world.sees_edge(eyes, edge) { 200 } else { 404 };
        assert_eq!(read(format!("/relationships/{id}")).await.0, status, "{who}");
        read(format!("/relationships/{id}/history")).await;
    }

    // The graph, against what can be walked over edges that are seen. Not everywhere: that would take too long.
    if case > 1 {
        return;
    }
    let ties: Vec<(&String, &Edge)> = world.edges.iter().filter(|(_, edge)| world.sees_edge(eyes, edge)).collect();
    let away = |start: &String| -> HashMap<String, u64> {
        let mut steps = HashMap::from([(start.clone(), 0)]);
        loop {
            let mut next = steps.clone();
            for (a, b) in ties.iter().flat_map(|(_, edge)| [(&edge.from, &edge.to), (&edge.to, &edge.from)]) {
                if let Some(step) = steps.get(a).map(|step| step + 1)
                    && next.get(b).is_none_or(|known| *known > step)
                {
                    next.insert(b.clone(), step);
                }
            }
            if next == steps {
                return steps;
            }
            steps = next;
        }
    };
    let listed = |list: &Value| list.as_array().unwrap().iter().map(id).collect::<HashSet<_>>();
    let (_, graph) = read(at("relationships/graph?limit=1000")).await;
    let tied: HashSet<String> = ties.iter().flat_map(|(_, edge)| [edge.from.clone(), edge.to.clone()]).collect();
    assert_eq!(listed(&graph["nodes"]), tied, "{who}: graph");
    assert_eq!(listed(&graph["edges"]), ties.iter().map(|(id, _)| String::clone(id)).collect(), "{who}: graph");
    let mut every: Vec<&String> = world.entities.keys().collect();
    every.sort();
    for start in every.iter().skip(case % 5).step_by(5) {
        let steps = away(start);
        let (found, around) = read(at(&format!("relationships/graph?center={start}&depth=2"))).await;
        assert_eq!(found, if seen.contains(*start) { 200 } else { 404 }, "{who}");
        if found == 200 {
            let near: HashSet<String> =
                steps.iter().filter(|(_, step)| **step <= 2).map(|(id, _)| id.clone()).collect();
            assert_eq!(listed(&around["nodes"]), near, "{who}: around {start}");
        }
        for goal in every.iter().step_by(5) {
            let (found, path) = read(at(&format!("relationships/path?from={start}&to={goal}"))).await;
            let both = seen.contains(*start) && seen.contains(*goal);
            assert_eq!(found, if both { 200 } else { 404 }, "{who}");
            if both {
                let steps = steps.get(*goal).copied();
                let way = path["found"].as_bool().unwrap().then(|| path["edges"].as_array().unwrap().len() as u64);
                assert_eq!(way, steps, "{who}: from {start} to {goal}: {path}");
            }
        }
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
