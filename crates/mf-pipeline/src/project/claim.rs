//! Claims as data: which of our values, against which reference, and how close is close.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::spec::tree::Node as Toml;
use crate::spec::types::{DiffersSpec, MeasuredSpec, ReferenceTableSpec, WithinSpec};

/// A claim whose references have been resolved.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Claim {
    pub(crate) name: String,
    pub(crate) about: String,
    /// Its line in `pipeline.toml`, which moves without a change of the claim.
    #[serde(skip)]
    pub(crate) line: usize,
    /// Its item of `pipeline.toml`, with all of it written out.
    #[serde(skip)]
    pub(crate) item: Toml,
    pub(crate) stage: String,
    pub(crate) output: String,
    pub(crate) ours: Ours,
    pub(crate) reference: Reference,
    pub(crate) source: String,
    pub(crate) place: String,
    pub(crate) tolerance: Tolerance,
    pub(crate) reason: String,
    pub(crate) differs: Option<DiffersSpec>,
}

/// Which of our values.
#[derive(Debug, Clone, Serialize)]
pub(crate) enum Ours {
    /// A number of the stage.
    Number,
    /// One cell of a table.
    Cell {
        column: String,
        row: BTreeMap<String, Value>,
    },
    /// A column, row by row, of the rows that fit.
    Column {
        column: String,
        key: String,
        row: BTreeMap<String, Value>,
    },
}

/// What they are held against.
#[derive(Debug, Clone, Serialize)]
pub(crate) enum Reference {
    /// One value, with its digits as they are written.
    Value { value: f64, digits: String },
    /// The values of a file.
    File(ReferenceTableSpec),
    /// A number or column of the same stage, which follows from theory.
    Theory(String),
}

/// How far ours may be off.
#[derive(Debug, Clone, Serialize)]
pub(crate) enum Tolerance {
    Absolute(f64),
    Relative(f64),
    /// So many standard errors, a number or column of the same stage.
    Measured(MeasuredSpec),
}

impl Claim {
    /// The file of the reference values, if they are in one.
    pub(crate) fn reference_file(&self) -> Option<&str> {
        match &self.reference {
            Reference::File(table) => Some(&table.file),
            _ => None,
        }
    }

    /// The name of a standard error of the stage that the tolerance counts.
    pub(crate) fn error(&self) -> Option<&str> {
        match &self.tolerance {
            Tolerance::Measured(measured) => Some(&measured.of),
            _ => None,
        }
    }

    /// The stage and the number of the effect that explains a difference, if it is computed.
    pub(crate) fn effect(&self) -> Option<(&str, &str)> {
        match self.differs.as_ref()?.within.as_ref()? {
            WithinSpec::Computed(effect) => effect.of.split_once('.'),
            WithinSpec::Typed(_) => None,
        }
    }

    /// The stages that the claim is judged by.
    pub(crate) fn stages(&self) -> impl Iterator<Item = &str> {
        let effect = self.effect().map(|(stage, _)| stage);
        std::iter::once(self.stage.as_str()).chain(effect)
    }

    /// The largest difference that is explained, for this tolerance and size of the effect.
    pub(crate) fn explained(&self, tolerance: f64, effect: f64) -> f64 {
        let within = self.differs.as_ref().and_then(|d| d.within.as_ref());
        match within {
            None => tolerance,
            Some(WithinSpec::Typed(within)) => *within,
            Some(WithinSpec::Computed(_)) => tolerance + effect,
        }
    }

    /// The tolerance for this standard error, which counts only where the claim measures it.
    pub(crate) fn tolerance_at(&self, error: f64) -> f64 {
        match &self.tolerance {
            Tolerance::Absolute(tolerance) | Tolerance::Relative(tolerance) => *tolerance,
            Tolerance::Measured(measured) => measured.standard_errors * error,
        }
    }
}
