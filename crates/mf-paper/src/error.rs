//! Errors and warnings of a manuscript, with their places.

use std::fmt::{Display, Formatter, Result};

use thiserror::Error;

/// Why a manuscript cannot be typeset.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", text(.problems))]
pub struct PaperError {
    /// All problems, in the order in which they were found; at least one.
    pub problems: Vec<Problem>,
}

/// An error or a warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The place, as `file:line:column`, counted from 1; empty if it has none.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// The remedy.
    pub hints: Vec<String>,
}

impl Display for Problem {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}", self.message)?;
        if !self.place.is_empty() {
            write!(f, "\n  --> {}", self.place)?;
        }
        for hint in &self.hints {
            write!(f, "\n   = help: {hint}")?;
        }
        Ok(())
    }
}

fn text(problems: &[Problem]) -> String {
    let each: Vec<String> = problems.iter().map(ToString::to_string).collect();
    each.join("\n")
}
