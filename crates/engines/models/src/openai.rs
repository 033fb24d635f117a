//! The OpenAI dialect: OpenAI, vLLM, llama.cpp, Ollama, LM Studio, OpenRouter, Groq, DeepSeek, Mistral and others.
//!
//! Tolerant of what these services do differently: no `[DONE]`, no ids of tool calls, one JSON answer where a stream was
//! asked for, errors inside a stream of status 200, parameters they do not know. `request` writes what is sent, `answer`
//! reads what comes back.

mod answer;
mod request;

use reqwest::{
    Url,
    header::{HeaderName, HeaderValue},
};
use serde_json::{Map, Value, json};
use skald_kernel::{
    Error,
    model::{EmbedRequest, Embeddings, ModelInfo, ModelRequest},
};

pub(crate) use self::request::seen;
use self::{answer::Answer, request::leave_out};
use crate::{
    address,
    dialect::{Dialect, Wanted, bearer, number, vectors},
    wire::Wire,
};

/// A service that speaks the OpenAI dialect.
pub type OpenAi = Wire<OpenAiDialect>;

/// The OpenAI dialect.
pub struct OpenAiDialect;

impl Dialect for OpenAiDialect {
    type Answer = Answer;
    const NAME: &'static str = "OpenAi";

    fn base(pasted: &str) -> Result<Url, Error> {
        address::base(pasted, &["/chat/completions", "/models", "/embeddings"], "/v1")
    }

    fn key_header(key: &str) -> Option<(HeaderName, HeaderValue)> {
        bearer(key)
    }

    fn chat(base: &Url, request: &ModelRequest) -> Wanted {
        Wanted { url: address::under(base, "chat/completions"), body: request::body(request) }
    }

    fn leave_out(body: &mut Map<String, Value>, said: &str) -> Vec<&'static str> {
        leave_out(body, said)
    }

    fn answer(_: &ModelRequest, key: Option<&str>) -> Answer {
        Answer::new(key)
    }

    fn models(base: &Url, _: Option<&str>) -> Url {
        address::under(base, "models")
    }

    fn read_models(page: &Value) -> Option<(Vec<ModelInfo>, Option<String>)> {
        let list = page.get("data").or_else(|| page.get("models")).unwrap_or(page).as_array()?;
        let model = |model: &Value| {
            let id = ["id", "name", "model"].iter().find_map(|field| model.get(field)?.as_str())?.to_owned();
            // What vLLM, OpenRouter and Mistral call it.
            let context = ["max_model_len", "context_length", "max_context_length"];
            Some(ModelInfo { id, context_tokens: context.iter().find_map(|field| number(model.get(field))) })
        };
        Some((list.iter().filter_map(model).collect(), None))
    }

    fn embed(base: &Url, request: &EmbedRequest) -> Option<Wanted> {
        let body = Map::from_iter([("model".into(), json!(request.model)), ("input".into(), json!(request.texts))]);
        Some(Wanted { url: address::under(base, "embeddings"), body })
    }

    fn read_embeddings(answer: &Value) -> Option<Embeddings> {
        let mut data: Vec<&Value> = answer.get("data")?.as_array()?.iter().collect();
        data.sort_by_key(|one| one.get("index").and_then(Value::as_u64));
        let vectors = vectors(data.into_iter().filter_map(|one| one.get("embedding")))?;
        Some(Embeddings { vectors, input_tokens: number(answer.pointer("/usage/prompt_tokens")) })
    }
}
