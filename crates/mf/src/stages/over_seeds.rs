//! `over-seeds`: mean and standard deviation of a column over the rows of a group, for example over seeds.

use mf_data::Table;
use mf_fit::Mean;
use mf_pipeline::{BoxError, Job, Outputs, ParamError, Role, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `over-seeds`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct OverSeeds {
    /// The column that is averaged.
    value: String,
    /// Columns that define the groups: rows with the same values in all of them are one group. They are columns of the result.
    #[schemars(length(min = 1))]
    by: Vec<String>,
    /// Columns of which the result has the largest value of a group, such as `diverged`, which is 1 if any seed diverged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    most: Vec<String>,
}

impl TypedStage for OverSeeds {
    const KIND: &'static str = "over-seeds";
    const ABOUT: &'static str =
        "Mean and standard deviation of a column over the rows of a group, for example over seeds.";

    fn check(&self) -> Result<(), ParamError> {
        if self.by.is_empty() {
            return Err(ParamError::at("by", "the list is empty").allowed("one column or more"));
        }
        match self.by.iter().position(|name| *name == self.value) {
            None => Ok(()),
            Some(index) => Err(ParamError::at(
                &format!("by.{index}"),
                format!("`{}` is the column that is averaged", self.value),
            )
            .allowed("columns other than `value`")),
        }
    }

    fn roles(&self) -> Vec<Role> {
        vec![Role::required(
            "data",
            "a table with the columns `value`, `by` and `most`",
        )]
    }

    fn tables(&self) -> Vec<String> {
        vec!["groups".into()]
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let data = job.table("data")?;
        let values = data.f64(&self.value)?;
        let groups: Vec<Group> = data
            .groups(&self.by)?
            .into_iter()
            .map(|rows| Group {
                mean: rows.iter().map(|&row| values[row]).collect(),
                rows,
            })
            .collect();
        let firsts: Vec<usize> = groups.iter().map(|group| group.rows[0]).collect();
        let mut table = Table::of(&groups);
        for name in &self.by {
            let (field, column) = (data.field(name)?, data.column(name)?);
            table = table.column(name, &field.unit, &field.about, column.at(&firsts));
        }
        let unit = &data.field(&self.value)?.unit;
        let about = |what: &str| format!("{what} of {} over the group", self.value);
        table = table
            .f64("mean", unit, &about("mean"), |g| g.mean.mean())
            .f64("spread", unit, &about("standard deviation"), Group::spread)
            .f64("low", unit, "mean minus spread", |g| {
                g.mean.mean() - g.spread()
            })
            .f64("high", unit, "mean plus spread", |g| {
                g.mean.mean() + g.spread()
            })
            .u64("rows", "1", "number of rows of the group", |g| {
                g.mean.count()
            });
        for name in &self.most {
            let (unit, values) = (&data.field(name)?.unit, data.f64(name)?);
            let about = format!("largest value of {name} over the group");
            table = table.f64(name, unit, &about, |g| {
                let values = g.rows.iter().map(|&row| values[row]);
                values.fold(f64::NEG_INFINITY, f64::max)
            });
        }
        Ok(Outputs::new().table("groups", table.build()?))
    }
}

/// The rows of a group, and the mean of `value` over them.
struct Group {
    rows: Vec<usize>,
    mean: Mean,
}

impl Group {
    /// The standard deviation of the values.
    fn spread(&self) -> f64 {
        self.mean.variance().sqrt()
    }
}
