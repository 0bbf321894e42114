//! Everything that can be wrong with a figure, said so that it can be mended.

use thiserror::Error;

/// Why a figure could not be drawn.
#[derive(Debug, Error)]
pub enum PlotError {
    /// The page or the grid of panels makes no sense.
    #[error("figure: {problem}; {remedy}")]
    Page {
        /// What is wrong.
        problem: String,
        /// What to do.
        remedy: String,
    },
    /// A series names a table that was not handed in.
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
        /// The available name that looks most alike.
        nearest: Option<String>,
        /// All the names there are.
        available: Vec<String>,
    },
    /// A series names a column that its table has not.
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
        /// The available name that looks most alike.
        nearest: Option<String>,
        /// All the columns there are.
        available: Vec<String>,
    },
    /// A column that must be numeric holds text.
    #[error(
        "{part}: column \"{column}\" of table \"{table}\" is not numeric, but {role} must be; name a column of numbers"
    )]
    NotNumeric {
        /// Panel and series, counted from 1.
        part: String,
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// What the column is used for.
        role: &'static str,
    },
    /// The table could not hand out a column.
    #[error("{part}: column \"{column}\" of table \"{table}\"")]
    Table {
        /// Panel and series, counted from 1.
        part: String,
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// What the table said.
        source: Box<mf_data::DataError>,
    },
    /// A value has no place on a logarithmic axis.
    #[error(
        "{part}: row {row} of column \"{column}\" of table \"{table}\" is {value}, but the {axis} axis is logarithmic; keep to positive values with `where`, or make the axis linear"
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
    /// A place of a grid can't be found: its x or y is NaN.
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
        "{part}: column \"{column}\" of table \"{table}\" is no side of a regular grid: {problem}; give evenly spaced values, or pick rows with `where`"
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
        "{part}: the grid's place {cell} has {} in table \"{table}\"; give every place one row (NaN where there is no value), or pick rows with `where`",
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
        "{part}: table \"{table}\" has {rows} rows, but none is left to draw after `where` and empty cells; loosen `where` or leave the series out"
    )]
    EmptySeries {
        /// Panel and series, counted from 1.
        part: String,
        /// The table.
        table: String,
        /// The rows of the table before any filter.
        rows: usize,
    },
    /// A setting of a panel makes no sense.
    #[error("{part}: {problem}; {remedy}")]
    Setting {
        /// Panel, and series where it is one's, counted from 1.
        part: String,
        /// What is wrong.
        problem: String,
        /// What to do.
        remedy: String,
    },
    /// A text's markup can't be read.
    #[error("text \"{text}\": {problem}; write a backslash before a sign that is meant as itself")]
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
    /// An embedded font can't be read: a fault of the program, not of the figure.
    #[error("the embedded font {font} is missing or can't be read")]
    Font {
        /// PostScript name of the font.
        font: &'static str,
    },
    /// The picture could not be rasterized: a fault of the program, not of the figure.
    #[error("the figure could not be rasterized: {reason}")]
    Raster {
        /// What the rasterizer said.
        reason: String,
    },
    /// The drawing library failed.
    #[error("the figure could not be drawn: {reason}")]
    Drawing {
        /// What the library said.
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

/// Names as a message has them.
pub(crate) fn list(names: &[String]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

/// The name most like `wanted`, if one is near enough to be a slip of the hand.
pub(crate) fn nearest(wanted: &str, available: &[String]) -> Option<String> {
    const LIKE: f64 = 0.7;
    available
        .iter()
        .map(|name| (strsim::jaro_winkler(wanted, name), name))
        .filter(|(likeness, _)| *likeness >= LIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.clone())
}
