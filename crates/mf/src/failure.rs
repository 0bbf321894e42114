//! How an error is shown: problems of a file as they are, everything else with its chain of causes.

use mf_pipeline::Diagnostics;

/// The text of an error for standard error.
pub(crate) fn render(error: &anyhow::Error) -> String {
    if let Some(problems) = error.downcast_ref::<Diagnostics>() {
        return problems.to_string();
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
