//! Splits CSV text into rows of cells, with line numbers: RFC 4180 with blank lines and `#` notes.

use crate::error::DataError;

/// The cells of a row and the line it starts on, from 1.
pub(crate) struct Row {
    pub(crate) line: usize,
    pub(crate) cells: Vec<String>,
}

/// The rows and notes of a CSV text; `source_name` is for messages.
///
/// # Errors
/// [`DataError::Quote`].
pub(crate) fn scan(source_name: &str, text: &str) -> Result<(Vec<Row>, Vec<String>), DataError> {
    let scanner = Scanner {
        source_name,
        rest: text,
        line: 1,
    };
    scanner.rows()
}

/// Reads characters and counts lines.
struct Scanner<'a> {
    source_name: &'a str,
    rest: &'a str,
    line: usize,
}

impl<'a> Scanner<'a> {
    fn rows(mut self) -> Result<(Vec<Row>, Vec<String>), DataError> {
        let (mut rows, mut notes) = (Vec::new(), Vec::new());
        while !self.rest.is_empty() {
            let line = self.rest.lines().next().unwrap_or_default();
            if let Some(note) = line.strip_prefix('#') {
                notes.push(note.trim().to_owned());
                self.end_line(line);
            } else if line.trim().is_empty() {
                self.end_line(line);
            } else {
                rows.push(self.row()?);
            }
        }
        Ok((rows, notes))
    }

    /// Skips `line` and its end.
    fn end_line(&mut self, line: &str) {
        self.rest = self.rest.get(line.len()..).unwrap_or_default();
        self.rest = self.rest.strip_prefix('\r').unwrap_or(self.rest);
        self.rest = self.rest.strip_prefix('\n').unwrap_or(self.rest);
        self.line += 1;
    }

    fn row(&mut self) -> Result<Row, DataError> {
        let line = self.line;
        let mut cells = Vec::new();
        loop {
            cells.push(match self.rest.strip_prefix('"') {
                Some(rest) => self.quoted(rest)?,
                None => self.plain(),
            });
            match self.rest.strip_prefix(',') {
                Some(rest) => self.rest = rest,
                None => break,
            }
        }
        self.end_line("");
        Ok(Row { line, cells })
    }

    /// A cell up to the comma or the end of the line, without blanks around it.
    fn plain(&mut self) -> String {
        let end = self.rest.find([',', '\n']).unwrap_or(self.rest.len());
        let (cell, rest) = self.rest.split_at(end);
        self.rest = rest;
        cell.trim().to_owned()
    }

    /// A cell up to its closing quote; `rest` starts after the opening one.
    fn quoted(&mut self, mut rest: &'a str) -> Result<String, DataError> {
        let start = self.line;
        let source_name = self.source_name;
        let refuse = |what| DataError::Quote {
            source_name: source_name.to_owned(),
            line: start,
            what,
        };
        let mut cell = String::new();
        loop {
            let (piece, after) = rest
                .split_once('"')
                .ok_or_else(|| refuse("a quoted cell does not end"))?;
            cell.push_str(piece);
            match after.strip_prefix('"') {
                Some(more) => {
                    cell.push('"');
                    rest = more;
                }
                None => {
                    rest = after;
                    break;
                }
            }
        }
        if !(rest.is_empty() || rest.starts_with([',', '\n']) || rest.starts_with("\r\n")) {
            return Err(refuse("text follows a closing quote"));
        }
        self.line += cell.matches('\n').count();
        self.rest = rest;
        Ok(cell)
    }
}
