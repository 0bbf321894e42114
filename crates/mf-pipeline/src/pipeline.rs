//! The engine as one object: a project with its cache, and what can be done with them.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::ask::clean::{self, Clean, Cleaned};
use crate::ask::dependents::{self, Dependents};
use crate::ask::explain::{self, Explanation};
use crate::ask::graph::{self, GraphFormat};
use crate::ask::judge;
use crate::ask::names;
use crate::ask::orphans;
use crate::kinds::job::QuantizerDefinition;
use crate::kinds::registry::Registry;
use crate::kinds::verdict::Verification;
use crate::plan::Plan;
use crate::plan::selection::Selection;
use crate::plan::survey::Survey;
use crate::project::node::NodeRole;
use crate::project::options::LoadOptions;
use crate::project::{Project, resolve};
use crate::run::export::{self, Snakefile};
use crate::run::observer::Observer;
use crate::run::options::RunOptions;
use crate::run::report::RunReport;
use crate::run::scheduler;
use crate::run::single::{self, ComputedCells, ImportedCells, ListedCell};
use crate::store::cache::Cache;
use crate::words::diagnostic::{Diagnostic, Diagnostics};
use crate::words::error::PipelineError;

/// A valid pipeline under one profile.
pub struct Pipeline {
    project: Project,
    cache: Cache,
}

impl Pipeline {
    /// Reads `pipeline.toml`, and checks all of it.
    ///
    /// # Errors
    /// All problems of the file and of the options at once.
    pub fn load(
        path: &Path,
        registry: &Registry,
        options: &LoadOptions,
    ) -> Result<Self, Diagnostics> {
        let name = path.display().to_string();
        let unreadable = |message: String| {
            let mut problems = Diagnostics::new(&name, "");
            problems.push(Diagnostic::new(message));
            problems
        };
        let bytes = mf_data::files::read(path).map_err(|error| unreadable(error.to_string()))?;
        let source = String::from_utf8(bytes).map_err(|error| {
            unreadable(format!("it is not UTF-8 text: {error}; save it as UTF-8"))
        })?;
        let project = resolve::resolve(path, &source, registry, options)?;
        let cache = Cache::new(project.root.join(".mf"));
        Ok(Self { project, cache })
    }

    /// What would run, and why; runs nothing and changes nothing.
    ///
    /// # Errors
    /// [`PipelineError`]: an unknown name, an unreadable file, a damaged cache.
    pub fn plan(&self, selection: &Selection) -> Result<Plan, PipelineError> {
        Ok(Survey::new(&self.project, &self.cache, selection)?.plan)
    }

    /// Runs what the plan says, under the lock.
    ///
    /// # Errors
    /// [`PipelineError`] if nothing could be planned or locked. Failures of stages are in the report.
    pub fn run(
        &self,
        options: &RunOptions,
        observer: &dyn Observer,
    ) -> Result<RunReport, PipelineError> {
        scheduler::run(&self.project, &self.cache, options, observer)
    }

    /// The cells of the selected stages; nothing is kept, but how long cells take may be measured.
    ///
    /// # Errors
    /// [`PipelineError`]: an unknown name, an unreadable file, a damaged cache, cells that cannot be listed.
    pub fn cells(&self, selection: &Selection) -> Result<Vec<ListedCell>, PipelineError> {
        single::list(&self.project, &self.cache, selection)
    }

    /// A Snakefile that computes the cells that are not kept, in jobs of about this number of seconds or more, and then runs the
    /// pipeline. Cells of a stage whose inputs are not made yet are not in it: the run computes them.
    ///
    /// # Errors
    /// As [`Pipeline::cells`].
    pub fn snakemake(&self, seconds: f64) -> Result<Snakefile, PipelineError> {
        let all = Selection::default();
        let (plan, cells) = (self.plan(&all)?, self.cells(&all)?);
        Ok(export::snakemake(&self.project, &plan, &cells, seconds))
    }

    /// Computes cells by their keys, or the first digits of these, and keeps them. It takes no lock: any number of
    /// machines may do so on one folder.
    ///
    /// # Errors
    /// [`PipelineError`]: an unknown key, an unreadable file, a damaged cache, the first cell that failed.
    pub fn compute_cells(
        &self,
        keys: &[String],
        options: &RunOptions,
        observer: &dyn Observer,
    ) -> Result<ComputedCells, PipelineError> {
        single::compute(&self.project, &self.cache, keys, options, observer)
    }

    /// Keeps the cells of another folder, such as `.mf/cells` of another machine, if this code could have made them.
    ///
    /// # Errors
    /// [`PipelineError`]: a file that cannot be read or written, small cells that fail.
    pub fn import_cells(&self, folder: &Path) -> Result<ImportedCells, PipelineError> {
        single::import(&self.project, &self.cache, folder)
    }

    /// The claims, judged against the current results; a claim whose result is not up to date is `missing`.
    ///
    /// # Errors
    /// [`PipelineError`]: an unreadable file, a damaged cache.
    pub fn verify(&self) -> Result<Verification, PipelineError> {
        judge::verify(&self.project, &self.cache)
    }

    /// Where a figure, stage, document, table (`stage.table`), number (`stage.number`) or claim comes from.
    ///
    /// # Errors
    /// [`PipelineError`]: an unknown name, a damaged cache.
    pub fn explain(&self, name: &str) -> Result<Explanation, PipelineError> {
        explain::explain(&self.project, &self.cache, name)
    }

    /// What depends on a file, a parameter (`stage.key`, `profile.NAME.stage.key`) or a quantizer; none if the name is
    /// that of a result (see [`Pipeline::explain`]), or unknown.
    ///
    /// # Errors
    /// [`PipelineError`]: an unreadable file.
    pub fn dependents(&self, name: &str) -> Result<Option<Dependents>, PipelineError> {
        dependents::dependents(&self.project, name)
    }

    /// The files, stages, figures and claims as a graph, in text.
    #[must_use]
    pub fn graph(&self, format: GraphFormat) -> String {
        graph::graph(&self.project, format)
    }

    /// Removes results, and what interrupted writes have left; `dry_run` only lists them.
    ///
    /// # Errors
    /// [`PipelineError`]: a file cannot be removed, or another run is running.
    pub fn clean(&self, what: Clean, dry_run: bool) -> Result<Cleaned, PipelineError> {
        clean::clean(&self.project, &self.cache, what, dry_run)
    }

    /// Removes results and records of stages that neither this pipeline nor the others use; the others are
    /// the other profiles of the file. Cells stay.
    ///
    /// # Errors
    /// [`PipelineError`]: an unreadable file, a damaged cache, a file that cannot be removed, or another run is running.
    pub fn clean_unused(
        &self,
        others: &[Pipeline],
        dry_run: bool,
    ) -> Result<Cleaned, PipelineError> {
        let others: Vec<&Project> = others.iter().map(|other| &other.project).collect();
        clean::clean_unused(&self.project, &others, &self.cache, dry_run)
    }

    /// The files in the folders of tables and figures that no stage or figure makes, such as those of a stage that was
    /// renamed. Only files of the forms that are published: `NAME/TABLE.csv`, `.parquet`, `.json`, `NAME/numbers.json`;
    /// `FIGURE.svg`, `.png`, `.json`.
    ///
    /// # Errors
    /// [`PipelineError`]: an unreadable folder.
    pub fn orphans(&self) -> Result<Vec<PathBuf>, PipelineError> {
        orphans::orphans(&self.project)
    }

    /// The project's title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.project.title
    }

    /// The profile it was read under.
    #[must_use]
    pub fn profile(&self) -> &str {
        &self.project.profile
    }

    /// All profiles of the file.
    #[must_use]
    pub fn profiles(&self) -> &[String] {
        &self.project.profiles
    }

    /// The path of `pipeline.toml`.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.project.file
    }

    /// The folder of `pipeline.toml`: all its paths are relative to it.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.project.root
    }

    /// The folder below which tables, figures and documents are published: [`Pipeline::root`] under the default profile,
    /// `runs/NAME` under another one, `runs/trial` if parameters are tried ([`LoadOptions::set`]).
    #[must_use]
    pub fn results(&self) -> &Path {
        &self.project.results
    }

    /// Warnings: stages, shared values and defaults that nothing uses. The pipeline can be run.
    #[must_use]
    pub fn warnings(&self) -> &Diagnostics {
        &self.project.warnings
    }

    /// The folder that documents are published into.
    #[must_use]
    pub fn documents(&self) -> &Path {
        &self.project.documents
    }

    /// The quantizers, in the order of the file.
    #[must_use]
    pub fn quantizers(&self) -> &[QuantizerDefinition] {
        &self.project.quantizers
    }

    /// The quantizer of a name.
    ///
    /// # Errors
    /// [`PipelineError::Unknown`] names the nearest one there is.
    pub fn quantizer(&self, name: &str) -> Result<&QuantizerDefinition, PipelineError> {
        self.project.quantizer(name)
    }

    /// The names of stages, figures and documents, in the order in which they run.
    pub fn names(&self) -> impl Iterator<Item = (&str, NodeRole)> {
        self.project.names()
    }

    /// Every name that [`Pipeline::explain`] knows: for completions.
    #[must_use]
    pub fn explainable(&self) -> Vec<String> {
        names::everything(&self.project)
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nodes: Vec<&str> = self.names().map(|(name, _)| name).collect();
        f.debug_struct("Pipeline")
            .field("file", &self.project.file)
            .field("profile", &self.project.profile)
            .field("nodes", &nodes)
            .finish()
    }
}
