//! The results that are up to date, for texts that quote them.

use std::collections::BTreeMap;

use crate::plan::State;
use crate::plan::selection::Selection;
use crate::plan::survey::Survey;
use crate::project::Project;
use crate::store::cache::Cache;
use crate::words::error::PipelineError;
use crate::words::outputs::Number;

/// Tables and numbers of the stages that are up to date, by `stage.table` and `stage.number`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fresh {
    /// Tables as CSV.
    pub tables: BTreeMap<String, Vec<u8>>,
    /// Numbers.
    pub numbers: BTreeMap<String, Number>,
}

/// Reads them from the cache: what lies in the published folders may have been edited.
pub(crate) fn fresh(project: &Project, cache: &Cache) -> Result<Fresh, PipelineError> {
    let survey = Survey::new(project, cache, &Selection::default())?;
    let mut fresh = Fresh::default();
    let nodes = survey.plan.nodes.iter();
    for node in nodes.filter(|node| matches!(node.state, State::Fresh)) {
        let Some(record) = survey.records.get(&node.name) else {
            continue;
        };
        for (table, objects) in &record.tables {
            let csv = cache.bytes(&objects.csv)?;
            fresh.tables.insert(format!("{}.{table}", node.name), csv);
        }
        for number in cache.numbers(record)? {
            let name = format!("{}.{}", node.name, number.name);
            fresh.numbers.insert(name, number);
        }
    }
    Ok(fresh)
}
