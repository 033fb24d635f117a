//! What is sent: the request in the dialect, and what of it can be left out for services that do not take it.

use serde_json::{Map, Value, json};
use skald_kernel::model::{Image, Message, ModelRequest, ToolCall};

use crate::dialect::temperature;

/// The body of a request. The scene stays in the house.
pub(super) fn body(request: &ModelRequest) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("model".into(), json!(request.model));
    body.insert("messages".into(), request.messages.iter().map(message).collect());
    body.insert("stream".into(), json!(true));
    body.insert("stream_options".into(), json!({"include_usage": true}));
    if !request.tools.is_empty() {
        let tool = |tool: &skald_kernel::model::ToolSpec| json!({"type": "function", "function": tool});
        body.insert("tools".into(), request.tools.iter().map(tool).collect());
    }
    if let Some(wanted) = &request.schema {
        let schema = json!({"name": wanted.name, "schema": wanted.schema});
        body.insert("response_format".into(), json!({"type": "json_schema", "json_schema": schema}));
    }
    if let Some(degrees) = request.sampling.temperature {
        body.insert("temperature".into(), temperature(degrees));
    }
    if let Some(max_tokens) = request.sampling.max_tokens {
        body.insert("max_tokens".into(), json!(max_tokens));
    }
    if let Some(seed) = request.seed {
        body.insert("seed".into(), json!(seed));
    }
    body
}

fn message(message: &Message) -> Value {
    match message {
        Message::System { text } => json!({"role": "system", "content": text}),
        Message::User { text, images } if images.is_empty() => json!({"role": "user", "content": text}),
        Message::User { text, images } => json!({"role": "user", "content": seen(text, images)}),
        Message::Assistant { text, tool_calls } if tool_calls.is_empty() => {
            json!({"role": "assistant", "content": text})
        }
        Message::Assistant { text, tool_calls } => {
            let content = if text.is_empty() { Value::Null } else { json!(text) };
            json!({"role": "assistant", "content": content, "tool_calls": tool_calls.iter().map(call).collect::<Value>()})
        }
        Message::Tool { call_id, content, .. } => json!({"role": "tool", "tool_call_id": call_id, "content": content}),
    }
}

/// Text with images, as parts. Cohere writes them alike.
pub(crate) fn seen(text: &str, images: &[Image]) -> Value {
    let image = |image: &Image| {
        let url = format!("data:{};base64,{}", image.media_type, image.base64);
        json!({"type": "image_url", "image_url": {"url": url}})
    };
    std::iter::once(json!({"type": "text", "text": text})).chain(images.iter().map(image)).collect()
}

/// A call the model made before. Services parse the arguments again and refuse the whole conversation when they are no
/// JSON object, so what a model garbled is sent back empty.
fn call(call: &ToolCall) -> Value {
    let sound = serde_json::from_str::<Map<String, Value>>(&call.arguments).is_ok();
    let arguments = if sound { call.arguments.as_str() } else { "{}" };
    json!({"id": call.id, "type": "function", "function": {"name": call.name, "arguments": arguments}})
}

/// How services say that they do not know or take a parameter.
const UNKNOWN: [&str; 10] = [
    "unknown",
    "unrecognized",
    "unsupported",
    "unexpected",
    "not support",
    "not permitted",
    "not allowed",
    "forbidden",
    "not implemented",
    "no longer supported",
];

/// How they say that the model, or their set-up, has no tools, without naming the parameter.
const NO_TOOLS: [&str; 4] =
    ["tool choice requires", "support tool use", "support tool calling", "support function calling"];

/// Leaves out what the service says it does not take, and says what that was; nothing where it complains of something
/// else.
pub(super) fn leave_out(body: &mut Map<String, Value>, said: &str) -> Vec<&'static str> {
    let said = said.to_lowercase();
    let unknown = UNKNOWN.iter().any(|words| said.contains(words));
    let mut left_out = Vec::new();
    for parameter in ["stream_options", "seed", "temperature", "response_format", "tools"] {
        let named = unknown && names(&said, parameter);
        let described = parameter == "tools" && NO_TOOLS.iter().any(|words| said.contains(words));
        if (named || described) && body.remove(parameter).is_some() {
            left_out.push(parameter);
        }
    }
    // A service that knows no schemas may still know that JSON is wanted.
    if left_out.is_empty()
        && said.contains("json_schema")
        && body.get("response_format") == Some(&json!({"type": "json_object"}))
    {
        body.remove("response_format");
        left_out.push("response_format");
    } else if left_out.is_empty() && said.contains("json_schema") && body.contains_key("response_format") {
        body.insert("response_format".into(), json!({"type": "json_object"}));
        left_out.push("json_schema");
    }
    // Newer models take the same limit by another name.
    if unknown
        && names(&said, "max_completion_tokens")
        && let Some(max_tokens) = body.remove("max_tokens")
    {
        body.insert("max_completion_tokens".into(), max_tokens);
        left_out.push("max_tokens");
    }
    left_out
}

/// Whether a text names a parameter itself, as a whole word, and not something inside it such as `tools[0].function`.
fn names(said: &str, parameter: &str) -> bool {
    said.match_indices(parameter).any(|(at, _)| {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let mut after = said[at + parameter.len()..].chars();
        let inside = match after.next() {
            Some('[') => true,
            Some('.') => after.next().is_some_and(word),
            Some(next) => word(next),
            None => false,
        };
        !inside && !said[..at].ends_with(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_out(said: &str) -> Vec<&'static str> {
        let mut body = Map::new();
        for parameter in ["model", "stream_options", "seed", "temperature", "max_tokens", "tools"] {
            body.insert(parameter.into(), json!(1));
        }
        let left_out = leave_out(&mut body, said);
        assert!(body.contains_key("model") && left_out.iter().all(|parameter| !body.contains_key(*parameter)));
        left_out
    }

    #[test]
    fn a_parameter_is_left_out_when_the_service_says_it_does_not_know_it() {
        for (said, parameters) in [
            (
                r#"{"error":{"message":"Unrecognized request argument supplied: stream_options"}}"#,
                vec!["stream_options"],
            ),
            (
                r#"{"detail":[{"type":"extra_forbidden","loc":["body","seed"]},{"type":"extra_forbidden","loc":["body","tools"]}]}"#,
                vec!["seed", "tools"],
            ),
            (r#"{"error":"gemma:2b does not support tools"}"#, vec!["tools"]),
            (r#""auto" tool choice requires --enable-auto-tool-choice to be set"#, vec!["tools"]),
            ("No endpoints found that support tool use.", vec!["tools"]),
            ("Unsupported value: 'temperature' does not support 0.7 with this model.", vec!["temperature"]),
            (
                "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead.",
                vec!["max_tokens"],
            ),
        ] {
            assert_eq!(left_out(said), parameters, "{said}");
        }
    }

    #[test]
    fn nothing_is_left_out_for_another_complaint() {
        for said in [
            "the model `x` does not exist",
            "Unknown model: seedling",
            "unsupported keyword in tools[0].function.parameters",
            "unsupported keyword in tools.0.function.parameters",
            "unknown argument: my_tools",
            "seed must be positive",
            "",
        ] {
            assert!(left_out(said).is_empty(), "{said}");
        }
    }

    #[test]
    fn garbled_arguments_are_sent_back_empty_so_that_the_conversation_goes_on() {
        let sent = |arguments: &str| {
            let made = ToolCall { id: "a".into(), name: "search".into(), arguments: arguments.into() };
            call(&made)["function"]["arguments"].as_str().unwrap().to_owned()
        };
        assert_eq!(sent(r#"{"a": 1}"#), r#"{"a": 1}"#);
        assert_eq!(sent(r#"{"a": "#), "{}");
        assert_eq!(sent(""), "{}");
        assert_eq!(sent("[1]"), "{}");
    }
}
