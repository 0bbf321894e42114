//! What is wrong with a manuscript, and where.

use std::fmt::{Display, Formatter, Result};

use thiserror::Error;

/// A manuscript that can't be set.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", text(.problems))]
pub struct PaperError {
    /// Everything that is wrong, in the order in which it was met; at least one.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong, or worth a warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The place, as `file:line:column`, counted from 1; empty if it has none.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
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
