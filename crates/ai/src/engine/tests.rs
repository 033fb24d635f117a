//! The engine with a database: who is asked, and what the ledger says of it.

use std::sync::Arc;

use async_trait::async_trait;
use futures::{StreamExt, stream};
use sea_orm::ConnectionTrait;
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use serde_json::{Value, json};
use skald_kernel::{
    Seeds,
    model::{Delta, DeltaStream, Message, ModelInfo, Sampling, Scripted, Timeouts},
};
use skald_platform::{
    Actor, Db,
    db::{DbResult, sql},
    secrets::Secrets,
    testing::{FromTestDb, TestDb, db_test},
};

use super::*;

mod money;

struct Migrations;

impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut all = skald_platform::db::schema::migrations();
        all.extend(skald_access::schema::migrations());
        all.extend(crate::schema::migrations());
        all
    }
}

/// Says one word and then nothing, ever.
struct Stalls;

#[async_trait]
impl Provider for Stalls {
    async fn stream(&self, _: ModelRequest) -> Result<DeltaStream, AiError> {
        Ok(stream::iter([Ok(Delta::Text("Once".into()))]).chain(stream::pending()).boxed())
    }

    async fn models(&self) -> Result<Vec<ModelInfo>, AiError> {
        Ok(Vec::new())
    }
}

/// A program with an oracle and two providers in the route, `one` before `two`.
struct World {
    app: App,
    oracle: Arc<Scripted>,
    one: Arc<Scripted>,
    two: Arc<Scripted>,
}

impl FromTestDb for World {
    async fn from_db(test: TestDb) -> Self {
        let db = Db::connect(&test.config).await.unwrap();
        db.migrate::<Migrations>().await.unwrap();
        let [oracle, one, two] = [(); 3].map(|()| Arc::new(Scripted::default()));
        let (first, second) = (one.clone(), two.clone());
        let connect: Connect = Arc::new(move |endpoint| match endpoint.base_url.as_str() {
            "one" if endpoint.api_key.as_deref() == Some("sk-one") => Ok(first.clone()),
            "two" => Ok(second.clone()),
            "stalls" => Ok(Arc::new(Stalls)),
            _ => Err(Error::field("base_url", "invalid", "No such place.")),
        });
        let secrets = Secrets::from_key([7; 32]);
        let blobs = skald_platform::Blobs::open(&test.config.data_dir).unwrap();
        let app = App::builder(test.config, db, blobs, secrets, "epoch".into())
            .seeds(Seeds::fixed(1))
            .part(Engine::new(oracle.clone(), Services { connect, is_outside: |_| true }))
            .build();
        Self { app, oracle, one, two }
    }
}

impl World {
    /// Adds a provider to the end of the route.
    async fn add(&self, name: &str, key: Option<&str>, outside: bool) -> ProviderId {
        let id: ProviderId = self.app.ids().next();
        let sealed = key.map(|key| self.app.secrets().seal(self.app.seeds(), &format!("provider:{id}"), key).unwrap());
        let tx = self.app.tx(&Actor::engine("test")).await.unwrap();
        let provider = sql(
            tx.conn(),
            "INSERT INTO ai_providers (id, name, base_url, model, api_key_sealed, outside, enabled, version, created_at, \
             updated_at) VALUES ($1, $2, $2, $3, $4, $5, $6, 1, $7, $7)",
            [
                id.0.into(),
                name.into(),
                format!("{name}-model").into(),
                sealed.into(),
                outside.into(),
                true.into(),
                tx.now().into(),
            ],
        );
        tx.conn().execute_raw(provider).await.db().unwrap();
        let place = sql(
            tx.conn(),
            "INSERT INTO ai_routes (task, place, provider_id) SELECT 'narrate', CAST(COUNT(*) AS INTEGER), $1 FROM ai_routes",
            [id.0.into()],
        );
        tx.conn().execute_raw(place).await.db().unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn disable(&self, id: ProviderId) {
        let tx = self.app.tx(&Actor::engine("test")).await.unwrap();
        let row = sql(tx.conn(), "UPDATE ai_providers SET enabled = $2 WHERE id = $1", [id.0.into(), false.into()]);
        tx.conn().execute_raw(row).await.db().unwrap();
        tx.commit().await.unwrap();
    }

    async fn ask(&self, choice: Choice, request: ModelRequest) -> Result<Answering, Failed> {
        self.ask_until(choice, request, CancellationToken::new()).await
    }

    async fn ask_until(
        &self,
        choice: Choice,
        request: ModelRequest,
        cancel: CancellationToken,
    ) -> Result<Answering, Failed> {
        let call = Call {
            task: Task::Narrate,
            campaign: None,
            session: Some(self.app.ids().next()),
            user: None,
            receipt: Some(Receipt { prompt_version: "v".into(), ..Receipt::default() }),
            choice,
            seed: 3,
        };
        self.app.part::<Engine>().stream(&self.app, call, request, cancel).await
    }

    async fn row(&self, id: CallId) -> Option<Row> {
        let db = self.app.db().read();
        let row = sql(db, "SELECT * FROM ai_calls WHERE id = $1", [id.0.into()]);
        db.query_one_raw(row).await.db().unwrap().map(Row)
    }

    /// The only row there is, once background work is done.
    async fn last_row(&self) -> Row {
        self.app.tasks().stop().await;
        let db = self.app.db().read();
        let mut rows = db.query_all_raw(sql(db, "SELECT * FROM ai_calls", [])).await.db().unwrap();
        assert_eq!(rows.len(), 1);
        Row(rows.remove(0))
    }
}

struct Row(sea_orm::QueryResult);

impl Row {
    fn text(&self, column: &str) -> String {
        self.0.try_get::<Option<String>>("", column).unwrap().unwrap_or_default()
    }

    fn number(&self, column: &str) -> i64 {
        self.0.try_get("", column).unwrap()
    }

    fn json(&self, column: &str) -> Value {
        self.0.try_get("", column).unwrap()
    }

    fn flag(&self, column: &str) -> bool {
        self.0.try_get("", column).unwrap()
    }
}

fn request() -> ModelRequest {
    ModelRequest {
        task: Task::Narrate,
        model: String::new(),
        messages: vec![Message::System { text: "Rules".into() }, Message::user("I look around")],
        tools: Vec::new(),
        schema: None,
        sampling: Sampling::default(),
        seed: Some(5),
        privacy: Privacy::Any,
        timeouts: Timeouts { connect_ms: 1000, first_byte_ms: 1000, idle_ms: 20 },
        scene: None,
    }
}

async fn read(mut answering: Answering) -> Result<String, AiError> {
    let mut text = String::new();
    while let Some(piece) = answering.next().await {
        if let Piece::Text(more) = piece? {
            text.push_str(&more);
        }
    }
    Ok(text)
}

fn fail(kind: AiErrorKind) -> AiError {
    AiError::new(kind, format!("{kind:?} it said"))
}

#[db_test]
async fn without_a_route_the_oracle_plays(world: World) {
    world.oracle.then_say("A crow calls.").then_say("Again.");
    let answering = world.ask(Choice::Routed, request()).await.unwrap();
    assert_eq!(answering.by.label, "oracle (no model)");
    assert_eq!(answering.by.provider_id, None);
    assert_eq!(read(answering).await.unwrap(), "A crow calls.");
    let one = world.add("one", Some("sk-one"), false).await;
    world.disable(one).await;
    let answering = world.ask(Choice::Routed, request()).await.unwrap();
    assert_eq!(answering.by.provider, "oracle");
}

#[db_test]
async fn the_route_is_asked_in_order_and_the_key_is_opened(world: World) {
    let one = world.add("one", Some("sk-one"), false).await;
    world.add("two", None, false).await;
    world.one.then_say("One here.");
    let answering = world.ask(Choice::Routed, request()).await.unwrap();
    assert_eq!((answering.by.label.as_str(), answering.by.provider_id), ("one · one-model", Some(one)));
    assert_eq!(read(answering).await.unwrap(), "One here.");
    assert!(world.two.asked().is_empty() && world.oracle.asked().is_empty());
}

#[db_test]
async fn the_row_is_there_when_the_end_is_handed_out(world: World) {
    world.add("one", Some("sk-one"), false).await;
    let call = ToolCall { id: "c1".into(), name: "search".into(), arguments: "{}".into() };
    world.one.then_fail(fail(AiErrorKind::Overloaded)).then(vec![
        Ok(Delta::Text("You see ".into())),
        Ok(Delta::Text("a hatch.".into())),
        Ok(Delta::ToolCall(call.clone())),
        Ok(Delta::Finish {
            reason: FinishReason::ToolCalls,
            usage: Some(Usage { input: 50, cached: 20, output: 9, reasoning: 0, raw: json!({"total": 59}) }),
        }),
    ]);
    let mut answering = world.ask(Choice::Routed, request()).await.unwrap();
    let id = answering.by.call_id;
    for _ in 0..2 {
        assert!(matches!(answering.next().await, Some(Ok(Piece::Text(_)))));
    }
    assert_eq!(answering.next().await, Some(Ok(Piece::ToolCall(call))));
    assert!(world.row(id).await.is_none());
    assert!(matches!(answering.next().await, Some(Ok(Piece::Finish { reason: FinishReason::ToolCalls, .. }))));
    let row = world.row(id).await.unwrap();
    assert_eq!(answering.next().await, None);
    assert_eq!((row.text("outcome").as_str(), row.text("provider_name").as_str()), ("ok", "one"));
    assert_eq!((row.text("model").as_str(), row.text("reply").as_str()), ("one-model", "You see a hatch."));
    assert_eq!((row.number("input_tokens"), row.number("cached_tokens"), row.number("output_tokens")), (50, 20, 9));
    assert_eq!((row.flag("estimated"), row.json("usage_raw")), (false, json!({"total": 59})));
    assert_eq!(row.0.try_get::<i32>("", "attempts").unwrap(), 2);
    assert_eq!(row.json("tried")[0]["error_code"], "provider_overloaded");
    assert_eq!(row.json("tool_calls")[0]["name"], "search");
    assert_eq!(row.json("request")["messages"][1], json!({"role": "user", "text": "I look around"}));
    assert_eq!(row.json("receipt")["prompt_version"], "v");
    assert_eq!(row.text("prompt_hash").len(), 64);
}

#[db_test]
async fn tokens_a_provider_does_not_count_are_estimated_and_flagged(world: World) {
    let end = Delta::Finish { reason: FinishReason::Stop, usage: None };
    world.oracle.then(vec![Ok(Delta::Text("twelve chars".into())), Ok(end)]);
    let answering = world.ask(Choice::Oracle, request()).await.unwrap();
    let id = answering.by.call_id;
    read(answering).await.unwrap();
    let row = world.row(id).await.unwrap();
    assert_eq!((row.number("input_tokens"), row.number("output_tokens"), row.flag("estimated")), (6, 3, true));
}

#[db_test]
async fn when_the_whole_route_fails_the_last_error_comes_back_and_the_oracle_stays_silent(world: World) {
    world.add("one", Some("sk-one"), false).await;
    world.add("two", None, false).await;
    world.one.then_fail(fail(AiErrorKind::Auth));
    world.two.then_fail(fail(AiErrorKind::Quota));
    let Err(Failed::Call { by, error }) = world.ask(Choice::Routed, request()).await else { panic!("it answered") };
    assert_eq!((by.label.as_str(), error), ("two · two-model", fail(AiErrorKind::Quota)));
    assert!(world.oracle.asked().is_empty());
    let row = world.row(by.call_id).await.unwrap();
    assert_eq!((row.text("outcome").as_str(), row.text("error_code").as_str()), ("failed", "provider_quota"));
    assert_eq!(row.text("error_detail"), "Quota it said");
    assert_eq!((row.number("input_tokens"), row.json("tried").as_array().unwrap().len()), (0, 2));
    world.oracle.then_say("A crow calls.");
    let chosen = world.ask(Choice::Oracle, request()).await.unwrap();
    assert_eq!(read(chosen).await.unwrap(), "A crow calls.");
}

#[db_test]
async fn an_error_after_the_first_token_is_passed_on_and_recorded(world: World) {
    world.add("one", Some("sk-one"), false).await;
    world.add("two", None, false).await;
    world.one.then(vec![Ok(Delta::Text("You see".into())), Err(fail(AiErrorKind::Overloaded))]);
    let mut answering = world.ask(Choice::Routed, request()).await.unwrap();
    assert_eq!(answering.next().await, Some(Ok(Piece::Text("You see".into()))));
    assert_eq!(answering.next().await, Some(Err(fail(AiErrorKind::Overloaded))));
    assert_eq!(answering.next().await, None);
    assert!(world.two.asked().is_empty());
    let row = world.row(answering.by.call_id).await.unwrap();
    assert_eq!((row.text("outcome").as_str(), row.text("reply").as_str()), ("failed", "You see"));
}

#[db_test]
async fn an_answer_that_stops_without_its_end_is_truncated(world: World) {
    world.oracle.then(vec![Ok(Delta::Text("You see".into()))]);
    let answering = world.ask(Choice::Oracle, request()).await.unwrap();
    assert_eq!(read(answering).await.unwrap_err().kind, AiErrorKind::Truncated);
}

#[db_test]
async fn a_provider_that_stalls_in_the_middle_is_idle(world: World) {
    world.add("stalls", None, false).await;
    let answering = world.ask(Choice::Routed, request()).await.unwrap();
    let id = answering.by.call_id;
    assert_eq!(read(answering).await.unwrap_err().kind, AiErrorKind::Idle);
    assert_eq!(world.row(id).await.unwrap().text("error_code"), "provider_idle");
}

#[db_test]
async fn a_cancelled_answer_ends_as_cancelled_with_what_was_said(world: World) {
    world.add("stalls", None, false).await;
    let cancel = CancellationToken::new();
    let patient = ModelRequest { timeouts: Timeouts::default(), ..request() };
    let mut answering = world.ask_until(Choice::Routed, patient, cancel.clone()).await.unwrap();
    assert_eq!(answering.next().await, Some(Ok(Piece::Text("Once".into()))));
    cancel.cancel();
    assert_eq!(answering.next().await.unwrap().unwrap_err().kind, AiErrorKind::Cancelled);
    let row = world.row(answering.by.call_id).await.unwrap();
    assert_eq!((row.text("outcome").as_str(), row.text("reply").as_str()), ("cancelled", "Once"));
}

#[db_test]
async fn a_dropped_answer_leaves_a_row_too(world: World) {
    world.add("stalls", None, false).await;
    let mut answering = world.ask(Choice::Routed, request()).await.unwrap();
    answering.next().await;
    drop(answering);
    let row = world.last_row().await;
    assert_eq!((row.text("outcome").as_str(), row.text("reply").as_str()), ("cancelled", "Once"));
    assert!(row.flag("estimated") && row.number("input_tokens") > 0);
}

#[db_test]
async fn what_must_stay_in_the_house_reaches_no_outside_provider(world: World) {
    world.add("one", Some("sk-one"), true).await;
    world.add("two", None, false).await;
    world.two.then_say("Two here.");
    let private = ModelRequest { privacy: Privacy::LocalOnly, ..request() };
    let answering = world.ask(Choice::Routed, private).await.unwrap();
    assert_eq!(answering.by.provider, "two");
    assert!(world.one.asked().is_empty());
}

#[db_test]
async fn a_provider_whose_key_cannot_be_used_says_so_when_it_is_asked(world: World) {
    world.add("one", Some("sk-another"), false).await;
    let Err(Failed::Call { by, error }) = world.ask(Choice::Routed, request()).await else { panic!("it answered") };
    assert_eq!((by.provider.as_str(), error.kind), ("one", AiErrorKind::Auth));
    assert!(world.oracle.asked().is_empty());
}

#[db_test]
async fn a_changed_provider_is_connected_anew(world: World) {
    let id = world.add("two", None, false).await;
    world.two.then_say("Two here.");
    read(world.ask(Choice::Routed, request()).await.unwrap()).await.unwrap();
    let tx = world.app.tx(&Actor::engine("test")).await.unwrap();
    let moved = "UPDATE ai_providers SET base_url = 'one', api_key_sealed = $2, version = version + 1 WHERE id = $1";
    let sealed = world.app.secrets().seal(world.app.seeds(), &format!("provider:{id}"), "sk-one").unwrap();
    tx.conn().execute_raw(sql(tx.conn(), moved, [id.0.into(), sealed.into()])).await.db().unwrap();
    tx.commit().await.unwrap();
    world.one.then_say("One here.");
    assert_eq!(read(world.ask(Choice::Routed, request()).await.unwrap()).await.unwrap(), "One here.");
}

#[db_test]
async fn a_model_that_keeps_failing_is_left_alone_and_the_next_answers_at_once(world: World) {
    let one = world.add("one", Some("sk-one"), true).await;
    world.add("two", None, true).await;
    for _ in 0..gate::LEAST {
        world.one.then_fail(AiError::new(AiErrorKind::Garbage, "noise"));
        world.two.then_say("Hello");
        read(world.ask(Choice::Routed, request()).await.unwrap()).await.unwrap();
    }
    let asked = world.one.asked().len();
    world.two.then_say("Hello");
    let answering = world.ask(Choice::Routed, request()).await.unwrap();
    let id = answering.by.call_id;
    read(answering).await.unwrap();
    assert_eq!(world.one.asked().len(), asked, "it was not asked again");
    assert!(matches!(world.app.part::<Engine>().resting(one, "one-model"), Resting::For(_)));
    let row = world.row(id).await.unwrap();
    assert_eq!(row.json("tried")[0]["error_code"], "provider_overloaded");
}
