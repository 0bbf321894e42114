//! `panel-agreement`: one published panel of accuracies against a grid that was trained over several seeds.

use std::collections::{BTreeMap, BTreeSet};

use mf_data::{DataError, Table};
use mf_fit::{Mean, PanelTest};
use mf_pipeline::{BoxError, Job, Outputs, ParamError, Role, TypedStage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::numbers::{self, Numbers};

/// Parameters of `panel-agreement`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PanelAgreement {
    /// Column of the reference with its accuracies, in any unit: each number of steps is scaled to its own extremes.
    value: String,
    /// The p-value at which a difference counts as noticed, between 0 and 1: for the number `noticed`.
    #[serde(default = "one_percent")]
    #[schemars(range(min = 0.0, max = 1.0))]
    level: f64,
}

fn one_percent() -> f64 {
    0.01
}

/// A cell of a panel: the networks that it is for, and when they were tested.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cell {
    step: u64,
    layers: u64,
    states: u64,
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            step,
            layers,
            states,
        } = self;
        write!(f, "step {step}, {layers} layers, {states} states")
    }
}

/// The cells of a table, row by row.
fn cells(table: &Table) -> Result<Vec<Cell>, DataError> {
    let (step, layers) = (table.u64("step")?, table.u64("layers")?);
    let states = table.u64("states")?;
    let rows = step.into_iter().zip(layers).zip(states);
    let cell = |((step, layers), states)| Cell {
        step,
        layers,
        states,
    };
    Ok(rows.map(cell).collect())
}

/// The values of a panel by cell.
type Panel = BTreeMap<Cell, f64>;

/// Each number of steps relative to its own extremes, in the order of the cells. `whose` is for messages.
fn relative(panel: &Panel, whose: &str) -> Result<Vec<f64>, BoxError> {
    let steps: BTreeSet<u64> = panel.keys().map(|cell| cell.step).collect();
    let mut all = Vec::new();
    for step in steps {
        let of_step = panel.iter().filter(|(cell, _)| cell.step == step);
        let values: Vec<f64> = of_step.map(|(_, value)| *value).collect();
        let scaled = mf_fit::relative(&values);
        all.extend(scaled.map_err(|error| format!("{whose}, step {step}: {error}"))?);
    }
    Ok(all)
}

/// A panel beside others of which it is not one.
struct Compared {
    name: String,
    /// The root mean square distance from the mean of the others.
    distance: f64,
    /// None with fewer than three others.
    test: Option<PanelTest>,
}

/// A cell with the reference's value and ours, over the seeds.
struct Row {
    cell: Cell,
    reference: f64,
    ours: Mean,
}

impl Row {
    fn difference(&self) -> f64 {
        self.reference - self.ours.mean()
    }
}

/// The joint test, and the cells.
struct Found {
    test: PanelTest,
    noticed: f64,
    /// Our own panels, each beside the others.
    own: Vec<f64>,
    rows: Vec<Row>,
}

impl TypedStage for PanelAgreement {
    const KIND: &'static str = "panel-agreement";
    const ABOUT: &'static str = "One published panel of accuracies over steps, layers and states against a grid over several seeds: one joint statistic.";

    fn check(&self) -> Result<(), ParamError> {
        if self.level > 0.0 && self.level < 1.0 {
            return Ok(());
        }
        let message = format!("the value is {}", self.level);
        Err(ParamError::at("level", message).allowed("a number between 0 and 1"))
    }

    fn roles(&self) -> Vec<Role> {
        vec![
            Role::required(
                "runs",
                "the table `runs` of a training-grid with three seeds or more, one initialization and one gain",
            ),
            Role::required(
                "reference",
                "a table with the columns `step`, `layers`, `states` and `value`: one network a row",
            ),
        ]
    }

    fn tables(&self) -> Vec<String> {
        ["cells", "panels"].map(str::to_owned).into()
    }

    fn numbers(&self) -> Vec<String> {
        numbers::names(NUMBERS)
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let reference = self.reference(&job.table("reference")?)?;
        let seeds = seeds(&job.table("runs")?, &reference)?;
        let scaled = seeds
            .iter()
            .map(|(seed, panel)| relative(panel, &format!("`runs`, seed {seed}")));
        let panels: Vec<Vec<f64>> = scaled.collect::<Result<_, _>>()?;
        let theirs = relative(&reference, "`reference`")?;
        let few = |error| format!("the seeds of `runs` as panels: {error}");
        let test = PanelTest::of(&panels, &theirs).map_err(few)?;
        let mut compared = vec![Compared {
            name: "reference".into(),
            distance: test.distance,
            test: Some(test),
        }];
        for (at, seed) in seeds.keys().enumerate() {
            let mut others = panels.clone();
            let own = others.remove(at);
            compared.push(Compared {
                name: format!("seed {seed}"),
                distance: mf_fit::panel_distance(&others, &own)?,
                test: PanelTest::of(&others, &own).ok(),
            });
        }
        let row = |(at, cell): (usize, &Cell)| Row {
            cell: *cell,
            reference: theirs[at],
            ours: panels.iter().map(|panel| panel[at]).collect(),
        };
        let found = Found {
            test,
            noticed: test.noticed(self.level)?,
            own: compared.iter().skip(1).map(|own| own.distance).collect(),
            rows: reference.keys().enumerate().map(row).collect(),
        };
        let outputs = Outputs::new()
            .table("cells", cells_table(&found.rows)?)
            .table("panels", panels_table(&compared)?);
        Ok(numbers::of(&found, NUMBERS, outputs))
    }
}

impl PanelAgreement {
    /// The reference by cell.
    fn reference(&self, table: &Table) -> Result<Panel, BoxError> {
        let refused = |error: DataError| format!("`reference`: {error}");
        let (cells, values) = (
            cells(table).map_err(refused)?,
            table.f64(&self.value).map_err(refused)?,
        );
        let mut panel = Panel::new();
        for (row, (cell, value)) in cells.into_iter().zip(values).enumerate() {
            if !value.is_finite() {
                return Err(format!(
                    "`reference`, row {} ({cell}): `{}` is {value}; give a finite number",
                    row + 1,
                    self.value
                )
                .into());
            }
            if panel.insert(cell, value).is_some() {
                return Err(format!("`reference`, row {} ({cell}): a row above has the same cell; remove one of them", row + 1).into());
            }
        }
        Ok(panel)
    }
}

/// By seed: the runs' accuracies in the cells of the reference.
fn seeds(runs: &Table, reference: &Panel) -> Result<BTreeMap<u64, Panel>, BoxError> {
    let refused = |error: DataError| format!("`runs`: {error}");
    let cells = cells(runs).map_err(refused)?;
    let (seed, accuracy) = (
        runs.u64("seed").map_err(refused)?,
        runs.f64("accuracy").map_err(refused)?,
    );
    let mut seeds: BTreeMap<u64, Panel> = BTreeMap::new();
    let mut known = BTreeSet::new();
    for ((cell, seed), accuracy) in cells.into_iter().zip(seed).zip(accuracy) {
        known.insert(cell);
        let panel = seeds.entry(seed).or_default();
        if reference.contains_key(&cell) && panel.insert(cell, accuracy).is_some() {
            return Err(format!("`runs` has two networks of seed {seed} at {cell}: give runs with one quantizer for each number of states, one initialization and one gain").into());
        }
    }
    for cell in reference.keys() {
        if let Some((seed, _)) = seeds.iter().find(|(_, panel)| !panel.contains_key(cell)) {
            let values = |of: fn(&Cell) -> u64| known.iter().map(of).collect::<BTreeSet<u64>>();
            return Err(format!(
                "`reference` has a row for {cell}, but `runs` has no such network of seed {seed}: it has steps {:?}, layers {:?} and \
                 states {:?}; add to the training-grid, or remove the row",
                values(|cell| cell.step),
                values(|cell| cell.layers),
                values(|cell| cell.states),
            )
            .into());
        }
    }
    Ok(seeds)
}

const NUMBERS: &Numbers<Found> = &[
    ("compared", "1", "cells of the reference", |f| {
        f.rows.len() as f64
    }),
    (
        "seeds",
        "1",
        "panels of ours with which it is compared",
        |f| f.test.panels as f64,
    ),
    (
        "distance",
        "1",
        "root mean square, over the cells, of the reference minus our mean, in relative accuracy",
        |f| f.test.distance,
    ),
    (
        "expected-distance",
        "1",
        "the same for one more panel of ours: scatter sqrt(1 + 1/seeds)",
        |f| f.test.expected(),
    ),
    (
        "scatter",
        "1",
        "root mean square, over the cells, of the standard deviation of one network",
        |f| f.test.scatter,
    ),
    (
        "freedom",
        "1",
        "cells that would scatter as much if they were alike and independent",
        |f| f.test.freedom,
    ),
    (
        "ratio",
        "1",
        "square of distance / expected-distance: about F with freedom and (seeds - 1) freedom degrees of freedom",
        |f| f.test.ratio(),
    ),
    (
        "p-value",
        "1",
        "probability that one more panel of ours is as far from our mean as the reference, or farther",
        |f| f.test.p_value(),
    ),
    (
        "noticed",
        "1",
        "root mean square of a systematic difference that about half of the panels would be rejected for, at the p-value `level`",
        |f| f.noticed,
    ),
    (
        "own-least",
        "1",
        "smallest distance of a panel of ours from the mean of the others",
        |f| f.own.iter().copied().fold(f64::INFINITY, f64::min),
    ),
    (
        "own-most",
        "1",
        "largest distance of a panel of ours from the mean of the others",
        |f| f.own.iter().copied().fold(0.0, f64::max),
    ),
    (
        "mean-difference",
        "1",
        "mean over the cells of the reference minus our mean",
        |f| f.rows.iter().map(Row::difference).collect::<Mean>().mean(),
    ),
    (
        "largest-difference",
        "1",
        "largest absolute difference of a cell",
        |f| {
            f.rows
                .iter()
                .map(|row| row.difference().abs())
                .fold(0.0, f64::max)
        },
    ),
];

fn cells_table(rows: &[Row]) -> Result<Table, DataError> {
    Table::of(rows)
        .u64("step", "1", "number of steps of training", |r| r.cell.step)
        .u64("layers", "layers", "depth of the network", |r| {
            r.cell.layers
        })
        .u64("states", "1", "number of states N", |r| r.cell.states)
        .f64(
            "reference",
            "1",
            "accuracy of the reference, relative to the extremes of its step",
            |r| r.reference,
        )
        .f64(
            "mean",
            "1",
            "ours, each seed relative to its own extremes, mean over the seeds",
            |r| r.ours.mean(),
        )
        .f64(
            "scatter",
            "1",
            "standard deviation of one network of ours",
            |r| r.ours.variance().sqrt(),
        )
        .f64("difference", "1", "reference minus mean", Row::difference)
        .build()
}

fn panels_table(compared: &[Compared]) -> Result<Table, DataError> {
    let of = |panel: &Compared, value: fn(&PanelTest) -> f64| {
        panel.test.as_ref().map_or(f64::NAN, value)
    };
    Table::of(compared)
        .text("panel", "the reference, or a seed of ours", |c| &c.name)
        .f64(
            "distance",
            "1",
            "root mean square, over the cells, from the mean of our other panels",
            |c| c.distance,
        )
        .f64(
            "ratio",
            "1",
            "square of distance / expected distance; NaN with fewer than three others",
            |c| of(c, PanelTest::ratio),
        )
        .f64(
            "p_value",
            "1",
            "probability of this distance or more; NaN with fewer than three others",
            |c| of(c, PanelTest::p_value),
        )
        .build()
}
