//! How an error is printed: for a person on standard error, for a program (`--json`) as JSON on standard output.

use anstyle::{AnsiColor, Style};
use clap::error::{ContextKind, ErrorKind};
use mf_pipeline::{Diagnostics, PipelineError};
use serde_json::{Value, json};

use crate::interrupt;
use crate::terminal::{note, say};

/// Exit status where the command line, `pipeline.toml` or the cache is at fault.
const AT_FAULT: u8 = 2;

/// The command line asks for JSON; it is looked for by hand, so that errors of the command line itself are JSON too.
pub(crate) fn wants_json() -> bool {
    std::env::args_os().any(|argument| argument == "--json")
}

/// Prints an error, and returns the exit status.
pub(crate) fn report(error: &anyhow::Error) -> u8 {
    let stopped = matches!(error.downcast_ref(), Some(PipelineError::Stopped));
    let status = if stopped { interrupt::STATUS } else { AT_FAULT };
    if wants_json() {
        print_json(as_json(error), status);
    } else if let Some(problems) = error.downcast_ref::<Diagnostics>() {
        note(problems.render(true));
    } else if stopped {
        note(error.to_string());
    } else {
        note(text(&error.to_string(), causes(error)));
    }
    status
}

/// Prints an error of the command line, and returns the exit status; help and the version are not errors.
pub(crate) fn report_usage(mut error: clap::Error) -> u8 {
    if error.kind() == ErrorKind::UnknownArgument {
        // No value of mf begins with a dash: the tip to pass the option as a value leads away.
        error.remove(ContextKind::Suggested);
    }
    if wants_json() && error.use_stderr() {
        let text = error.render().to_string();
        // The message, the usage and a hint at --help, with empty lines between them.
        let text = text
            .split("\n\nFor more information")
            .next()
            .unwrap_or(&text);
        let (message, usage) = match text.split_once("\n\nUsage: ") {
            Some((message, usage)) => (message, Some(usage)),
            None => (text, None),
        };
        let message = message.trim_start_matches("error: ").trim();
        print_json(
            json!({ "message": message, "because": [], "usage": usage }),
            AT_FAULT,
        );
    } else if error.print().is_err() {
        // A closed pipe: nobody reads the help.
        return 0;
    }
    if error.use_stderr() { AT_FAULT } else { 0 }
}

/// An error with its causes, in lines for standard error.
pub(crate) fn text(message: &str, causes: impl IntoIterator<Item = String>) -> String {
    let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
    let because = causes
        .into_iter()
        .map(|cause| format!("\n  because {cause}"));
    format!(
        "{red}error{red:#}: {message}{}",
        because.collect::<String>()
    )
}

/// The causes of an error, without those whose text an error before them repeats.
fn causes(error: &anyhow::Error) -> Vec<String> {
    let mut said = vec![error.to_string()];
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !said.iter().any(|text| text.contains(&cause)) {
            said.push(cause);
        }
    }
    said.split_off(1)
}

fn as_json(error: &anyhow::Error) -> Value {
    match error.downcast_ref::<Diagnostics>() {
        Some(problems) => json!({
            "message": format!("problems in {}", problems.file),
            "file": problems.file,
            "problems": problems.problems,
        }),
        None => json!({ "message": error.to_string(), "because": causes(error) }),
    }
}

fn print_json(error: Value, status: u8) {
    let whole = json!({ "error": error, "status": status });
    say(format!("{whole:#}"));
}
