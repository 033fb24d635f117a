//! An archive holds a campaign, whole, and gives it back.

use std::{
    collections::{BTreeMap, HashMap},
    io::{Cursor, Read, Write},
};

use reqwest::Method;
use sea_orm::ConnectionTrait;
use skald_exchange::archive::tables::{LEFT_OUT, TABLES};
use skald_platform::db::sql;
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::support::*;

/// What the world of these tests does without.
const UNMADE: &[&str] = &[
    "generations",
    "proposal_policies",
    "rule_systems",
    "random_tables",
    "table_rolls",
    "plots",
    "plot_dependencies",
    "lorebook_rules",
];

pub type Files = BTreeMap<String, Vec<u8>>;

fn png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(3_u32.to_be_bytes());
    bytes.extend(2_u32.to_be_bytes());
    bytes.extend([8, 6, 0, 0, 0]);
    bytes.resize(5_000, 7);
    bytes
}

/// A campaign with some of everything, and its game master.
pub async fn a_world(app: &TestApp) -> (Client, String) {
    let gm = app.admin().await;
    let campaign = gm.campaign("The Vale: öd & \"wild\"").await;
    let base = format!("/campaigns/{campaign}");
    let picture = gm.send(gm.request(Method::POST, &format!("{base}/media?name=a.png")).body(png())).await.created();
    let place = gm.entity(&campaign, json!({ "kind": "location", "name": "Harrow's End" })).await;
    let inn = gm
        .entity(
            &campaign,
            json!({
                "kind": "location", "name": "The Eel", "parent_id": id(&place), "tags": ["inn", "Söder"],
                "aliases": ["Ål"], "body": "Old.\n\n:::secret\nA cellar, see [[Harrow's End]].\n:::\n", "fields": { "beds": 4 },
            }),
        )
        .await;
    let faction = gm.entity(&campaign, json!({ "kind": "faction", "name": "Wardens", "visibility": "gm" })).await;
    let mira = gm
        .entity(
            &campaign,
            json!({
                "kind": "character", "subtype": "pc", "name": "Mira 龍", "portrait_id": id(&picture),
                "fields": { "location_id": id(&inn) },
            }),
        )
        .await;
    let hidden = gm
        .entity(
            &campaign,
            json!({ "kind": "lore", "name": "The tide", "visibility": "some", "visible_to": [id(&mira)] }),
        )
        .await;
    let facts = format!("{base}/facts");
    for knowers in [
        json!([{ "type": "everyone" }]),
        json!([{ "type": "gm" }]),
        json!([{ "type": "character", "id": id(&mira) }, { "type": "faction", "id": id(&faction) }]),
    ] {
        let fact = json!({
            "subject_id": id(&inn), "predicate": "hides", "text": "A boat.", "object_id": id(&hidden), "knowers": knowers,
            "story_from": -5,
        });
        gm.post(&facts, fact).await.created();
    }
    let tie = json!({ "from_id": id(&mira), "to_id": id(&faction), "kind": "member_of", "strength": -3 });
    gm.post(&format!("{base}/relationships"), tie).await.created();
    let calendar = gm.get(&format!("{base}/calendar")).await.ok();
    let calendar = json!({ "definition": calendar["definition"], "present": 90 });
    gm.put(&format!("{base}/calendar"), 0, calendar).await.ok();
    let map = json!({
        "name": "Valley", "media_id": id(&picture), "location_id": id(&place), "visibility": "some",
        "visible_to": [id(&mira)],
    });
    let map = gm.post(&format!("{base}/maps"), map).await.created();
    let pin = json!({ "x": 0.25, "y": 0.75, "label": "Here", "entity_id": id(&inn), "visibility": "some", "visible_to": [id(&mira)] });
    gm.post(&format!("/maps/{}/pins", id(&map)), pin).await.created();
    let gone = gm.entity(&campaign, json!({ "kind": "note", "name": "Thrown away" })).await;
    gm.delete(&format!("/entities/{}", id(&gone)), gone["version"].as_i64()).await.no_content();
    let change =
        json!({ "target_type": "entity", "operation": "create", "change": { "kind": "note", "name": "Maybe" } });
    gm.post(&format!("{base}/proposals"), json!({ "title": "Ideas", "proposals": [change] })).await.created();
    let session = gm.post(&format!("{base}/sessions"), json!({ "kind": "game", "title": "One" })).await.created();
    gm.post(&format!("/sessions/{}/join", id(&session)), json!({ "character_id": id(&mira) })).await.ok();
    gm.post(&format!("/sessions/{}/start", id(&session)), json!({})).await.ok();
    gm.post(&format!("/game/{}/roll", id(&session)), json!({ "notation": "1d20+2" })).await.created();
    (gm, campaign)
}

async fn export(by: &Client, campaign: &str) -> Vec<u8> {
    let answer = by.request(Method::GET, &format!("/campaigns/{campaign}/export")).send().await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);
    assert_eq!(answer.headers()["content-type"], "application/zip");
    answer.bytes().await.expect("the archive to its end").to_vec()
}

/// Imports and waits for the end of it: what the job came to.
async fn import(by: &Client, archive: Vec<u8>, query: &str) -> Value {
    let begun = by.send(by.request(Method::POST, &format!("/campaigns/import{query}")).body(archive)).await.accepted();
    let job = begun["job_id"].as_str().expect("a job").to_owned();
    finished(by, &job).await
}

pub async fn finished(by: &Client, job: &str) -> Value {
    loop {
        let found = by.get(&format!("/jobs/{job}")).await.ok();
        if !matches!(found["state"].as_str(), Some("waiting" | "running")) {
            return found;
        }
        tokio::task::yield_now().await;
    }
}

pub fn files(archive: Vec<u8>) -> Files {
    let mut zip = ZipArchive::new(Cursor::new(archive)).expect("a zip file");
    (0..zip.len())
        .map(|index| {
            let mut file = zip.by_index(index).expect("a file");
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).expect("its bytes");
            (file.name().expect("a name").into_owned(), bytes)
        })
        .collect()
}

pub fn packed(files: &Files) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name, SimpleFileOptions::default()).expect("a file");
        zip.write_all(bytes).expect("its bytes");
    }
    zip.finish().expect("the archive").into_inner()
}

/// All rows by table. People are left out, and every other id is told by when it first appears.
fn told(files: &Files) -> BTreeMap<String, Vec<String>> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut tables = BTreeMap::new();
    for table in TABLES {
        let text = String::from_utf8(files[&format!("data/{}.jsonl", table.name)].clone()).expect("UTF-8");
        let rows = text.lines().map(|line| {
            let mut row: Value = serde_json::from_str(line).expect("a row");
            for person in ["user_id", "uploaded_by", "created_by", "author_id", "decided_by"] {
                if let Some(value) = row.get_mut(person) {
                    *value = Value::Null;
                }
            }
            numbered(&row, &mut seen).to_string()
        });
        tables.insert(table.name.to_owned(), rows.collect());
    }
    tables
}

fn numbered(value: &Value, seen: &mut HashMap<String, usize>) -> Value {
    match value {
        Value::String(text) if text.len() == 36 && uuid(text) => {
            let next = seen.len();
            json!(format!("#{}", seen.entry(text.clone()).or_insert(next)))
        }
        Value::Array(values) => values.iter().map(|value| numbered(value, seen)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), numbered(value, seen))).collect(),
        other => other.clone(),
    }
}

fn uuid(text: &str) -> bool {
    text.bytes().enumerate().all(|(i, b)| if [8, 13, 18, 23].contains(&i) { b == b'-' } else { b.is_ascii_hexdigit() })
}

#[db_test]
async fn an_archive_makes_the_same_campaign_beside_the_first_one(app: TestApp) {
    let (gm, campaign) = a_world(&app).await;
    let archive = export(&gm, &campaign).await;
    let before = files(archive.clone());
    for table in TABLES {
        let empty = before[&format!("data/{}.jsonl", table.name)].is_empty();
        assert!(!empty || UNMADE.contains(&table.name), "the world of this test has no {}", table.name);
    }
    let done = import(&gm, archive, "").await;
    assert_eq!(done["state"], "done", "{done}");
    let report = &done["result"];
    assert_eq!(report["problem"], Value::Null, "{report}");
    assert_eq!(report["warnings"], json!([]));
    assert_eq!(report["same_ids"], false);
    let copy = report["campaign_id"].as_str().expect("a campaign").to_owned();
    assert_ne!(copy, campaign);
    let after = files(export(&gm, &copy).await);
    assert_eq!(told(&after), told(&before));
    // It is alive: found, walked, played on.
    let base = format!("/campaigns/{copy}");
    let found = gm.get(&format!("{base}/search?q=boat")).await.ok();
    assert_eq!(found["items"][0]["name"], "The Eel", "{found}");
    let roots = gm.get(&format!("{base}/locations")).await.ok();
    let inside = gm.get(&format!("/locations/{}/children", id(&roots["items"][0]))).await.ok();
    assert_eq!(inside["items"][0]["name"], "The Eel");
    let session = id(&gm.get(&format!("{base}/sessions")).await.ok()["items"][0]);
    let roll = gm.post(&format!("/game/{session}/roll"), json!({ "notation": "1d6" })).await;
    assert!(roll.status.is_success(), "{}", roll.body);
    let map = id(&gm.get(&format!("{base}/maps")).await.ok()["items"][0]);
    let media = gm.get(&format!("/maps/{map}")).await.ok()["media_id"].as_str().expect("a picture").to_owned();
    let bytes =
        gm.request(Method::GET, &format!("/media/{media}")).send().await.expect("it").bytes().await.expect("it");
    assert_eq!(bytes, png());
}

#[db_test]
async fn where_the_campaign_is_not_yet_its_ids_stay(app: TestApp) {
    let (gm, campaign) = a_world(&app).await;
    let archive = export(&gm, &campaign).await;
    // As on a fresh server.
    let tx = app.app.tx(&skald_platform::Actor::engine("test")).await.expect("a transaction");
    let forget = sql(tx.conn(), "DELETE FROM campaigns WHERE name <> ''", []);
    tx.conn().execute_raw(forget).await.expect("forgotten");
    tx.commit().await.expect("committed");
    let report = import(&gm, archive.clone(), "").await["result"].take();
    assert_eq!(report["same_ids"], true, "{report}");
    assert_eq!(report["campaign_id"], campaign.as_str());
    let (mut before, mut after) = (files(archive), files(export(&gm, &campaign).await));
    before.remove("skald.json");
    after.remove("skald.json");
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (name, bytes) in before {
        assert_eq!(String::from_utf8_lossy(&after[&name]), String::from_utf8_lossy(&bytes), "{name}");
    }
}

#[db_test]
async fn only_its_game_master_exports_and_nobody_else_sees_the_copy(app: TestApp) {
    let (gm, campaign) = a_world(&app).await;
    let player = app.member(&gm, &campaign, "player", "Tom").await;
    player.get(&format!("/campaigns/{campaign}/export")).await.refused(403, "forbidden");
    let report = import(&gm, export(&gm, &campaign).await, "").await["result"].take();
    let copy = report["campaign_id"].as_str().expect("a campaign");
    player.get(&format!("/campaigns/{copy}")).await.refused(404, "not_found");
    assert_eq!(gm.get(&format!("/campaigns/{copy}/members")).await.ok()["items"].as_array().expect("members").len(), 1);
}

#[db_test]
async fn a_dry_run_says_what_would_come_in_and_makes_nothing(app: TestApp) {
    let (gm, campaign) = a_world(&app).await;
    let archive = export(&gm, &campaign).await;
    let done = import(&gm, archive, "?dry_run=true").await;
    let report = &done["result"];
    assert_eq!(report["archived"]["name"], "The Vale: öd & \"wild\"");
    assert_eq!((report["rows"]["facts"].as_u64(), report["pictures"].as_u64()), (Some(3), Some(1)));
    assert_eq!(report["campaign_id"], Value::Null);
    assert_eq!(gm.get("/campaigns").await.ok()["items"].as_array().expect("campaigns").len(), 1);
}

#[db_test]
async fn what_is_no_archive_is_told_so_and_leaves_nothing(app: TestApp) {
    let (gm, campaign) = a_world(&app).await;
    let whole = export(&gm, &campaign).await;
    let good = files(whole.clone());
    let with = |name: &str, change: &dyn Fn(String) -> String| {
        let mut files = good.clone();
        let text = String::from_utf8(files[name].clone()).expect("UTF-8");
        files.insert(name.to_owned(), change(text).into_bytes());
        packed(&files)
    };
    let half = whole[..whole.len() / 2].to_vec();
    let twice = |text: String| format!("{text}{text}");
    for (archive, said) in [
        (b"hello".to_vec(), "no Skald archive"),
        (half, "not a whole zip file"),
        (packed(&Files::from([("a.txt".to_owned(), Vec::new())])), "no skald.json"),
        (with("skald.json", &|text| text.replace("\"version\": 1", "\"version\": 99")), "newer Skald"),
        (with("data/entities.jsonl", &|text| text.replace("\"location\"", "\"starship\"")), "kind"),
        (with("data/facts.jsonl", &|text| text.replace("\"story_from\":-5", "\"story_from\":\"soon\"")), "story_from"),
        (with("data/facts.jsonl", &|text| format!("{text}{{")), "no JSON object"),
        (with("data/entities.jsonl", &twice), "twice"),
        (with("data/campaigns.jsonl", &twice), "one campaign"),
    ] {
        let done = import(&gm, archive, "").await;
        let problem = done["result"]["problem"].as_str().unwrap_or_else(|| panic!("a problem in {done}"));
        assert!(problem.contains(said), "{problem:?} instead of {said:?}");
        assert_eq!(gm.get("/campaigns").await.ok()["items"].as_array().expect("campaigns").len(), 1);
    }
    let db = app.app.db().read();
    let all = db.query_one_raw(sql(db, "SELECT COUNT(*) AS n FROM campaigns", [])).await.expect("a count");
    assert_eq!(all.expect("a row").try_get::<i64>("", "n").expect("a count"), 1, "nothing is left half made");
    use futures::TryStreamExt;
    let left = app.app.blobs().list("imports").try_collect::<Vec<_>>().await.expect("a list");
    assert!(left.is_empty(), "{left:?}");
}

#[db_test]
async fn an_archive_cannot_reach_into_another_campaign(app: TestApp) {
    let (gm, campaign) = a_world(&app).await;
    let mut files = files(export(&gm, &campaign).await);
    let stranger = app.user("Stranger").await;
    let entities = String::from_utf8(files["data/entities.jsonl"].clone()).expect("UTF-8");
    let inn = entities.lines().find(|line| line.contains("The Eel")).expect("the inn").to_owned();
    let inn = id(&serde_json::from_str(&inn).expect("a row"));
    // Without the inn, what speaks of it would speak of the one that is here already.
    let rest: String =
        entities.lines().filter(|line| !line.contains("The Eel")).map(|line| format!("{line}\n")).collect();
    files.insert("data/entities.jsonl".to_owned(), rest.into_bytes());
    let report = import(&stranger, packed(&files), "").await["result"].take();
    assert_eq!(report["problem"], Value::Null, "{report}");
    let copy = report["campaign_id"].as_str().expect("a campaign");
    let facts = stranger.get(&format!("/campaigns/{copy}/facts")).await.ok();
    assert_eq!(facts["items"], json!([]), "facts about what is not there are left out");
    assert!(report["warnings"].to_string().contains("facts"), "{report}");
    stranger.get(&format!("/entities/{inn}")).await.refused(404, "not_found");
    assert_eq!(gm.get(&format!("/campaigns/{campaign}/facts")).await.ok()["items"].as_array().expect("facts").len(), 3);
}

#[db_test]
async fn a_job_is_seen_by_who_asked_for_it_alone(app: TestApp) {
    let (gm, campaign) = a_world(&app).await;
    let stranger = app.user("Stranger").await;
    let archive = export(&gm, &campaign).await;
    let begun = gm.send(gm.request(Method::POST, "/campaigns/import").body(archive)).await.accepted();
    let job = begun["job_id"].as_str().expect("a job");
    stranger.get(&format!("/jobs/{job}")).await.refused(404, "not_found");
    stranger.post(&format!("/jobs/{job}/cancel"), json!({})).await.refused(404, "not_found");
    gm.post(&format!("/jobs/{job}/cancel"), json!({})).await.ok();
    let done = finished(&gm, job).await;
    let campaigns = gm.get("/campaigns").await.ok()["items"].as_array().expect("campaigns").len();
    match done["state"].as_str() {
        // Cancelled in time: nothing is left.
        Some("cancelled") => assert_eq!(campaigns, 1),
        Some("done") => assert_eq!(campaigns, 2),
        other => panic!("{other:?}: {done}"),
    }
}

#[db_test]
async fn every_table_is_in_an_archive_or_left_out_for_a_reason(app: TestApp) {
    let db = app.app.db().read();
    let text = match app.app.db().is_postgres() {
        true => "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()",
        false => {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_index_%'"
        }
    };
    let rows = db.query_all_raw(sql(db, text, [])).await.expect("the tables");
    let mut tables: Vec<String> = rows.iter().map(|row| row.try_get("", "name").expect("a name")).collect();
    tables.sort();
    let known =
        |name: &str| TABLES.iter().any(|table| table.name == name) || LEFT_OUT.iter().any(|(out, _)| *out == name);
    let forgotten: Vec<&String> = tables.iter().filter(|name| !known(name)).collect();
    assert!(
        forgotten.is_empty(),
        "neither in TABLES nor in LEFT_OUT of skald_exchange::archive::tables: {forgotten:?}"
    );
    let gone: Vec<&str> =
        TABLES.iter().map(|table| table.name).filter(|name| !tables.iter().any(|table| table == name)).collect();
    assert!(gone.is_empty(), "{gone:?}");
}
