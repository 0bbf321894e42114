//! What a stage is given to work with.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mf_data::{DataError, Table};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::kinds::cells::{Cells, CellsError, Keeper, Nowhere, results};
use crate::kinds::reads::Origin;
use crate::kinds::verdict::Verification;
use crate::words::error::BoxError;
use crate::words::listener::{Advance, Alone, Listener};
use crate::words::outputs::Number;

/// A quantizer as `pipeline.toml` defines it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuantizerDefinition {
    /// Its name.
    pub name: String,
    /// The registered family.
    pub family: String,
    /// The family's parameters.
    pub params: Value,
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
        /// Where it lies.
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

/// An input that is not there, or not of the form asked for.
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
    /// The file cannot be read as a table.
    #[error(transparent)]
    Data(#[from] DataError),
}

/// What a stage is given: inputs by role, quantizers, a seed, and ways to tell of progress.
pub struct Job<'a> {
    name: String,
    inputs: BTreeMap<String, Input>,
    quantizers: Vec<QuantizerDefinition>,
    seed: Option<u64>,
    listener: &'a dyn Listener,
    keeper: &'a dyn Keeper,
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

    /// With a seed.
    #[must_use]
    pub fn with_seed(mut self, seed: Option<u64>) -> Self {
        self.seed = seed;
        self
    }

    /// With someone who hears of progress and may ask the stage to stop.
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
    /// [`JobError`] if there is no such input, or if it is no table.
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
    /// [`JobError`] if there is no such input, or if it is no number.
    pub fn number(&self, role: &str) -> Result<&Number, JobError> {
        match self.input(role)? {
            Input::Number(number) => Ok(number),
            other => Err(self.wrong(role, other, "a number")),
        }
    }

    /// All numbers of a stage (`stage.numbers`), or a single one as a slice.
    ///
    /// # Errors
    /// [`JobError`] if there is no such input, or if it holds no numbers.
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
    /// [`JobError`] if there is no such input, or if it is no file.
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

    /// The seed, from the project's seed and the stage's name; only for a stage that says it is random.
    #[must_use]
    pub fn seed(&self) -> Option<u64> {
        self.seed
    }

    /// Tells how far the work is.
    pub fn progress(&self, done: u64, total: u64) {
        self.listener.progress(&Advance {
            done,
            total,
            seconds_left: None,
        });
    }

    /// Tells the user something that is worth a line.
    pub fn note(&self, text: &str) {
        self.listener.note(text);
    }

    /// The results of cells, in the order of the cells: kept ones, and the others computed now, longest first, each on
    /// one thread, on as many threads as the run has for the cells of all its stages. Each is kept as soon as it is
    /// finished. `work` gets the index of a cell; it looks at [`Job::cancelled`] if it is long.
    ///
    /// A result is what JSON gives back, whether it was kept or computed now, so that a run that was stopped and
    /// resumed ends with the same bits. Numbers must be finite: NaN where `T` has an `f64` is an error; in an
    /// `Option<f64>` it comes back as `None`.
    ///
    /// In a run of one shard ([`crate::RunOptions::shard`]) only the cells of that shard are computed. A stage has one call of
    /// this, and passes its error on as a source: what stands behind it waits for the other shards.
    ///
    /// # Errors
    /// [`CellsError`]: the first cell that failed, a cell that needs too much memory, a damaged kept cell; or
    /// [`CellsError::Partial`].
    pub fn cells<T: Serialize + DeserializeOwned + Send>(
        &self,
        cells: &Cells<'_>,
        work: impl Fn(usize) -> Result<T, BoxError> + Sync,
    ) -> Result<Vec<T>, CellsError> {
        results(cells, self.keeper, self.listener, work)
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

/// A file from outside as a table, by its ending.
pub(crate) fn file_table(path: &Path, bytes: &[u8]) -> Result<Table, DataError> {
    if path.extension().is_some_and(|ending| ending == "parquet") {
        Table::from_parquet(bytes, &path.display().to_string())
    } else {
        mf_data::read_csv_any(path)
    }
}
