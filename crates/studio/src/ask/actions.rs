//! Asking whoever answers, and checking what comes back.

use std::collections::BTreeMap;

use serde_json::json;
use skald_access::Observer;
use skald_ai::{
    Call, Choice, Engine, Receipt, ReceiptViewer, Shaped,
    context::estimate,
    prompts::{Template, render, version},
};
use skald_kernel::{
    Error, Result,
    error::Fields,
    model::{Message, ModelRequest, Privacy, Sampling, Task, Timeouts},
    scene::{Scene, Work},
};
use skald_platform::App;
use tokio_util::sync::CancellationToken;

use super::{
    dto::{AskIn, AskOut},
    gather::gather,
    rules::{self, Said},
};

/// Letters of a question.
const QUESTION: usize = 500;

/// Answers a question for who asks it.
///
/// # Errors
/// An invalid question; how the model failed.
pub(super) async fn ask(app: &App, by: &Observer, input: &AskIn) -> Result<AskOut> {
    let question = input.question.trim();
    let mut fields = Fields::default();
    fields.text("question", question, QUESTION);
    if question.contains('\0') {
        fields.add("question", "invalid", "It holds a character that cannot be stored.");
    }
    fields.check()?;
    let viewer = by.viewer();
    let pieces = gather(app, &viewer, question).await?;
    let told = rules::told(&pieces);
    let system = render(Template::AskSystem, json!({}))?;
    let user = render(Template::AskPieces, json!({ "pieces": told, "question": question }))?;
    let mut receipt = Receipt {
        viewer: ReceiptViewer { gm: viewer.sees_all(), characters: viewer.known_as().to_vec() },
        tokens: BTreeMap::from([("rules".to_owned(), estimate(&system)), ("pieces".to_owned(), estimate(&user))]),
        prompt_version: version(&[Template::AskSystem, Template::AskPieces]),
        ..Receipt::default()
    };
    for piece in &pieces {
        if !receipt.entity_ids.contains(&piece.entity) {
            receipt.entity_ids.push(piece.entity);
        }
        receipt.fact_ids.extend(piece.fact);
    }
    let work = Work::Answer { question: question.to_owned(), pieces: told };
    let seed = 0;
    let request = ModelRequest {
        task: Task::Extract,
        model: String::new(),
        messages: vec![Message::System { text: system }, Message::user(user)],
        tools: Vec::new(),
        schema: None,
        sampling: Sampling { temperature: Some(0.2), max_tokens: Some(900) },
        seed: Some(seed),
        privacy: Privacy::Any,
        timeouts: Timeouts::default(),
        scene: Some(Box::new(Scene { work: Some(work), ..Scene::default() })),
    };
    let call = Call {
        task: Task::Extract,
        campaign: Some(viewer.campaign()),
        session: None,
        user: by.actor.user,
        receipt: Some(receipt),
        // There is nothing to answer from, so nobody needs to be asked who might make something up.
        choice: if input.with_oracle || pieces.is_empty() { Choice::Oracle } else { Choice::Routed },
        seed,
    };
    let engine = app.part::<Engine>();
    let shaped: Shaped<Said> =
        engine.structured(app, call, request, rules::schema(), CancellationToken::new()).await.map_err(Error::from)?;
    Ok(rules::checked(shaped.value, &pieces, shaped.by.label))
}
