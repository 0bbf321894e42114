//! How an error is shown: problems of a file as they are, everything else with its chain of causes.

use mf_pipeline::{Diagnostics, PipelineError};

use crate::interrupt;

/// The text of an error for standard error.
pub(crate) fn render(error: &anyhow::Error) -> String {
    if let Some(problems) = error.downcast_ref::<Diagnostics>() {
        return problems.to_string();
    }
    if is_stopped(error) {
        return error.to_string();
    }
    let mut lines = vec![format!("error: {error}")];
    // A transparent error repeats its cause's text: say each thing once.
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !lines.iter().any(|line| line.contains(&cause)) {
            lines.push(format!("  because {cause}"));
        }
    }
    lines.join("\n")
}

/// The exit status that an error ends the program with.
pub(crate) fn status(error: &anyhow::Error) -> u8 {
    if is_stopped(error) {
        interrupt::STATUS
    } else {
        2
    }
}

fn is_stopped(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(PipelineError::Stopped))
}
