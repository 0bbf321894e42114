//! The quantizer families and number formats of `mf-core` for `pipeline.toml`: their schemas, checks and construction.

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
            about: format!("{}-bit, family {}", format.bits, format.family),
            family: format.family.to_owned(),
        });
    }
}

/// The quantizer of a definition in `pipeline.toml`.
///
/// # Errors
/// Parameters that the family does not allow; none if the pipeline has checked the definition.
pub(crate) fn build(definition: &QuantizerDefinition) -> Result<Quantizer, ParamError> {
    if let Some(name) = &definition.format {
        let format = find(name).map_err(|error| ParamError::at("format", error.to_string()))?;
        return format.build().map_err(refused);
    }
    let family = mf_core::quantizer::family(&definition.family)
        .ok_or_else(|| ParamError::whole(format!("there is no family `{}`", definition.family)))?;
    member(family, &definition.params)
}

/// A family of `mf-core` for the pipeline.
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

/// The JSON schema of a parameter.
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

/// The member of `family` with these parameters, a JSON object.
fn member(family: &Family, params: &Value) -> Result<Quantizer, ParamError> {
    let mut arguments = Arguments::default();
    for parameter in family.parameters {
        if let Some(value) = params.get(parameter.name) {
            arguments = arguments.with(parameter.name, argument(parameter, value)?);
        }
    }
    (family.build)(&arguments).map_err(refused)
}

/// The JSON value of a parameter as an argument of its kind.
fn argument(parameter: &Parameter, value: &Value) -> Result<Argument, ParamError> {
    let (read, allowed) = match parameter.kind {
        ParameterKind::Integer { least, most } => {
            let inside = value.as_u64().filter(|n| (least..=most).contains(n));
            let allowed = format!("a whole number from {least} to {most}");
            (inside.map(Argument::Integer), allowed)
        }
        ParameterKind::Number => (number(value).map(Argument::Number), "a number".to_owned()),
        ParameterKind::Numbers => {
            let items = value.as_array();
            let numbers = items.and_then(|items| items.iter().map(number).collect());
            (
                numbers.map(Argument::Numbers),
                "a list of numbers".to_owned(),
            )
        }
        ParameterKind::Text => {
            let text = value.as_str().map(str::to_owned);
            (text.map(Argument::Text), "a text".to_owned())
        }
    };
    read.ok_or_else(|| {
        let message = format!("`{}` is {value}", parameter.name);
        ParamError::at(parameter.name, message).allowed(allowed)
    })
}

/// A number. TOML's `nan` and `inf` arrive as text, as JSON has neither; the family accepts or refuses them.
fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// The error at the parameter that it names.
fn refused(error: QuantizerError) -> ParamError {
    match error.parameter() {
        Some(name) => ParamError::at(name, error.to_string()),
        None => ParamError::whole(error.to_string()),
    }
}
