//! A plan, and what was found on the way to it.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::plan::cells::planned;
use crate::plan::contents::recipe;
use crate::plan::inputs::Inputs;
use crate::plan::publish;
use crate::plan::reasons::{Reason, reasons};
use crate::plan::selection::{Chosen, Selection};
use crate::plan::{Plan, PlannedNode, State};
use crate::project::Project;
use crate::project::node::{Node, Source};
use crate::store::cache::{Cache, Object, Record};
use crate::store::cells::folder_hash;
use crate::store::recipe::Recipe;
use crate::words::error::{Damage, PipelineError};
use crate::words::hash::Hash;

/// A plan with what was found on the way: the run, the verdicts and the explanations need it.
pub(crate) struct Survey<'a> {
    pub(crate) project: &'a Project,
    pub(crate) cache: &'a Cache,
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
        project: &'a Project,
        cache: &'a Cache,
        selection: &Selection,
    ) -> Result<Self, PipelineError> {
        Self::chosen(project, cache, selection.choose(project)?)
    }

    /// The survey of chosen nodes.
    pub(crate) fn chosen(
        project: &'a Project,
        cache: &'a Cache,
        chosen: Chosen,
    ) -> Result<Self, PipelineError> {
        let plan = Plan {
            profile: project.profile.clone(),
            nodes: Vec::new(),
        };
        let mut survey = Self {
            project,
            cache,
            plan,
            index: Vec::new(),
            records: BTreeMap::new(),
            files: BTreeMap::new(),
        };
        let mut damages = Vec::new();
        for (index, node) in project
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

    /// The survey of some nodes and what they need.
    pub(crate) fn of<'n>(
        project: &'a Project,
        cache: &'a Cache,
        only: impl IntoIterator<Item = &'n str>,
    ) -> Result<Self, PipelineError> {
        let only = only.into_iter().map(str::to_owned).collect();
        let selection = Selection {
            only,
            ..Selection::default()
        };
        Self::new(project, cache, &selection)
    }

    fn node(
        &mut self,
        node: &Node,
        forced: bool,
        damages: &mut Vec<Damage>,
    ) -> Result<PlannedNode, PipelineError> {
        for source in node.inputs.values() {
            let (Source::File(path) | Source::Cells(path)) = source else {
                continue;
            };
            if !self.files.contains_key(path) {
                let hash = match source {
                    Source::Cells(_) => folder_hash(&self.project.root.join(path))?,
                    _ => Hash::of(&self.project.read(path)?),
                };
                self.files.insert(path.clone(), hash);
            }
        }
        let cache = self.cache;
        let recipe = recipe(self.project, node, &self.records, &self.files);
        let key = recipe.key();
        let found = match &key {
            Some(key) => found(cache, &recipe, key, damages)?,
            None => Found::Nothing,
        };
        let waits = self.waits(node);
        let mut restore = Vec::new();
        let mut last = None;
        let state = if forced {
            State::Stale {
                reasons: vec![Reason::Forced],
            }
        } else if let Found::Whole(record) = found {
            let differing = publish::differing(self.project, node, &record)?;
            restore = differing.into_iter().map(|(restore, _)| restore).collect();
            self.records.insert(node.name.clone(), *record);
            State::Fresh
        } else if key.is_none() && cache.knows(&recipe.own())? {
            State::Pending { on: waits }
        } else {
            last = cache.last(&node.name)?.unwrap_or_else(|damage| {
                damages.push(damage);
                None
            });
            State::Stale {
                reasons: reasons(last.as_ref(), &recipe, waits),
            }
        };
        let runs = key.is_some() && matches!(state, State::Stale { .. });
        let cells = runs.then(|| {
            let inputs = self.inputs();
            let last = last.as_ref().map(|last| &last.recipe);
            // What is wrong with its cells, the run says.
            planned(&inputs, node, &recipe, last).ok().flatten()
        });
        let (name, role, kind, line) = (node.name.clone(), node.role, node.kind.clone(), node.line);
        Ok(PlannedNode {
            name,
            role,
            kind,
            line,
            state,
            key,
            restore,
            cells: cells.flatten(),
        })
    }

    /// The inputs of stages, as far as results are there.
    pub(crate) fn inputs(&self) -> Inputs<'_> {
        Inputs {
            project: self.project,
            cache: self.cache,
            records: &self.records,
            files: &self.files,
        }
    }

    fn waits(&self, node: &Node) -> Vec<String> {
        node.upstream()
            .into_iter()
            .filter(|name| !self.records.contains_key(*name))
            .map(str::to_owned)
            .collect()
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
    let objects: Vec<&Hash> = record.objects().collect();
    // Hashing large tables is what a plan takes longest for.
    let looked = objects.par_iter().map(|hash| cache.check(hash));
    let mut whole = true;
    for object in looked.collect::<Result<Vec<_>, _>>()? {
        match object {
            Object::Good(()) => {}
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
