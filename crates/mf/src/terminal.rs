//! The only place that prints: results on standard output, progress and problems on standard error.
#![allow(clippy::disallowed_macros)]

use std::io::{ErrorKind, IsTerminal, Write};

use serde::Serialize;

use crate::failure;

/// Prints a result, with a newline.
pub(crate) fn say(text: impl AsRef<str>) {
    say_raw(&format!("{}\n", text.as_ref()));
}

/// Prints a value: as JSON for a program, as text for a person.
///
/// # Errors
/// A value that JSON can't hold.
pub(crate) fn show<T: Serialize>(
    json: bool,
    value: &T,
    text: impl FnOnce() -> String,
) -> anyhow::Result<()> {
    say(if json {
        serde_json::to_string_pretty(value)?
    } else {
        text()
    });
    Ok(())
}

/// Prints `text` as it is. A closed pipe (`mf ... | head`) ends the program quietly; a full disk does not.
pub(crate) fn say_raw(text: &str) {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => {
            note(failure::text(
                &format!("cannot write to standard output: {error}"),
                [],
            ));
            std::process::exit(2);
        }
    }
}

/// Prints a note or an error on standard error. Colours are left out where nobody sees them: no terminal, or NO_COLOR.
pub(crate) fn note(text: impl AsRef<str>) {
    // If standard error is closed, there is no place left for a message.
    let _ = writeln!(anstream::stderr().lock(), "{}", text.as_ref());
}

/// Whether standard error is a terminal, where progress can be drawn.
pub(crate) fn is_terminal() -> bool {
    std::io::stderr().is_terminal()
}

/// Columns of a terminal.
const WIDTH: usize = 80;

/// A label and its text, in lines of at most 80 columns that are indented alike.
pub(crate) fn entry(label: &str, text: &str) -> String {
    const LABEL: usize = 12;
    filled(format!("  {label:<LABEL$}"), LABEL + 2, text)
}

/// A paragraph, in lines of at most 80 columns.
pub(crate) fn paragraph(text: &str) -> String {
    filled(String::new(), 0, text)
}

/// The words of `text` after `first`, in lines that are indented by some columns.
fn filled(first: String, indent: usize, text: &str) -> String {
    let mut lines = vec![first];
    let mut empty = true;
    for word in text.split_whitespace() {
        let length = |line: &String| line.chars().count() + 1 + word.chars().count();
        if !empty && lines.last().is_some_and(|line| length(line) > WIDTH) {
            lines.push(" ".repeat(indent));
            empty = true;
        }
        if let Some(line) = lines.last_mut() {
            if !empty {
                line.push(' ');
            }
            line.push_str(word);
        }
        empty = false;
    }
    lines.join("\n")
}

/// How a column of a text table is aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// The rule below the heading is at most this long: wider columns hold running text, such as reasons.
const LONGEST_RULE: usize = 60;

/// Rows under a heading, every column as wide as its widest cell.
pub(crate) struct TextTable {
    head: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

impl TextTable {
    /// A table with these column names.
    pub(crate) fn new(head: &[(&str, Align)]) -> Self {
        let head = head
            .iter()
            .map(|(name, align)| ((*name).to_owned(), *align))
            .collect();
        Self {
            head,
            rows: Vec::new(),
        }
    }

    /// Adds a row; cells beyond the heading are left out.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows
            .push(cells.into_iter().take(self.head.len()).collect());
    }

    /// The table as lines of text, with a rule below the heading.
    pub(crate) fn render(&self) -> String {
        self.render_in(&self.widths())
    }

    /// Tables of the same number of columns, each column as wide in all of them.
    pub(crate) fn render_alike(tables: &[TextTable]) -> Vec<String> {
        let mut widest: Vec<usize> = Vec::new();
        for widths in tables.iter().map(TextTable::widths) {
            widest.resize(widest.len().max(widths.len()), 0);
            widest
                .iter_mut()
                .zip(widths)
                .for_each(|(most, width)| *most = width.max(*most));
        }
        tables
            .iter()
            .map(|table| table.render_in(&widest))
            .collect()
    }

    fn render_in(&self, widths: &[usize]) -> String {
        let heading: Vec<String> = self.head.iter().map(|(name, _)| name.clone()).collect();
        let rule = widths.iter().map(|&w| "─".repeat(w.min(LONGEST_RULE)));
        let rule: Vec<String> = rule.collect();
        [heading, rule]
            .iter()
            .chain(&self.rows)
            .map(|row| self.line(row, widths))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// The same rows as a Markdown table.
    pub(crate) fn markdown(&self) -> String {
        let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut text = row(self.head.iter().map(|(name, _)| name.clone()).collect());
        let rule = |align: &Align| match align {
            Align::Left => "---".to_owned(),
            Align::Right => "---:".to_owned(),
        };
        text += &row(self.head.iter().map(|(_, align)| rule(align)).collect());
        for cells in &self.rows {
            text += &row(cells.iter().map(|cell| cell.replace('|', "\\|")).collect());
        }
        text
    }

    fn widths(&self) -> Vec<usize> {
        let cell = |row: &Vec<String>, i: usize| row.get(i).map_or(0, |text| text.chars().count());
        (0..self.head.len())
            .map(|i| {
                let head = self.head.get(i).map_or(0, |(name, _)| name.chars().count());
                self.rows
                    .iter()
                    .map(|row| cell(row, i))
                    .fold(head, usize::max)
            })
            .collect()
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let padded =
            cells
                .iter()
                .zip(widths)
                .zip(&self.head)
                .map(|((cell, &width), (_, align))| {
                    let space = " ".repeat(width.saturating_sub(cell.chars().count()));
                    match align {
                        Align::Left => format!("{cell}{space}"),
                        Align::Right => format!("{space}{cell}"),
                    }
                });
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    }
}
