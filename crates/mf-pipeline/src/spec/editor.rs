//! The schema for editors: of `pipeline.toml` as it is written, where names of shared values, placeholders of a matrix and
//! defaults stand for what the schema asks for.

use serde_json::{Map, Value, json};

use crate::kinds::registry::Registry;
use crate::spec::schema;
use crate::spec::types::NAME_PATTERN;

/// What a text begins with that stands for a value: the name of a shared value, or a placeholder.
const STANDS_FOR: &str = "^[@{]";

/// [`NAME_PATTERN`] with placeholders.
const NAME_STANDS_FOR: &str = r"^([a-z0-9-]|\{[a-z0-9-]+\})+$";

/// The JSON Schema (draft 2020-12) of `pipeline.toml` for these kinds and families: editors complete and check the file
/// by it. [`crate::Pipeline::load`] checks more, after it has written out shared values, matrices and defaults.
#[must_use]
pub fn schema(registry: &Registry) -> Value {
    let mut root = schema::schema(registry);
    let mut kinds = Map::new();
    for kind in registry.stages() {
        let params = format!("#/$defs/stage.{}", kind.name());
        kinds.insert(kind.name().to_owned(), json!({ "$ref": params }));
    }
    kinds.insert("figure".to_owned(), json!({ "type": "object" }));
    let defaults = &mut root["properties"]["defaults"];
    defaults["properties"] = Value::Object(kinds);
    defaults["additionalProperties"] = json!(false);
    if let Some(defs) = root["$defs"].as_object_mut() {
        for (name, definition) in defs.iter_mut() {
            open(definition);
            take_matrix(name, definition);
        }
        defs.insert("matrix".to_owned(), matrix());
        let name = json!({ "type": "string", "pattern": STANDS_FOR });
        defs.insert("stands-for".to_owned(), name);
    }
    root
}

/// `matrix = { key = [value] }` or `[{ key = value }]`
fn matrix() -> Value {
    json!({
        "description": "Repeats the item: for all combinations of `{ key = [value, value] }`, or for each of \
                        `[{ key = value }, { key = value }]`. `{key}` in any text of the item is replaced by the value; a \
                        text that is `{key}` alone becomes the value itself.",
        "anyOf": [
            { "type": "object", "additionalProperties": { "type": ["array", "string"] } },
            { "type": "array", "items": { "type": ["object", "string"] } },
            { "$ref": "#/$defs/stands-for" },
        ],
    })
}

/// Lets an item have a matrix, and leave out what defaults or its format give.
fn take_matrix(name: &str, definition: &mut Value) {
    let known = if name.starts_with("quantizer.") {
        json!(true)
    } else {
        json!({ "$ref": "#/$defs/matrix" })
    };
    match name {
        "stage" | "claim" => definition["properties"]["matrix"] = known,
        "figure" => {
            definition["properties"]["matrix"] = known;
            definition["required"] = json!(["name"]);
        }
        "quantizer" => {
            definition["properties"]["matrix"] = known;
            definition["then"]["properties"]["matrix"] = json!(true);
        }
        _ if name.starts_with("quantizer.") => definition["properties"]["matrix"] = known,
        _ => {}
    }
    let Some(words) = definition.as_object_mut() else {
        return;
    };
    if name.starts_with("stage.") {
        words.remove("required");
    }
    if name.starts_with("quantizer")
        && let Some(Value::Array(required)) = words.get_mut("required")
    {
        required.retain(|key| key != "name");
    }
    let cases = words.get_mut("allOf").and_then(Value::as_array_mut);
    for case in cases.into_iter().flatten() {
        if let Some(then) = case["then"].as_object_mut() {
            then.remove("required");
        }
    }
}

/// Lets what stands for a value stand wherever the schema asks for something else than a text.
fn open(schema: &mut Value) {
    let Value::Object(words) = schema else { return };
    words.remove("format"); // the widths of numbers, which are told by their bounds
    for (word, value) in words.iter_mut() {
        match (word.as_str(), value) {
            ("properties", Value::Object(values)) => values.values_mut().for_each(open),
            ("oneOf" | "anyOf" | "allOf" | "prefixItems", Value::Array(values)) => {
                values.iter_mut().for_each(open);
            }
            ("items" | "additionalProperties" | "then" | "else", value) => open(value),
            _ => {}
        }
    }
    // Several of the branches may take the same text.
    if let Some(branches) = words.remove("oneOf") {
        words.insert("anyOf".to_owned(), branches);
    }
    let stands_for = json!({ "$ref": "#/$defs/stands-for" });
    if let Some(Value::Array(branches)) = words.get_mut("anyOf")
        && branches.iter().all(|branch| branch.get("const").is_some())
    {
        branches.push(stands_for);
        return;
    }
    if let Some(names) = words.remove("enum") {
        words.remove("type");
        let branches = json!([{ "type": "string", "enum": names }, stands_for]);
        words.insert("anyOf".to_owned(), branches);
        return;
    }
    if words.get("pattern") == Some(&json!(NAME_PATTERN)) {
        words.insert("pattern".to_owned(), json!(NAME_STANDS_FOR));
    }
    let kinds = match words.get("type") {
        Some(Value::String(kind)) => vec![json!(kind)],
        Some(Value::Array(kinds)) => kinds.clone(),
        _ => return,
    };
    if words.contains_key("const") {
        return;
    }
    let mut kinds: Vec<Value> = kinds.into_iter().filter(|kind| kind != "null").collect();
    if !kinds.contains(&json!("string")) {
        kinds.push(json!("string"));
        words.insert("pattern".to_owned(), json!(STANDS_FOR));
    }
    let kinds = match kinds.as_slice() {
        [kind] => kind.clone(),
        kinds => json!(kinds),
    };
    words.insert("type".to_owned(), kinds);
}
