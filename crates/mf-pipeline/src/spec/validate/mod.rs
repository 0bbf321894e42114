//! Checks a TOML tree against a JSON Schema: every problem, with its place, value, and what is allowed.
//!
//! Covers the words that schemars writes. `pattern` is known for names only; `not`, `format` beyond integer widths and
//! `uniqueItems` are not used.

mod phrases;
mod unions;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::spec::tree::{Data, Node};
use crate::spec::types::NAME_PATTERN;
use crate::words::diagnostic::Diagnostic;
use crate::words::text::{did_you_mean, list, nearest};
use phrases::{article, expected, has_type, inside, is_index, last, plain, types};

/// All problems of `node` under `schema`; `defs` holds the definitions that `$ref` names; `path` is the place of `node`.
pub(crate) fn validate(
    node: &Node,
    schema: &Value,
    defs: &Value,
    path: &[String],
) -> Vec<Diagnostic> {
    let mut check = Check {
        defs,
        problems: Vec::new(),
    };
    check.not_finite(node, path);
    check.node(node, schema, path);
    check.problems
}

/// The keys that some part of a schema has looked at.
type Seen = BTreeSet<String>;

struct Check<'a> {
    defs: &'a Value,
    problems: Vec<Diagnostic>,
}

impl<'a> Check<'a> {
    /// Notes a problem with a value.
    fn note(
        &mut self,
        node: &Node,
        path: &[String],
        message: String,
        allowed: Option<String>,
        help: Option<String>,
    ) {
        let mut problem = Diagnostic::new(message)
            .at(node.span.clone())
            .key(path.join("."))
            .value(node.describe())
            .help(help);
        problem.allowed = allowed;
        self.problems.push(problem);
    }

    /// NaN and infinity have no place in a pipeline, whatever the schema says.
    fn not_finite(&mut self, node: &Node, path: &[String]) {
        match &node.data {
            Data::Float(value) if !value.is_finite() => {
                let name = last(path);
                let message = format!("`{name}` is `{value}`, not a finite number");
                self.note(node, path, message, Some("finite numbers".to_owned()), None);
            }
            Data::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.not_finite(item, &below(path, &item_name(item, index)));
                }
            }
            Data::Table(entries) => {
                for entry in entries {
                    self.not_finite(&entry.node, &below(path, &entry.key));
                }
            }
            _ => {}
        }
    }

    fn node(&mut self, node: &Node, schema: &Value, path: &[String]) -> Seen {
        let mut seen = Seen::new();
        let Value::Object(words) = schema else {
            return seen;
        };
        if let Some(target) = words.get("$ref") {
            seen.extend(self.node(node, resolve(self.defs, target), path));
        }
        if !self.kind(node, words, path) || !self.choice(node, words, path) {
            return seen;
        }
        self.range(node, words, path);
        self.name(node, words, path);
        self.items(node, words, path);
        for part in words
            .get("allOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            seen.extend(self.node(node, part, path));
        }
        if let Some(condition) = words.get("if") {
            let branch = if self.holds(node, condition) {
                "then"
            } else {
                "else"
            };
            if let Some(branch) = words.get(branch) {
                seen.extend(self.node(node, branch, path));
            }
        }
        for union in ["oneOf", "anyOf"] {
            if let Some(Value::Array(branches)) = words.get(union) {
                seen.extend(self.union(node, branches, path));
            }
        }
        if let Data::Table(_) = node.data {
            self.table(node, words, path, &mut seen);
        }
        seen
    }

    /// Whether a value meets a condition, which here is always that keys are there or have these values; in no words, for
    /// there is one of these for each kind and item.
    fn holds(&self, node: &Node, condition: &Value) -> bool {
        let required = condition["required"].as_array().into_iter().flatten();
        let mut required = required.filter_map(Value::as_str);
        let values = condition["properties"].as_object().into_iter().flatten();
        let mut wanted = values.map(|(key, schema)| (key, schema.get("const")));
        required.all(|key| node.get(key).is_some())
            && wanted.all(|(key, value)| node.get(key).map(Node::json).as_ref() == value)
    }

    fn attempt(&self, node: &Node, schema: &Value, path: &[String]) -> (Vec<Diagnostic>, Seen) {
        let mut trial = Check {
            defs: self.defs,
            problems: Vec::new(),
        };
        let seen = trial.node(node, schema, path);
        (trial.problems, seen)
    }

    /// `type`
    fn kind(&mut self, node: &Node, words: &Map<String, Value>, path: &[String]) -> bool {
        let wanted = types(words);
        if wanted.is_empty() || wanted.iter().any(|kind| has_type(node, kind)) {
            return true;
        }
        let phrase = wanted
            .iter()
            .filter(|kind| **kind != "null")
            .map(|kind| article(kind))
            .collect::<Vec<_>>()
            .join(" or ");
        let name = last(path);
        let found = node.describe();
        let message = format!("`{name}` is {found}, but must be {phrase}");
        let allowed = expected(words).unwrap_or(phrase);
        let help = match &node.data {
            Data::Table(_) if wanted.contains(&"array") => {
                Some("write it in [brackets], or its header in [[double brackets]]")
            }
            Data::Array(items) if wanted == ["object"] && !items.is_empty() => {
                Some("write it in {braces}, or its header in [single brackets]")
            }
            _ => None,
        };
        self.note(node, path, message, Some(allowed), help.map(str::to_owned));
        false
    }

    /// `enum` and `const`
    fn choice(&mut self, node: &Node, words: &Map<String, Value>, path: &[String]) -> bool {
        let allowed: Vec<&Value> = match (words.get("const"), words.get("enum")) {
            (Some(value), _) => vec![value],
            (None, Some(Value::Array(values))) => values.iter().collect(),
            _ => return true,
        };
        if allowed.iter().any(|value| **value == node.json()) {
            return true;
        }
        let names = list(allowed.iter().map(|value| plain(value)));
        self.not_allowed(node, &allowed, names, path);
        false
    }

    /// A value that is none of these `names`; `allowed` says what else may be there.
    fn not_allowed(&mut self, node: &Node, names: &[&Value], allowed: String, path: &[String]) {
        let names: Vec<String> = names.iter().map(|value| plain(value)).collect();
        let help = match &node.data {
            Data::Text(text) => did_you_mean(text, names.iter().map(String::as_str)),
            _ => None,
        };
        let found = match &node.data {
            Data::Text(text) if !path.last().is_some_and(|part| is_index(part)) => {
                format!("unknown {} `{text}`", last(path))
            }
            _ => format!("`{}` is {}", last(path), node.describe()),
        };
        self.note(node, path, found, Some(allowed), help);
    }

    /// `minimum`, `maximum`, the exclusive ones, and the widths of integers
    fn range(&mut self, node: &Node, words: &Map<String, Value>, path: &[String]) {
        let value = match &node.data {
            Data::Integer(value) => *value as f64,
            Data::Float(value) => *value,
            _ => return,
        };
        let bound = |word: &str| words.get(word).and_then(Value::as_f64);
        let wide = match (&node.data, words.get("format").and_then(Value::as_str)) {
            (Data::Integer(value), Some("uint64" | "uint")) => u64::try_from(*value).is_ok(),
            (Data::Integer(value), Some("uint32")) => u32::try_from(*value).is_ok(),
            (Data::Integer(value), Some("int64" | "int")) => i64::try_from(*value).is_ok(),
            (Data::Integer(value), Some("int32")) => i32::try_from(*value).is_ok(),
            _ => true,
        };
        let inside = wide
            && bound("minimum").is_none_or(|low| value >= low)
            && bound("maximum").is_none_or(|high| value <= high)
            && bound("exclusiveMinimum").is_none_or(|low| value > low)
            && bound("exclusiveMaximum").is_none_or(|high| value < high);
        if inside || !value.is_finite() {
            return;
        }
        let name = last(path);
        let found = node.describe();
        let message = format!("`{name}` is {found}, out of range");
        self.note(node, path, message, expected(words), None);
    }

    /// `pattern` (of names), `minLength` and `maxLength`; white space at the ends does not count
    fn name(&mut self, node: &Node, words: &Map<String, Value>, path: &[String]) {
        let Data::Text(text) = &node.data else { return };
        let is_name = words.get("pattern").and_then(Value::as_str) == Some(NAME_PATTERN);
        if is_name && !is_kebab(text) {
            let message = format!("`{text}` is not a name");
            self.note(node, path, message, Some(KEBAB.to_owned()), None);
        }
        let bound = |word: &str| words.get(word).and_then(Value::as_u64);
        let (least, most) = (bound("minLength").unwrap_or(0), bound("maxLength"));
        let count = text.trim().chars().count() as u64;
        if count < least || most.is_some_and(|most| count > most) {
            let message = match count {
                0 => format!("`{}` is empty", last(path)),
                count => format!("`{}` has {count} characters", last(path)),
            };
            let allowed = match most {
                Some(most) => format!("{least} to {most} characters"),
                None => format!("a text of {least} or more characters"),
            };
            self.note(node, path, message, Some(allowed), None);
        }
    }

    /// `items`, `prefixItems`, `minItems`, `maxItems`
    fn items(&mut self, node: &Node, words: &Map<String, Value>, path: &[String]) {
        let Data::Array(items) = &node.data else {
            return;
        };
        let count = items.len() as u64;
        let bound = |word: &str| words.get(word).and_then(Value::as_u64);
        if bound("minItems").is_some_and(|low| count < low)
            || bound("maxItems").is_some_and(|high| count > high)
        {
            let message = format!("`{}` has {count} items", last(path));
            let from = bound("minItems").map(|low| format!("at least {low}"));
            let to = bound("maxItems").map(|high| format!("at most {high}"));
            let allowed = list([from, to].into_iter().flatten()) + " items";
            self.note(node, path, message, Some(allowed), None);
        }
        let first = words
            .get("prefixItems")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        for (index, item) in items.iter().enumerate() {
            if let Some(schema) = first.get(index).or_else(|| words.get("items")) {
                self.node(item, schema, &below(path, &item_name(item, index)));
            }
        }
    }

    /// `properties`, `additionalProperties`, `unevaluatedProperties`, `required`
    fn table(&mut self, node: &Node, words: &Map<String, Value>, path: &[String], seen: &mut Seen) {
        let empty = Map::new();
        let properties = words
            .get("properties")
            .and_then(Value::as_object)
            .unwrap_or(&empty);
        let required: Vec<&str> = words
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let lacks = |key: &str| node.get(key).is_none();
        let missing = properties
            .keys()
            .map(String::as_str)
            .filter(|key| lacks(key));
        // Any key may be in an open table, but one that looks like a missing key is a slip.
        let closing = ["additionalProperties", "unevaluatedProperties"];
        let is_open = !closing.iter().any(|word| words.contains_key(*word));
        let is_slip = |key: &str| {
            let near = nearest(key, missing.clone());
            required.iter().any(|key| lacks(key)) && near.is_some()
        };
        let mut meant = Vec::new();
        for entry in node.entries() {
            let place = below(path, &entry.key);
            if let Some(schema) = properties.get(&entry.key) {
                seen.insert(entry.key.clone());
                self.node(&entry.node, schema, &place);
                continue;
            }
            let closed = match (
                words.get("additionalProperties"),
                words.get("unevaluatedProperties"),
            ) {
                (Some(Value::Bool(false)), _) => true,
                (_, Some(Value::Bool(false))) => !seen.contains(&entry.key),
                (Some(schema @ Value::Object(_)), _) => {
                    seen.insert(entry.key.clone());
                    self.node(&entry.node, schema, &place);
                    false
                }
                _ => is_open && is_slip(&entry.key),
            };
            if closed {
                meant.extend(nearest(&entry.key, missing.clone()));
                // A key of the file may stand several times; elsewhere only a key that is missing can be meant.
                let several = path.is_empty().then_some(properties.keys());
                let several = several.into_iter().flatten().map(String::as_str);
                let help = did_you_mean(&entry.key, missing.clone())
                    .or_else(|| did_you_mean(&entry.key, several))
                    .unwrap_or_else(|| "remove it".to_owned());
                self.problems.push(
                    Diagnostic::new(format!("unknown key `{}`{}", entry.key, inside(path)))
                        .at(entry.span.clone())
                        .key(place.join("."))
                        .value(entry.node.describe())
                        .allowed(list(properties.keys()))
                        .help(Some(help)),
                );
            }
        }
        let stands_in = is_open && !meant.is_empty();
        for key in required.iter().filter(|key| lacks(key) && !stands_in) {
            if !meant.contains(key) {
                let about = properties
                    .get(*key)
                    .and_then(|schema| self.deref_words(schema))
                    .and_then(expected);
                let mut problem =
                    Diagnostic::new(format!("key `{key}` is missing{}", inside(path)))
                        .at(node.span.clone())
                        .key(below(path, key).join("."))
                        .help(Some(format!("add `{key} = ...`")));
                problem.allowed = about;
                self.problems.push(problem);
            }
        }
    }

    fn deref_words<'b>(&self, schema: &'b Value) -> Option<&'b Map<String, Value>>
    where
        'a: 'b,
    {
        self.deref(schema).as_object()
    }
}

fn resolve<'a>(defs: &'a Value, target: &Value) -> &'a Value {
    let name = target
        .as_str()
        .and_then(|target| target.strip_prefix("#/$defs/"))
        .unwrap_or_default();
    defs.get(name).unwrap_or(&Value::Null)
}

/// What a name may be.
pub(crate) const KEBAB: &str =
    "kebab-case: lower case letters, digits and single hyphens, like `figure-2`";

/// Whether a text is what stages and figures may be called.
pub(crate) fn is_kebab(text: &str) -> bool {
    let good = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    text.split('-').all(good)
}

pub(crate) fn below(path: &[String], key: &str) -> Vec<String> {
    path.iter().cloned().chain([key.to_owned()]).collect()
}

/// An item of an array is called by its name if it has one, and by its index otherwise.
pub(crate) fn item_name(item: &Node, index: usize) -> String {
    item.text("name")
        .map_or_else(|| index.to_string(), str::to_owned)
}
