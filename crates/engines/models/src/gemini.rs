//! Google's Gemini API.
//!
//! What is different: the model is part of the address, the model's side is called `model`, instructions stand beside the
//! conversation, calls of tools come whole and often without an id, and a stream has no last word but the reason why the
//! model stopped. A signature that the service ties to a call has to come back with it; it travels in the call's id.
//! Thoughts are ignored but counted as output, as they are billed.

use std::collections::VecDeque;

use reqwest::{
    Url,
    header::{HeaderName, HeaderValue},
};
use serde_json::{Map, Value, json};
use skald_kernel::{
    Error,
    model::{
        AiError, AiErrorKind, Delta, EmbedRequest, Embeddings, Image, Message, ModelInfo, ModelRequest, ToolCall, Usage,
    },
};

use crate::{
    address,
    dialect::{Dialect, Reader, Wanted, arguments, number, secret, temperature, vectors},
    gathering::{Call, Ending, Gathering, garbage, parse, withheld},
    wire::Wire,
};

/// Stands in a call's id before its signature.
const SIGNED: &str = "#signed:";

/// Google's service.
pub type Gemini = Wire<GeminiDialect>;

/// Gemini's dialect.
pub struct GeminiDialect;

impl Dialect for GeminiDialect {
    type Answer = Answer;
    const NAME: &'static str = "Gemini";

    fn base(pasted: &str) -> Result<Url, Error> {
        address::base(pasted, &["/models"], "/v1beta")
    }

    fn key_header(key: &str) -> Option<(HeaderName, HeaderValue)> {
        secret(HeaderName::from_static("x-goog-api-key"), key)
    }

    fn chat(base: &Url, request: &ModelRequest) -> Wanted {
        let mut url = operation(base, &request.model, "streamGenerateContent");
        url.query_pairs_mut().append_pair("alt", "sse");
        Wanted { url, body: body(request) }
    }

    fn leave_out(body: &mut Map<String, Value>, said: &str) -> Vec<&'static str> {
        let mut left_out = Vec::new();
        let Some(config) = body.get_mut("generationConfig").and_then(Value::as_object_mut) else { return left_out };
        for parameter in ["responseJsonSchema", "seed", "temperature"] {
            let snake = if parameter == "responseJsonSchema" { "response_json_schema" } else { parameter };
            let unknown = ["unknown", "not supported", "unsupported", "cannot find field", "is not enabled"];
            let named = said.contains(parameter) || said.contains(snake);
            let complains = unknown.iter().any(|words| said.to_lowercase().contains(words));
            if named && complains && config.remove(parameter).is_some() {
                left_out.push(parameter);
            }
        }
        left_out
    }

    fn answer(_: &ModelRequest, key: Option<&str>) -> Answer {
        Answer(Gathering::new(key))
    }

    fn models(base: &Url, after: Option<&str>) -> Url {
        let mut url = address::under(base, "models");
        url.query_pairs_mut().append_pair("pageSize", "1000");
        if let Some(after) = after {
            url.query_pairs_mut().append_pair("pageToken", after);
        }
        url
    }

    fn read_models(page: &Value) -> Option<(Vec<ModelInfo>, Option<String>)> {
        let model = |model: &Value| {
            let id = model.get("name")?.as_str()?;
            let id = id.strip_prefix("models/").unwrap_or(id).to_owned();
            Some(ModelInfo { id, context_tokens: number(model.get("inputTokenLimit")) })
        };
        let next = page.get("nextPageToken").and_then(Value::as_str).filter(|token| !token.is_empty());
        let models = page.get("models")?.as_array()?.iter().filter_map(model).collect();
        Some((models, next.map(str::to_owned)))
    }

    fn embed(base: &Url, request: &EmbedRequest) -> Option<Wanted> {
        let model = format!("models/{}", bare(&request.model));
        let one = |text: &String| json!({"model": model, "content": {"parts": [{"text": text}]}});
        let requests: Value = request.texts.iter().map(one).collect();
        let url = operation(base, &request.model, "batchEmbedContents");
        Some(Wanted { url, body: Map::from_iter([("requests".into(), requests)]) })
    }

    fn read_embeddings(answer: &Value) -> Option<Embeddings> {
        let list = answer.get("embeddings")?.as_array()?;
        let vectors = vectors(list.iter().filter_map(|one| one.get("values")))?;
        Some(Embeddings { vectors, input_tokens: None })
    }
}

fn bare(model: &str) -> &str {
    model.strip_prefix("models/").unwrap_or(model)
}

fn operation(base: &Url, model: &str, verb: &str) -> Url {
    address::under(base, &format!("models/{}:{verb}", bare(model)))
}

fn body(request: &ModelRequest) -> Map<String, Value> {
    let mut body = Map::new();
    let mut system = Vec::new();
    let mut turns: Vec<(&str, Vec<Value>)> = Vec::new();
    for message in &request.messages {
        let (role, parts) = match message {
            Message::System { text } => {
                system.push(json!({"text": text}));
                continue;
            }
            Message::User { text, images } => {
                let image = |image: &Image| json!({"inlineData": {"mimeType": image.media_type, "data": image.base64}});
                ("user", images.iter().map(image).chain(part(text)).collect::<Vec<_>>())
            }
            Message::Assistant { text, tool_calls } => {
                ("model", part(text).into_iter().chain(tool_calls.iter().map(call)).collect())
            }
            Message::Tool { name, content, .. } => {
                let response = serde_json::from_str::<Map<String, Value>>(content)
                    .unwrap_or_else(|_| Map::from_iter([("result".into(), json!(content))]));
                ("user", vec![json!({"functionResponse": {"name": name, "response": response}})])
            }
        };
        match turns.last_mut() {
            Some((last, more)) if *last == role => more.extend(parts),
            _ => turns.push((role, parts)),
        }
    }
    if !system.is_empty() {
        body.insert("systemInstruction".into(), json!({"parts": system}));
    }
    let turns = turns.into_iter().filter(|(_, parts)| !parts.is_empty());
    body.insert("contents".into(), turns.map(|(role, parts)| json!({"role": role, "parts": parts})).collect());
    if !request.tools.is_empty() {
        let tool = |tool: &skald_kernel::model::ToolSpec| json!({"name": tool.name, "description": tool.description, "parametersJsonSchema": tool.parameters});
        let declared: Value = request.tools.iter().map(tool).collect();
        body.insert("tools".into(), json!([{"functionDeclarations": declared}]));
    }
    let config = config(request);
    if !config.is_empty() {
        body.insert("generationConfig".into(), config.into());
    }
    body
}

fn config(request: &ModelRequest) -> Map<String, Value> {
    let mut config = Map::new();
    if let Some(degrees) = request.sampling.temperature {
        config.insert("temperature".into(), temperature(degrees));
    }
    if let Some(max_tokens) = request.sampling.max_tokens {
        config.insert("maxOutputTokens".into(), json!(max_tokens));
    }
    if let Some(seed) = request.seed {
        // The service takes 31 bits.
        config.insert("seed".into(), json!(seed & 0x7fff_ffff));
    }
    if let Some(wanted) = &request.schema {
        config.insert("responseMimeType".into(), json!("application/json"));
        config.insert("responseJsonSchema".into(), wanted.schema.clone());
    }
    config
}

fn part(text: &str) -> Option<Value> {
    (!text.is_empty()).then(|| json!({"text": text}))
}

fn call(call: &ToolCall) -> Value {
    let mut part = json!({"functionCall": {"name": call.name, "args": arguments(&call.arguments)}});
    if let Some((_, signature)) = call.id.split_once(SIGNED) {
        part["thoughtSignature"] = json!(signature);
    }
    part
}

/// An answer so far.
pub struct Answer(Gathering);

impl Answer {
    fn take(&mut self, chunk: &Value, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        if chunk.get("error").is_some_and(|error| !error.is_null()) {
            return Err(self.0.failure(chunk));
        }
        if let Some(reason) = chunk.pointer("/promptFeedback/blockReason").and_then(Value::as_str) {
            let message = format!("the service's filter refused the prompt ({reason})");
            return Err(AiError::new(AiErrorKind::Refused, message));
        }
        let candidates = match chunk.get("candidates") {
            Some(candidates) => Some(candidates.as_array().ok_or_else(garbage)?),
            None if chunk.get("usageMetadata").is_some() => None,
            None => return Err(garbage()),
        };
        self.0.usage(chunk.get("usageMetadata").and_then(usage));
        let Some(candidate) = candidates.and_then(|candidates| candidates.first()) else { return Ok(()) };
        self.0.begin();
        let parts = candidate.pointer("/content/parts").and_then(Value::as_array);
        for part in parts.into_iter().flatten() {
            self.part(part, out)?;
        }
        if let Some(word) = candidate.get("finishReason").and_then(Value::as_str) {
            self.0.finish(ending(word));
        }
        Ok(())
    }

    fn part(&mut self, part: &Value, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        if part.get("thought").and_then(Value::as_bool) == Some(true) {
            return Ok(());
        }
        if let Some(text) = part.get("text").and_then(Value::as_str) {
            self.0.text(text.to_owned(), out)?;
        }
        let Some(call) = part.get("functionCall") else { return Ok(()) };
        let word = |name: &str| call.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut id = word("id");
        if let Some(signature) = part.get("thoughtSignature").and_then(Value::as_str) {
            let place = self.0.calls.len();
            id = if id.is_empty() { format!("call_{place}") } else { id };
            id = format!("{id}{SIGNED}{signature}");
        }
        let arguments = call.get("args").filter(|args| !args.is_null()).map_or("{}".into(), Value::to_string);
        self.0.call(Call { index: None, id, name: word("name"), arguments })
    }
}

impl Reader for Answer {
    fn event(&mut self, _: &str, data: &str, out: &mut VecDeque<Delta>) -> Result<bool, AiError> {
        if !data.trim().is_empty() {
            self.take(&parse(data.trim())?, out)?;
        }
        Ok(true)
    }

    fn whole(&mut self, text: &str, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        let value = parse(text)?;
        match value.as_array() {
            Some(chunks) => chunks.iter().try_for_each(|chunk| self.take(chunk, out))?,
            None => self.take(&value, out)?,
        }
        self.0.done();
        self.0.end(out)
    }

    fn finished(&self) -> bool {
        self.0.finished()
    }

    fn end(&mut self, out: &mut VecDeque<Delta>) -> Result<(), AiError> {
        self.0.end(out)
    }
}

fn ending(word: &str) -> Ending {
    match word {
        "MAX_TOKENS" => Ending::Length,
        "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "IMAGE_SAFETY" => {
            Ending::Failed(withheld())
        }
        "MALFORMED_FUNCTION_CALL" | "UNEXPECTED_TOOL_CALL" => {
            Ending::Failed(AiError::new(AiErrorKind::Garbage, "the model called a tool in a way nobody can read"))
        }
        _ => Ending::Stop,
    }
}

/// Tokens: cached ones are inside the prompt; thoughts are billed as output. None when neither is named.
fn usage(raw: &Value) -> Option<Usage> {
    let of = |name: &str| number(raw.get(name));
    let (prompt, answer) = (of("promptTokenCount"), of("candidatesTokenCount"));
    if prompt.is_none() && answer.is_none() {
        return None;
    }
    let input = prompt.unwrap_or(0);
    let reasoning = of("thoughtsTokenCount").unwrap_or(0);
    let output = answer.unwrap_or(0).saturating_add(reasoning);
    let cached = of("cachedContentTokenCount").unwrap_or(0).min(input);
    Some(Usage { input, cached, output, reasoning, raw: raw.clone() })
}
