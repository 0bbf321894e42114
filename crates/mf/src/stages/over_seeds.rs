//! `over-seeds`: the mean and the spread of a column over the seeds, for each combination of the other columns.

use mf_data::{Column, Table};
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
    /// Columns that tell the groups apart; they are kept. A row belongs to one group.
    #[schemars(length(min = 1))]
    by: Vec<String>,
    /// Columns of which the largest value of a group is kept, such as a mark that any seed may set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    most: Vec<String>,
}

impl TypedStage for OverSeeds {
    const KIND: &'static str = "over-seeds";
    const ABOUT: &'static str =
        "Mean and standard deviation of a column over the rows of a group, such as the seeds.";

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
            .allowed("other columns")),
        }
    }

    fn roles(&self) -> Vec<Role> {
        vec![Role::required("data", "a table with these columns")]
    }

    fn tables(&self) -> Vec<String> {
        vec!["groups".into()]
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let data = job.table("data")?;
        let mut keys: Vec<Vec<String>> = vec![Vec::new(); data.rows()];
        for name in &self.by {
            let texts = data.column(name)?.into_text();
            keys.iter_mut()
                .zip(texts)
                .for_each(|(key, text)| key.push(text));
        }
        // Groups in the order of their first rows.
        let mut groups: Vec<Group> = Vec::new();
        let mut places = std::collections::BTreeMap::new();
        for (row, (key, value)) in keys.into_iter().zip(data.f64(&self.value)?).enumerate() {
            let place = *places.entry(key).or_insert(groups.len());
            if place == groups.len() {
                groups.push(Group::default());
            }
            if let Some(group) = groups.get_mut(place) {
                group.rows.push(row);
                group.values.push(value);
            }
        }
        let mut table = Table::builder();
        for name in &self.by {
            let (field, column) = (data.field(name)?, data.column(name)?);
            table = table.column(name, &field.unit, &field.about, first_rows(column, &groups));
        }
        let field = data.field(&self.value)?;
        let number = |value: fn(&Group) -> f64| groups.iter().map(value).collect::<Vec<f64>>();
        let about = |what: &str| format!("{what} of {} over the group", self.value);
        let spread = |group: &Group| group.values.variance().sqrt();
        let table = table
            .f64(
                "mean",
                &field.unit,
                &about("mean"),
                number(|g| g.values.mean()),
            )
            .f64(
                "spread",
                &field.unit,
                &about("standard deviation"),
                number(spread),
            )
            .f64(
                "low",
                &field.unit,
                "mean minus spread",
                number(|g| g.values.mean() - g.values.variance().sqrt()),
            )
            .f64(
                "high",
                &field.unit,
                "mean plus spread",
                number(|g| g.values.mean() + g.values.variance().sqrt()),
            )
            .u64(
                "rows",
                "1",
                "rows of the group",
                groups.iter().map(|g| g.values.count()).collect(),
            );
        let most = self
            .most
            .iter()
            .try_fold(table, |table, name| -> Result<_, BoxError> {
                let (field, values) = (data.field(name)?, data.f64(name)?);
                let of_row = |row: &usize| values.get(*row).copied();
                let largest = |rows: &Vec<usize>| {
                    rows.iter()
                        .filter_map(of_row)
                        .fold(f64::NEG_INFINITY, f64::max)
                };
                let about = format!("largest value of {name} over the group");
                Ok(table.f64(
                    name,
                    &field.unit,
                    &about,
                    groups.iter().map(|g| largest(&g.rows)).collect(),
                ))
            })?;
        Ok(Outputs::new().table("groups", most.build()?))
    }
}

/// The rows with the same keys, and the values there.
#[derive(Default)]
struct Group {
    rows: Vec<usize>,
    values: Mean,
}

/// A column at the first row of every group.
fn first_rows(column: Column, groups: &[Group]) -> Column {
    fn pick<T: Clone>(values: &[T], groups: &[Group]) -> Vec<T> {
        let firsts = groups.iter().filter_map(|group| group.rows.first());
        firsts.filter_map(|row| values.get(*row)).cloned().collect()
    }
    match column {
        Column::F64(values) => Column::F64(pick(&values, groups)),
        Column::U64(values) => Column::U64(pick(&values, groups)),
        Column::Text(values) => Column::Text(pick(&values, groups)),
    }
}
