//! Where values of a project are written: for problems that only its results show, and for explanations.

use crate::spec::tree::Node;
use crate::words::diagnostic::{Diagnostic, Diagnostics};

/// `pipeline.toml` as it is written, with the values of `--set`.
pub(crate) struct Written {
    /// The file as it is written.
    pub(crate) tree: Node,
    /// No problems; they know the text.
    pub(crate) text: Diagnostics,
}

impl Written {
    /// A problem with the value at a path of keys and indices below an item.
    pub(crate) fn problem<S: AsRef<str>>(
        &self,
        problem: Diagnostic,
        item: &Node,
        path: &[S],
    ) -> Diagnostic {
        let value = item.deepest(path);
        let problem = problem.at(value.span.clone()).value(value.describe());
        self.text.placed(problem)
    }

    /// The place of a value that is not written in its own item: `[shared] few, line 12`. None for one that is.
    pub(crate) fn origin(&self, value: &Node) -> Option<String> {
        let keys = self.tree.keys_to(&value.span)?;
        let from = match keys.as_slice() {
            [first, name, ..] if first == "shared" => format!("@{name}"),
            [first, kind, ..] if first == "defaults" => format!("[defaults.{kind}]"),
            [first, profile, item, ..] if first == "profile" => {
                format!("[profile.{profile}.{item}]")
            }
            _ => return None,
        };
        let line = self
            .text
            .placed(Diagnostic::new("").at(value.span.clone()))
            .line?;
        Some(format!("{from}, pipeline.toml line {line}"))
    }
}
