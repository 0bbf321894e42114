//! Why a stage runs: what differs from its last result.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::kinds::job::QuantizerDefinition;
use crate::store::cache::Last;
use crate::store::recipe::Recipe;
use crate::words::hash::{Hash, canonical};
use crate::words::text::shortened;

/// Why a stage runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Reason {
    /// It has no earlier result.
    NeverRun,
    /// `--force`.
    Forced,
    /// A parameter has another value.
    Parameter {
        /// Its path, such as `scan.points`.
        path: String,
        /// The value of the last run.
        old: Value,
        /// The value now.
        new: Value,
    },
    /// A parameter is new.
    ParameterAdded {
        /// Its path.
        path: String,
        /// Its value.
        new: Value,
    },
    /// A parameter is gone.
    ParameterRemoved {
        /// Its path.
        path: String,
        /// The value of the last run.
        old: Value,
    },
    /// An input has another content.
    Input {
        /// Its role.
        role: String,
        /// What it refers to.
        reference: String,
    },
    /// An input is new.
    InputAdded {
        /// Its role.
        role: String,
        /// What it refers to.
        reference: String,
    },
    /// An input is gone.
    InputRemoved {
        /// Its role.
        role: String,
    },
    /// The stage is of another kind.
    Kind {
        /// The kind of the last run.
        old: String,
        /// The kind now.
        new: String,
    },
    /// The kind's code changed.
    Code {
        /// The parts that changed: crates, or `locked versions`.
        parts: Vec<String>,
    },
    /// A quantizer is new, gone, or defined differently.
    Quantizer {
        /// Its name.
        name: String,
    },
    /// The same quantizers in another order.
    QuantizerOrder,
    /// The seed changed.
    Seed {
        /// The seed of the last run.
        old: Option<u64>,
        /// The seed now.
        new: Option<u64>,
    },
    /// A stage before it runs again, and no earlier result has this stage's parameters.
    Upstream {
        /// The stages before it.
        names: Vec<String>,
    },
    /// The result was made before, but is no longer in the cache.
    ResultGone,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::NeverRun => write!(f, "never run"),
            Reason::Forced => write!(f, "forced"),
            Reason::Parameter { path, old, new } => {
                write!(f, "parameter `{path}`: {} -> {}", short(old), short(new))
            }
            Reason::ParameterAdded { path, new } => {
                write!(f, "parameter `{path}` added: {}", short(new))
            }
            Reason::ParameterRemoved { path, old } => {
                write!(f, "parameter `{path}` removed (was {})", short(old))
            }
            Reason::Input { role, reference } => {
                write!(f, "input `{role}` changed{}", by_name(role, reference))
            }
            Reason::InputAdded { role, reference } => {
                write!(f, "input `{role}` added{}", by_name(role, reference))
            }
            Reason::InputRemoved { role } => write!(f, "input `{role}` removed"),
            Reason::Kind { old, new } => write!(f, "kind `{old}` -> `{new}`"),
            Reason::Code { parts } => write!(f, "code changed: {}", parts.join(", ")),
            Reason::Quantizer { name } => write!(f, "quantizer `{name}` changed"),
            Reason::QuantizerOrder => write!(f, "order of the quantizers changed"),
            Reason::Seed { old, new } => write!(f, "seed {} -> {}", seed(*old), seed(*new)),
            Reason::Upstream { names } => write!(f, "after {}", names.join(", ")),
            Reason::ResultGone => write!(f, "its result is no longer in the cache"),
        }
    }
}

/// What a role refers to, if it is not called so.
fn by_name(role: &str, reference: &str) -> String {
    if role == reference {
        String::new()
    } else {
        format!(" ({reference})")
    }
}

fn short(value: &Value) -> String {
    shortened(&value.to_string())
}

fn seed(seed: Option<u64>) -> String {
    seed.map_or_else(|| "none".to_owned(), |seed| seed.to_string())
}

/// What differs from the last result.
pub(crate) fn reasons(last: Option<&Last>, now: &Recipe, waits: Vec<String>) -> Vec<Reason> {
    let Some(Last { recipe: last, .. }) = last else {
        return vec![Reason::NeverRun];
    };
    let mut reasons = Vec::new();
    if last.kind != now.kind {
        return vec![Reason::Kind {
            old: last.kind.clone(),
            new: now.kind.clone(),
        }];
    }
    let parts = last.code.keys().chain(now.code.keys());
    let mut parts: Vec<String> = parts
        .filter(|part| last.code.get(*part) != now.code.get(*part))
        .cloned()
        .collect();
    parts.sort();
    parts.dedup();
    if !parts.is_empty() {
        reasons.push(Reason::Code { parts });
    }
    params("", &last.params, &now.params, &mut reasons);
    quantizers(last, now, &mut reasons);
    inputs(last, now, &mut reasons);
    if last.seed != now.seed {
        reasons.push(Reason::Seed {
            old: last.seed,
            new: now.seed,
        });
    }
    if reasons.is_empty() {
        reasons.push(if waits.is_empty() {
            Reason::ResultGone
        } else {
            Reason::Upstream { names: waits }
        });
    }
    reasons
}

/// Differences of parameters, table by table; arrays are compared whole.
fn params(path: &str, old: &Value, new: &Value, reasons: &mut Vec<Reason>) {
    let (Value::Object(before), Value::Object(after)) = (old, new) else {
        if canonical(old) != canonical(new) {
            reasons.push(Reason::Parameter {
                path: path.to_owned(),
                old: old.clone(),
                new: new.clone(),
            });
        }
        return;
    };
    let below = |key: &str| {
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        }
    };
    for (key, new) in after {
        match before.get(key) {
            Some(old) => params(&below(key), old, new, reasons),
            None => reasons.push(Reason::ParameterAdded {
                path: below(key),
                new: new.clone(),
            }),
        }
    }
    for (key, old) in before.iter().filter(|(key, _)| !after.contains_key(*key)) {
        reasons.push(Reason::ParameterRemoved {
            path: below(key),
            old: old.clone(),
        });
    }
}

fn quantizers(last: &Recipe, now: &Recipe, reasons: &mut Vec<Reason>) {
    let contents = |recipe: &Recipe| -> Vec<(String, Hash)> {
        let content = |quantizer: &QuantizerDefinition| (quantizer.name.clone(), quantizer.hash());
        recipe.quantizers.iter().map(content).collect()
    };
    let (before, after) = (contents(last), contents(now));
    let mut changed: Vec<&str> = Vec::new();
    for (one, other) in [(&before, &after), (&after, &before)] {
        changed.extend(
            one.iter()
                .filter(|entry| !other.contains(entry))
                .map(|(name, _)| name.as_str()),
        );
    }
    changed.sort_unstable();
    changed.dedup();
    if changed.is_empty() && before != after {
        reasons.push(Reason::QuantizerOrder);
    }
    reasons.extend(changed.into_iter().map(|name| Reason::Quantizer {
        name: name.to_owned(),
    }));
}

fn inputs(last: &Recipe, now: &Recipe, reasons: &mut Vec<Reason>) {
    for (role, input) in &now.inputs {
        let (role, reference) = (role.clone(), input.reference.clone());
        match last.inputs.get(&role) {
            None => reasons.push(Reason::InputAdded { role, reference }),
            Some(before) if input.hash.is_some() && before.hash != input.hash => {
                reasons.push(Reason::Input { role, reference });
            }
            Some(_) => {}
        }
    }
    for role in last
        .inputs
        .keys()
        .filter(|role| !now.inputs.contains_key(*role))
    {
        reasons.push(Reason::InputRemoved { role: role.clone() });
    }
}
