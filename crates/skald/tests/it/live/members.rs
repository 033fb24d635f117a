//! Who may follow what: observers watch, strangers find nothing, and who is removed hears no more.

use super::*;

fn code(frame: &Value) -> &str {
    frame["error"]["error_code"].as_str().unwrap_or_default()
}

#[db_test]
async fn a_stranger_finds_no_stream(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    let stranger = app.user("Stranger").await;
    let mut socket = stranger.live().await;
    for name in [stream(&session), format!("campaign:{campaign}"), format!("campaign:{campaign}:gm")] {
        for frame in [
            json!({ "type": "subscribe", "stream": name }),
            json!({ "type": "subscribe", "stream": name, "last_seq": 0 }),
            json!({ "type": "subscribe", "stream": name, "last_seq": 9, "epoch": "before" }),
        ] {
            socket.send(frame).await;
            let error = socket.next().await;
            assert_eq!((&error["type"], &error["stream"], code(&error)), (&json!("error"), &json!(name), "not_found"));
        }
        let nack = socket.command("c", &name, "say", json!({ "text": "Hello?" })).await;
        assert_eq!((&nack["type"], code(&nack)), (&json!("nack"), "not_found"));
    }
    say(&gm, &session, "Nobody listens").await;
    assert_eq!(before_pong(&mut socket).await, Vec::<Value>::new());
}

#[db_test]
async fn an_observer_follows_but_does_nothing(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let observer = app.member(&gm, &campaign, "observer", "Olga").await;
    let session = table(&gm, &campaign).await;
    let (name, mut socket) = (stream(&session), observer.live().await);
    assert_eq!(socket.follow(&name).await["type"], "snapshot");
    for (command, args) in [
        ("say", json!({ "text": "Me too" })),
        ("roll", json!({ "notation": "1d6" })),
        ("use", json!({ "character_id": observer.id, "item": "rope" })),
        ("move", json!({ "location_id": observer.id })),
        ("retry", json!({ "generation_id": observer.id })),
        ("cancel", json!({ "generation_id": observer.id })),
        ("dance", json!({})),
    ] {
        let nack = socket.command(command, &name, command, args).await;
        assert_eq!((&nack["type"], code(&nack)), (&json!("nack"), "forbidden"), "{command}");
    }
    say(&gm, &session, "Watch this").await;
    assert_eq!(numbers_to(&mut socket, &name, 1).await, [1]);
}

#[db_test]
async fn a_removed_member_hears_no_more(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let player = app.member(&gm, &campaign, "player", "Pim").await;
    let session = table(&gm, &campaign).await;
    let name = stream(&session);
    let (mut staying, mut removed) = (gm.live().await, player.live().await);
    staying.follow(&name).await;
    removed.follow(&name).await;
    let events = format!("campaign:{campaign}");
    removed.follow(&events).await;
    say(&gm, &session, "All here").await;
    numbers_to(&mut removed, &name, 1).await;

    gm.delete(&format!("/campaigns/{campaign}/members/{}", player.id), None).await.no_content();
    let mut reset = vec![];
    for _ in 0..2 {
        let frame = removed.until(|frame| frame["type"] == "reset").await;
        assert_eq!(frame["reason"], "forbidden");
        reset.push(frame["stream"].as_str().unwrap().to_owned());
    }
    reset.sort();
    assert_eq!(reset, [events, name.clone()]);
    say(&gm, &session, "Just us").await;
    gm.entity(&campaign, json!({ "kind": "location", "name": "Mill" })).await;
    numbers_to(&mut staying, &name, 2).await;
    assert_eq!(before_pong(&mut removed).await, Vec::<Value>::new());

    removed.send(json!({ "type": "subscribe", "stream": name, "last_seq": 1 })).await;
    let error = removed.next().await;
    assert_eq!((&error["type"], code(&error)), (&json!("error"), "not_found"));
    let nack = removed.command("c", &name, "say", json!({ "text": "Hello?" })).await;
    assert_eq!(code(&nack), "not_found");
}

#[db_test]
async fn a_player_made_observer_keeps_watching_but_cannot_act(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let player = app.member(&gm, &campaign, "player", "Pim").await;
    let session = table(&gm, &campaign).await;
    let (name, mut socket) = (stream(&session), player.live().await);
    socket.follow(&name).await;
    let ack = socket.command("1", &name, "say", json!({ "text": "I can" })).await;
    assert_eq!(ack["type"], "ack");
    gm.patch(&format!("/campaigns/{campaign}/members/{}", player.id), None, json!({ "role": "observer" })).await.ok();
    let nack = socket.command("2", &name, "say", json!({ "text": "I cannot" })).await;
    assert_eq!(code(&nack), "forbidden");
    say(&gm, &session, "Hush").await;
    assert_eq!(numbers_to(&mut socket, &name, 2).await.last(), Some(&2));
}

#[db_test]
async fn a_deleted_campaign_is_silent(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let session = table(&gm, &campaign).await;
    let (name, mut socket) = (stream(&session), gm.live().await);
    socket.follow(&name).await;
    gm.delete(&format!("/campaigns/{campaign}"), 1).await.no_content();
    let reset = socket.until(|frame| frame["type"] == "reset").await;
    assert_eq!((&reset["stream"], &reset["reason"]), (&json!(name), &json!("forbidden")));
    assert_eq!(code(&socket.follow(&name).await), "not_found");
}

#[db_test]
async fn what_only_the_gm_may_know_is_told_in_the_gms_lane_only(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let player = app.member(&gm, &campaign, "player", "Pim").await;
    let observer = app.member(&gm, &campaign, "observer", "Olga").await;
    let (shared, secret) = (format!("campaign:{campaign}"), format!("campaign:{campaign}:gm"));
    for member in [&player, &observer] {
        let error = member.live().await.follow(&secret).await;
        assert_eq!((&error["type"], code(&error)), (&json!("error"), "not_found"), "{error}");
    }
    let (mut of_gm, mut of_player) = (gm.live().await, player.live().await);
    let from_secret = seq(&of_gm.follow(&secret).await);
    let from = seq(&of_gm.follow(&shared).await);
    assert_eq!(seq(&of_player.follow(&shared).await), from);

    let hidden = gm.entity(&campaign, json!({ "kind": "location", "name": "Crypt", "visibility": "gm" })).await;
    let open = gm.entity(&campaign, json!({ "kind": "location", "name": "Mill" })).await;
    let (mut told_secretly, mut told_openly) = (None, None);
    while told_secretly.is_none() || told_openly.is_none() {
        let frame = of_gm.until(is_entry).await;
        if frame["stream"] == json!(secret) { told_secretly = Some(frame) } else { told_openly = Some(frame) }
    }
    let (told_secretly, told_openly) = (told_secretly.unwrap(), told_openly.unwrap());
    assert_eq!(
        (&told_secretly["entry"]["kind"], &told_secretly["entry"]["subject"]),
        (&json!("entity.created"), &hidden["id"])
    );
    assert_eq!(seq(&told_secretly), from_secret + 1);
    assert_eq!(
        (&told_openly["entry"]["kind"], &told_openly["entry"]["subject"]),
        (&json!("entity.created"), &open["id"])
    );
    assert_eq!(told_openly["entry"]["by"], gm.id);

    // The player's numbers have no hole where the secret was, and its id is nowhere.
    let heard = of_player.until(is_entry).await;
    assert_eq!((seq(&heard), &heard["entry"]["subject"]), (from + 1, &open["id"]));
    let rest = before_pong(&mut of_player).await;
    assert!(!rest.iter().any(|frame| frame.to_string().contains(hidden["id"].as_str().unwrap())), "{rest:?}");
    assert!(!rest.iter().any(is_entry), "{rest:?}");
}

#[db_test]
async fn events_of_a_campaign_are_replayed_too(app: TestApp) {
    let gm = app.admin().await;
    let campaign = gm.campaign("Vale").await;
    let name = format!("campaign:{campaign}");
    let mut socket = gm.live().await;
    let from = seq(&socket.follow(&name).await);
    drop(socket);
    for place in ["Mill", "Inn", "Well"] {
        gm.entity(&campaign, json!({ "kind": "location", "name": place })).await;
    }
    let mut socket = gm.live().await;
    socket.send(json!({ "type": "subscribe", "stream": name, "last_seq": from })).await;
    assert_eq!(numbers_to(&mut socket, &name, from + 3).await, [from + 1, from + 2, from + 3]);
    assert_eq!(seq(&socket.until(|frame| frame["type"] == "resumed").await), from + 3);
    let nack = socket.command("c", &name, "say", json!({ "text": "x" })).await;
    assert_eq!(code(&nack), "bad_request");
}
