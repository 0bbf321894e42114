//! The JSON Schema of `pipeline.toml`: the file's own keys plus the parameters of every registered kind and family, and the
//! names of formats.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::kinds::registry::Registry;
use crate::spec::types::FileSpec;

/// The prefix of references to definitions.
const DEFS: &str = "#/$defs/";

/// Parameters of documents that come from the project and the profile, not from `[document.KIND]`.
const OF_PROJECT: [&str; 2] = ["title", "profile"];

/// The JSON Schema (draft 2020-12) of `pipeline.toml` for these kinds and families, once all of it is written out.
pub(crate) fn schema(registry: &Registry) -> Value {
    let mut root: Value = schemars::SchemaGenerator::default()
        .into_root_schema_for::<FileSpec>()
        .into();
    let mut defs = take_object(&mut root, "$defs");
    let mut moved = Moved::new();
    if let Some(stage) = defs.get_mut("stage") {
        let kinds = registry.stages().map(|kind| (kind.name(), kind.about()));
        *stage = choose(stage.take(), "kind", kinds);
    }
    if let Some(quantizer) = defs.get_mut("quantizer") {
        let families = registry
            .families()
            .map(|family| (family.name(), family.about()));
        *quantizer = choose(quantizer.take(), "family", families);
        let formats = registry
            .formats()
            .map(|format| (format.name.as_str(), format.about.as_str()));
        *quantizer = choose(quantizer.take(), "format", formats);
    }
    for kind in registry.stages() {
        let name = format!("stage.{}", kind.name());
        let params = embed(
            &mut defs,
            &mut moved,
            kind.name(),
            kind.schema(),
            kind.about(),
        );
        let needs_with = !required(&params).is_empty();
        defs.insert(name.clone(), params);
        let mut then = json!({ "properties": { "with": { "$ref": format!("#/$defs/{name}") } } });
        if needs_with {
            then["required"] = json!(["with"]);
        }
        push_case(&mut defs, "stage", "kind", kind.name(), then);
    }
    for family in registry.families() {
        let name = format!("quantizer.{}", family.name());
        let own = Map::from_iter(["name", "family"].map(|key| (key.to_owned(), json!(true))));
        let (name_of, about) = (family.name(), family.about());
        let params = embed(&mut defs, &mut moved, name_of, family.schema(), about);
        defs.insert(name.clone(), closed_with(params, &own, &["name", "family"]));
        let then = json!({ "$ref": format!("#/$defs/{name}") });
        push_case(&mut defs, "quantizer", "family", family.name(), then);
    }
    if let Some(Value::Object(quantizer)) = defs.get_mut("quantizer") {
        let families = quantizer.remove("allOf").unwrap_or(json!([]));
        let format =
            json!({ "properties": { "name": {}, "format": {} }, "additionalProperties": false });
        quantizer.insert("if".to_owned(), json!({ "required": ["format"] }));
        quantizer.insert("then".to_owned(), format);
        quantizer.insert(
            "else".to_owned(),
            json!({ "properties": { "name": {}, "format": {}, "family": {} }, "required": ["family"], "allOf": families }),
        );
    }
    if let Some(kind) = registry.find_figure() {
        let own = property_schemas(defs.get("figure"));
        let params = embed(&mut defs, &mut moved, "figure", kind.schema(), kind.about());
        defs.insert("figure".to_owned(), closed_with(params, &own, &["name"]));
    }
    root["properties"]["document"]["additionalProperties"] = json!(false);
    for kind in registry.documents() {
        let mut params = embed(
            &mut defs,
            &mut moved,
            kind.name(),
            kind.schema(),
            kind.about(),
        );
        // What the project says itself.
        let mut own = property_schemas(Some(&params));
        OF_PROJECT.iter().for_each(|key| drop(own.remove(*key)));
        if own.is_empty() {
            continue;
        }
        params["properties"] = Value::Object(own);
        params["additionalProperties"] = json!(false);
        if let Some(required) = params["required"].as_array_mut() {
            required.retain(|key| !OF_PROJECT.iter().any(|own| key == own));
        }
        let name = format!("document.{}", kind.name());
        root["properties"]["document"]["properties"][kind.name()] =
            json!({ "$ref": format!("{DEFS}{name}") });
        defs.insert(name, params);
    }
    root["$defs"] = Value::Object(defs);
    root
}

/// The schema of the overrides of a kind's parameters: the same keys, none of them required.
pub(crate) fn overrides(schema: &Value, definition: &str) -> Value {
    let mut params = schema["$defs"][definition].clone();
    if let Value::Object(object) = &mut params {
        object.remove("required");
    }
    params
}

fn take_object(value: &mut Value, key: &str) -> Map<String, Value> {
    match value.get_mut(key).map(Value::take) {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

fn property_schemas(schema: Option<&Value>) -> Map<String, Value> {
    schema
        .and_then(|schema| schema["properties"].as_object())
        .cloned()
        .unwrap_or_default()
}

fn required(schema: &Value) -> Vec<Value> {
    schema["required"].as_array().cloned().unwrap_or_default()
}

/// Lets `key` be one of the registered names, with what they mean in the description.
fn choose<'a>(
    mut schema: Value,
    key: &str,
    names: impl Iterator<Item = (&'a str, &'a str)>,
) -> Value {
    let (names, lines): (Vec<Value>, Vec<String>) = names
        .map(|(name, about)| (json!(name), format!("- {name}: {about}")))
        .unzip();
    let about = schema["properties"][key]["description"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    schema["properties"][key]["type"] = json!("string");
    schema["properties"][key]["enum"] = Value::Array(names);
    schema["properties"][key]["description"] = json!(format!("{about}\n{}", lines.join("\n")));
    schema
}

/// `if key == name then ...`
fn push_case(defs: &mut Map<String, Value>, definition: &str, key: &str, name: &str, then: Value) {
    let case = json!({ "if": { "properties": { key: { "const": name } }, "required": [key] }, "then": then });
    let Some(Value::Object(schema)) = defs.get_mut(definition) else {
        return;
    };
    match schema.get_mut("allOf") {
        Some(Value::Array(cases)) => cases.push(case),
        _ => drop(schema.insert("allOf".to_owned(), json!([case]))),
    }
}

/// The names of the definitions that have moved up, by what they mean.
type Moved = BTreeMap<String, String>;

/// A kind's schema as a definition of the file's. Its own definitions move up: those that mean the same in several
/// kinds become one, and those that mean something else get the kind's name as a prefix.
fn embed(
    defs: &mut Map<String, Value>,
    moved: &mut Moved,
    kind: &str,
    mut schema: Value,
    about: &str,
) -> Value {
    let own = take_object(&mut schema, "$defs");
    if let Value::Object(object) = &mut schema {
        object.remove("$schema");
        object.remove("$defs");
        object.insert("title".to_owned(), json!(kind));
        object.entry("description").or_insert_with(|| json!(about));
    }
    let mut names = BTreeMap::new();
    for (name, definition) in &own {
        let meaning = written_out(definition, &own, 0).to_string();
        let new = moved.entry(meaning).or_insert_with(|| {
            let new = match defs.contains_key(name) {
                true => format!("{kind}.{name}"),
                false => name.clone(),
            };
            defs.insert(new.clone(), Value::Null);
            new
        });
        names.insert(name.clone(), new.clone());
    }
    for (name, mut definition) in own {
        move_references(&mut definition, &names);
        let new = names.get(&name).cloned().unwrap_or(name);
        defs.insert(new, definition);
    }
    move_references(&mut schema, &names);
    schema
}

/// A definition with those that it refers to in place of their names.
fn written_out(schema: &Value, defs: &Map<String, Value>, depth: usize) -> Value {
    /// Deeper definitions would refer to themselves.
    const DEEPEST: usize = 16;
    match schema {
        Value::Object(object) => {
            let written = object.iter().map(|(key, value)| {
                let name = value.as_str().filter(|_| key == "$ref" && depth < DEEPEST);
                let target = name.and_then(|name| defs.get(name.trim_start_matches(DEFS)));
                let value = written_out(target.unwrap_or(value), defs, depth + 1);
                (key.clone(), value)
            });
            Value::Object(written.collect())
        }
        Value::Array(items) => {
            let items = items.iter().map(|item| written_out(item, defs, depth));
            Value::Array(items.collect())
        }
        other => other.clone(),
    }
}

fn move_references(schema: &mut Value, names: &BTreeMap<String, String>) {
    match schema {
        Value::Object(object) => {
            for (key, value) in object.iter_mut() {
                match (key.as_str(), &value) {
                    ("$ref", Value::String(target)) => {
                        let name = target.trim_start_matches(DEFS);
                        let new = names.get(name).map_or(name, String::as_str);
                        *value = json!(format!("{DEFS}{new}"));
                    }
                    _ => move_references(value, names),
                }
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| move_references(item, names)),
        _ => {}
    }
}

/// An object's schema that also takes the keys of its item (`name`, `family`, ...), and no others than it names.
fn closed_with(mut schema: Value, own: &Map<String, Value>, needed: &[&str]) -> Value {
    let mut properties = own.clone();
    properties.extend(property_schemas(Some(&schema)));
    let mut keys: Vec<Value> = needed.iter().map(|key| json!(key)).collect();
    keys.extend(required(&schema));
    let Value::Object(object) = &mut schema else {
        return schema;
    };
    let parts = ["oneOf", "anyOf", "allOf", "$ref"];
    let closed = if parts.iter().any(|part| object.contains_key(*part)) {
        open_parts(object);
        "unevaluatedProperties" // sees the keys that the parts name
    } else {
        "additionalProperties"
    };
    object.remove("additionalProperties");
    object.insert("properties".to_owned(), Value::Object(properties));
    object.insert("required".to_owned(), Value::Array(keys));
    object.insert("type".to_owned(), json!("object"));
    object.insert(closed.to_owned(), json!(false));
    schema
}

/// Lets the branches of a union take keys that only the whole names; the whole is closed instead.
fn open_parts(object: &mut Map<String, Value>) {
    for part in ["oneOf", "anyOf", "allOf"] {
        for branch in object
            .get_mut(part)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            if let Value::Object(branch) = branch {
                branch.remove("additionalProperties");
            }
        }
    }
}
