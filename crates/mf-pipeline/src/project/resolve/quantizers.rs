//! Quantizers: each accepted by its family, and chosen by the stages that work on them.

use serde_json::Value;

use super::{Resolver, refused};
use crate::kinds::job::QuantizerDefinition;
use crate::kinds::registry::Stage;
use crate::spec::tree::Node as Toml;
use crate::spec::types::{QuantizerChoice, QuantizerSpec, StageSpec};
use crate::spec::validate::below;
use crate::words::diagnostic::Diagnostic;
use crate::words::text::{did_you_mean, list};

impl Resolver<'_> {
    /// Quantizers by name, in the order of the file; `None` for one with problems.
    pub(super) fn quantizers(&mut self) -> Quantizers {
        let mut quantizers = Quantizers {
            named: !self.unnamed.contains("quantizer"),
            list: Vec::new(),
        };
        let mut problems = Vec::new();
        for (path, item) in self.items("quantizer") {
            let name = item.text("name").unwrap_or_default().to_owned();
            let definition = self.quantizer(&path, item, &mut problems);
            quantizers.list.push((name, definition));
        }
        self.problems.extend(problems);
        quantizers
    }

    fn quantizer(
        &self,
        path: &[String],
        item: &Toml,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<QuantizerDefinition> {
        let QuantizerSpec {
            name,
            format,
            family,
            params,
        } = self.item("quantizer", item, path, problems)?;
        // A format's name means the format everywhere, so that no command has to ask which one is meant.
        if format.as_ref() != Some(&name) && self.registry.find_format(&name).is_some() {
            let problem = Diagnostic::new(format!("`{name}` is the name of a number format"));
            let help =
                format!("write `format = \"{name}\"` for the format, or choose another name");
            problems.push(
                problem
                    .at(item.get("name").unwrap_or(item).span.clone())
                    .key(below(path, "name").join("."))
                    .help(Some(help)),
            );
        }
        let params = Value::Object(params);
        let family = match &format {
            Some(format) => self.registry.find_format(format)?.family.clone(),
            None => family?,
        };
        if format.is_none()
            && let Err(error) = self.registry.find_family(&family)?.check(&params)
        {
            let what = format!("quantizer `{name}`");
            problems.push(refused(&error, item, path, &what));
            return None;
        }
        Some(QuantizerDefinition {
            name,
            family,
            params,
            format,
        })
    }
}

/// Quantizers by name in the order of the file; `None` for one with problems.
pub(super) struct Quantizers {
    list: Vec<(String, Option<QuantizerDefinition>)>,
    /// Whether all names are known.
    named: bool,
}

impl Quantizers {
    /// The definitions, in the order of the file.
    pub(super) fn into_values(self) -> impl Iterator<Item = Option<QuantizerDefinition>> {
        self.list.into_iter().map(|(_, definition)| definition)
    }
}

/// The quantizers that a stage names, if its kind works on any.
pub(super) fn choose_quantizers(
    stage: &dyn Stage,
    spec: &StageSpec,
    path: &[String],
    item: &Toml,
    quantizers: &Quantizers,
    problems: &mut Vec<Diagnostic>,
) -> Vec<QuantizerDefinition> {
    let key = below(path, "quantizers");
    let place = item.get("quantizers").unwrap_or(item);
    let problem = |message: String| {
        Diagnostic::new(message)
            .at(place.span.clone())
            .key(key.join("."))
    };
    match (&spec.quantizers, stage.wants_quantizers()) {
        (None, false) => Vec::new(),
        (None, true) => {
            let missing = problem(format!(
                "key `quantizers` is missing: kind `{}` works on quantizers",
                spec.kind
            ));
            problems.push(
                missing
                    .allowed("\"all\", or a list of names")
                    .help(Some("add `quantizers = \"all\"`".to_owned())),
            );
            Vec::new()
        }
        (Some(_), false) => {
            let useless = problem(format!("kind `{}` does not work on quantizers", spec.kind));
            problems.push(useless.help(Some("remove `quantizers`".to_owned())));
            Vec::new()
        }
        (Some(QuantizerChoice::All(_)), true) => quantizers
            .list
            .iter()
            .filter_map(|(_, definition)| definition.clone())
            .collect(),
        (Some(QuantizerChoice::Named(names)), true) => {
            let known: Vec<&str> = quantizers
                .list
                .iter()
                .map(|(name, _)| name.as_str())
                .collect();
            for (index, name) in names
                .iter()
                .enumerate()
                .filter(|(_, name)| quantizers.named && !known.contains(&name.as_str()))
            {
                let place = place.items().get(index).unwrap_or(place);
                problems.push(
                    Diagnostic::new(format!("there is no quantizer `{name}`"))
                        .at(place.span.clone())
                        .key(key.join("."))
                        .allowed(list(&known))
                        .help(did_you_mean(name, known.iter().copied())),
                );
            }
            let find = |name: &String| {
                quantizers
                    .list
                    .iter()
                    .find(|(known, _)| known == name)?
                    .1
                    .clone()
            };
            names.iter().filter_map(find).collect()
        }
    }
}
