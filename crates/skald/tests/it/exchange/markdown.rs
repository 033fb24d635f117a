//! The canon as pages, there and back.

use reqwest::Method;

use super::archive::{Files, a_world, files, finished, packed};
use crate::support::*;

async fn pages(by: &Client, campaign: &str) -> Files {
    let path = format!("/campaigns/{campaign}/export?format=markdown");
    let answer = by.request(Method::GET, &path).send().await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);
    files(answer.bytes().await.expect("the pages to their end").to_vec())
}

async fn read(by: &Client, campaign: &str, files: &Files, query: &str) -> Value {
    let path = format!("/campaigns/{campaign}/import{query}");
    let begun = by.send(by.request(Method::POST, &path).body(packed(files))).await.accepted();
    let done = finished(by, begun["job_id"].as_str().expect("a job")).await;
    assert_eq!(done["state"], "done", "{done}");
    done["result"].clone()
}

fn text(files: &Files, path: &str) -> String {
    let bytes = files.get(path).unwrap_or_else(|| panic!("{path} in {:?}", files.keys()));
    String::from_utf8(bytes.clone()).expect("UTF-8")
}

async fn accept_all(gm: &Client, campaign: &str) {
    let report = gm.post(&format!("/campaigns/{campaign}/proposals/accept-all"), json!({})).await.ok();
    assert_eq!(report["failed"], json!([]), "{report}");
}

#[db_test]
async fn pages_that_nobody_touched_change_nothing(app: TestApp) {
    let (gm, campaign) = a_world(&app).await;
    let taken = pages(&gm, &campaign).await;
    let inn = text(&taken, "Places/The Eel.md");
    assert!(inn.contains("tags: [\"inn\",\"Söder\"]"), "{inn}");
    assert!(inn.contains("parent_id: \"[[Places/Harrow's End|Harrow's End]]\""), "{inn}");
    assert!(inn.ends_with("---\nOld.\n\n:::secret\nA cellar, see [[Harrow's End]].\n:::\n"), "{inn}");
    let report = read(&gm, &campaign, &taken, "").await;
    assert_eq!(report["warnings"], json!([]), "{report}");
    assert_eq!(report["changes"], json!([]), "{report}");
    assert_eq!((&report["pages"], &report["batch_id"]), (&report["unchanged"], &Value::Null));
}

#[db_test]
async fn pages_make_the_same_canon_elsewhere(app: TestApp) {
    let (gm, campaign) = a_world(&app).await;
    let taken = pages(&gm, &campaign).await;
    let other = gm.campaign("Elsewhere").await;
    let dry = read(&gm, &other, &taken, "?dry_run=true").await;
    assert_eq!(
        (dry["new_entities"].as_u64(), dry["facts"].as_u64(), dry["ties"].as_u64()),
        (Some(5), Some(3), Some(1))
    );
    let report = read(&gm, &other, &taken, "").await;
    // The picture is the other campaign's.
    let warnings = report["warnings"].to_string();
    assert!(report["batch_id"].is_string(), "{report}");
    assert!(warnings.contains("portrait_id"), "{warnings}");
    accept_all(&gm, &other).await;
    let mut taken = taken;
    taken.retain(|path, _| !path.starts_with("Pictures/"));
    let there = pages(&gm, &other).await;
    let known = |text: &str| -> String {
        text.lines()
            .filter(|line| !line.starts_with("id: ") && !line.starts_with("portrait_id: "))
            .collect::<Vec<_>>()
            .join("\n")
    };
    for path in there.keys() {
        let (before, after) = (text(&taken, path), text(&there, path));
        let without_ids = |text: String| {
            let mut text = known(&text);
            while let Some(at) = text.find("\"id\":\"") {
                if !text[at + 6..].starts_with("[[") && text.get(at + 42..at + 43) == Some("\"") {
                    text.replace_range(at..at + 43, "");
                } else {
                    text.replace_range(at..at + 6, "\"ID\":\"");
                }
            }
            // The fields hold an id.
            text.lines().filter(|line| !line.starts_with("fields: {\"location_id\"")).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(without_ids(after), without_ids(before), "{path}");
    }
    let mira = text(&there, "Characters/Mira 龍.md");
    let inn = text(&there, "Places/The Eel.md");
    let inn_id = inn.lines().find_map(|line| line.strip_prefix("id: ")).expect("an id");
    assert!(mira.contains(&format!("\"location_id\":{inn_id}")), "ids in fields lead to the new entities: {mira}");
}

#[db_test]
async fn what_an_editor_changed_arrives_as_proposals(app: TestApp) {
    let (gm, campaign) = a_world(&app).await;
    let mut taken = pages(&gm, &campaign).await;
    let inn = text(&taken, "Places/The Eel.md").replace("Old.", "Older.");
    taken.insert("Places/The Eel.md".into(), inn.into_bytes());
    let new = "---\ntags:\n  - sea\nweather: foul\nparent_id: \"[[The Eel]]\"\nfacts:\n  - predicate: smells of\n    text: tar\n---\nA pier.\n";
    taken.insert("Places/The Pier.md".into(), new.as_bytes().to_vec());
    taken.insert("Someday.md".into(), b"A thought.".to_vec());
    taken.insert("Broken.md".into(), b"---\nname: [\n---\n".to_vec());
    taken.insert(".obsidian/app.md".into(), b"not a page".to_vec());
    let report = read(&gm, &campaign, &taken, "").await;
    assert_eq!(
        (report["new_entities"].as_u64(), report["changed_entities"].as_u64(), report["facts"].as_u64()),
        (Some(2), Some(1), Some(1)),
        "{report}"
    );
    assert_eq!(report["warnings"].as_array().expect("warnings").len(), 1, "{report}");
    assert!(report["warnings"][0].as_str().expect("a warning").starts_with("Broken.md: "));
    let open = gm.get(&format!("/campaigns/{campaign}/proposals")).await.ok();
    assert_eq!(
        open["items"].as_array().expect("proposals").iter().filter(|one| one["author"]["kind"] == "import").count(),
        4
    );
    accept_all(&gm, &campaign).await;
    let after = pages(&gm, &campaign).await;
    assert!(text(&after, "Places/The Eel.md").contains("Older."));
    let pier = text(&after, "Places/The Pier.md");
    for part in ["\"weather\":\"foul\"", "\"smells of\"", "[[Places/The Eel|The Eel]]", "A pier."] {
        assert!(pier.contains(part), "{part} in {pier}");
    }
    assert!(text(&after, "Notes/Someday.md").contains("A thought."));
}

#[db_test]
async fn a_player_takes_what_they_may_know_and_brings_nothing(app: TestApp) {
    let (gm, campaign) = a_world(&app).await;
    let player = app.member(&gm, &campaign, "player", "Tom").await;
    let taken = pages(&player, &campaign).await;
    let all: String = taken.iter().map(|(path, bytes)| format!("{path}\n{}", String::from_utf8_lossy(bytes))).collect();
    for secret in ["cellar", "Wardens", "The tide", "knowers", "member_of"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
    assert!(all.contains("The Eel"));
    let path = format!("/campaigns/{campaign}/import");
    player.send(player.request(Method::POST, &path).body(packed(&taken))).await.refused(403, "forbidden");
}
