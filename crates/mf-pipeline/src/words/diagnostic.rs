//! What is wrong in a file, where, and what to do about it: all problems at once.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
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
    /// The value, as written.
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
    /// The file of the line.
    #[serde(skip)]
    file: Option<String>,
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
            file: None,
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

    /// The only problem to report of its place: consequences there are left out.
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

    /// A problem with the line and the column of its place, or the option that it is in.
    pub(crate) fn placed(&self, mut problem: Diagnostic) -> Diagnostic {
        if let Some(span) = &problem.span {
            let (line, column) = line_column(&self.source, span.start);
            if span.start <= self.own {
                problem.file = Some(self.file.clone());
                problem.line = Some(line);
                problem.column = Some(column);
            } else {
                problem.set = self.source.lines().nth(line - 1).map(str::to_owned);
            }
        }
        problem
    }

    /// Adds a problem; its line and column follow from its place.
    pub fn push(&mut self, problem: Diagnostic) {
        let problem = self.placed(problem);
        // A value that is written once and used in several places has one problem: the messages differ by where it is used.
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

    /// The problems, each with its line and carets under its place; `colour` for a terminal.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let problems = self.problems.iter();
        let drawn = problems.map(|problem| renderer.render(&[self.group(problem)]));
        let mut parts: Vec<String> = drawn.collect();
        if !self.are_warnings {
            let count = match self.problems.len() {
                1 => "1 problem".to_owned(),
                count => format!("{count} problems"),
            };
            let in_options = self.problems.iter().all(|problem| problem.set.is_some());
            let place = if in_options { "--set" } else { &self.file };
            parts.push(format!("{count} in {place}; nothing was run"));
        }
        parts.join("\n\n")
    }

    /// A problem as it is drawn: its message, the first line of its place, and notes.
    fn group<'a>(&'a self, problem: &'a Diagnostic) -> Group<'a> {
        let level = if self.are_warnings {
            Level::WARNING
        } else {
            Level::ERROR
        };
        let title = level.primary_title(&problem.message);
        let mut group = match &problem.span {
            None => title.element(Origin::path(&self.file)),
            Some(span) => {
                let start = line_start(&self.source, span.start);
                let text = self.source.get(start..).unwrap_or_default();
                let line = text.lines().next().unwrap_or_default();
                let from = span.start.saturating_sub(start);
                let to = (span.end.saturating_sub(start)).clamp(from, line.len().max(from));
                let mark = AnnotationKind::Primary.span(from..to);
                let snippet = Snippet::source(line).annotation(mark);
                title.element(match problem.line {
                    Some(number) => snippet.line_start(number).path(&self.file),
                    None => snippet.line_numbering(false).path("--set"),
                })
            }
        };
        let value = problem.value.as_ref().filter(|_| problem.span.is_none());
        let notes = [
            ("key", Some(&problem.key).filter(|key| !key.is_empty())),
            ("value", value),
            ("allowed", problem.allowed.as_ref()),
            ("help", problem.help.as_ref()),
        ];
        for (name, text) in notes {
            group = group.elements(text.map(|text| Level::NOTE.with_name(name).message(text)));
        }
        group
    }
}

impl fmt::Display for Diagnostic {
    /// In one line: place, message, what is allowed, what to do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.set, &self.file, self.line, self.column) {
            (Some(set), ..) => write!(f, "--set {set}: ")?,
            (None, Some(file), Some(line), Some(column)) => write!(f, "{file}:{line}:{column}: ")?,
            _ => {}
        }
        f.write_str(&self.message)?;
        let notes = [
            ("key", Some(&self.key).filter(|key| !key.is_empty())),
            ("allowed", self.allowed.as_ref()),
            ("help", self.help.as_ref()),
        ];
        for (name, text) in notes {
            if let Some(text) = text {
                write!(f, "; {name}: {text}")?;
            }
        }
        Ok(())
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
    let before = source.get(..byte).unwrap_or(source);
    let column = source
        .get(line_start(source, byte)..byte)
        .unwrap_or_default();
    (before.matches('\n').count() + 1, column.chars().count() + 1)
}

/// The first byte of the line that a byte is in.
pub(crate) fn line_start(source: &str, byte: usize) -> usize {
    let before = source.get(..byte).unwrap_or(source);
    before.rfind('\n').map_or(0, |newline| newline + 1)
}
