//! `width-limit`: values that were measured at several widths, at infinite width, beside theory.

use mf_data::Table;
use mf_fit::{WidthLimit, chi_square_tail};
use mf_pipeline::{BoxError, Job, Outputs, ParamError, Role, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::numbers::{self, Numbers};

/// Parameters of `width-limit`: value = limit + slope / width, for each group of rows. The widths are in the column `width`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct AtInfiniteWidth {
    /// Columns that define the groups: rows with the same values in all of them are one group.
    #[schemars(length(min = 1))]
    by: Vec<String>,
    /// Column of the measured values.
    value: String,
    /// Column of their standard errors, which are independent.
    error: String,
    /// Column of what theory gives at infinite width; the same in all rows of a group.
    theory: String,
}

/// A group and its line.
struct Group {
    name: String,
    first: usize,
    line: WidthLimit,
    theory: f64,
}

impl Group {
    fn deviation(&self) -> f64 {
        (self.line.limit - self.theory) / self.line.error
    }
}

impl TypedStage for AtInfiniteWidth {
    const KIND: &'static str = "width-limit";
    const ABOUT: &'static str = "Measured values at 1/width = 0, by weighted least squares over the widths, beside theory, with one chi-square over all.";

    fn check(&self) -> Result<(), ParamError> {
        if self.by.is_empty() {
            return Err(ParamError::at("by", "the list is empty").allowed("one column or more"));
        }
        Ok(())
    }

    fn roles(&self) -> Vec<Role> {
        vec![Role::required(
            "data",
            "a table with the columns `width`, `by`, `value`, `error` and `theory`",
        )]
    }

    fn tables(&self) -> Vec<String> {
        vec!["limits".into()]
    }

    fn numbers(&self) -> Vec<String> {
        numbers::names(NUMBERS)
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let data = job.table("data")?;
        let widths = data.f64("width")?;
        let [values, errors, theory] =
            [&self.value, &self.error, &self.theory].map(|name| data.f64(name));
        let (values, errors, theory) = (values?, errors?, theory?);
        let names: Vec<Vec<String>> = (self.by.iter())
            .map(|name| data.text(name))
            .collect::<Result<_, _>>()?;
        let mut groups = Vec::new();
        for rows in data.groups(&self.by)? {
            let first = rows[0];
            let of = |column: &[f64]| rows.iter().map(|&row| column[row]).collect::<Vec<_>>();
            let name: Vec<&str> = names.iter().map(|column| column[first].as_str()).collect();
            let name = name.join(", ");
            let [widths, values, errors] = [&widths, &values, &errors].map(|column| of(column));
            if let Some(at) = values.iter().position(|value| value.is_nan()) {
                let (column, width) = (&self.value, widths[at]);
                return Err(format!(
                    "{name}: `{column}` has no value at width {width}: measure this width again with other parameters, or leave it out"
                ).into());
            }
            let line = mf_fit::width_limit(&widths, &values, &errors);
            groups.push(Group {
                line: line.map_err(|error| format!("{name}: {error}"))?,
                name,
                theory: theory[first],
                first,
            });
        }
        let firsts: Vec<usize> = groups.iter().map(|group| group.first).collect();
        let unit = &data.field(&self.value)?.unit;
        let mut table =
            Table::of(&groups).text("group", "the values of the group", |g| g.name.as_str());
        for name in &self.by {
            let (field, column) = (data.field(name)?, data.column(name)?);
            table = table.column(name, &field.unit, &field.about, column.at(&firsts));
        }
        let limits = table
            .f64("limit", unit, "value at 1/width = 0", |g| g.line.limit)
            .f64(
                "error",
                unit,
                "its standard error, from the errors of the values",
                |g| g.line.error,
            )
            .f64("theory", unit, "by theory, at infinite width", |g| g.theory)
            .f64(
                "deviation",
                "standard errors",
                "limit minus theory",
                Group::deviation,
            )
            .f64("slope", unit, "coefficient of 1/width", |g| g.line.slope)
            .f64(
                "chi_square",
                "1",
                "sum of the squared distances from the line, in standard errors",
                |g| g.line.chi_square,
            )
            .f64(
                "p_value",
                "1",
                "how likely distances as large or larger are by chance",
                |g| chi_square_tail(g.line.chi_square, g.line.freedom),
            )
            .build()?;
        let outputs = Outputs::new().table("limits", limits);
        Ok(numbers::of(&groups, NUMBERS, outputs))
    }
}

const NUMBERS: &Numbers<Vec<Group>> = &[
    ("groups", "1", "number of groups", |groups| {
        groups.len() as f64
    }),
    (
        "chi-square",
        "1",
        "sum over the groups of the squared deviations of the limits from theory, in standard errors",
        |groups| chi_square(groups),
    ),
    (
        "p-value",
        "1",
        "how likely a sum as large or larger is by chance, if the theory is right",
        |groups| chi_square_tail(chi_square(groups), groups.len() as u64),
    ),
    (
        "largest-deviation",
        "standard errors",
        "largest deviation of a limit from theory",
        |groups| {
            groups
                .iter()
                .map(|g| g.deviation().abs())
                .fold(0.0, f64::max)
        },
    ),
];

fn chi_square(groups: &[Group]) -> f64 {
    groups.iter().map(|g| g.deviation() * g.deviation()).sum()
}
