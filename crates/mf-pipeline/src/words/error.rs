//! Errors of planning, running and judging a valid pipeline.

use std::path::PathBuf;

use mf_data::DataError;
use serde::Serialize;

/// Any error of a stage; its chain of sources is kept for the report.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// An error of the engine. Failures of stages are not here: they are part of the [`crate::RunReport`].
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// A name on the command line that the pipeline does not have.
    #[error("there is no {what} `{name}`{}; there are: {known}", hint(near))]
    Unknown {
        /// What was looked for, such as "stage or figure".
        what: &'static str,
        /// The name given.
        name: String,
        /// The nearest name there is.
        near: Option<String>,
        /// All names.
        known: String,
    },
    /// Damaged entries of the cache.
    #[error("the cache is damaged:\n{}\nrun `mf clean --damaged` to remove the damaged entries; the next run makes them again (nothing was changed)", damages(.0))]
    Damaged(Vec<Damage>),
    /// Damaged cells of the project.
    #[error("cells of the project are damaged:\n{}\nrestore them, for example from git, or remove these files; mf writes nothing there", damages(.0))]
    DamagedCells(Vec<Damage>),
    /// Another run holds the lock, and the options say not to wait.
    #[error("another run is running: {holder} (lock {}); wait until it has ended", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
        /// Who holds it.
        holder: String,
    },
    /// The cells of a stage cannot be listed, or one of them failed.
    #[error("not all cells of stage `{stage}` (pipeline.toml, line {line}) could be computed")]
    Cells {
        /// The stage.
        stage: String,
        /// Its line in `pipeline.toml`.
        line: usize,
        /// Why.
        source: BoxError,
    },
    /// The cells of a stage follow from results that are not there yet.
    #[error(
        "the cells of stage `{stage}` depend on stages that are not up to date: run `mf run {stage}`, or these stages, first"
    )]
    CellsUnknown {
        /// The stage.
        stage: String,
    },
    /// The key of no cell, or the beginning of several.
    #[error("`{key}` is the key of {}; `mf cells list` prints the keys. The first digits are enough if only one key begins with them", keys(*count))]
    CellKey {
        /// What was given.
        key: String,
        /// How many cells have a key that begins so.
        count: usize,
    },
    /// The user asked to stop while we waited for another run.
    #[error("stopped while waiting for another run; nothing was changed")]
    Stopped,
    /// A file changed between the plan and the run.
    #[error("{} changed while the pipeline ran: it had hash {expected}, now {found}; run again", path.display())]
    InputChanged {
        /// The file.
        path: PathBuf,
        /// Its hash in the plan.
        expected: String,
        /// Its hash now.
        found: String,
    },
    /// A path that leads out of the project's folder.
    #[error("{} {how}; name a place below the folder of pipeline.toml: {remedy}", path.display())]
    Outside {
        /// The path, as it is written.
        path: PathBuf,
        /// How it leads out.
        how: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// Neither a folder nor a revision of git.
    #[error("`{name}` is neither a folder nor a revision of git that can be read: {reason}")]
    NoPlace {
        /// The name given.
        name: String,
        /// What git says.
        reason: String,
    },
    /// A place without results.
    #[error("there are no results in {place}: `mf reproduce` writes them to {folder}")]
    NoResults {
        /// The place.
        place: String,
        /// The folder of tables there.
        folder: String,
    },
    /// A file of numbers that was not written by mf.
    #[error("{path} does not hold numbers as mf writes them ({reason}): run `mf reproduce`")]
    NotNumbers {
        /// The file.
        path: String,
        /// Why it cannot be read.
        reason: String,
    },
    /// A file cannot be read or written, or is not the table it should be.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A file cannot be removed or locked.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// A fault of the program, not of the pipeline.
    #[error("internal error: {0}; please report it")]
    Internal(String),
}

/// A damaged entry of the cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Damage {
    /// The file.
    pub path: PathBuf,
    /// The hash that its name or its content promises.
    pub expected: String,
    /// The hash it has, or why it cannot be read.
    pub found: String,
}

fn keys(count: usize) -> String {
    match count {
        0 => "no cell".to_owned(),
        count => format!("{count} cells"),
    }
}

fn damages(damages: &[Damage]) -> String {
    let line = |damage: &Damage| {
        format!(
            "  {}: expected {}, found {}",
            damage.path.display(),
            damage.expected,
            damage.found
        )
    };
    damages.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn hint(near: &Option<String>) -> String {
    near.as_ref()
        .map(|near| format!(" (did you mean `{near}`?)"))
        .unwrap_or_default()
}

/// An error and its sources, outermost first, without repeated texts. Never empty.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if texts.first() != Some(&text) && texts.last() != Some(&text) {
            texts.push(text);
        }
        source = cause.source();
    }
    texts
}

/// What a panic said.
pub(crate) fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned())
}
