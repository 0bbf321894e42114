//! The nodes of a surface, read from a table in long form.

use std::collections::BTreeMap;

use mf_data::Table;

use crate::error::PlotError;
use crate::spec::check::setting;
use crate::spec::{Scale, Surface};
use crate::table::Source;
use crate::table::lattice::Lattice;

/// The nodes of a surface, on a full rectangular grid.
pub(crate) struct Nodes {
    /// Increasing, at least two.
    pub(crate) x: Vec<f64>,
    pub(crate) y: Vec<f64>,
    /// Values row by row, from the least y and the least x; NaN where there is no value.
    pub(crate) z: Vec<f64>,
    /// Whether each node has diverged, in the same order.
    diverged: Vec<bool>,
}

impl Nodes {
    /// Reads the nodes; `part` names the panel in errors.
    pub(crate) fn read(
        surface: &Surface,
        part: &str,
        tables: &BTreeMap<String, Table>,
        scales: [Scale; 2],
    ) -> Result<Self, PlotError> {
        let source = Source::find(&surface.table, part, tables)?;
        let rows = source.rows(&surface.filter)?;
        let z = source.numbers(&surface.value, "the value of a node")?;
        let diverged = match &surface.diverged {
            Some(column) => flags(&source, column, &rows)?,
            None => vec![false; z.len()],
        };
        let lattice = Lattice::read(&source, &rows, &surface.x, &surface.y)?;
        let nodes = Nodes {
            z: lattice.pick(&z),
            diverged: lattice.pick(&diverged),
            x: lattice.x,
            y: lattice.y,
        };
        for (row, value) in lattice.rows.iter().zip(&nodes.z) {
            source.not_infinite(&surface.value, *row, *value)?;
        }
        if nodes.z.iter().all(|value| value.is_nan()) {
            return Err(source.empty());
        }
        let sides = [(&surface.x, &nodes.x, "x"), (&surface.y, &nodes.y, "y")];
        for ((column, values, axis), scale) in sides.into_iter().zip(scales) {
            let (Some(least), 2..) = (values.first(), values.len()) else {
                return setting(
                    part,
                    format!("its nodes have only one value of \"{column}\""),
                    "give at least two along each axis, or pick other rows with `where`",
                );
            };
            // If any value is not positive on a logarithmic axis, the least one is not.
            let numbers = source.numbers(column, axis)?;
            let row = rows.iter().find(|row| numbers.get(**row) == Some(least));
            source.check(column, row.copied().unwrap_or(0), *least, scale, axis)?;
        }
        Ok(nodes)
    }

    /// Whether a node has no value.
    pub(crate) fn has_gaps(&self) -> bool {
        self.z.iter().any(|value| value.is_nan())
    }

    /// Whether a node has diverged.
    pub(crate) fn has_diverged(&self) -> bool {
        self.diverged.contains(&true)
    }

    /// x and y of all nodes, and whether each has diverged.
    pub(crate) fn places(&self) -> impl Iterator<Item = (f64, f64, bool)> + '_ {
        let places = self
            .y
            .iter()
            .flat_map(|y| self.x.iter().map(move |x| (*x, *y)));
        places
            .zip(&self.diverged)
            .map(|((x, y), diverged)| (x, y, *diverged))
    }
}

/// A column of 0 and 1, or of false and true.
fn flags(source: &Source<'_>, column: &str, rows: &[usize]) -> Result<Vec<bool>, PlotError> {
    let texts = source.texts(column)?;
    for row in rows {
        let text = texts.get(*row).map_or("", String::as_str);
        if !matches!(text, "0" | "1" | "false" | "true") {
            let problem = format!("is \"{text}\", but must say whether a node has diverged");
            let remedy = "write 0 or 1, or false or true";
            return source.bad_value(column, *row, &problem, remedy);
        }
    }
    let is_set = |text: &String| text == "1" || text == "true";
    Ok(texts.iter().map(is_set).collect())
}
