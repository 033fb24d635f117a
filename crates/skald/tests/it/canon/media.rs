//! Pictures: who puts them in, who sees them, and what becomes of their bytes.

use chrono::TimeDelta;
use futures::TryStreamExt;
use reqwest::Method;
use skald_canon::media;

use super::*;

/// The beginning of a PNG of that size, and `more` bytes.
fn png(width: u32, height: u32, more: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 6, 0, 0, 0]);
    bytes.resize(bytes.len() + more, 7);
    bytes
}

async fn upload(by: &Client, campaign: &str, bytes: Vec<u8>) -> Answer {
    let path = format!("/campaigns/{campaign}/media?name=a.png&alt=A%20face");
    by.send(by.request(Method::POST, &path).body(bytes)).await
}

async fn status(by: &Client, path: &str) -> u16 {
    by.request(Method::GET, path).send().await.unwrap().status().as_u16()
}

async fn blobs(app: &TestApp) -> usize {
    app.app.blobs().list("media").try_collect::<Vec<_>>().await.unwrap().len()
}

#[db_test]
async fn a_picture_comes_back_as_it_was_and_is_not_sent_twice(app: TestApp) {
    let t = Table::new(&app).await;
    let bytes = png(3, 2, 200_000);
    let made = upload(&t.gm, &t.campaign, bytes.clone()).await.created();
    assert_eq!(made["content_type"], "image/png");
    assert_eq!((made["width"].as_u64(), made["height"].as_u64()), (Some(3), Some(2)));
    assert_eq!(made["bytes"].as_u64(), Some(bytes.len() as u64));
    assert_eq!((made["name"].as_str(), made["alt"].as_str()), (Some("a.png"), Some("A face")));
    let path = format!("/media/{}", id(&made));
    let answer = t.gm.request(Method::GET, &path).send().await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "image/png");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(header("cache-control"), "private, no-cache");
    assert!(header("vary").to_lowercase().contains("authorization"));
    let etag = header("etag");
    assert_eq!(answer.bytes().await.unwrap(), bytes);
    let again = t.gm.request(Method::GET, &path).header("if-none-match", &etag).send().await.unwrap();
    assert_eq!(again.status().as_u16(), 304);
    assert!(again.bytes().await.unwrap().is_empty());
}

#[db_test]
async fn a_picture_is_seen_by_who_sees_what_it_shows(app: TestApp) {
    let t = Table::new(&app).await;
    let (shown, hidden) = (
        id(&upload(&t.gm, &t.campaign, png(1, 1, 1)).await.created()),
        id(&upload(&t.gm, &t.campaign, png(1, 1, 2)).await.created()),
    );
    let npc = t.make(json!({ "kind": "character", "name": "Odo", "portrait_id": shown })).await;
    let cult = json!({ "kind": "faction", "name": "Cult", "visibility": "some", "visible_to": [t.mira_pc],
        "portrait_id": hidden });
    t.make(cult).await;
    for (who, sees_hidden) in [(&t.gm, true), (&t.mira, true), (&t.tom, false), (&t.watcher, false)] {
        assert_eq!(status(who, &format!("/media/{shown}")).await, 200);
        assert_eq!(status(who, &format!("/media/{hidden}")).await, if sees_hidden { 200 } else { 404 });
        let list = who.get(&t.at("media")).await.ok();
        assert_eq!(list["total"].as_u64(), Some(1 + u64::from(sees_hidden)));
        assert_eq!(all(&list, "id").contains(&hidden), sees_hidden);
    }
    let seen = t.tom.get(&format!("/entities/{npc}")).await.ok();
    assert_eq!(seen["portrait_id"], shown);
    assert_eq!(t.tom.get(&t.at("entities?q=odo")).await.ok()["items"][0]["portrait_id"], shown);
    // When the portrait is taken away, so is the picture.
    t.gm.patch(&format!("/entities/{npc}"), 1, json!({ "portrait_id": null })).await.ok();
    assert_eq!(status(&t.tom, &format!("/media/{shown}")).await, 404);
}

#[db_test]
async fn players_see_what_they_put_in_and_observers_put_nothing_in(app: TestApp) {
    let t = Table::new(&app).await;
    let own = id(&upload(&t.mira, &t.campaign, png(1, 1, 0)).await.created());
    let path = format!("/media/{own}");
    for (who, code) in [(&t.mira, 200), (&t.gm, 200), (&t.tom, 404), (&t.watcher, 404)] {
        assert_eq!(status(who, &path).await, code);
    }
    upload(&t.watcher, &t.campaign, png(1, 1, 0)).await.refused(403, "forbidden");
    t.tom.delete(&path, None).await.refused(404, "not_found");
    t.mira.delete(&path, None).await.no_content();
    assert_eq!(status(&t.mira, &path).await, 404);
}

#[db_test]
async fn only_pictures_of_a_bearable_size_are_taken(db: skald_platform::testing::TestDb) {
    let config = skald_platform::Config { max_media_bytes: 3 << 20, max_campaign_media_bytes: 5 << 20, ..db.config };
    let app = TestApp::with(config, skald::wiring::Given::default()).await;
    let t = Table::new(&app).await;
    for no in [&b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"[..], b"", b"<html>", b"%PDF-1.7"] {
        upload(&t.gm, &t.campaign, no.to_vec()).await.refused(415, "unsupported_media");
    }
    upload(&t.gm, &t.campaign, png(9000, 1, 0)).await.refused(413, "too_large");
    upload(&t.gm, &t.campaign, png(1, 1, 3 << 20)).await.refused(413, "too_large");
    assert_eq!(blobs(&app).await, 0);
    // Larger than any other body may be, and the campaign has room for one of them.
    upload(&t.gm, &t.campaign, png(1, 1, 5 << 19)).await.created();
    let full = upload(&t.gm, &t.campaign, png(1, 1, 5 << 19)).await.refused(413, "too_large");
    assert!(full["detail"].as_str().unwrap().contains("5 MiB"), "{full}");
    let note = json!({ "kind": "note", "name": "Big", "body": "b".repeat(2 << 20) });
    t.gm.post(&t.at("entities"), note).await.refused(413, "too_large");
}

#[db_test]
async fn a_portrait_is_a_picture_of_the_campaign(app: TestApp) {
    let t = Table::new(&app).await;
    let other = t.gm.campaign("Other").await;
    let foreign = id(&upload(&t.gm, &other, png(1, 1, 0)).await.created());
    for no in [&foreign, NOTHING] {
        let body = json!({ "kind": "note", "name": "x", "portrait_id": no });
        let refused = t.gm.post(&t.at("entities"), body).await.refused(422, "invalid");
        assert_eq!(wrong(&refused), [pair("portrait_id", "unknown")]);
    }
}

#[db_test]
async fn a_picture_in_use_stays_and_bytes_that_nothing_names_go(app: TestApp) {
    let t = Table::new(&app).await;
    let used = id(&upload(&t.gm, &t.campaign, png(1, 1, 0)).await.created());
    let note = t.make(json!({ "kind": "note", "name": "x", "portrait_id": used })).await;
    t.gm.delete(&format!("/media/{used}"), None).await.refused(409, "conflict");
    let campaign = t.campaign.parse().unwrap();
    let orphan = media::store(&app.app, campaign, png(1, 1, 9).into()).await.unwrap();
    assert_eq!(blobs(&app).await, 2);
    // It may still be waiting for its commit.
    media::tidy(&app.app).await.unwrap();
    assert_eq!(blobs(&app).await, 2);
    assert_eq!(status(&t.gm, &format!("/media/{}", orphan.id)).await, 404);
    let later = TestApp::with(
        app.app.config().clone(),
        skald::wiring::Given {
            clock: skald_kernel::Clock::fixed(app.clock.now() + TimeDelta::days(2)),
            ..skald::wiring::Given::default()
        },
    );
    app.app.tasks().stop().await;
    let later = later.await;
    media::tidy(&later.app).await.unwrap();
    assert_eq!(blobs(&later).await, 1);
    assert!(later.app.blobs().read(&media::blob_name(campaign, used.parse().unwrap())).await.is_ok());
    let mut tx = later.app.tx(&Actor::engine("test")).await.unwrap();
    let gm = skald_access::Gm::engine(campaign);
    skald_canon::entities::delete(&mut tx, &gm, note.parse().unwrap(), 1).await.unwrap();
    media::delete(&mut tx, &gm, used.parse().unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    // It is kept a month, then forgotten.
    media::tidy(&later.app).await.unwrap();
    assert_eq!(blobs(&later).await, 1);
}
