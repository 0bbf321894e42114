//! The specification: examples that are read, written and described.

use crate::common;
use crate::common::banded;
use crate::common::colored;

use mf_plot::Figure;

#[test]
fn a_figure_survives_writing_and_reading() {
    for spec in [common::SPEC, banded::SPEC, colored::SPEC] {
        let figure: Figure = toml::from_str(spec).unwrap();
        let json = serde_json::to_string(&figure).unwrap();
        assert_eq!(serde_json::from_str::<Figure>(&json).unwrap(), figure);
    }
}

#[test]
fn the_schema_describes_every_setting() {
    let schema = serde_json::to_value(schemars::schema_for!(Figure)).unwrap();
    let mut undescribed = Vec::new();
    look(&schema, "figure", &mut undescribed);
    assert_eq!(undescribed, Vec::<String>::new());
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["$defs"]["Series"]["additionalProperties"], false);
}

/// Collects the properties without a description: their own, their variant's, or a tag's constant.
fn look(value: &serde_json::Value, path: &str, undescribed: &mut Vec<String>) {
    let Some(object) = value.as_object() else {
        return;
    };
    let described = object.contains_key("description");
    for (name, property) in object
        .get("properties")
        .and_then(|p| p.as_object())
        .into_iter()
        .flatten()
    {
        if !(described
            && object
                .get("required")
                .is_some_and(|r| r.as_array().is_some_and(|r| r.len() == 1)))
            && property.get("description").is_none()
            && property.get("const").is_none()
        {
            undescribed.push(format!("{path}.{name}"));
        }
    }
    for (name, inner) in object {
        look(inner, &format!("{path}.{name}"), undescribed);
        for inner in inner.as_array().into_iter().flatten() {
            look(inner, &format!("{path}.{name}"), undescribed);
        }
    }
}
