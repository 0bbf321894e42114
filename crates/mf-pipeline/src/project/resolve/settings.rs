//! `--set STAGE.KEY=VALUE`: parameters that are tried, laid over those of the profile.

use std::collections::BTreeMap;

use super::Resolver;
use crate::spec::tree::{self, Data, Entry, Node as Toml};
use crate::words::diagnostic::Diagnostic;

/// How a setting is written, for messages.
const FORM: &str = "STAGE.KEY=VALUE, such as optimum.states=[4, 8]";

impl Resolver<'_> {
    /// The overrides of every stage and figure that is set, the profile's with them.
    pub(super) fn settings(&mut self, settings: &[String]) -> BTreeMap<String, Toml> {
        let mut set = BTreeMap::new();
        for setting in settings {
            let problems = self.setting(setting, &mut set);
            self.problems.extend(problems);
        }
        set
    }

    fn setting(&mut self, setting: &str, set: &mut BTreeMap<String, Toml>) -> Vec<Diagnostic> {
        let text = as_toml(setting);
        let start = self.problems.append(&text);
        let Some(equals) = text.find('=').map(|place| start + place) else {
            let whole = start..start + text.len();
            return vec![formless("it sets nothing", whole)];
        };
        // White space before it, so that places are those in the problems' text.
        let (tree, syntax) = tree::parse(&(" ".repeat(start) + &text));
        if !syntax.is_empty() {
            return syntax;
        }
        let mut problems = Vec::new();
        for stage in tree.entries() {
            let path = [stage.key.clone()];
            let Some(definition) = self.definition(&stage.key) else {
                problems.push(self.unknown_stage("--set", stage, &path));
                continue;
            };
            if stage.span.start >= equals || dotted(stage, equals).is_none() {
                problems.push(formless("it names no parameter", stage.span.clone()));
                continue;
            }
            for entry in stage.node.entries() {
                let changed = set.get(&stage.key).or_else(|| self.overrides(&stage.key));
                let now = changed
                    .and_then(|changed| changed.get(&entry.key))
                    .or_else(|| self.parameter(&stage.key, &entry.key));
                let laid = match laid_over(now, entry, equals) {
                    Ok(laid) => laid,
                    Err(problem) => {
                        problems.push(problem.key(format!("{}.{}", stage.key, entry.key)));
                        continue;
                    }
                };
                let alone = with_entry(None, &laid);
                problems.extend(self.override_problems(&alone, &definition, &path));
                let changed = with_entry(changed, &laid);
                set.insert(stage.key.clone(), changed);
            }
        }
        problems
    }

    /// A parameter of a stage or figure as the file has it, without profiles.
    fn parameter(&self, name: &str, key: &str) -> Option<&Toml> {
        let mut items = ["stage", "figure"]
            .into_iter()
            .flat_map(|list| self.items(list));
        let (_, item) = items.find(|(_, item)| item.text("name") == Some(name))?;
        item.get("with").unwrap_or(item).get(key)
    }
}

/// The setting as TOML: a bare word is a string.
fn as_toml(setting: &str) -> String {
    let Some((keys, value)) = setting.split_once('=') else {
        return setting.to_owned();
    };
    let word = value.trim();
    let is_word = word.starts_with(|first: char| first.is_ascii_alphabetic())
        && word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c))
        && !["true", "false", "inf", "nan"].contains(&word);
    if is_word {
        format!("{keys}=\"{word}\"")
    } else {
        setting.to_owned()
    }
}

fn formless(what: &str, span: std::ops::Range<usize>) -> Diagnostic {
    Diagnostic::new(format!("`--set` is not of its form: {what}"))
        .at(span)
        .allowed(FORM)
}

/// What a key is followed by on the left of the equals sign, if it is.
fn dotted(entry: &Entry, equals: usize) -> Option<&Entry> {
    let below = entry.node.entries().first()?;
    (below.span.start < equals).then_some(below)
}

/// An entry with its value laid into what stands there now: further keys go down into it.
fn laid_over(now: Option<&Toml>, entry: &Entry, equals: usize) -> Result<Entry, Box<Diagnostic>> {
    let mut laid = entry.clone();
    let Some(below) = dotted(entry, equals) else {
        return Ok(laid);
    };
    laid.node = match now.map(|now| &now.data) {
        Some(Data::Array(items)) => {
            let mut items = items.clone();
            let count = items.len();
            let index = below.key.parse().ok();
            let Some(item) = index.and_then(|index: usize| items.get_mut(index)) else {
                let message = format!(
                    "`{}` is an array of {count}, and has no `{}`",
                    entry.key, below.key
                );
                let allowed = match count {
                    0 => "the whole array".to_owned(),
                    _ => format!("0 to {}", count - 1),
                };
                let problem = Diagnostic::new(message).at(below.span.clone());
                return Err(Box::new(problem.allowed(allowed)));
            };
            *item = laid_over(Some(item), below, equals)?.node;
            Toml {
                data: Data::Array(items),
                span: entry.span.clone(),
            }
        }
        _ => {
            let inner = now.and_then(|now| now.get(&below.key));
            with_entry(now, &laid_over(inner, below, equals)?)
        }
    };
    Ok(laid)
}

/// A table with an entry added or replaced; its place is that of the entry.
fn with_entry(table: Option<&Toml>, entry: &Entry) -> Toml {
    let others = table.map(Toml::entries).unwrap_or_default();
    let others = others.iter().filter(|other| other.key != entry.key);
    Toml {
        data: Data::Table(others.chain([entry]).cloned().collect()),
        span: entry.span.clone(),
    }
}
