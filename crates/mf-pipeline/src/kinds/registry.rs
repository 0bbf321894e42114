//! What a pipeline may name: stage kinds, the figure kind, quantizer families and formats; and the documents that it makes
//! unasked.
//!
//! A new kind is one type that implements [`TypedStage`]: its fields are its parameters.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::kinds::job::Job;
use crate::kinds::keeper::CellWork;
use crate::kinds::reads::Reads;
use crate::words::error::BoxError;
use crate::words::outputs::Outputs;

/// A parameter that a kind or a family refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParamError {
    /// Where, below the parameters: `["scan", "points"]`; an index is written as a number. Empty: the whole.
    pub path: Vec<String>,
    /// What is wrong, with the value.
    pub message: String,
    /// What would be accepted, if that can be said in a phrase.
    pub allowed: Option<String>,
}

impl ParamError {
    /// An error at a key of the parameters: `at("levels.3", ...)`.
    pub fn at(path: &str, message: impl Into<String>) -> Self {
        let path = path
            .split('.')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        Self {
            path,
            message: message.into(),
            allowed: None,
        }
    }

    /// An error of the parameters as a whole.
    pub fn whole(message: impl Into<String>) -> Self {
        Self::at("", message)
    }

    /// The same error, saying what is allowed.
    #[must_use]
    pub fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self
    }
}

/// An input that a stage reads by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Role {
    /// The name on the left of `inputs = { role = "stage.table" }`.
    pub name: String,
    /// Whether the stage can do without.
    pub required: bool,
    /// What is expected there, in a phrase.
    pub about: String,
}

impl Role {
    /// An input that must be given.
    pub fn required(name: &str, about: &str) -> Self {
        Self {
            name: name.to_owned(),
            required: true,
            about: about.to_owned(),
        }
    }

    /// An input that may be left out.
    pub fn optional(name: &str, about: &str) -> Self {
        Self {
            name: name.to_owned(),
            required: false,
            about: about.to_owned(),
        }
    }
}

/// A kind of stage: a maker of [`Stage`]s from parameters.
pub trait StageKind: Send + Sync {
    /// The name in `kind = "..."`, kebab-case.
    fn name(&self) -> &str;
    /// What it computes, in a sentence.
    fn about(&self) -> &str;
    /// The fingerprint of the code that computes it: when it changes, its stages run again.
    fn code(&self) -> Code;
    /// How its cells behave, if its stages consist of cells: see [`crate::CellStage::behaviour`].
    fn behaviour(&self) -> Option<Behaviour>;
    /// The JSON Schema of the parameters (an object).
    fn schema(&self) -> Value;
    /// The stage with these parameters.
    ///
    /// # Errors
    /// [`ParamError`] names the parameter that is refused.
    fn prepare(&self, params: Value) -> Result<Box<dyn Stage>, ParamError>;
}

/// A stage with its parameters: what it reads, what it makes, and the work itself.
pub trait Stage: Send + Sync {
    /// The canonical parameters, defaults filled in: they enter the key.
    fn params(&self) -> Value;
    /// Inputs named inside the parameters, as (role, reference); figures use it.
    fn inputs(&self) -> Vec<(String, String)>;
    /// What it reads of the whole project; only documents do.
    fn reads(&self) -> Vec<Reads>;
    /// The roles that `inputs = {...}` may name.
    fn roles(&self) -> Vec<Role>;
    /// Whether the stage works on quantizers (`quantizers = [...]` is then required, and otherwise refused).
    fn wants_quantizers(&self) -> bool;
    /// Whether the stage draws random numbers: then [`Job::seed`] gives seeds, and the project's seed enters the key.
    fn random(&self) -> bool;
    /// The tables it makes, `snake_case` or kebab-case names.
    fn tables(&self) -> Vec<String>;
    /// The numbers it makes.
    fn numbers(&self) -> Vec<String>;
    /// The endings of the files it makes (`svg`, `png`), published as `NAME.svg` in the figures folder;
    /// of a document one, published as `KIND.pdf` in the folder of documents.
    fn files(&self) -> Vec<String>;
    /// The work.
    ///
    /// # Errors
    /// Any error; it is reported as this stage's failure with its chain of sources.
    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError>;
    /// The cells that the work consists of, if it consists of cells.
    fn cells<'a>(&'a self, job: &'a Job<'a>) -> Option<Result<Box<dyn CellWork + 'a>, BoxError>>;
}

/// A stage kind as one type: its fields are the parameters, serde reads them, schemars describes them.
///
/// Give the type `#[serde(deny_unknown_fields, rename_all = "kebab-case")]` and doc comments on its fields: they become
/// the descriptions that editors show.
pub trait TypedStage: DeserializeOwned + Serialize + JsonSchema + Send + Sync + 'static {
    /// The name in `kind = "..."`, kebab-case.
    const KIND: &'static str;
    /// What it computes, in a sentence.
    const ABOUT: &'static str;

    /// Checks of the parameters that their types do not make.
    ///
    /// # Errors
    /// [`ParamError`] names the parameter that is refused.
    fn check(&self) -> Result<(), ParamError> {
        Ok(())
    }
    /// See [`Stage::inputs`].
    fn inputs(&self) -> Vec<(String, String)> {
        Vec::new()
    }
    /// See [`Stage::reads`].
    fn reads(&self) -> Vec<Reads> {
        Vec::new()
    }
    /// See [`Stage::roles`].
    fn roles(&self) -> Vec<Role> {
        Vec::new()
    }
    /// See [`Stage::wants_quantizers`].
    fn wants_quantizers(&self) -> bool {
        false
    }
    /// See [`Stage::random`].
    fn random(&self) -> bool {
        false
    }
    /// See [`Stage::tables`].
    fn tables(&self) -> Vec<String> {
        Vec::new()
    }
    /// See [`Stage::numbers`].
    fn numbers(&self) -> Vec<String> {
        Vec::new()
    }
    /// See [`Stage::files`].
    fn files(&self) -> Vec<String> {
        Vec::new()
    }
    /// See [`Stage::run`].
    ///
    /// # Errors
    /// Any error; it is reported as this stage's failure.
    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError>;
}

/// Computes the results of small cells.
pub type Behaviour = fn() -> Result<Value, BoxError>;

/// The fingerprint of a kind's code: hashes of its parts, such as the crates that it links, by their names.
pub type Code = &'static [(&'static str, &'static str)];

/// Lists the cells of a typed stage.
pub(crate) type ListCells<T> =
    for<'a> fn(&'a T, &'a Job<'a>) -> Result<Box<dyn CellWork + 'a>, BoxError>;

/// The [`StageKind`] of a [`TypedStage`].
pub(crate) struct TypedKind<T> {
    pub(crate) code: Code,
    pub(crate) behaviour: Option<Behaviour>,
    pub(crate) cells: Option<ListCells<T>>,
}

impl<T> TypedKind<T> {
    /// A kind whose stages do not consist of cells.
    fn whole(code: Code) -> Self {
        Self {
            code,
            behaviour: None,
            cells: None,
        }
    }
}

/// The [`Stage`] of a [`TypedStage`]: the parameters, and their canonical JSON.
struct Prepared<T> {
    stage: T,
    params: Value,
    cells: Option<ListCells<T>>,
}

impl<T: TypedStage> StageKind for TypedKind<T> {
    fn name(&self) -> &str {
        T::KIND
    }
    fn about(&self) -> &str {
        T::ABOUT
    }
    fn code(&self) -> Code {
        self.code
    }
    fn behaviour(&self) -> Option<Behaviour> {
        self.behaviour
    }
    fn schema(&self) -> Value {
        schemars::SchemaGenerator::default()
            .into_root_schema_for::<T>()
            .into()
    }
    fn prepare(&self, params: Value) -> Result<Box<dyn Stage>, ParamError> {
        let refused = |error: serde_json::Error| ParamError::whole(error.to_string());
        let stage: T = serde_json::from_value(params).map_err(refused)?;
        stage.check()?;
        let params = serde_json::to_value(&stage).map_err(refused)?;
        let cells = self.cells;
        Ok(Box::new(Prepared {
            stage,
            params,
            cells,
        }))
    }
}

impl<T: TypedStage> Stage for Prepared<T> {
    fn params(&self) -> Value {
        self.params.clone()
    }
    fn inputs(&self) -> Vec<(String, String)> {
        self.stage.inputs()
    }
    fn reads(&self) -> Vec<Reads> {
        self.stage.reads()
    }
    fn roles(&self) -> Vec<Role> {
        self.stage.roles()
    }
    fn wants_quantizers(&self) -> bool {
        self.stage.wants_quantizers()
    }
    fn random(&self) -> bool {
        self.stage.random()
    }
    fn tables(&self) -> Vec<String> {
        self.stage.tables()
    }
    fn numbers(&self) -> Vec<String> {
        self.stage.numbers()
    }
    fn files(&self) -> Vec<String> {
        self.stage.files()
    }
    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        self.stage.run(job)
    }
    fn cells<'a>(&'a self, job: &'a Job<'a>) -> Option<Result<Box<dyn CellWork + 'a>, BoxError>> {
        self.cells.map(|cells| cells(&self.stage, job))
    }
}

/// A family of quantizers: what `[[quantizer]]` may name as `family`.
pub trait QuantizerFamily: Send + Sync {
    /// The name in `family = "..."`, kebab-case.
    fn name(&self) -> &str;
    /// What it is, in a sentence.
    fn about(&self) -> &str;
    /// The JSON Schema of the parameters (an object).
    fn schema(&self) -> Value;
    /// Whether these parameters make a quantizer.
    ///
    /// # Errors
    /// [`ParamError`] names the parameter and what is allowed.
    fn check(&self, params: &Value) -> Result<(), ParamError>;
}

/// A number format: what `[[quantizer]]` may name as `format`, without parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuantizerFormat {
    /// The name in `format = "..."`, kebab-case.
    pub name: String,
    /// What it is, in a phrase.
    pub about: String,
    /// The name of the family that it belongs to.
    pub family: String,
}

/// All that a pipeline may name.
#[derive(Default, Clone)]
pub struct Registry {
    stages: BTreeMap<String, Arc<dyn StageKind>>,
    figure: Option<Arc<dyn StageKind>>,
    documents: Vec<Arc<dyn StageKind>>,
    families: BTreeMap<String, Arc<dyn QuantizerFamily>>,
    formats: BTreeMap<String, QuantizerFormat>,
}

impl Registry {
    /// An empty registry.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers a typed stage kind with the fingerprint of its code.
    pub fn stage<T: TypedStage>(&mut self, code: Code) -> &mut Self {
        self.stage_kind(Arc::new(TypedKind::<T>::whole(code)))
    }

    /// Registers a stage kind; one of the same name is replaced.
    pub fn stage_kind(&mut self, kind: Arc<dyn StageKind>) -> &mut Self {
        self.stages.insert(kind.name().to_owned(), kind);
        self
    }

    /// Registers the kind of every `[[figure]]`, typed: its fields are the figure's keys besides `name` and `about`.
    pub fn figure<T: TypedStage>(&mut self, code: Code) -> &mut Self {
        self.figure_kind(Arc::new(TypedKind::<T>::whole(code)))
    }

    /// Registers the kind of every `[[figure]]`.
    pub fn figure_kind(&mut self, kind: Arc<dyn StageKind>) -> &mut Self {
        self.figure = Some(kind);
        self
    }

    /// Registers the kind of a document, typed. Every project has it, without a line in `pipeline.toml`, if the files are there
    /// that it needs ([`Reads::File`]). Its fields are any of `title` and `profile`, those of the project, and its parameters,
    /// all of them optional, which `[document.KIND]` sets. It makes one file, named by its kind and its ending. The document
    /// has the same name.
    pub fn document<T: TypedStage>(&mut self, code: Code) -> &mut Self {
        self.documents.push(Arc::new(TypedKind::<T>::whole(code)));
        self
    }

    /// Registers a quantizer family; one of the same name is replaced.
    pub fn family(&mut self, family: Arc<dyn QuantizerFamily>) -> &mut Self {
        self.families.insert(family.name().to_owned(), family);
        self
    }

    /// Registers a format; one of the same name is replaced.
    pub fn format(&mut self, format: QuantizerFormat) -> &mut Self {
        self.formats.insert(format.name.clone(), format);
        self
    }

    /// The stage kinds, by name.
    pub fn stages(&self) -> impl Iterator<Item = &Arc<dyn StageKind>> {
        self.stages.values()
    }

    /// The quantizer families, by name.
    pub fn families(&self) -> impl Iterator<Item = &Arc<dyn QuantizerFamily>> {
        self.families.values()
    }

    /// The formats, by name.
    pub fn formats(&self) -> impl Iterator<Item = &QuantizerFormat> {
        self.formats.values()
    }

    /// The stage kind of a name.
    #[must_use]
    pub fn find_stage(&self, name: &str) -> Option<&Arc<dyn StageKind>> {
        self.stages.get(name)
    }

    /// The quantizer family of a name.
    #[must_use]
    pub fn find_family(&self, name: &str) -> Option<&Arc<dyn QuantizerFamily>> {
        self.families.get(name)
    }

    /// The format of a name.
    #[must_use]
    pub fn find_format(&self, name: &str) -> Option<&QuantizerFormat> {
        self.formats.get(name)
    }

    /// The kinds of documents, in the order in which they were registered.
    pub fn documents(&self) -> impl Iterator<Item = &Arc<dyn StageKind>> {
        self.documents.iter()
    }

    /// The kind of every figure, if one is registered.
    #[must_use]
    pub fn find_figure(&self) -> Option<&Arc<dyn StageKind>> {
        self.figure.as_ref()
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("stages", &self.stages.keys())
            .field("figure", &self.figure.as_ref().map(|kind| kind.name()))
            .field(
                "documents",
                &self
                    .documents
                    .iter()
                    .map(|kind| kind.name())
                    .collect::<Vec<_>>(),
            )
            .field("families", &self.families.keys())
            .field("formats", &self.formats.keys())
            .finish()
    }
}
