//! Figures: tables drawn by `mf-plot`, with numbers of stages in their texts.
//!
//! `${stage.number:.3}` in a text is replaced by the number with three decimals; `:+.3` writes a sign and a space before it,
//! as in "+ 0.705".

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use mf_data::Table;
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use mf_plot::{Figure, PlotError};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::template::{self, Piece};

/// A figure of `mf_plot` whose texts still have placeholders for numbers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct FigureStage(Figure);

/// The schema is that of `mf_plot::Figure` itself.
impl JsonSchema for FigureStage {
    fn schema_name() -> Cow<'static, str> {
        Figure::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Figure::json_schema(generator)
    }
}

impl TypedStage for FigureStage {
    const KIND: &'static str = "figure";
    const ABOUT: &'static str =
        "A figure drawn from tables, as SVG and PNG, with the values at its points as JSON.";

    /// Checks the placeholders, and everything of the figure that does not depend on the tables.
    fn check(&self) -> Result<(), ParamError> {
        let mut wrong = None;
        let mut value = self.value()?;
        visit(&value, &mut Vec::new(), &mut |path, text| {
            if let Err(message) = template::parse(text) {
                wrong.get_or_insert(
                    ParamError::at(&path.join("."), message).allowed(template::SYNTAX),
                );
            }
        });
        if let Some(wrong) = wrong {
            return Err(wrong);
        }
        fill(&mut value, &|_| Ok("0".to_owned())).map_err(whole)?;
        let figure = serde_json::from_value(value.clone()).map_err(whole)?;
        mf_plot::check(&figure).map_err(|error| {
            let path = place(&error, &value);
            ParamError::at(&path, error.to_string())
        })
    }

    /// Every table that the figure draws, and every number that a text quotes.
    fn inputs(&self) -> Vec<(String, String)> {
        let mut references = BTreeSet::new();
        let Ok(figure) = self.value() else {
            return Vec::new();
        };
        visit(&figure, &mut Vec::new(), &mut |path, text| {
            if path.last().is_some_and(|key| key == "table") {
                references.insert(text.to_owned());
            }
            for piece in template::parse(text).unwrap_or_default() {
                if let Piece::Number { reference, .. } = piece {
                    references.insert(reference);
                }
            }
        });
        references
            .into_iter()
            .map(|reference| (reference.clone(), reference))
            .collect()
    }

    fn files(&self) -> Vec<String> {
        ["svg", "png", "json"].map(str::to_owned).into()
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let mut figure = serde_json::to_value(&self.0)?;
        fill(&mut figure, &|piece| number(job, piece))?;
        let figure: Figure = serde_json::from_value(figure)?;
        let drawing =
            mf_plot::render(&figure, &tables(job)?).map_err(|error| self.placed(error))?;
        Ok(Outputs::new()
            .file("svg", drawing.svg.into_bytes())
            .file("png", drawing.png)
            .file("json", serde_json::to_vec(&drawing.readings)?))
    }
}

impl FigureStage {
    /// A column that is not there, as an error of the key that names it; any other error as it is.
    fn placed(&self, error: PlotError) -> BoxError {
        let PlotError::UnknownColumn { part, column, .. } = &error else {
            return error.into();
        };
        let (Ok(figure), mut found) = (self.value(), Vec::new()) else {
            return error.into();
        };
        visit(&figure, &mut Vec::new(), &mut |path, text| {
            if text == column {
                found.push(path.join("."));
            }
        });
        // A facet repeats panels: then the number of the panel is not its place in the file.
        let part = list_path(part);
        let here = found.iter().find(|path| path.starts_with(&part));
        match here.or(found.first()) {
            Some(path) => ParamError::at(path, error.to_string()).into(),
            None => error.into(),
        }
    }

    fn value(&self) -> Result<Value, ParamError> {
        serde_json::to_value(&self.0).map_err(|error| ParamError::whole(error.to_string()))
    }
}

/// The input tables, by the reference `stage.table` that names them in the figure.
fn tables(job: &Job<'_>) -> Result<BTreeMap<String, Table>, BoxError> {
    let mut tables = BTreeMap::new();
    for (role, input) in job.inputs() {
        if !matches!(input, mf_pipeline::Input::Number(_)) {
            tables.insert(role.to_owned(), job.table(role)?.clone());
        }
    }
    Ok(tables)
}

/// Calls `each` with the path and the text of every string below `value`.
fn visit(value: &Value, path: &mut Vec<String>, each: &mut dyn FnMut(&[String], &str)) {
    match value {
        Value::String(text) => each(path, text),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(index.to_string());
                visit(item, path, each);
                path.pop();
            }
        }
        Value::Object(entries) => {
            for (key, item) in entries {
                path.push(key.clone());
                visit(item, path, each);
                path.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Replaces the placeholders in every text below `value` by `number`.
fn fill(
    value: &mut Value,
    number: &dyn Fn(&Piece) -> Result<String, BoxError>,
) -> Result<(), BoxError> {
    match value {
        Value::String(text) => {
            let pieces = template::parse(text)?;
            *text = pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => Ok(text.clone()),
                    Piece::Number { .. } => number(piece),
                })
                .collect::<Result<_, _>>()?;
        }
        Value::Array(items) => items.iter_mut().try_for_each(|item| fill(item, number))?,
        Value::Object(entries) => entries
            .values_mut()
            .try_for_each(|item| fill(item, number))?,
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

/// A number of a stage in the format of its placeholder.
fn number(job: &Job<'_>, piece: &Piece) -> Result<String, BoxError> {
    match piece {
        Piece::Text(text) => Ok(text.clone()),
        Piece::Number { reference, format } => Ok(format.write(job.number(reference)?.value)),
    }
}

fn whole(error: impl std::fmt::Display) -> ParamError {
    ParamError::whole(error.to_string())
}

/// The place of an error in a figure as a path of keys, such as `panels.0.series.1`; empty if it is not known.
fn place(error: &PlotError, figure: &Value) -> String {
    match error {
        PlotError::Setting { part, .. } => list_path(part),
        PlotError::Markup { text, .. } | PlotError::MissingGlyph { text, .. } => {
            let mut found = String::new();
            visit(figure, &mut Vec::new(), &mut |path, other| {
                if other.replace("{}", "0").contains(text.as_str()) {
                    found = path.join(".");
                }
            });
            found
        }
        _ => String::new(),
    }
}

/// A part of a figure as a path: `panel 1, series 2` is `panels.0.series.1`.
fn list_path(part: &str) -> String {
    let words = part.split(", ").filter_map(|word| {
        let (kind, number) = word.split_once(' ')?;
        let index = number.parse::<usize>().ok()?.checked_sub(1)?;
        let list = if kind == "panel" { "panels" } else { kind };
        Some(format!("{list}.{index}"))
    });
    words.collect::<Vec<_>>().join(".")
}
