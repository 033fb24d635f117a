//! Two nodes on one database: whoever is connected to either follows the same session.

use skald::wiring::{self, Given, Roles};
use skald_platform::testing::{Backend, TestDb};

use super::*;

#[db_test]
async fn a_follower_on_one_node_gets_what_is_written_on_the_other(db: TestDb) {
    let (backend, config) = (db.backend, db.config.clone());
    let one = TestApp::with(config.clone(), Given::default()).await;
    let gm = one.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    if backend == Backend::Sqlite {
        // One process serves a data folder: a second would take the first one's running work for that of a dead server.
        let second = wiring::assemble(config, Given::default()).await.expect("it can be read");
        let refused = wiring::start(&second, Roles { live: true, worker: true }).await.expect_err("it is held");
        assert!(refused.to_string().contains("another Skald serves the data folder"), "{refused}");
        one.stop().await;
        return wiring::start(&second, Roles { live: true, worker: true }).await.expect("it is free again");
    }
    let other = TestApp::with(config, Given::default()).await;
    let there = gm.moved_to(&other);
    let (mut near, mut far) = (gm.live().await, there.live().await);
    assert_eq!(near.epoch, far.epoch, "one may resume on any node");
    near.follow(&stream(&session)).await;
    far.follow(&stream(&session)).await;

    let here = say(&gm, &session, "said on the first node").await;
    assert_eq!(numbers_to(&mut far, &stream(&session), here).await, [here]);
    let back = say(&there, &session, "said on the second node").await;
    assert_eq!(numbers_to(&mut near, &stream(&session), back).await.last(), Some(&back));

    // What has no number crosses too.
    near.send(json!({ "type": "typing", "stream": stream(&session) })).await;
    far.until(|frame| frame["kind"] == "typing").await;
    // And signing a device out closes its sockets on every node.
    gm.post("/auth/logout", json!({})).await.no_content();
    loop {
        if let Came::Closed(code) = far.came().await {
            assert_eq!(code, 4401);
            break;
        }
    }
    one.stop().await;
    other.stop().await;
}
