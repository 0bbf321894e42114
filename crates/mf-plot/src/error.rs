//! Errors of figures, each with its place and the remedy.

use thiserror::Error;

/// Why a figure could not be drawn.
#[derive(Debug, Error)]
pub enum PlotError {
    /// The page or the grid of panels is invalid.
    #[error("figure: {problem}; {remedy}")]
    Page {
        /// What is wrong.
        problem: String,
        /// What to do.
        remedy: String,
    },
    /// A series names a table that does not exist.
    #[error(
        "{part}: there is no table \"{table}\"{}; the figure has {}",
        did_you_mean(nearest),
        list(available)
    )]
    UnknownTable {
        /// Panel and series, counted from 1.
        part: String,
        /// The name asked for.
        table: String,
        /// The most similar name, if one is similar enough.
        nearest: Option<String>,
        /// All tables.
        available: Vec<String>,
    },
    /// A series names a column that its table does not have.
    #[error(
        "{part}: table \"{table}\" has no column \"{column}\"{}; it has {}",
        did_you_mean(nearest),
        list(available)
    )]
    UnknownColumn {
        /// Panel and series, counted from 1.
        part: String,
        /// The table.
        table: String,
        /// The name asked for.
        column: String,
        /// The most similar name, if one is similar enough.
        nearest: Option<String>,
        /// All columns.
        available: Vec<String>,
    },
    /// A column that must be numeric holds text.
    #[error(
        "{part}: column \"{column}\" of table \"{table}\" is not numeric, but {role} must be; give a column of numbers"
    )]
    NotNumeric {
        /// Panel and series, counted from 1.
        part: String,
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The use of the column.
        role: &'static str,
    },
    /// An error of the table for a column.
    #[error("{part}: column \"{column}\" of table \"{table}\"")]
    Table {
        /// Panel and series, counted from 1.
        part: String,
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The error of the table.
        source: Box<mf_data::DataError>,
    },
    /// A value on a logarithmic axis is not positive.
    #[error(
        "{part}: row {row} of column \"{column}\" of table \"{table}\" is {value}, but the {axis} axis is logarithmic; select positive values with `where`, or make the axis linear"
    )]
    NotPositive {
        /// Panel and series, counted from 1.
        part: String,
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The row, counted from 1.
        row: usize,
        /// The value.
        value: f64,
        /// `x` or `y`.
        axis: &'static str,
    },
    /// A value is infinite.
    #[error(
        "{part}: row {row} of column \"{column}\" of table \"{table}\" is infinite; leave the row out with `where`, or write an empty cell for a gap"
    )]
    Infinite {
        /// Panel and series, counted from 1.
        part: String,
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The row, counted from 1.
        row: usize,
    },
    /// A row has no place in a grid: its x or y is NaN.
    #[error(
        "{part}: row {row} of column \"{column}\" of table \"{table}\" is NaN, so it has no place in the grid; leave the row out with `where`"
    )]
    NoPlace {
        /// Panel, counted from 1.
        part: String,
        /// The table.
        table: String,
        /// The column of x or y.
        column: String,
        /// The row, counted from 1.
        row: usize,
    },
    /// The values along one side of a heat map are not evenly spaced.
    #[error(
        "{part}: column \"{column}\" of table \"{table}\" is not evenly spaced: {problem}; give evenly spaced values, or select rows with `where`"
    )]
    Uneven {
        /// Panel, counted from 1.
        part: String,
        /// The table.
        table: String,
        /// The column of x or y.
        column: String,
        /// What is wrong, with the values.
        problem: String,
    },
    /// A place of a grid has no row, or two.
    #[error(
        "{part}: place {cell} of the grid has {} in table \"{table}\"; give every place one row (NaN where there is no value), or select rows with `where`",
        many(rows)
    )]
    Cell {
        /// Panel, counted from 1.
        part: String,
        /// The table.
        table: String,
        /// The columns of x and y with their values.
        cell: String,
        /// Its rows, counted from 1: none, or the first two.
        rows: Vec<usize>,
    },
    /// Nothing is left to draw.
    #[error(
        "{part}: table \"{table}\" has {rows} rows, but none is left to draw after `where` and empty cells; change `where` or remove the series"
    )]
    EmptySeries {
        /// Panel and series, counted from 1.
        part: String,
        /// The table.
        table: String,
        /// The rows of the table before any filter.
        rows: usize,
    },
    /// A setting of a panel is invalid.
    #[error("{part}: {problem}; {remedy}")]
    Setting {
        /// The panel, and the series if the setting is in one, counted from 1.
        part: String,
        /// What is wrong.
        problem: String,
        /// What to do.
        remedy: String,
    },
    /// The markup of a text is invalid.
    #[error("text \"{text}\": {problem}; write a backslash before a sign that is not markup")]
    Markup {
        /// The text.
        text: String,
        /// What is wrong.
        problem: String,
    },
    /// The embedded fonts have no such letter.
    #[error("text \"{text}\": the embedded fonts have no glyph for '{character}' (U+{:04X}); use another sign", u32::from(*character))]
    MissingGlyph {
        /// The text.
        text: String,
        /// The letter.
        character: char,
    },
    /// An embedded font cannot be read: a bug of this program.
    #[error("the embedded font {font} is missing or cannot be read; please report it")]
    Font {
        /// PostScript name of the font.
        font: &'static str,
    },
    /// The figure could not be rasterized: a bug of this program.
    #[error("the figure could not be rasterized: {reason}")]
    Raster {
        /// The message of the rasterizer.
        reason: String,
    },
    /// The drawing library failed.
    #[error("the figure could not be drawn: {reason}")]
    Drawing {
        /// The message of the library.
        reason: String,
    },
}

impl From<plotters::drawing::DrawingAreaErrorKind<PlotError>> for PlotError {
    fn from(error: plotters::drawing::DrawingAreaErrorKind<PlotError>) -> Self {
        use plotters::drawing::DrawingAreaErrorKind::BackendError;
        match error {
            BackendError(plotters_backend::DrawingErrorKind::DrawingError(own)) => own,
            other => PlotError::Drawing {
                reason: other.to_string(),
            },
        }
    }
}

fn did_you_mean(nearest: &Option<String>) -> String {
    nearest
        .as_ref()
        .map(|name| format!(" (did you mean \"{name}\"?)"))
        .unwrap_or_default()
}

fn many(rows: &[usize]) -> String {
    match rows {
        [first, second, ..] => format!("rows {first} and {second}"),
        [row] => format!("row {row}"),
        [] => "no row".to_owned(),
    }
}

/// Names as a list in a message.
pub(crate) fn list(names: &[String]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

/// The name most similar to `wanted`, if one is similar enough to be meant.
pub(crate) fn nearest(wanted: &str, available: &[String]) -> Option<String> {
    const LIKE: f64 = 0.7;
    available
        .iter()
        .map(|name| (strsim::jaro_winkler(wanted, name), name))
        .filter(|(likeness, _)| *likeness >= LIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.clone())
}
