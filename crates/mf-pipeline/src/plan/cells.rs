//! The cells of a stage before it runs: how many are kept, and whether an edit moved them.

use crate::kinds::keeper::{CellsError, caught};
use crate::plan::PlannedCells;
use crate::plan::inputs::Inputs;
use crate::project::node::{Node, Source};
use crate::store::cache::Cache;
use crate::store::cells::{CellFolder, KeptCell};
use crate::store::recipe::Recipe;
use crate::words::error::{BoxError, PipelineError};
use crate::words::hash::Hash;

/// The hash of how the cells of a node's kind behave under its code: from the cache, or computed. `None` for a stage of one
/// piece.
pub(crate) fn behaviour(
    cache: &Cache,
    node: &Node,
    code: &Hash,
) -> Result<Option<Hash>, CellsError> {
    let Some(compute) = node.behaviour else {
        return Ok(None);
    };
    let kind = &node.kind;
    match cache.behaviour(kind, code).map_err(PipelineError::from)? {
        Ok(Some(known)) => Ok(Some(known)),
        Ok(None) => {
            let label = format!("the small cells of kind `{kind}`");
            Ok(Some(Hash::of_json(&caught(&label, compute)?)))
        }
        Err(damage) => Err(PipelineError::Damaged(vec![damage]).into()),
    }
}

/// The cells that belong to the project, if the profile names a folder of them.
pub(crate) fn folder(
    inputs: &Inputs<'_>,
    node: &Node,
) -> Result<Option<CellFolder>, PipelineError> {
    let named = node.inputs.values().find_map(|source| match source {
        Source::Cells(folder) => Some(inputs.project.root.join(folder)),
        _ => None,
    });
    let Some(named) = named else {
        return Ok(None);
    };
    let folder = CellFolder::read(&named)?;
    if folder.damaged.is_empty() {
        Ok(Some(folder))
    } else {
        Err(PipelineError::DamagedCells(folder.damaged))
    }
}

/// What is kept of the cells of a stage whose inputs are known; `last` is the recipe of its last result.
pub(crate) fn planned(
    inputs: &Inputs<'_>,
    node: &Node,
    recipe: &Recipe,
    last: Option<&Recipe>,
) -> Result<Option<PlannedCells>, BoxError> {
    let cache = inputs.cache;
    let Some(now) = behaviour(cache, node, &recipe.code())? else {
        return Ok(None);
    };
    let before = last.and_then(|last| cache.behaviour(&node.kind, &last.code()).ok()?.ok()?);
    let before = before.filter(|before| *before != now);
    let folder = folder(inputs, node)?;
    let job = inputs.job(node)?;
    let Some(work) = node.stage.cells(&job).transpose()? else {
        return Ok(None);
    };
    let is_kept = |behaviour: &Hash, recipe| {
        let key = KeptCell::key_of(&node.kind, behaviour, recipe);
        matches!(cache.cell(&node.kind, &key), Ok(Ok(Some(_))))
    };
    let mut cells = PlannedCells {
        total: work.cells().len(),
        kept: 0,
        moved: 0,
    };
    for cell in work.cells() {
        let of_folder = || folder.as_ref()?.find(&node.kind, &cell.recipe);
        if is_kept(&now, &cell.recipe) || of_folder().is_some() {
            cells.kept += 1;
        } else if before
            .as_ref()
            .is_some_and(|before| is_kept(before, &cell.recipe))
        {
            cells.moved += 1;
        }
    }
    Ok(Some(cells))
}
