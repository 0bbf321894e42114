//! The rows of a table that a series draws.

pub(crate) mod lattice;

use std::collections::BTreeMap;

use mf_data::{DataError, Table};

use crate::error::{PlotError, nearest};
use crate::spec::check::setting;
use crate::spec::{Filter, Scale, Series, Value};

/// A row that is drawn.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) x: f64,
    pub(crate) y: f64,
    /// The point's name, from the series' label column.
    pub(crate) name: Option<String>,
    /// The value of its colour, if the series has `color-by`; may be NaN.
    pub(crate) shade: Option<f64>,
    /// The two ends of its range, the lower first, if the series has `low` and `high` and both are numbers.
    pub(crate) range: Option<[f64; 2]>,
    /// Half the length of its error bar, if the series has `error` and it is a number.
    pub(crate) error: Option<f64>,
}

impl Sample {
    /// All its values of y: its own, the ends of its range and of its error bar.
    pub(crate) fn heights(&self) -> impl Iterator<Item = f64> {
        let error = self.error.map(|error| [self.y - error, self.y + error]);
        [self.range, error]
            .into_iter()
            .flatten()
            .flatten()
            .chain([self.y])
    }
}

/// The value of the group column that a curve's rows share.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) text: String,
    /// The value, if the column is numeric.
    pub(crate) number: Option<f64>,
}

/// The rows of one curve in the table's order; `None` is a gap.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    pub(crate) key: Option<Key>,
    pub(crate) samples: Vec<Option<Sample>>,
}

impl Curve {
    /// The rows that are drawn.
    pub(crate) fn points(&self) -> impl DoubleEndedIterator<Item = &Sample> {
        self.samples.iter().flatten()
    }
}

/// The curves of a series: one, or one for each value of its group column. `part` names the series in errors.
pub(crate) fn curves(
    series: &Series,
    part: &str,
    tables: &BTreeMap<String, Table>,
    scales: (Scale, Scale),
) -> Result<Vec<Curve>, PlotError> {
    let source = Source::find(&series.table, part, tables)?;
    let rows = source.rows(&series.filter)?;
    let x = source.numbers(&series.x, "x")?;
    let y = source.numbers(&series.y, "y")?;
    let names = series
        .label_column
        .as_ref()
        .map(|column| source.texts(column))
        .transpose()?;
    let shades = series
        .color_by
        .as_ref()
        .map(|column| source.numbers(column, "the column of the colours"))
        .transpose()?;
    let spread = Spread::find(series, &source)?;
    let keys = series
        .group
        .as_ref()
        .map(|column| source.keys(column))
        .transpose()?;
    let mut curves: Vec<Curve> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        let key = keys.as_ref().and_then(|keys| keys.get(row)).cloned();
        let name = key.as_ref().map_or("", |key| key.text.as_str()).to_owned();
        let place = *places.entry(name).or_insert(curves.len());
        if place == curves.len() {
            curves.push(Curve {
                key,
                samples: Vec::new(),
            });
        }
        let (Some(&x), Some(&y)) = (x.get(row), y.get(row)) else {
            continue;
        };
        let sample = if x.is_nan() || y.is_nan() {
            None
        } else {
            source.check(&series.x, row, x, scales.0, "x")?;
            source.check(&series.y, row, y, scales.1, "y")?;
            let name = names
                .as_ref()
                .and_then(|names| names.get(row))
                .filter(|name| !name.is_empty());
            let shade = shades.as_ref().and_then(|shades| shades.get(row)).copied();
            if let (Some(column), Some(shade)) = (&series.color_by, shade) {
                source.not_infinite(column, row, shade)?;
            }
            Some(Sample {
                x,
                y,
                name: name.cloned(),
                shade,
                range: spread.range(&source, row, scales.1)?,
                error: spread.error(&source, row)?,
            })
        };
        if let Some(curve) = curves.get_mut(place) {
            curve.samples.push(sample);
        }
    }
    curves.retain(|curve| curve.points().next().is_some());
    if curves.is_empty() {
        return Err(source.empty());
    }
    let number = |curve: &Curve| curve.key.as_ref().and_then(|key| key.number);
    if curves.iter().all(|curve| number(curve).is_some()) {
        let order = |curve: &Curve| number(curve).unwrap_or(0.0);
        curves.sort_by(|a, b| order(a).total_cmp(&order(b)));
    }
    Ok(curves)
}

/// The columns of ranges and errors of a series, by name.
struct Spread<'a> {
    range: Option<[(&'a str, Vec<f64>); 2]>,
    error: Option<(&'a str, Vec<f64>)>,
}

impl<'a> Spread<'a> {
    fn find(series: &'a Series, source: &Source<'_>) -> Result<Self, PlotError> {
        let column = |name: &'a Option<String>, role: &'static str| {
            let name = name.as_deref();
            name.map(|name| source.numbers(name, role).map(|values| (name, values)))
                .transpose()
        };
        let (low, high) = (column(&series.low, "low")?, column(&series.high, "high")?);
        Ok(Spread {
            range: low.zip(high).map(|(low, high)| [low, high]),
            error: column(&series.error, "an error")?,
        })
    }

    /// The ends of the range of a row; none if one of them is NaN.
    fn range(
        &self,
        source: &Source<'_>,
        row: usize,
        scale: Scale,
    ) -> Result<Option<[f64; 2]>, PlotError> {
        let Some([(low_name, lows), (high_name, highs)]) = &self.range else {
            return Ok(None);
        };
        let (Some(&low), Some(&high)) = (lows.get(row), highs.get(row)) else {
            return Ok(None);
        };
        if low.is_nan() || high.is_nan() {
            return Ok(None);
        }
        source.check(low_name, row, low, scale, "y")?;
        source.check(high_name, row, high, scale, "y")?;
        if low > high {
            let problem = format!("is {low}, above the {high} of \"{high_name}\"");
            return source.bad_value(
                low_name,
                row,
                &problem,
                "give the column of the lower ends as `low`",
            );
        }
        Ok(Some([low, high]))
    }

    /// The error of a row; none if it is NaN.
    fn error(&self, source: &Source<'_>, row: usize) -> Result<Option<f64>, PlotError> {
        let Some((name, errors)) = &self.error else {
            return Ok(None);
        };
        let Some(error) = errors.get(row).copied().filter(|error| !error.is_nan()) else {
            return Ok(None);
        };
        source.not_infinite(name, row, error)?;
        if error < 0.0 {
            let problem = format!("is {error}, but an error must be 0 or more");
            let remedy = "give a column of standard errors, or an empty cell for no error bar";
            return source.bad_value(name, row, &problem, remedy);
        }
        Ok(Some(error))
    }
}

/// The table of a series or panel, with the names for its errors.
pub(crate) struct Source<'a> {
    pub(crate) table: &'a Table,
    name: &'a str,
    part: &'a str,
}

impl<'a> Source<'a> {
    /// The table with this name; `part` names the panel or series in errors.
    pub(crate) fn find(
        name: &'a str,
        part: &'a str,
        tables: &'a BTreeMap<String, Table>,
    ) -> Result<Self, PlotError> {
        let table = tables.get(name).ok_or_else(|| {
            let available: Vec<String> = tables.keys().cloned().collect();
            PlotError::UnknownTable {
                part: part.to_owned(),
                table: name.to_owned(),
                nearest: nearest(name, &available),
                available,
            }
        })?;
        Ok(Source { table, name, part })
    }

    fn known(&self, column: &str) -> Result<(), PlotError> {
        if self.table.fields().iter().any(|field| field.name == column) {
            return Ok(());
        }
        let available: Vec<String> = self
            .table
            .fields()
            .iter()
            .map(|field| field.name.clone())
            .collect();
        Err(PlotError::UnknownColumn {
            part: self.part.to_owned(),
            table: self.name.to_owned(),
            column: column.to_owned(),
            nearest: nearest(column, &available),
            available,
        })
    }

    /// The numbers of a column.
    pub(crate) fn numbers(&self, column: &str, role: &'static str) -> Result<Vec<f64>, PlotError> {
        self.known(column)?;
        self.table.f64(column).map_err(|source| match source {
            DataError::WrongKind { .. } => PlotError::NotNumeric {
                part: self.part.to_owned(),
                table: self.name.to_owned(),
                column: column.to_owned(),
                role,
            },
            source => self.refused(column, source),
        })
    }

    pub(crate) fn texts(&self, column: &str) -> Result<Vec<String>, PlotError> {
        self.known(column)?;
        self.table
            .text(column)
            .map_err(|source| self.refused(column, source))
    }

    fn keys(&self, column: &str) -> Result<Vec<Key>, PlotError> {
        let texts = self.texts(column)?;
        let numbers = self.table.f64(column).ok();
        let number = |row: usize| {
            numbers
                .as_ref()
                .and_then(|numbers| numbers.get(row))
                .copied()
        };
        Ok(texts
            .into_iter()
            .enumerate()
            .map(|(row, text)| Key {
                text,
                number: number(row),
            })
            .collect())
    }

    /// The error for a table without a row to draw.
    pub(crate) fn empty(&self) -> PlotError {
        PlotError::EmptySeries {
            part: self.part.to_owned(),
            table: self.name.to_owned(),
            rows: self.table.rows(),
        }
    }

    fn refused(&self, column: &str, source: DataError) -> PlotError {
        PlotError::Table {
            part: self.part.to_owned(),
            table: self.name.to_owned(),
            column: column.to_owned(),
            source: Box::new(source),
        }
    }

    /// The rows that pass every filter.
    pub(crate) fn rows(&self, filters: &BTreeMap<String, Filter>) -> Result<Vec<usize>, PlotError> {
        let mut rows: Vec<usize> = (0..self.table.rows()).collect();
        for (column, filter) in filters {
            let values = match filter {
                Filter::One(value) => std::slice::from_ref(value),
                Filter::AnyOf(values) => values.as_slice(),
            };
            let texts = self.texts(column)?;
            let needs_numbers = values.iter().any(|value| matches!(value, Value::Number(_)));
            let numbers = if needs_numbers {
                self.numbers(column, "a column that `where` compares with a number")?
            } else {
                Vec::new()
            };
            rows.retain(|row| {
                values.iter().any(|value| match value {
                    Value::Number(number) => numbers.get(*row) == Some(number),
                    Value::Text(text) => texts.get(*row) == Some(text),
                })
            });
        }
        Ok(rows)
    }

    /// Checks that a value is not infinite; NaN is a gap.
    pub(crate) fn not_infinite(
        &self,
        column: &str,
        row: usize,
        value: f64,
    ) -> Result<(), PlotError> {
        if value.is_infinite() {
            return Err(PlotError::Infinite {
                part: self.part.to_owned(),
                table: self.name.to_owned(),
                column: column.to_owned(),
                row: row + 1,
            });
        }
        Ok(())
    }

    /// Checks that the x or y of a cell or node is finite.
    pub(crate) fn has_place(&self, column: &str, row: usize, value: f64) -> Result<(), PlotError> {
        self.not_infinite(column, row, value)?;
        if value.is_nan() {
            return Err(PlotError::NoPlace {
                part: self.part.to_owned(),
                table: self.name.to_owned(),
                column: column.to_owned(),
                row: row + 1,
            });
        }
        Ok(())
    }

    /// The error for a place of a grid without a row, or with two (counted from 1).
    pub(crate) fn not_one_row(&self, cell: String, rows: Vec<usize>) -> PlotError {
        PlotError::Cell {
            part: self.part.to_owned(),
            table: self.name.to_owned(),
            cell,
            rows,
        }
    }

    /// The error for an invalid value.
    pub(crate) fn bad_value<T>(
        &self,
        column: &str,
        row: usize,
        problem: &str,
        remedy: &str,
    ) -> Result<T, PlotError> {
        let name = self.name;
        setting(
            self.part,
            format!(
                "row {} of column \"{column}\" of table \"{name}\" {problem}",
                row + 1
            ),
            remedy,
        )
    }

    /// Checks that an axis of this scale can show a value.
    pub(crate) fn check(
        &self,
        column: &str,
        row: usize,
        value: f64,
        scale: Scale,
        axis: &'static str,
    ) -> Result<(), PlotError> {
        self.not_infinite(column, row, value)?;
        if scale == Scale::Log && value <= 0.0 {
            return Err(PlotError::NotPositive {
                part: self.part.to_owned(),
                table: self.name.to_owned(),
                column: column.to_owned(),
                row: row + 1,
                value,
                axis,
            });
        }
        Ok(())
    }
}
