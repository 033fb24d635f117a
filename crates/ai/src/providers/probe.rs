//! Trying a provider before it is trusted with a game: its models and one short answer, with the exact failure.

use std::time::Duration;

use skald_access::Admin;
use skald_kernel::{
    Error, ErrorCode, Result,
    model::{AiError, AiErrorKind, Message, ModelInfo, ModelRequest, Privacy, Sampling, Task, Timeouts},
};
use skald_platform::App;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::{ProbeErrorOut, ProbeIn, ProbeOut, queries, rules};
use crate::{
    engine::{Call, Candidate, Choice, Endpoint, Engine, Piece},
    prices::Priced,
};

/// How long a try may take altogether.
const LIMIT: Duration = Duration::from_secs(15);
/// How long the list of models may take of it.
const MODELS_LIMIT: Duration = Duration::from_secs(5);
/// How much of the answer is shown, in characters.
const SAMPLE: usize = 200;

/// Tries a provider. That it fails is an answer too; only what cannot be tried is an error.
pub(super) async fn probe(app: &App, by: &Admin, input: ProbeIn) -> Result<ProbeOut> {
    let given = rules::key(input.api_key);
    let model = rules::key(input.model);
    rules::check("-", &input.base_url, model.as_deref().unwrap_or("-"), given.as_deref())?;
    let stored = match input.provider_id {
        Some(id) => Some(queries::find(app.db().read(), id).await?.ok_or_else(Error::not_found)?),
        None => None,
    };
    // A stored key goes to the address it was stored for and to no other.
    let known = stored.as_ref().filter(|stored| rules::same_address(&stored.base_url, &input.base_url));
    let api_key = match (given, known) {
        (None, Some(stored)) => stored.endpoint(app)?.api_key,
        (given, _) => given,
    };
    let engine = app.part::<Engine>();
    let provider =
        engine.connect(&Endpoint { dialect: input.kind, base_url: input.base_url.trim().to_owned(), api_key })?;

    let until = Instant::now() + LIMIT;
    let listed = match timeout(MODELS_LIMIT, provider.models()).await {
        Ok(listed) => listed,
        Err(_) => Err(AiError::new(AiErrorKind::Idle, "The service did not list its models in time.")),
    };
    let models = listed.as_deref().map(names).unwrap_or_default();
    let Some(model) = model.or_else(|| models.first().cloned()) else {
        let error = listed.err().unwrap_or_else(|| {
            AiError::new(AiErrorKind::BadRequest, "The service lists no models. Enter the name of the model to use.")
        });
        return Ok(ProbeOut { ok: false, latency_ms: 0, models, sample: None, error: Some(said(error.into())) });
    };
    let host = rules::host(&input.base_url).unwrap_or_default();
    let outside = known.map_or_else(|| engine.is_outside(input.base_url.trim()), |stored| stored.outside);
    let set = known.filter(|stored| stored.model == model).and_then(|stored| stored.price);
    let candidate = Candidate {
        id: known.map(|stored| stored.id),
        name: known.map_or_else(|| host.clone(), |stored| stored.name.clone()),
        places: 1,
        outside,
        priced: Priced::of(set, outside, &host, &model),
        host,
        model,
        provider: Ok(provider),
    };
    let asked = Instant::now();
    let answer = timeout_at(until, short_answer(app, by, &engine, candidate)).await.unwrap_or_else(|_| {
        Err(Error::new(ErrorCode::ProviderIdle, format!("No whole answer within {} seconds.", LIMIT.as_secs())))
    });
    let latency_ms = asked.elapsed().as_millis() as u64;
    Ok(match answer {
        Ok(text) => {
            let text: String = text.trim().chars().take(SAMPLE).collect();
            ProbeOut { ok: true, latency_ms, models, sample: (!text.is_empty()).then_some(text), error: None }
        }
        Err(error) => ProbeOut { ok: false, latency_ms, models, sample: None, error: Some(said(error)) },
    })
}

fn names(models: &[ModelInfo]) -> Vec<String> {
    models.iter().map(|model| model.id.clone()).collect()
}

fn said(error: Error) -> ProbeErrorOut {
    ProbeErrorOut { error_code: error.code().as_str().to_owned(), detail: error.detail().to_owned() }
}

async fn short_answer(app: &App, by: &Admin, engine: &Engine, candidate: Candidate) -> Result<String> {
    let limit = LIMIT.as_millis() as u64;
    let request = ModelRequest {
        task: Task::Probe,
        model: candidate.model.clone(),
        messages: vec![Message::user("In one short sentence: what stands on the table of an inn?")],
        tools: Vec::new(),
        // Enough for a model that thinks before it speaks.
        schema: None,
        sampling: Sampling { temperature: None, max_tokens: Some(300) },
        seed: None,
        privacy: Privacy::Any,
        timeouts: Timeouts { first_byte_ms: limit, idle_ms: limit, ..Timeouts::default() },
        scene: None,
    };
    let call = Call {
        task: Task::Probe,
        campaign: None,
        session: None,
        user: Some(by.id),
        receipt: None,
        choice: Choice::Routed,
        seed: 0,
    };
    let mut answering = engine.run(app, call, request, &[candidate], CancellationToken::new()).await?;
    let mut text = String::new();
    while let Some(piece) = answering.next().await {
        if let Piece::Text(more) = piece? {
            text.push_str(&more);
        }
    }
    Ok(text)
}
