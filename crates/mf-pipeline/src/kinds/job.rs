//! What a stage works with.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mf_data::{DataError, Table};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::kinds::keeper::{Keeper, Nowhere};
use crate::kinds::reads::Origin;
use crate::kinds::verdict::Verification;
use crate::words::budget::{Budget, Share, cores};
use crate::words::hash::derived_seed;
use crate::words::listener::{Advance, Alone, Listener};
use crate::words::outputs::Number;

/// A quantizer as `pipeline.toml` defines it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuantizerDefinition {
    /// Its name.
    pub name: String,
    /// The registered family.
    pub family: String,
    /// The family's parameters; none with a format.
    pub params: Value,
    /// The registered format, if it is named by its format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

/// One input of a stage.
#[derive(Clone)]
pub enum Input {
    /// A table of another stage.
    Table(Table),
    /// A number of another stage.
    Number(Number),
    /// All numbers of another stage (`stage.numbers`).
    Numbers(Vec<Number>),
    /// A file from outside, read whole.
    File {
        /// Its path.
        path: PathBuf,
        /// Its content, as it was when the plan was made.
        bytes: Vec<u8>,
    },
    /// The verdicts on the claims.
    Verdicts(Verification),
    /// The parameters of every stage under the profile, defaults filled in, by its name.
    Settings(Value),
    /// Where a figure comes from.
    Origin(Origin),
}

/// The role of the verdicts among the inputs of a document.
pub(crate) const CLAIMS: &str = "claims";
/// The role of the parameters of stages among the inputs of a document.
pub(crate) const SETTINGS: &str = "settings";

/// An input that is missing, or of another form than asked for.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// No input has this role.
    #[error(
        "stage `{stage}` has no input `{role}`; it has: {given}. Add it to `inputs` in pipeline.toml"
    )]
    NoInput {
        /// The stage.
        stage: String,
        /// The role asked for.
        role: String,
        /// The roles that are given.
        given: String,
    },
    /// The input is of another form.
    #[error("input `{role}` of stage `{stage}` is {found}, but the stage reads {wanted} there")]
    WrongForm {
        /// The stage.
        stage: String,
        /// The role asked for.
        role: String,
        /// What is given.
        found: &'static str,
        /// What was asked for.
        wanted: &'static str,
    },
    /// A stage that does not say that it is random has no seed.
    #[error("stage `{stage}` draws random numbers, but its kind does not say so: correct the kind")]
    NoSeed {
        /// The stage.
        stage: String,
    },
    /// The file cannot be read as a table.
    #[error(transparent)]
    Data(#[from] DataError),
}

/// What a stage works with: inputs by role, quantizers, a seed, and a listener for its progress.
pub struct Job<'a> {
    name: String,
    inputs: BTreeMap<String, Input>,
    quantizers: Vec<QuantizerDefinition>,
    seed: Option<u64>,
    listener: &'a dyn Listener,
    keeper: &'a dyn Keeper,
    budget: Option<&'a Budget>,
}

/// Threads that a stage has for now; dropping it gives them back.
pub struct Workers<'a> {
    count: usize,
    _share: Option<Share<'a>>,
}

impl Workers<'_> {
    /// How many, at least 1.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }
}

impl<'a> Job<'a> {
    /// A job without inputs; the `with_` methods add them. Tests of a stage kind start here too.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let (inputs, quantizers) = (BTreeMap::new(), Vec::new());
        Self {
            name: name.to_owned(),
            inputs,
            quantizers,
            seed: None,
            listener: &Alone,
            keeper: &Nowhere,
            budget: None,
        }
    }

    /// With an input.
    #[must_use]
    pub fn with_input(mut self, role: &str, input: Input) -> Self {
        self.inputs.insert(role.to_owned(), input);
        self
    }

    /// With a table as input.
    #[must_use]
    pub fn with_table(self, role: &str, table: Table) -> Self {
        self.with_input(role, Input::Table(table))
    }

    /// With quantizers, in the order of `pipeline.toml`.
    #[must_use]
    pub fn with_quantizers(mut self, quantizers: Vec<QuantizerDefinition>) -> Self {
        self.quantizers = quantizers;
        self
    }

    /// With the project's seed.
    #[must_use]
    pub fn with_seed(mut self, seed: Option<u64>) -> Self {
        self.seed = seed;
        self
    }

    /// With a listener for progress, which may ask the stage to stop.
    #[must_use]
    pub fn with_listener(mut self, listener: &'a dyn Listener) -> Self {
        self.listener = listener;
        self
    }

    /// With a place to keep cells; without one, every cell is computed.
    #[must_use]
    pub(crate) fn with_keeper(mut self, keeper: &'a dyn Keeper) -> Self {
        self.keeper = keeper;
        self
    }

    /// With the threads and the memory of a run.
    #[must_use]
    pub(crate) fn with_budget(mut self, budget: &'a Budget) -> Self {
        self.budget = Some(budget);
        self
    }

    pub(crate) fn keeper(&self) -> &'a dyn Keeper {
        self.keeper
    }

    pub(crate) fn listener(&self) -> &'a dyn Listener {
        self.listener
    }

    /// Threads for work that can use up to `most` of them and needs `memory` bytes: as many as are free in the run, once one
    /// is, and that memory. Results must not depend on their number. A job without a run has all cores.
    #[must_use]
    pub fn workers(&self, most: usize, memory: u64) -> Workers<'a> {
        let most = most.max(1);
        match self.budget {
            Some(budget) => {
                let stop = || self.listener.cancelled();
                let share = budget.take_some(most, memory, stop);
                let count = share.as_ref().map_or(1, Share::threads);
                Workers {
                    count,
                    _share: share,
                }
            }
            None => Workers {
                count: cores().min(most),
                _share: None,
            },
        }
    }

    /// The bytes that all stages of the run may take together; without a run, no limit.
    #[must_use]
    pub fn memory(&self) -> u64 {
        self.budget.map_or(u64::MAX, Budget::memory)
    }

    /// The name of the stage, for messages. It is not part of the key: results must not depend on it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether an (optional) input is given.
    #[must_use]
    pub fn has(&self, role: &str) -> bool {
        self.inputs.contains_key(role)
    }

    /// The inputs by role.
    pub fn inputs(&self) -> impl Iterator<Item = (&str, &Input)> {
        self.inputs
            .iter()
            .map(|(role, input)| (role.as_str(), input))
    }

    /// A table: of a stage, or a checked `.csv` or `.parquet` file.
    ///
    /// # Errors
    /// [`JobError`] if there is no such input, or if it is not a table.
    pub fn table(&self, role: &str) -> Result<Table, JobError> {
        match self.input(role)? {
            Input::Table(table) => Ok(table.clone()),
            Input::File { path, bytes } => Ok(file_table(path, bytes)?),
            other => Err(self.wrong(role, other, "a table")),
        }
    }

    /// All inputs that are tables, by role.
    ///
    /// # Errors
    /// [`JobError`] if a file cannot be read as a table.
    pub fn tables(&self) -> Result<BTreeMap<String, Table>, JobError> {
        let mut tables = BTreeMap::new();
        for (role, input) in &self.inputs {
            if matches!(input, Input::Table(_) | Input::File { .. }) {
                tables.insert(role.clone(), self.table(role)?);
            }
        }
        Ok(tables)
    }

    /// A number of a stage.
    ///
    /// # Errors
    /// [`JobError`] if there is no such input, or if it is not a number.
    pub fn number(&self, role: &str) -> Result<&Number, JobError> {
        match self.input(role)? {
            Input::Number(number) => Ok(number),
            other => Err(self.wrong(role, other, "a number")),
        }
    }

    /// All numbers of a stage (`stage.numbers`), or a single one as a slice.
    ///
    /// # Errors
    /// [`JobError`] if there is no such input, or if it is not numbers.
    pub fn numbers(&self, role: &str) -> Result<&[Number], JobError> {
        match self.input(role)? {
            Input::Numbers(numbers) => Ok(numbers),
            Input::Number(number) => Ok(std::slice::from_ref(number)),
            other => Err(self.wrong(role, other, "numbers")),
        }
    }

    /// The path and the bytes of a file.
    ///
    /// # Errors
    /// [`JobError`] if there is no such input, or if it is not a file.
    pub fn file(&self, role: &str) -> Result<(&Path, &[u8]), JobError> {
        match self.input(role)? {
            Input::File { path, bytes } => Ok((path, bytes)),
            other => Err(self.wrong(role, other, "a file")),
        }
    }

    /// The verdicts on the claims, of a document that reads them ([`crate::Reads::Verdicts`]).
    ///
    /// # Errors
    /// [`JobError`] if it does not.
    pub fn verdicts(&self) -> Result<&Verification, JobError> {
        match self.input(CLAIMS)? {
            Input::Verdicts(verification) => Ok(verification),
            other => Err(self.wrong(CLAIMS, other, "verdicts")),
        }
    }

    /// The parameters of every stage, of a document that reads them ([`crate::Reads::Settings`]).
    ///
    /// # Errors
    /// [`JobError`] if it does not.
    pub fn settings(&self) -> Result<&Value, JobError> {
        match self.input(SETTINGS)? {
            Input::Settings(settings) => Ok(settings),
            other => Err(self.wrong(SETTINGS, other, "parameters")),
        }
    }

    /// The quantizers that the stage names, in the order of `pipeline.toml`.
    #[must_use]
    pub fn quantizers(&self) -> &[QuantizerDefinition] {
        &self.quantizers
    }

    /// The seed of something random, such as a network: from the project's seed and from what it is, as named values. What is
    /// compared may share a seed; what is to be independent differs in a value.
    ///
    /// # Errors
    /// [`JobError::NoSeed`] unless the stage says that it is random ([`crate::TypedStage::random`]).
    pub fn seed(&self, what: &Value) -> Result<u64, JobError> {
        let seed = self.seed.ok_or_else(|| JobError::NoSeed {
            stage: self.name.clone(),
        })?;
        Ok(derived_seed(seed, what))
    }

    /// Reports progress: `done` of `total` parts.
    pub fn progress(&self, done: u64, total: u64) {
        self.listener.progress(&Advance {
            done,
            total,
            seconds_left: None,
        });
    }

    /// Prints a line for the user.
    pub fn note(&self, text: &str) {
        self.listener.note(text);
    }

    /// Whether the user asked to stop: long work looks here now and then and returns an error.
    #[must_use]
    pub fn cancelled(&self) -> bool {
        self.listener.cancelled()
    }

    fn input(&self, role: &str) -> Result<&Input, JobError> {
        self.inputs.get(role).ok_or_else(|| JobError::NoInput {
            stage: self.name.clone(),
            role: role.to_owned(),
            given: crate::words::text::list(self.inputs.keys()),
        })
    }

    fn wrong(&self, role: &str, input: &Input, wanted: &'static str) -> JobError {
        let found = match input {
            Input::Table(_) => "a table",
            Input::Number(_) => "a number",
            Input::Numbers(_) => "numbers",
            Input::File { .. } => "a file",
            Input::Verdicts(_) => "verdicts",
            Input::Settings(_) => "parameters",
            Input::Origin(_) => "where a figure comes from",
        };
        JobError::WrongForm {
            stage: self.name.clone(),
            role: role.to_owned(),
            found,
            wanted,
        }
    }
}

/// The bytes of an input file as a table: Parquet if its name ends in `.parquet`, otherwise CSV.
pub(crate) fn file_table(path: &Path, bytes: &[u8]) -> Result<Table, DataError> {
    let name = path.display().to_string();
    if path.extension().is_some_and(|ending| ending == "parquet") {
        Table::from_parquet(bytes, &name)
    } else {
        Table::from_csv(bytes, &name)
    }
}
