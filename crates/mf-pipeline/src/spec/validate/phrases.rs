//! Words for messages: what a schema accepts, and where a value is.

use serde_json::{Map, Value};

use crate::spec::tree::{Data, Node};
use crate::words::text::list;

pub(super) fn choices(schema: &Value) -> Vec<&Value> {
    match (schema.get("const"), schema.get("enum")) {
        (Some(value), _) => vec![value],
        (None, Some(Value::Array(values))) => values.iter().collect(),
        _ => Vec::new(),
    }
}

pub(super) fn types(words: &Map<String, Value>) -> Vec<&str> {
    match words.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

pub(super) fn has_type(node: &Node, kind: &str) -> bool {
    match &node.data {
        Data::Bool(_) => kind == "boolean",
        Data::Integer(_) => kind == "integer" || kind == "number",
        Data::Float(_) => kind == "number",
        Data::Text(_) => kind == "string",
        Data::Date(_) => false,
        Data::Array(_) => kind == "array",
        Data::Table(_) => kind == "object",
    }
}

pub(super) fn article(kind: &str) -> &str {
    match kind {
        "boolean" => "true or false",
        "integer" => "an integer (without a point)",
        "number" => "a number",
        "string" => "a string in quotes",
        "array" => "an array in [brackets]",
        "object" => "a table",
        other => other,
    }
}

/// What one of several schemas accepts, in phrases: the words that all of them list first.
pub(super) fn forms(branches: &[&Value]) -> String {
    let words: Vec<&Value> = branches.iter().flat_map(|branch| choices(branch)).collect();
    let words = (!words.is_empty()).then(|| list(words.into_iter().map(plain)));
    let others = branches.iter().filter(|branch| choices(branch).is_empty());
    let others = others.filter_map(|branch| expected(branch.as_object()?));
    words
        .into_iter()
        .chain(others)
        .collect::<Vec<_>>()
        .join("; or ")
}

/// What a schema accepts, in a phrase: kind, range, names.
pub(super) fn expected(words: &Map<String, Value>) -> Option<String> {
    let schema = Value::Object(words.clone());
    let names = choices(&schema);
    if !names.is_empty() {
        return Some(list(names.iter().map(|name| plain(name))));
    }
    let kinds: Vec<&str> = types(words)
        .into_iter()
        .filter(|kind| *kind != "null")
        .map(article)
        .collect();
    if kinds.is_empty() {
        return None;
    }
    let mut phrase = kinds.join(" or ");
    let bounds = [
        ("minimum", "at least"),
        ("exclusiveMinimum", "above"),
        ("maximum", "at most"),
        ("exclusiveMaximum", "below"),
    ];
    for (word, text) in bounds {
        if let Some(bound) = words.get(word) {
            phrase = format!("{phrase}, {text} {}", plain(bound));
        }
    }
    let keys = words.get("properties").and_then(Value::as_object);
    if let Some(keys) = keys.filter(|keys| !keys.is_empty()) {
        phrase = format!("{phrase} with {}", list(keys.keys()));
    }
    Some(phrase)
}

/// A JSON value without the quotes of a string and without a needless `.0`.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string().trim_end_matches(".0").to_owned(),
        other => other.to_string(),
    }
}

pub(super) fn inside(path: &[String]) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!(" in `{}`", path.join("."))
    }
}

/// How a message calls the value at a path: `states`, or `states[0]` for an item of a list.
pub(super) fn last(path: &[String]) -> String {
    match path {
        [] => "the file".to_owned(),
        [.., list, item] if is_index(item) => format!("{list}[{item}]"),
        [.., key] => key.clone(),
    }
}

/// Whether a part of a path is the number of an item.
pub(super) fn is_index(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}
