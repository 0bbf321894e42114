//! Single cells: listed, computed by their keys, imported from another machine, computed again to compare.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::kinds::keeper::{CellWork, CellsError};
use crate::plan::cells::behaviour;
use crate::plan::contents::recipe;
use crate::plan::selection::Selection;
use crate::plan::survey::Survey;
use crate::project::Project;
use crate::project::node::Node;
use crate::run::cells::CellKeeper;
use crate::run::forecast::Part;
use crate::run::observer::{Observer, Silent};
use crate::run::options::RunOptions;
use crate::run::report::Audit;
use crate::run::stage::Shared;
use crate::store::cache::{Cache, Record};
use crate::store::cells::{CellFolder, Kept};
use crate::words::error::{BoxError, Damage, PipelineError, chain};
use crate::words::hash::Hash;
use crate::words::listener::Listener;

/// A cell of a stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListedCell {
    /// What it is kept under: `.mf/cells/KIND/KEY.json`.
    pub key: Hash,
    /// The first stage, in running order, that has it.
    pub stage: String,
    /// The kind of the stage.
    pub kind: String,
    /// What it is, for people.
    pub label: String,
    /// How long it takes, in the unit of its kind.
    pub cost: f64,
    /// How long it takes on one thread, in seconds: by the cells that are kept, or measured now; `None` if that cannot be said.
    pub seconds: Option<f64>,
    /// The bytes it needs while it runs.
    pub memory: u64,
    /// Whether it is kept.
    pub kept: bool,
}

/// The outcome for cells that were asked for by their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ComputedCells {
    /// Those that were computed now.
    pub computed: usize,
    /// Those that were kept before.
    pub kept: usize,
}

/// The outcome for the cells of a folder.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ImportedCells {
    /// Cells that were not here.
    pub new: usize,
    /// Cells that were here with the same result.
    pub same: usize,
    /// Cells that are here with another result, by the paths of those that are here: they stay.
    pub other: Vec<PathBuf>,
    /// Cells of code that behaves differently, or of a kind that this project does not use: left out.
    pub of_other_code: usize,
    /// Files of another format: left out.
    pub of_other_format: usize,
    /// Files that are damaged: left out.
    pub damaged: Vec<Damage>,
}

/// A stage with its cells, for the time of a call.
struct Opened<'o> {
    node: &'o Node,
    keeper: &'o CellKeeper<'o>,
    work: &'o dyn CellWork,
    listener: &'o dyn Listener,
}

/// All cells of the selected stages; a cell that several stages share is listed once.
pub(crate) fn list(
    project: &Project,
    cache: &Cache,
    selection: &Selection,
) -> Result<Vec<ListedCell>, PipelineError> {
    let options = RunOptions::default();
    let survey = Survey::chosen(
        project,
        cache,
        selection.choose(project)?.with_cells(project),
    )?;
    let shared = Shared::new(&survey, &options, &Silent);
    let is_asked_for = |name: &String| selection.only.is_empty() || selection.only.contains(name);
    let (mut listed, mut seen) = (Vec::new(), BTreeSet::new());
    open(&shared, &survey.records, is_asked_for, |stage| {
        let rate = rate(&stage)?;
        for cell in stage.work.cells() {
            let key = stage.keeper.key(cell);
            let kept = stage.keeper.find(cell)?.is_some();
            if seen.insert(key.clone()) {
                listed.push(ListedCell {
                    key,
                    stage: stage.node.name.clone(),
                    kind: stage.node.kind.clone(),
                    label: cell.label.clone(),
                    cost: cell.cost,
                    seconds: rate.map(|rate| rate * cell.cost),
                    memory: cell.memory,
                    kept,
                });
            }
        }
        Ok(())
    })?;
    Ok(listed)
}

/// Computes cells by their keys, or the beginnings of these, without the lock; what is kept is not computed again.
pub(crate) fn compute(
    project: &Project,
    cache: &Cache,
    keys: &[String],
    options: &RunOptions,
    observer: &dyn Observer,
) -> Result<ComputedCells, PipelineError> {
    let all = Selection::default().choose(project)?.with_cells(project);
    let survey = Survey::chosen(project, cache, all)?;
    let shared = Shared::new(&survey, options, observer);
    let mut found: BTreeMap<&str, BTreeSet<Hash>> = BTreeMap::new();
    let mut stages = BTreeSet::new();
    open(
        &shared,
        &survey.records,
        |_| true,
        |stage| {
            for key in stage.work.cells().iter().map(|cell| stage.keeper.key(cell)) {
                for wanted in keys
                    .iter()
                    .filter(|wanted| key.as_str().starts_with(wanted.as_str()))
                {
                    found.entry(wanted).or_default().insert(key.clone());
                    stages.insert(stage.node.name.clone());
                }
            }
            Ok(())
        },
    )?;
    for key in keys {
        let count = found.get(key.as_str()).map_or(0, BTreeSet::len);
        if count != 1 {
            return Err(PipelineError::CellKey {
                key: key.clone(),
                count,
            });
        }
    }
    let wanted: BTreeSet<Hash> = found.into_values().flatten().collect();
    let mut done = BTreeSet::new();
    let mut computed = 0;
    let has_some = |name: &String| stages.contains(name);
    open(&shared, &survey.records, has_some, |stage| {
        let cells = stage.work.cells();
        let mut to_do = Vec::new();
        for index in stage.work.longest_first() {
            let Some(cell) = cells.get(index) else {
                continue;
            };
            let key = stage.keeper.key(cell);
            if wanted.contains(&key)
                && done.insert(key.clone())
                && stage.keeper.find(cell)?.is_none()
            {
                to_do.push(index);
            }
        }
        computed += to_do.len();
        if !to_do.is_empty() {
            observer.started(&stage.node.name);
        }
        let forecast = stage.keeper.forecast(stage.work, false);
        let part = Part::new(to_do.len(), &to_do);
        stage
            .keeper
            .compute(stage.work, &forecast, part, stage.listener)?;
        Ok(())
    })?;
    let kept = done.len() - computed;
    Ok(ComputedCells { computed, kept })
}

/// Keeps the cells of a folder that this code could have made. Good ones are kept even if others are not.
pub(crate) fn import(
    project: &Project,
    cache: &Cache,
    folder: &Path,
) -> Result<ImportedCells, PipelineError> {
    // A folder of a project means its cells.
    let inside = folder.join(".mf/cells");
    let has_inside = mf_data::files::file_type(&inside)?.is_some();
    let CellFolder {
        cells,
        damaged,
        other_formats,
        ..
    } = CellFolder::read(if has_inside { &inside } else { folder })?;
    let mut imported = ImportedCells {
        damaged,
        of_other_format: other_formats.len(),
        ..ImportedCells::default()
    };
    let mut behaviours: BTreeMap<&str, Option<Hash>> = BTreeMap::new();
    for node in &project.nodes {
        if !behaviours.contains_key(node.kind.as_str()) {
            let code = recipe(project, node, &BTreeMap::new(), &BTreeMap::new()).code();
            let known =
                behaviour(cache, node, &code).map_err(|error| failed(node, error.into()))?;
            behaviours.insert(&node.kind, known);
        }
    }
    for (_, cell) in &cells {
        let known = behaviours.get(cell.kind.as_str()).cloned().flatten();
        if known.as_ref() != Some(&cell.behaviour) {
            imported.of_other_code += 1;
            continue;
        }
        match cache.keep_cell(cell)? {
            Kept::New => imported.new += 1,
            Kept::Same => imported.same += 1,
            Kept::Other(path) => imported.other.push(path),
        }
    }
    Ok(imported)
}

/// Computes `count` kept cells of the surveyed stages again and compares. Their keys and the code decide which ones:
/// so another state of the code is tried on other cells.
pub(crate) fn audit(
    shared: &Shared<'_>,
    records: &BTreeMap<String, Record>,
    count: usize,
) -> Result<Audit, PipelineError> {
    let mut lots = BTreeSet::new();
    open(
        shared,
        records,
        |_| true,
        |stage| {
            for cell in stage.work.cells() {
                let key = stage.keeper.key(cell);
                // Cells that other code made are known not to be reproduced.
                let kept = stage.keeper.find(cell)?;
                if kept.is_some_and(|(_, kept)| kept.behaviour == stage.keeper.behaviour) {
                    let lot = Hash::of(format!("{key} {}", stage.keeper.code).as_bytes());
                    lots.insert((lot, key));
                }
            }
            Ok(())
        },
    )?;
    let mut drawn: BTreeSet<Hash> = lots.into_iter().take(count).map(|(_, key)| key).collect();
    let mut audit = Audit {
        cells: drawn.len(),
        ..Audit::default()
    };
    open(
        shared,
        records,
        |_| true,
        |stage| {
            let cells = stage.work.cells();
            let mut to_do = stage.work.longest_first();
            to_do.retain(|index| {
                cells
                    .get(*index)
                    .is_some_and(|cell| drawn.remove(&stage.keeper.key(cell)))
            });
            if let Err(error) = stage.keeper.audit(stage.work, &to_do, stage.listener) {
                let chain = chain(&error).join(": ");
                audit.failures.push(format!("{}: {chain}", stage.node.name));
            }
            Ok(())
        },
    )?;
    Ok(audit)
}

/// Calls `with` for every surveyed stage that consists of cells and whose name is `wanted`.
fn open(
    shared: &Shared<'_>,
    records: &BTreeMap<String, Record>,
    wanted: impl Fn(&String) -> bool,
    mut with: impl FnMut(Opened<'_>) -> Result<(), BoxError>,
) -> Result<(), PipelineError> {
    let inputs = shared.inputs(records);
    let nodes = shared.survey.index.iter();
    let nodes = nodes.filter_map(|index| shared.project.nodes.get(*index));
    for node in nodes.filter(|node| node.behaviour.is_some() && wanted(&node.name)) {
        let recipe = recipe(shared.project, node, records, &shared.survey.files);
        if recipe.key().is_none() {
            return Err(PipelineError::CellsUnknown {
                stage: node.name.clone(),
            });
        }
        let mut opened = || -> Result<(), BoxError> {
            let Some(keeper) = shared.keeper(node, &inputs, recipe.code(), false)? else {
                return Ok(());
            };
            let listener = shared.listener(node);
            let job = inputs.job(node)?;
            let job = job.with_listener(&listener).with_budget(&shared.budget);
            let Some(work) = node.stage.cells(&job).transpose()? else {
                return Ok(());
            };
            with(Opened {
                node,
                keeper: &keeper,
                work: &*work,
                listener: &listener,
            })
        };
        opened().map_err(|source| failed(node, source))?;
    }
    Ok(())
}

fn failed(node: &Node, source: BoxError) -> PipelineError {
    PipelineError::Cells {
        stage: node.name.clone(),
        line: node.line.unwrap_or_default(),
        source,
    }
}

/// Seconds a unit of cost, by the cells that are kept; measured if there are none.
fn rate(stage: &Opened<'_>) -> Result<Option<f64>, CellsError> {
    let (mut seconds, mut cost) = (0.0, 0.0);
    for cell in stage.work.cells() {
        if let Some((_, kept)) = stage.keeper.find(cell)? {
            seconds += kept.made.seconds;
            cost += cell.cost;
        }
    }
    let measured = (cost > 0.0).then(|| seconds / cost);
    Ok(measured.or_else(|| stage.work.seconds_per_cost()))
}
