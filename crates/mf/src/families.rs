//! The quantizers of `mf-core` as `pipeline.toml` sees them: families with a schema and a check, made from their parameters,
//! and formats.

use std::sync::Arc;

use mf_core::quantizer::{
    Argument, Arguments, FAMILIES, FORMATS, Family, Parameter, ParameterKind, Quantizer,
    QuantizerError, find,
};
use mf_pipeline::{ParamError, QuantizerDefinition, QuantizerFamily, QuantizerFormat, Registry};
use serde_json::{Map, Value, json};

/// Registers every family and every format.
pub(crate) fn register(registry: &mut Registry) {
    for family in FAMILIES {
        registry.family(Arc::new(Declared(family)));
    }
    for format in FORMATS {
        registry.format(QuantizerFormat {
            name: format.name.to_owned(),
            about: format!("{} bits, family {}", format.bits, format.family),
            family: format.family.to_owned(),
        });
    }
}

/// The quantizer of a definition in `pipeline.toml`.
///
/// # Errors
/// What the family refuses; none for a definition that the pipeline has checked.
pub(crate) fn build(definition: &QuantizerDefinition) -> Result<Quantizer, ParamError> {
    if let Some(name) = &definition.format {
        let format = find(name).map_err(|error| ParamError::at("format", error.to_string()))?;
        return format.build().map_err(refused);
    }
    let family = mf_core::quantizer::family(&definition.family)
        .ok_or_else(|| ParamError::whole(format!("there is no family `{}`", definition.family)))?;
    member(family, &definition.params)
}

struct Declared(&'static Family);

impl QuantizerFamily for Declared {
    fn name(&self) -> &str {
        self.0.name
    }

    fn about(&self) -> &str {
        self.0.about
    }

    fn schema(&self) -> Value {
        let entry = |p: &Parameter| (p.name.to_owned(), parameter_schema(p));
        let required: Vec<&str> = self
            .0
            .parameters
            .iter()
            .filter(|p| p.required)
            .map(|p| p.name)
            .collect();
        json!({
            "type": "object",
            "properties": self.0.parameters.iter().map(entry).collect::<Map<String, Value>>(),
            "required": required,
            "additionalProperties": false,
        })
    }

    fn check(&self, params: &Value) -> Result<(), ParamError> {
        member(self.0, params).map(drop)
    }
}

fn parameter_schema(parameter: &Parameter) -> Value {
    let mut schema = match parameter.kind {
        ParameterKind::Integer { least, most } => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        ParameterKind::Number => json!({ "type": "number" }),
        ParameterKind::Numbers => json!({ "type": "array", "items": { "type": "number" } }),
        ParameterKind::Text => json!({ "type": "string" }),
    };
    if let Some(entries) = schema.as_object_mut() {
        entries.insert("description".into(), json!(parameter.about));
    }
    schema
}

/// The member of `family` with these parameters.
fn member(family: &Family, params: &Value) -> Result<Quantizer, ParamError> {
    let mut arguments = Arguments::default();
    for parameter in family.parameters {
        if let Some(value) = params.get(parameter.name) {
            arguments = arguments.with(parameter.name, argument(parameter, value)?);
        }
    }
    (family.build)(&arguments).map_err(refused)
}

fn argument(parameter: &Parameter, value: &Value) -> Result<Argument, ParamError> {
    let wrong = |allowed: &str| {
        let message = format!("`{}` is {value}", parameter.name);
        ParamError::at(parameter.name, message).allowed(allowed)
    };
    match parameter.kind {
        ParameterKind::Integer { least, most } => value
            .as_u64()
            .filter(|n| (least..=most).contains(n))
            .map(Argument::Integer)
            .ok_or_else(|| wrong(&format!("a whole number from {least} to {most}"))),
        ParameterKind::Number => number(value)
            .map(Argument::Number)
            .ok_or_else(|| wrong("a number")),
        ParameterKind::Numbers => value
            .as_array()
            .and_then(|items| items.iter().map(number).collect())
            .map(Argument::Numbers)
            .ok_or_else(|| wrong("a list of numbers")),
        ParameterKind::Text => value
            .as_str()
            .map(|text| Argument::Text(text.to_owned()))
            .ok_or_else(|| wrong("a text")),
    }
}

/// TOML's `nan` and `inf` come as text, since JSON has neither; the family says what it makes of them.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

fn refused(error: QuantizerError) -> ParamError {
    match error.parameter() {
        Some(name) => ParamError::at(name, error.to_string()),
        None => ParamError::whole(error.to_string()),
    }
}
