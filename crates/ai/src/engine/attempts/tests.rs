use async_trait::async_trait;
use skald_kernel::model::{FinishReason, Message, ModelInfo, Privacy, Sampling, Scripted};

use super::*;

/// Answers nothing, ever.
struct Silent;

#[async_trait]
impl Provider for Silent {
    async fn stream(&self, _: ModelRequest) -> Result<DeltaStream, AiError> {
        std::future::pending().await
    }

    async fn models(&self) -> Result<Vec<ModelInfo>, AiError> {
        std::future::pending().await
    }
}

fn candidate(name: &str, provider: Arc<dyn Provider>) -> Candidate {
    Candidate {
        id: None,
        name: name.into(),
        model: format!("{name}-model"),
        places: 1,
        outside: false,
        host: String::new(),
        priced: Priced::LOCAL,
        provider: Ok(provider),
    }
}

fn request(task: Task) -> ModelRequest {
    ModelRequest {
        task,
        model: String::new(),
        messages: vec![Message::user("Hello")],
        tools: Vec::new(),
        schema: None,
        sampling: Sampling::default(),
        seed: None,
        privacy: Privacy::Any,
        timeouts: Timeouts::default(),
        scene: None,
    }
}

fn error(kind: AiErrorKind) -> AiError {
    AiError::new(kind, "said so")
}

fn end() -> Result<Delta, AiError> {
    Ok(Delta::Finish { reason: FinishReason::Stop, usage: None })
}

async fn run(candidates: &[Candidate], cancel: &CancellationToken) -> (Result<Delta, AiErrorKind>, Progress) {
    let mut progress = Progress::default();
    let begun =
        begin(&Gates::default(), &Purse::default(), candidates, &request(Task::Narrate), 7, cancel, &mut progress)
            .await;
    (begun.map(|begun| begun.first).map_err(|error| error.kind), progress)
}

#[tokio::test(start_paused = true)]
async fn what_may_pass_is_tried_again_and_what_may_not_is_not() {
    use AiErrorKind as K;
    for (kind, attempts) in [
        (K::RateLimited, 3),
        (K::Overloaded, 3),
        (K::Transport, 3),
        (K::Idle, 3),
        (K::Truncated, 3),
        (K::Auth, 1),
        (K::Quota, 1),
        (K::ContextTooLong, 1),
        (K::Refused, 1),
        (K::BadRequest, 1),
        (K::Garbage, 1),
        (K::Cancelled, 1),
    ] {
        let one = Arc::new(Scripted::default());
        for _ in 0..4 {
            one.then_fail(error(kind));
        }
        let (begun, progress) = run(&[candidate("one", one.clone())], &CancellationToken::new()).await;
        assert_eq!(begun.unwrap_err(), kind);
        assert_eq!(
            (one.asked().len(), progress.attempts, progress.tried.len()),
            (attempts, attempts as u32, attempts),
            "{kind:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_second_attempt_answers_with_the_model_of_the_candidate() {
    let one = Arc::new(Scripted::default());
    one.then_fail(error(AiErrorKind::Overloaded)).then_say("Hello");
    let (begun, progress) = run(&[candidate("one", one.clone())], &CancellationToken::new()).await;
    assert_eq!(begun.unwrap(), Delta::Text("Hello".into()));
    assert_eq!((progress.attempts, progress.tried[0].error_code), (2, "provider_overloaded"));
    assert!(one.asked().iter().all(|asked| asked.model == "one-model"));
}

#[tokio::test(start_paused = true)]
async fn an_error_or_an_end_before_the_first_token_counts_as_no_answer() {
    let one = Arc::new(Scripted::default());
    one.then(vec![Err(error(AiErrorKind::Transport))])
        .then(vec![Ok(Delta::Text(String::new())), Err(error(AiErrorKind::Overloaded))])
        .then(vec![]);
    let two = Arc::new(Scripted::default());
    two.then_say("Hello");
    let candidates = [candidate("one", one.clone()), candidate("two", two.clone())];
    let (begun, progress) = run(&candidates, &CancellationToken::new()).await;
    assert_eq!(begun.unwrap(), Delta::Text("Hello".into()));
    assert_eq!((progress.candidate, progress.attempts), (1, 4));
    let codes: Vec<_> = progress.tried.iter().map(|tried| tried.error_code).collect();
    assert_eq!(codes, ["provider_unreachable", "provider_overloaded", "provider_truncated"]);
}

#[tokio::test(start_paused = true)]
async fn once_there_is_a_token_nobody_else_is_asked() {
    let one = Arc::new(Scripted::default());
    one.then(vec![Ok(Delta::Text("Hel".into())), Err(error(AiErrorKind::Overloaded))]);
    let two = Arc::new(Scripted::default());
    let candidates = [candidate("one", one), candidate("two", two.clone())];
    let mut progress = Progress::default();
    let begun = begin(
        &Gates::default(),
        &Purse::default(),
        &candidates,
        &request(Task::Narrate),
        7,
        &CancellationToken::new(),
        &mut progress,
    )
    .await;
    let Begun { first, mut rest, .. } = begun.ok().unwrap();
    assert_eq!(first, Delta::Text("Hel".into()));
    assert_eq!(piece(&mut rest).await, Err(error(AiErrorKind::Overloaded)));
    assert!(two.asked().is_empty());
}

#[tokio::test(start_paused = true)]
async fn when_all_fail_the_last_error_is_the_one_returned() {
    let one = Arc::new(Scripted::default());
    one.then_fail(error(AiErrorKind::Auth));
    let two = Arc::new(Scripted::default());
    two.then_fail(AiError { status: Some(402), ..error(AiErrorKind::Quota) });
    let candidates = [candidate("one", one), candidate("two", two)];
    let mut progress = Progress::default();
    let failed = begin(
        &Gates::default(),
        &Purse::default(),
        &candidates,
        &request(Task::Narrate),
        7,
        &CancellationToken::new(),
        &mut progress,
    )
    .await;
    let failed = failed.map(drop).unwrap_err();
    assert_eq!((failed.kind, failed.status, failed.message.as_str()), (AiErrorKind::Quota, Some(402), "said so"));
}

#[tokio::test(start_paused = true)]
async fn a_short_retry_after_is_waited_for_and_a_long_one_is_not() {
    for (asked, attempts, least, most) in [(7, 2, 7_000, 7_001), (11, 1, 0, 1)] {
        let one = Arc::new(Scripted::default());
        let limited = AiError { retry_after: Some(Duration::from_secs(asked)), ..error(AiErrorKind::RateLimited) };
        one.then_fail(limited).then(vec![end()]);
        let began = Instant::now();
        let (_, progress) = run(&[candidate("one", one)], &CancellationToken::new()).await;
        assert_eq!(progress.attempts, attempts);
        let took = began.elapsed().as_millis();
        assert!((least..=most).contains(&took), "{took} ms after {asked} s");
    }
}

#[test]
fn pauses_double_from_a_quarter_second_up_to_four_with_half_of_it_jitter() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for (attempt, most) in [(1, 250), (2, 500), (3, 1000), (5, 4000), (9, 4000), (40, 4000)] {
        for _ in 0..50 {
            let pause = pause(attempt, &error(AiErrorKind::Overloaded), &mut rng).unwrap().as_millis();
            assert!((most / 2..=most).contains(&pause), "{pause} ms before attempt {attempt}");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_pauses() {
    let pauses = |seed| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        [1, 2].map(|attempt| pause(attempt, &error(AiErrorKind::Overloaded), &mut rng))
    };
    assert_eq!(pauses(3), pauses(3));
    assert_ne!(pauses(3), pauses(4));
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_never_answers_is_idle_and_not_asked_again() {
    let two = Arc::new(Scripted::default());
    two.then_say("Hello");
    let began = Instant::now();
    let candidates = [candidate("one", Arc::new(Silent)), candidate("two", two)];
    let (begun, progress) = run(&candidates, &CancellationToken::new()).await;
    assert_eq!(begun.unwrap(), Delta::Text("Hello".into()));
    assert_eq!((progress.attempts, progress.tried[0].error_code), (2, "provider_idle"));
    assert_eq!(began.elapsed().as_secs(), u64::from(PATIENCE) * 60);
}

#[tokio::test(start_paused = true)]
async fn cancelling_ends_the_wait_for_an_answer_and_the_pause_before_an_attempt() {
    let busy = Arc::new(Scripted::default());
    let later = Duration::from_secs(9);
    busy.then_fail(AiError { retry_after: Some(later), ..error(AiErrorKind::RateLimited) }).then_say("too late");
    for (provider, after) in [(Arc::new(Silent) as Arc<dyn Provider>, 30), (busy.clone(), 5)] {
        let cancel = CancellationToken::new();
        let after = Duration::from_secs(after);
        let began = Instant::now();
        let candidates = [candidate("one", provider), candidate("two", Arc::new(Scripted::default()))];
        let ((begun, progress), ()) = tokio::join!(run(&candidates, &cancel), async {
            sleep(after).await;
            cancel.cancel();
        });
        assert_eq!(begun.unwrap_err(), AiErrorKind::Cancelled);
        assert_eq!((progress.candidate, began.elapsed().as_secs()), (0, after.as_secs()));
    }
    assert_eq!(busy.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_probe_is_one_attempt() {
    let one = Arc::new(Scripted::default());
    one.then_fail(error(AiErrorKind::Overloaded)).then_say("too late");
    let mut progress = Progress::default();
    let candidates = [candidate("one", one)];
    let begun = begin(
        &Gates::default(),
        &Purse::default(),
        &candidates,
        &request(Task::Probe),
        7,
        &CancellationToken::new(),
        &mut progress,
    )
    .await;
    assert_eq!(begun.map(drop).unwrap_err().kind, AiErrorKind::Overloaded);
    assert_eq!(progress.attempts, 1);
}
