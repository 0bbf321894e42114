//! The meaning of pipeline.toml: specification, plan, content-addressed cache, executor, claims, provenance.
//!
//! - [`Registry`]: stage kinds, the figure kind and quantizer families; a kind is a type that implements [`TypedStage`];
//! - [`Pipeline::load`]: reads `pipeline.toml` against the registry, or returns all its problems at once ([`Diagnostics`]);
//! - [`Pipeline::plan`], [`Pipeline::run`]: what would run and why; the run does what the plan says;
//! - [`Pipeline::verify`]: our values against references; [`Pipeline::explain`]: where a result comes from.
//! - [`Job::cells`]: work of many independent parts, each kept as it is finished, on one machine or several ([`Shard`]).
//!
//! A stage's key is content: code version, canonical parameters, quantizer definitions, hashes of inputs. Never times.
//!
//! This crate knows no physics: it runs [`Stage`] objects.

mod budget;
mod cache;
mod cells;
mod claims;
mod clean;
mod dependents;
mod diagnostic;
mod error;
mod execute;
mod explain;
mod files;
mod forecast;
mod fresh;
mod graph;
mod grid;
mod job;
mod key;
mod lock;
mod outputs;
mod pipeline;
mod plan;
mod provenance;
mod publish;
mod registry;
mod resolve;
mod schema;
mod selection;
mod shard;
mod spec;
mod text;
mod tree;
mod validate;

pub use cells::{Cell, Cells, CellsError};
pub use claims::{ClaimReport, RowReport, Verdict, Verification};
pub use clean::{Clean, Cleaned};
pub use dependents::{Dependent, Dependents};
pub use diagnostic::{Diagnostic, Diagnostics};
pub use error::{Damage, PipelineError};
pub use execute::{Advance, Cancel, NodeReport, Observer, Outcome, RunOptions, RunReport, Silent};
pub use explain::{Explanation, Link, LinkInput};
pub use fresh::Fresh;
pub use graph::GraphFormat;
pub use job::{Input, Job, JobError, QuantizerDefinition};
pub use key::Hash;
pub use outputs::{Number, Outputs};
pub use pipeline::{Pipeline, Role as NodeRole};
pub use plan::{Plan, PlannedNode, Reason, Restore, State};
pub use provenance::Provenance;
pub use registry::{
    BoxError, ParamError, QuantizerFamily, Registry, Role, Stage, StageKind, TypedStage,
};
pub use schema::schema;
pub use selection::Selection;
pub use shard::{Shard, ShardError};
pub use text::duration;
