//! What would run, and why. Planning runs nothing and changes nothing; a run does what its plan says.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::cache::{Cache, Last, Object, Record};
use crate::error::{Damage, PipelineError};
use crate::job::QuantizerDefinition;
use crate::key::{Hash, InputHash, Recipe};
use crate::pipeline::{Node, Pipeline, Role, Source};
use crate::publish;
pub use crate::publish::Restore;
use crate::selection::Selection;

/// What would run, in an order in which it can.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Plan {
    /// The profile.
    pub profile: String,
    /// The selected stages and figures, and what they need.
    pub nodes: Vec<PlannedNode>,
}

/// A stage or figure in a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlannedNode {
    /// Its name.
    pub name: String,
    /// Whether it computes or draws.
    pub role: Role,
    /// Its kind.
    pub kind: String,
    /// Its line in `pipeline.toml`.
    pub line: usize,
    /// Whether it runs.
    #[serde(flatten)]
    pub state: State,
    /// The key of its result; `None` while an input has yet to be made.
    pub key: Option<Hash>,
    /// Published files of a fresh result that are missing or differ: the run writes them again from the cache.
    pub restore: Vec<Restore>,
}

/// Whether a stage runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum State {
    /// Its result is in the cache: it does not run.
    Fresh,
    /// It runs.
    Stale {
        /// Why.
        reasons: Vec<Reason>,
    },
    /// It runs only if a stage that runs before it yields another result than before.
    Pending {
        /// The stages it waits for.
        on: Vec<String>,
    },
}

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
    /// An input holds something else.
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
    CodeVersion {
        /// The version of the last run.
        old: u32,
        /// The version now.
        new: u32,
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
    /// A stage that runs before it makes an input anew, and no earlier result has this stage's parameters.
    Upstream {
        /// The stages before it.
        names: Vec<String>,
    },
    /// The result was made before and is no longer in the cache.
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
            Reason::Input { role, reference } => write!(f, "input `{role}` changed ({reference})"),
            Reason::InputAdded { role, reference } => {
                write!(f, "input `{role}` added ({reference})")
            }
            Reason::InputRemoved { role } => write!(f, "input `{role}` removed"),
            Reason::Kind { old, new } => write!(f, "kind `{old}` -> `{new}`"),
            Reason::CodeVersion { old, new } => write!(f, "code version {old} -> {new}"),
            Reason::Quantizer { name } => write!(f, "quantizer `{name}` changed"),
            Reason::QuantizerOrder => write!(f, "order of the quantizers changed"),
            Reason::Seed { old, new } => write!(f, "seed {} -> {}", seed(*old), seed(*new)),
            Reason::Upstream { names } => write!(f, "after {}", names.join(", ")),
            Reason::ResultGone => write!(f, "its result is no longer in the cache"),
        }
    }
}

fn short(value: &Value) -> String {
    crate::text::shortened(&value.to_string())
}

fn seed(seed: Option<u64>) -> String {
    seed.map_or_else(|| "none".to_owned(), |seed| seed.to_string())
}

impl PlannedNode {
    /// Whether the run has nothing to do for it.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state == State::Fresh && self.restore.is_empty()
    }
}

impl Plan {
    /// Whether a run would do nothing at all.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.nodes.iter().all(PlannedNode::is_done)
    }
}

/// A plan with what was found on the way: the run, the verdicts and the explanations need it.
pub(crate) struct Survey<'a> {
    pub(crate) pipeline: &'a Pipeline,
    pub(crate) plan: Plan,
    /// Per node of the plan: its index in the pipeline.
    pub(crate) index: Vec<usize>,
    /// Per name of a fresh node: its result.
    pub(crate) records: BTreeMap<String, Record>,
    /// Hashes of the files from outside.
    pub(crate) files: BTreeMap<String, Hash>,
}

impl<'a> Survey<'a> {
    pub(crate) fn new(
        pipeline: &'a Pipeline,
        selection: &Selection,
    ) -> Result<Self, PipelineError> {
        let chosen = selection.choose(pipeline)?;
        let plan = Plan {
            profile: pipeline.profile.clone(),
            nodes: Vec::new(),
        };
        let mut survey = Self {
            pipeline,
            plan,
            index: Vec::new(),
            records: BTreeMap::new(),
            files: BTreeMap::new(),
        };
        let mut damages = Vec::new();
        for (index, node) in pipeline
            .nodes
            .iter()
            .enumerate()
            .filter(|(index, _)| chosen.planned.contains(index))
        {
            let planned = survey.node(node, chosen.forced.contains(&index), &mut damages)?;
            survey.plan.nodes.push(planned);
            survey.index.push(index);
        }
        if damages.is_empty() {
            Ok(survey)
        } else {
            Err(PipelineError::Damaged(damages))
        }
    }

    fn node(
        &mut self,
        node: &Node,
        forced: bool,
        damages: &mut Vec<Damage>,
    ) -> Result<PlannedNode, PipelineError> {
        for source in node.inputs.values() {
            if let Source::File(path) = source
                && !self.files.contains_key(path)
            {
                let bytes = mf_data::files::read(&self.pipeline.root.join(path))?;
                self.files.insert(path.clone(), Hash::of(&bytes));
            }
        }
        let cache = &self.pipeline.cache;
        let recipe = recipe(node, &self.records, &self.files);
        let key = recipe.key();
        let found = match &key {
            Some(key) => found(cache, &recipe, key, damages)?,
            None => Found::Nothing,
        };
        let waits = self.waits(node);
        let mut restore = Vec::new();
        let state = if forced {
            State::Stale {
                reasons: vec![Reason::Forced],
            }
        } else if let Found::Whole(record) = found {
            let differing = publish::differing(self.pipeline, node, &record)?;
            restore = differing.into_iter().map(|(restore, _)| restore).collect();
            self.records.insert(node.name.clone(), *record);
            State::Fresh
        } else if key.is_none() && cache.knows(&recipe.own())? {
            State::Pending { on: waits }
        } else {
            let last = cache.last(&node.name)?.unwrap_or_else(|damage| {
                damages.push(damage);
                None
            });
            State::Stale {
                reasons: reasons(last.as_ref(), &recipe, waits),
            }
        };
        let (name, role, kind, line) = (node.name.clone(), node.role, node.kind.clone(), node.line);
        Ok(PlannedNode {
            name,
            role,
            kind,
            line,
            state,
            key,
            restore,
        })
    }

    fn waits(&self, node: &Node) -> Vec<String> {
        node.upstream()
            .into_iter()
            .filter(|name| !self.records.contains_key(*name))
            .map(str::to_owned)
            .collect()
    }
}

/// The recipe of a node, with the contents of its inputs as far as they are known.
pub(crate) fn recipe(
    node: &Node,
    records: &BTreeMap<String, Record>,
    files: &BTreeMap<String, Hash>,
) -> Recipe {
    let content = |source: &Source| match source {
        Source::File(path) => files.get(path).cloned(),
        Source::Table { stage, table } => {
            Some(records.get(stage)?.tables.get(table)?.parquet.clone())
        }
        Source::Number { stage, number } => records.get(stage)?.number_hashes.get(number).cloned(),
        Source::Numbers { stage } => records.get(stage)?.numbers.clone(),
    };
    let input = |source: &Source| InputHash {
        reference: source.to_string(),
        hash: content(source),
    };
    Recipe {
        kind: node.kind.clone(),
        version: node.version,
        params: node.params.clone(),
        quantizers: node.quantizers.clone(),
        seed: node.seed,
        inputs: node
            .inputs
            .iter()
            .map(|(role, source)| (role.clone(), input(source)))
            .collect(),
    }
}

/// A result in the cache.
pub(crate) enum Found {
    Nothing,
    /// With every object in place.
    Whole(Box<Record>),
}

/// The result of a key, every object of it checked; damage is noted.
pub(crate) fn found(
    cache: &Cache,
    recipe: &Recipe,
    key: &Hash,
    damages: &mut Vec<Damage>,
) -> Result<Found, PipelineError> {
    let record = match cache.record(&recipe.own(), key)? {
        Ok(Some(record)) => record,
        Ok(None) => return Ok(Found::Nothing),
        Err(damage) => {
            damages.push(damage);
            return Ok(Found::Nothing);
        }
    };
    let mut whole = true;
    for hash in record.objects() {
        match cache.object(hash)? {
            Object::Good(_) => {}
            Object::Missing => whole = false,
            Object::Damaged(damage) => damages.push(damage),
        }
    }
    Ok(if whole {
        Found::Whole(Box::new(record))
    } else {
        Found::Nothing
    })
}

/// What differs from the last result.
fn reasons(last: Option<&Last>, now: &Recipe, waits: Vec<String>) -> Vec<Reason> {
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
    if last.version != now.version {
        reasons.push(Reason::CodeVersion {
            old: last.version,
            new: now.version,
        });
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
        if crate::key::canonical(old) != crate::key::canonical(new) {
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
