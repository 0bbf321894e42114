//! The meaning of pipeline.toml: specification, plan, content-addressed cache, executor, claims, provenance.
//!
//! - [`Registry`]: stage kinds, the figure kind, documents, quantizer families and formats; a kind is a type that implements [`TypedStage`];
//! - [`Pipeline::load`]: reads `pipeline.toml` against the registry, or returns all its problems at once ([`Diagnostics`]);
//! - [`Pipeline::plan`], [`Pipeline::run`]: what would run and why; the run does what the plan says;
//! - [`Pipeline::verify`]: our values against references; [`Pipeline::explain`]: where a result comes from.
//! - [`diff()`]: the results of two folders or git revisions, number by number;
//! - [`CellStage`]: work of many independent parts, each kept as it is finished, on one machine or several ([`Shard`]).
//!
//! A stage's key is content: a fingerprint of its code, canonical parameters, quantizer definitions, hashes of inputs. Never times.
//!
//! This crate knows no physics: it runs [`Stage`] objects.

// From the ground up: each of these uses only those above it.
mod ask;
mod kinds;
mod plan;
mod project;
mod run;
mod spec;
mod store;
mod words;

mod pipeline;

pub use ask::clean::{Clean, Cleaned};
pub use ask::dependents::{Dependent, Dependents};
pub use ask::diff::{Change, ChangedTable, ChangedVerdict, Difference, diff};
pub use ask::explain::Explanation;
pub use ask::graph::GraphFormat;
pub use kinds::cells::{CellStage, collect};
pub use kinds::job::{Input, Job, JobError, QuantizerDefinition, Workers};
pub use kinds::keeper::{Cell, CellWork, CellsError};
pub use kinds::reads::{Origin, Reads};
pub use kinds::registry::{
    Behaviour, Code, ParamError, QuantizerFamily, QuantizerFormat, Registry, Role, Stage,
    StageKind, TypedStage,
};
pub use kinds::verdict::{ClaimReport, Explained, RowReport, Verdict, Verification};
pub use pipeline::Pipeline;
pub use plan::link::{Link, LinkInput};
pub use plan::publish::Restore;
pub use plan::reasons::Reason;
pub use plan::selection::Selection;
pub use plan::{Plan, PlannedCells, PlannedNode, State};
pub use project::node::NodeRole;
pub use project::options::LoadOptions;
pub use run::export::Snakefile;
pub use run::observer::{Observer, Silent};
pub use run::options::{Cancel, RunOptions};
pub use run::report::{Audit, NodeReport, Outcome, RunReport};
pub use run::single::{ComputedCells, ImportedCells, ListedCell};
pub use spec::editor::schema;
pub use store::provenance::{Made, Provenance};
pub use words::diagnostic::{Diagnostic, Diagnostics};
pub use words::error::{BoxError, Damage, PipelineError};
pub use words::hash::Hash;
pub use words::listener::{Advance, Alone, Listener};
pub use words::outputs::{Number, Outputs};
pub use words::shard::{Shard, ShardError};
pub use words::text::duration;
