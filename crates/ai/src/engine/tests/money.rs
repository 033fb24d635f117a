//! What calls cost, what budgets let through, and what is given back.

use futures::future::join_all;
use skald_kernel::ErrorCode;
use uuid::Uuid;

use super::*;
use crate::budgets;

/// A thousand nano-dollars for a token of the prompt, two thousand for one of the answer.
const PRICES: (i64, i64) = (1_000_000_000, 2_000_000_000);
/// What `small` may take at most: 22 tokens of prompt (18 bytes in thirds, 2 messages of 8) and 10 of answer.
const MOST: i64 = 22 * 1000 + 10 * 2000;

/// A request whose answer has at most ten tokens.
fn small() -> ModelRequest {
    ModelRequest { sampling: Sampling { temperature: None, max_tokens: Some(10) }, ..request() }
}

fn counted(text: &str, input: u64, output: u64) -> Vec<Result<Delta, AiError>> {
    let usage = Some(Usage { input, output, ..Usage::default() });
    vec![Ok(Delta::Text(text.into())), Ok(Delta::Finish { reason: FinishReason::Stop, usage })]
}

impl World {
    /// An outside provider with a price.
    async fn priced(&self, name: &str, key: Option<&str>) -> ProviderId {
        let id = self.add(name, key, true).await;
        self.write(
            "UPDATE ai_providers SET price_input = $2, price_output = $3 WHERE id = $1",
            vec![id.0.into(), PRICES.0.into(), PRICES.1.into()],
        )
        .await;
        id
    }

    /// A budget of the site for a month.
    async fn budget(&self, nano: Option<i64>, calls: Option<i64>, allow_unknown: bool) {
        let id: Uuid = self.app.ids().next();
        let now = self.app.clock().now();
        self.write(
            "INSERT INTO ai_budgets (id, scope, scope_id, period, by_admin, limit_nano, limit_calls, allow_unknown, \
             created_at, updated_at) VALUES ($1, 'site', $2, 'month', $3, $4, $5, $6, $7, $7)",
            vec![
                id.into(),
                Uuid::nil().into(),
                true.into(),
                nano.into(),
                calls.into(),
                allow_unknown.into(),
                now.into(),
            ],
        )
        .await;
    }

    async fn write(&self, text: &str, values: Vec<sea_orm::Value>) {
        let tx = self.app.tx(&Actor::engine("test")).await.unwrap();
        tx.conn().execute_raw(sql(tx.conn(), text, values)).await.db().unwrap();
        tx.commit().await.unwrap();
    }

    /// `[nano, calls, tokens, unknown_calls, reserved_nano, reserved_calls, reserved_tokens]` over all budgets.
    async fn counters(&self) -> [i64; 7] {
        let db = self.app.db().read();
        let names = ["nano", "calls", "tokens", "unknown_calls", "reserved_nano", "reserved_calls", "reserved_tokens"];
        let sums = names.map(|name| format!("CAST(COALESCE(SUM({name}), 0) AS BIGINT) AS {name}")).join(", ");
        let row = db.query_one_raw(sql(db, format!("SELECT {sums} FROM ai_spending"), [])).await.db().unwrap().unwrap();
        names.map(|name| row.try_get("", name).unwrap())
    }

    async fn attempts(&self) -> Vec<Row> {
        let db = self.app.db().read();
        let rows = db.query_all_raw(sql(db, "SELECT * FROM ai_attempts ORDER BY id", [])).await.db().unwrap();
        rows.into_iter().map(Row).collect()
    }

    async fn two_hundred(&self) -> usize {
        let answers = join_all((0..200).map(|_| async {
            match self.ask(Choice::Routed, small()).await {
                Ok(answering) => read(answering).await.map_err(Error::from),
                Err(failed) => Err(failed.into()),
            }
        }))
        .await;
        for refused in answers.iter().filter_map(|answer| answer.as_ref().err()) {
            assert_eq!(refused.code(), ErrorCode::BudgetSpent, "{refused}");
            assert!(refused.detail().starts_with("The site's monthly budget of "), "{refused}");
            assert!(refused.retry_after_s().is_some());
        }
        answers.iter().filter(|answer| answer.is_ok()).count()
    }
}

#[db_test]
async fn of_two_hundred_requests_at_once_a_budget_for_ten_lets_ten_through(world: World) {
    world.priced("one", Some("sk-one")).await;
    world.budget(None, Some(10), false).await;
    for _ in 0..200 {
        world.one.then(counted("Rain.", 10, 2));
    }
    assert_eq!(world.two_hundred().await, 10);
    assert_eq!(world.one.asked().len(), 10);
    assert_eq!(world.counters().await, [10 * 14_000, 10, 120, 0, 0, 0, 0]);
    assert_eq!(world.attempts().await.len(), 10);
}

#[db_test]
async fn money_is_not_overrun_by_requests_that_take_all_they_may(world: World) {
    world.priced("one", Some("sk-one")).await;
    world.budget(Some(10 * MOST + MOST / 2), None, false).await;
    for _ in 0..200 {
        world.one.then(counted("Rain.", 22, 10));
    }
    assert_eq!(world.two_hundred().await, 10);
    assert_eq!(world.one.asked().len(), 10);
    assert_eq!(world.counters().await[..2], [10 * MOST, 10]);
}

#[db_test]
async fn what_a_failure_takes_depends_on_whether_the_service_read_the_prompt(world: World) {
    use AiErrorKind as K;
    world.priced("one", Some("sk-one")).await;
    world.budget(Some(i64::MAX / 4), None, false).await;
    let mut before = world.counters().await;
    for (kind, calls, tokens) in
        [(K::RateLimited, 0, 0), (K::Auth, 0, 0), (K::Quota, 0, 0), (K::Garbage, 1, 6), (K::Refused, 0, 0)]
    {
        let error = AiError { retry_after: Some(std::time::Duration::from_secs(99)), ..fail(kind) };
        world.one.then_fail(error);
        world.app.part::<Engine>().gates.forget(world.first().await);
        assert!(world.ask(Choice::Routed, small()).await.is_err());
        let now = world.counters().await;
        assert_eq!(
            (now[1] - before[1], now[2] - before[2], now[0] - before[0]),
            (calls, tokens, tokens * 1000),
            "{kind:?}"
        );
        assert_eq!(now[4..], [0, 0, 0], "{kind:?}");
        before = now;
    }
    // Cut off in the middle: the prompt, and what had come.
    world.app.part::<Engine>().gates.forget(world.first().await);
    world.one.then(vec![Ok(Delta::Text("You see a door".into())), Err(fail(K::Truncated))]);
    assert!(read(world.ask(Choice::Routed, small()).await.unwrap()).await.is_err());
    let now = world.counters().await;
    assert_eq!((now[1] - before[1], now[2] - before[2], now[0] - before[0]), (1, 10, 6000 + 4 * 2000));
    assert_eq!(now[4..], [0, 0, 0]);
}

impl World {
    async fn first(&self) -> ProviderId {
        let db = self.app.db().read();
        let row = db.query_one_raw(sql(db, "SELECT id FROM ai_providers ORDER BY id", [])).await.db().unwrap().unwrap();
        ProviderId(row.try_get("", "id").unwrap())
    }
}

#[db_test]
async fn a_try_that_was_refused_costs_nothing_and_the_next_one_is_paid_once(world: World) {
    world.priced("one", Some("sk-one")).await;
    world.budget(None, Some(1), false).await;
    world.one.then_fail(fail(AiErrorKind::Overloaded)).then(counted("Rain.", 10, 2));
    let answering = world.ask(Choice::Routed, small()).await.unwrap();
    let id = answering.by.call_id;
    assert_eq!(world.counters().await[4..], [MOST, 1, 32], "reserved while it runs");
    read(answering).await.unwrap();
    assert_eq!(world.counters().await, [14_000, 1, 12, 0, 0, 0, 0]);
    let attempts = world.attempts().await;
    let seen: Vec<_> = attempts.iter().map(|row| (row.text("status"), row.number("cost_nano"))).collect();
    assert_eq!(seen, [("failed".into(), 0), ("ok".into(), 14_000)]);
    assert_eq!((attempts[1].text("price_source"), attempts[1].flag("outside")), ("set".into(), true));
    assert_eq!((attempts[1].text("host"), attempts[1].number("sent_bytes")), ("one".into(), 18));
    let row = world.row(id).await.unwrap();
    assert_eq!((row.number("cost_nano"), row.flag("outside")), (14_000, true));
    // It answered and then broke: nobody is asked, and paid, once more.
    world.write("UPDATE ai_budgets SET limit_calls = 9", vec![]).await;
    world.one.then(vec![Ok(Delta::Text("You".into())), Err(fail(AiErrorKind::Overloaded))]);
    assert!(read(world.ask(Choice::Routed, small()).await.unwrap()).await.is_err());
    assert_eq!((world.one.asked().len(), world.counters().await[1]), (3, 2));
}

#[db_test]
async fn what_a_killed_node_had_reserved_is_given_back(world: World) {
    world.add("stalls", None, false).await;
    world.budget(None, Some(5), false).await;
    let held = world.ask(Choice::Routed, small()).await.unwrap();
    assert_eq!(world.counters().await[5], 1);
    budgets::give_back_expired(&world.app).await.unwrap();
    assert_eq!(world.counters().await[5], 1, "its lease has not ended");
    let past = world.app.clock().now() - chrono::TimeDelta::seconds(1);
    world.write("UPDATE ai_reserved SET lease_until = $1", vec![past.into()]).await;
    budgets::give_back_expired(&world.app).await.unwrap();
    assert_eq!(world.counters().await[4..], [0, 0, 0]);
    // It was not killed after all, only slow: it counts when it ends, and gives nothing back twice.
    drop(held);
    let other = world.ask(Choice::Routed, small()).await.unwrap();
    budgets::recover(&world.app).await.unwrap();
    drop(other);
    world.app.tasks().stop().await;
    assert_eq!(world.counters().await, [0, 2, 2 * 6, 0, 0, 0, 0]);
}

#[db_test]
async fn a_budget_in_money_refuses_an_unknown_price_and_what_is_in_the_house_still_answers(world: World) {
    world.add("one", Some("sk-one"), true).await;
    world.budget(Some(1), None, false).await;
    let Err(Failed::Call { error, .. }) = world.ask(Choice::Routed, small()).await else { panic!("it answered") };
    assert_eq!(error.kind, AiErrorKind::Unpriced);
    assert!(error.message.contains("one · one-model") && error.message.contains("set its price"), "{error}");
    assert!(world.one.asked().is_empty() && world.attempts().await.is_empty());

    world.add("two", None, false).await;
    world.two.then_say("Two here.");
    assert_eq!(read(world.ask(Choice::Routed, small()).await.unwrap()).await.unwrap(), "Two here.");

    world.write("UPDATE ai_budgets SET allow_unknown = $1", vec![true.into()]).await;
    world.one.then(counted("One here.", 10, 2));
    let answering = world.ask(Choice::Routed, small()).await.unwrap();
    let id = answering.by.call_id;
    assert_eq!(read(answering).await.unwrap(), "One here.");
    let [nano, calls, _, unknown, ..] = world.counters().await;
    assert_eq!((nano, calls, unknown), (0, 2, 1));
    let row = world.row(id).await.unwrap();
    assert_eq!(
        (row.text("price_source"), row.0.try_get::<Option<i64>>("", "cost_nano").unwrap()),
        ("unknown".into(), None)
    );
}

#[db_test]
async fn a_service_that_lies_about_its_tokens_is_not_believed(world: World) {
    world.priced("one", Some("sk-one")).await;
    let long = "word ".repeat(200);
    for (input, output, cost_of) in
        [(0, 0, (6, 250)), (10, 240, (10, 240)), (u64::MAX, u64::MAX, (2 * 18 + 4000, 1000))]
    {
        world.one.then(counted(&long, input, output));
        let answering = world.ask(Choice::Routed, small()).await.unwrap();
        let id = answering.by.call_id;
        read(answering).await.unwrap();
        let row = world.row(id).await.unwrap();
        assert_eq!((row.number("input_tokens"), row.number("output_tokens")), cost_of, "{input} {output}");
        assert_eq!(row.number("cost_nano"), cost_of.0 * 1000 + cost_of.1 * 2000);
        assert_eq!(row.flag("estimated"), (input, output) != (10, 240));
    }
}

#[db_test]
async fn where_a_budget_applies_an_answer_without_a_limit_gets_one(world: World) {
    world.priced("one", Some("sk-one")).await;
    world.one.then_say("Rain.").then_say("Rain.");
    read(world.ask(Choice::Routed, request()).await.unwrap()).await.unwrap();
    world.budget(Some(i64::MAX / 4), None, false).await;
    read(world.ask(Choice::Routed, request()).await.unwrap()).await.unwrap();
    let limits: Vec<_> = world.one.asked().iter().map(|asked| asked.sampling.max_tokens).collect();
    assert_eq!(limits, [None, Some(budgets::rules::USUAL_OUTPUT)]);
}

#[db_test]
async fn the_oracle_is_no_model_and_no_budget_counts_it(world: World) {
    world.budget(Some(0), Some(0), false).await;
    world.oracle.then_say("A crow calls.");
    read(world.ask(Choice::Oracle, request()).await.unwrap()).await.unwrap();
    assert_eq!(world.counters().await, [0; 7]);
}
