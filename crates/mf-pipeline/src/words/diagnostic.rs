//! What is wrong in a file, where, and what to do about it: all problems at once.

use std::fmt;
use std::fmt::Write as _;
use std::ops::Range;

use serde::Serialize;

/// One problem in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The line, from 1; `None` if the problem is the file as a whole, or an option.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
    /// The path of the key, such as `stage.optimum.with.states`; empty for the file as a whole.
    pub key: String,
    /// The value that stands there, as written.
    pub value: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What would be accepted.
    pub allowed: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// The value of the option `--set`, if the problem is there and not in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
    #[serde(skip)]
    span: Option<Range<usize>>,
    #[serde(skip)]
    alone: bool,
}

impl Diagnostic {
    /// A problem without a place.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            line: None,
            column: None,
            key: String::new(),
            value: None,
            message: message.into(),
            allowed: None,
            help: None,
            set: None,
            span: None,
            alone: false,
        }
    }

    /// At a place: the bytes of the file that are meant.
    #[must_use]
    pub fn at(mut self, span: Range<usize>) -> Self {
        self.span = Some(span);
        self
    }

    /// The one problem to tell of its place: what follows from it there is left out.
    #[must_use]
    pub(crate) fn alone(mut self) -> Self {
        self.alone = true;
        self
    }

    /// Whether another problem is of the same bytes.
    pub(crate) fn is_at_place_of(&self, other: &Self) -> bool {
        self.span == other.span
    }

    /// At a key.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }

    /// Saying what is allowed.
    #[must_use]
    pub fn allowed(mut self, allowed: impl Into<String>) -> Self {
        self.allowed = Some(allowed.into());
        self
    }

    /// Saying what to do, if there is something to say.
    #[must_use]
    pub fn help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// Quoting the value.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }
}

/// All problems of one file, in the order of its lines. Displayed as plain text; see [`Diagnostics::render`].
#[derive(Debug, Clone, Serialize)]
pub struct Diagnostics {
    /// The file.
    pub file: String,
    /// The problems.
    pub problems: Vec<Diagnostic>,
    /// The text of the file, and after it those of options.
    #[serde(skip)]
    source: String,
    /// How many bytes of it are the file's.
    #[serde(skip)]
    own: usize,
    #[serde(skip)]
    are_warnings: bool,
}

impl Diagnostics {
    /// No problems yet in a file with this text.
    #[must_use]
    pub fn new(file: &str, source: &str) -> Self {
        Self {
            file: file.to_owned(),
            problems: Vec::new(),
            source: source.to_owned(),
            own: source.len(),
            are_warnings: false,
        }
    }

    /// No warnings yet in a file with this text.
    #[must_use]
    pub(crate) fn warnings(file: &str, source: &str) -> Self {
        Self {
            are_warnings: true,
            ..Self::new(file, source)
        }
    }

    /// Adds the value of an option `--set` behind the file's text; says at which byte its places start.
    pub(crate) fn append(&mut self, option: &str) -> usize {
        self.source.push('\n');
        let start = self.source.len();
        self.source.push_str(option);
        start
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// Adds a problem; its line and column follow from its place.
    pub fn push(&mut self, mut problem: Diagnostic) {
        if let Some(span) = &problem.span {
            let (line, column) = line_column(&self.source, span.start);
            if span.start <= self.own {
                problem.line = Some(line);
                problem.column = Some(column);
            } else {
                problem.set = self.source.lines().nth(line - 1).map(str::to_owned);
            }
        }
        // What stands once and is meant in several places is told once: the messages differ by where it is meant.
        let what = |problem: &Diagnostic| problem.message.split(" in `").next().map(str::to_owned);
        let same = |other: &Diagnostic| {
            other.span == problem.span && (other.alone || what(other) == what(&problem))
        };
        if !self.problems.iter().any(same) {
            self.problems.push(problem);
        }
    }

    /// Adds problems.
    pub fn extend(&mut self, problems: impl IntoIterator<Item = Diagnostic>) {
        problems.into_iter().for_each(|problem| self.push(problem));
    }

    /// The problems sorted by place, as an error if there are any.
    ///
    /// # Errors
    /// Itself, if there is a problem.
    pub fn into_result(mut self) -> Result<(), Self> {
        self.problems
            .sort_by_key(|problem| (problem.line, problem.column));
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(self)
        }
    }

    /// The problems with the lines they stand on and a caret under the place; `colour` for a terminal.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let paint = Paint { colour };
        let mut text = String::new();
        for problem in &self.problems {
            self.render_one(&mut text, problem, paint);
            text.push('\n');
        }
        if self.are_warnings {
            text.truncate(text.trim_end().len());
            return text;
        }
        let count = self.problems.len();
        let problems = if count == 1 {
            "1 problem".to_owned()
        } else {
            format!("{count} problems")
        };
        let in_options = self.problems.iter().all(|problem| problem.set.is_some());
        let place = if in_options { "--set" } else { &self.file };
        let _ = write!(text, "{problems} in {place}; nothing was run");
        text
    }

    fn render_one(&self, text: &mut String, problem: &Diagnostic, paint: Paint) {
        let severity = if self.are_warnings {
            paint.yellow("warning")
        } else {
            paint.red("error")
        };
        let _ = writeln!(
            text,
            "{severity}{}",
            paint.bold(&format!(": {}", problem.message))
        );
        let number = problem
            .line
            .map_or_else(String::new, |line| line.to_string());
        let gutter = " ".repeat(number.len());
        match &problem.span {
            Some(span) => {
                let (line, column) = line_column(&self.source, span.start);
                let place = match problem.set {
                    Some(_) => "--set".to_owned(),
                    None => format!("{}:{line}:{column}", self.file),
                };
                let source = self.source.lines().nth(line - 1).unwrap_or_default();
                let rest = source.chars().count().saturating_sub(column - 1).max(1);
                let marked = self
                    .source
                    .get(span.clone())
                    .map_or(1, |part| part.lines().next().unwrap_or("").chars().count());
                let carets = "^".repeat(marked.clamp(1, rest));
                let _ = writeln!(text, "{gutter}{} {place}", paint.blue("-->"));
                let _ = writeln!(text, "{gutter} {}", paint.blue("|"));
                let _ = writeln!(text, "{} {source}", paint.blue(&format!("{number} |")));
                let indent = " ".repeat(column - 1);
                let _ = writeln!(
                    text,
                    "{gutter} {} {indent}{}",
                    paint.blue("|"),
                    paint.red(&carets)
                );
            }
            None => {
                let _ = writeln!(text, "{gutter}{} {}", paint.blue("-->"), self.file);
            }
        }
        let value = problem.value.as_ref().filter(|_| problem.span.is_none());
        let notes = [
            ("key", Some(&problem.key).filter(|key| !key.is_empty())),
            ("value", value),
            ("allowed", problem.allowed.as_ref()),
            ("help", problem.help.as_ref()),
        ];
        for (label, note) in notes {
            if let Some(note) = note {
                let _ = writeln!(
                    text,
                    "{gutter} {} {}: {note}",
                    paint.blue("="),
                    paint.bold(label)
                );
            }
        }
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}

/// The line and the column (in characters) of a byte, both from 1.
pub(crate) fn line_column(source: &str, byte: usize) -> (usize, usize) {
    let before = source.get(..byte.min(source.len())).unwrap_or(source);
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.matches('\n').count() + 1;
    (
        line,
        before.get(start..).map_or(0, |part| part.chars().count()) + 1,
    )
}

#[derive(Clone, Copy)]
struct Paint {
    colour: bool,
}

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.colour {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
    fn red(self, text: &str) -> String {
        self.with("1;31", text)
    }
    fn yellow(self, text: &str) -> String {
        self.with("1;33", text)
    }
    fn blue(self, text: &str) -> String {
        self.with("1;34", text)
    }
    fn bold(self, text: &str) -> String {
        self.with("1", text)
    }
}
