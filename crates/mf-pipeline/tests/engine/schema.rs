//! The schema of the whole file: complete, closed, and described.

use crate::toys::{Project, registry};
use mf_pipeline::schema;
use serde_json::Value;

/// Every `$ref` in a schema.
fn references<'a>(schema: &'a Value, found: &mut Vec<&'a str>) {
    match schema {
        Value::Object(object) => {
            found.extend(object.get("$ref").and_then(Value::as_str));
            object.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_has_its_definition() {
    let schema = schema(&registry());
    let mut found = Vec::new();
    references(&schema, &mut found);
    assert!(found.len() > 8);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(schema.pointer(pointer).is_some(), "{reference}");
    }
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
}

#[test]
fn kinds_and_families_are_choices_with_their_parameters() {
    let schema = schema(&registry());
    let kinds = &schema["$defs"]["stage"]["properties"]["kind"];
    assert_eq!(
        kinds["anyOf"][0]["enum"],
        serde_json::json!(["measured", "names", "squares", "total"])
    );
    assert!(
        kinds["description"]
            .as_str()
            .unwrap()
            .contains("squares: The squares of whole numbers.")
    );
    let squares = &schema["$defs"]["stage.squares"];
    assert_eq!(squares["properties"]["upto"]["description"], "How many.");
    assert_eq!(squares["additionalProperties"], false);
    assert_eq!(
        schema["$defs"]["quantizer.levels"]["required"],
        serde_json::json!(["family", "levels"])
    );
    let format = &schema["$defs"]["quantizer"]["properties"]["format"];
    assert_eq!(format["anyOf"][0]["enum"], serde_json::json!(["binary"]));
    assert!(schema["$defs"]["figure"]["properties"]["about"].is_object());
}

#[test]
fn the_schema_does_not_depend_on_the_order_of_registration() {
    assert_eq!(
        schema(&registry()).to_string(),
        schema(&registry()).to_string()
    );
}

#[test]
fn the_toys_are_valid_by_it() {
    Project::new().load();
}
