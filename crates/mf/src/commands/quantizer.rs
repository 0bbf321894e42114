//! `mf quantizer list` and `mf quantizer show`: the quantizers of pipeline.toml at their best scale.

use anyhow::Context;
use clap::{Args, Subcommand};
use clap_complete::ArgValueCandidates;
use mf_core::block::find_any;
use mf_core::quantizer::FAMILIES;
use mf_core::{Propagation, Stability, StepActivation, VarianceMap, propagate, propagate_from};
use mf_pipeline::{Pipeline, QuantizerDefinition};
use serde::Serialize;

use super::Outcome;
use super::number::{list as numbers, positive, positive_or_zero};
use crate::project::File;
use crate::terminal::{Align, TextTable, say, show};
use crate::{families, names};

/// Arguments of `mf quantizer`.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Every quantizer of pipeline.toml at its best scale, and the families that it can name
    List(List),
    /// One quantizer: levels, thresholds, best scale, chi, xi; with --sigma-w its fixed points at other weights
    Show(Show),
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    project: File,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Show {
    /// The name of a `[[quantizer]]` of pipeline.toml
    #[arg(add = ArgValueCandidates::new(names::quantizers))]
    name: String,
    /// Also print the fixed points at this weight gain, with the levels as declared
    #[arg(long, value_name = "GAIN", allow_negative_numbers = true, value_parser = positive)]
    sigma_w: Option<f64>,
    /// The standard deviation of the biases, with --sigma-w
    #[arg(
        long,
        value_name = "SCALE",
        default_value = "0",
        requires = "sigma_w",
        allow_negative_numbers = true,
        value_parser = positive_or_zero
    )]
    sigma_b: f64,
    /// The variance of the pre-activations at the start, if there is more than one stable fixed point
    #[arg(long, value_name = "VARIANCE", requires = "sigma_w", allow_negative_numbers = true, value_parser = positive)]
    start: Option<f64>,
    #[command(flatten)]
    project: File,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    /// Prints the list, or the quantizer.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        match &self.command {
            Command::List(list) => print_list(&list.project.load()?, list.json)?,
            Command::Show(show) => show.run()?,
        }
        Ok(Outcome::Good)
    }
}

fn print_list(pipeline: &Pipeline, json: bool) -> anyhow::Result<()> {
    let mut optima = Vec::new();
    for definition in pipeline.quantizers() {
        optima.push(Optimum::of(
            definition,
            &families::build(definition)?.activation,
        )?);
    }
    if json {
        say(serde_json::to_string_pretty(&optima)?);
        return Ok(());
    }
    say(optima_table(&optima).render());
    say("\nnumber formats: `mf format list`; families that pipeline.toml can name:");
    let width = FAMILIES
        .iter()
        .map(|family| family.name.len())
        .max()
        .unwrap_or(0);
    for family in FAMILIES {
        say(format!("  {:width$}  {}", family.name, family.about));
    }
    Ok(())
}

/// A quantizer at its best scale, with sigma_b = 0.
#[derive(Debug, Serialize)]
struct Optimum {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<String>,
    family: String,
    states: u64,
    scale: f64,
    one_minus_chi: f64,
    chi: f64,
    depth_scale: f64,
    correlation: f64,
    sigma_w: f64,
}

impl Optimum {
    fn of(definition: &QuantizerDefinition, phi: &StepActivation) -> anyhow::Result<Self> {
        let best = mf_fit::best_scale(phi)
            .with_context(|| format!("quantizer `{}` has no best scale", definition.name))?;
        Ok(Self {
            name: definition.name.clone(),
            format: definition.format.clone(),
            family: definition.family.clone(),
            states: phi.states() as u64,
            scale: best.scale,
            one_minus_chi: best.propagation.one_minus_slope,
            chi: best.propagation.slope,
            depth_scale: best.propagation.depth_scale,
            correlation: best.propagation.correlation,
            sigma_w: best.sigma_w,
        })
    }

    /// Its format or family in pipeline.toml.
    fn origin(&self) -> String {
        match &self.format {
            Some(format) => format!("format {format}"),
            None => format!("family {}", self.family),
        }
    }
}

fn optima_table(optima: &[Optimum]) -> TextTable {
    let right = |name| (name, Align::Right);
    let mut table = TextTable::new(&[
        ("quantizer", Align::Left),
        ("declared by", Align::Left),
        right("N"),
        right("1 - chi"),
        right("xi (layers)"),
        right("C*"),
        right("scale"),
        right("sigma_w"),
    ]);
    for o in optima {
        table.row([
            o.name.clone(),
            o.origin(),
            o.states.to_string(),
            format!("{:.4e}", o.one_minus_chi),
            format!("{:.1}", o.depth_scale),
            format!("{:.4}", o.correlation),
            format!("{:.5}", o.scale),
            format!("{:.6}", o.sigma_w),
        ]);
    }
    table
}

/// What `mf quantizer show` prints.
#[derive(Debug, Serialize)]
struct Shown {
    source: String,
    levels: Vec<f64>,
    thresholds: Vec<f64>,
    #[serde(flatten)]
    optimum: Optimum,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<At>,
}

/// The network at the weights that the user gave.
#[derive(Debug, Serialize)]
struct At {
    sigma_w: f64,
    sigma_b: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<f64>,
    fixed_points: Vec<FixedPoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    propagates: Option<Propagates>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why_not: Option<String>,
}

#[derive(Debug, Serialize)]
struct FixedPoint {
    variance: f64,
    attracts: bool,
}

#[derive(Debug, Serialize)]
struct Propagates {
    variance: f64,
    correlation: f64,
    chi: f64,
    depth_scale: f64,
}

impl Show {
    fn run(&self) -> anyhow::Result<()> {
        let pipeline = self.project.load()?;
        let definition = pipeline.quantizer(&self.name).map_err(|error| {
            let error = anyhow::Error::new(error);
            match find_any(&self.name) {
                Ok(format) => error.context(format!(
                    "`{}` is a number format: `mf format show {}`",
                    self.name,
                    format.name()
                )),
                Err(_) => error,
            }
        })?;
        let quantizer = families::build(definition)?;
        let phi = &quantizer.activation;
        let shown = Shown {
            source: quantizer.source.clone(),
            levels: phi.levels().to_vec(),
            thresholds: phi.thresholds().to_vec(),
            optimum: Optimum::of(definition, phi)?,
            at: self
                .sigma_w
                .map(|sigma_w| self.at(phi, sigma_w))
                .transpose()?,
        };
        show(self.json, &shown, || shown.text())
    }

    fn at(&self, phi: &StepActivation, sigma_w: f64) -> anyhow::Result<At> {
        let map = VarianceMap::new(phi, sigma_w, self.sigma_b)?;
        let fixed_points = map.fixed_points().into_iter();
        let outcome = match self.start {
            Some(start) => propagate_from(phi, sigma_w, self.sigma_b, start),
            None => propagate(phi, sigma_w, self.sigma_b),
        };
        Ok(At {
            sigma_w,
            sigma_b: self.sigma_b,
            start: self.start,
            fixed_points: fixed_points
                .map(|p| FixedPoint {
                    variance: p.variance,
                    attracts: p.stability == Stability::Stable,
                })
                .collect(),
            why_not: outcome.as_ref().err().map(ToString::to_string),
            propagates: outcome.ok().map(Propagates::from),
        })
    }
}

impl From<Propagation> for Propagates {
    fn from(p: Propagation) -> Self {
        Self {
            variance: p.variance,
            correlation: p.correlation,
            chi: p.slope,
            depth_scale: p.depth_scale,
        }
    }
}

impl Shown {
    fn text(&self) -> String {
        let o = &self.optimum;
        let mut lines = vec![
            format!("{} ({}, {} states)", o.name, o.origin(), o.states),
            format!("  source      {}", self.source),
            format!("  levels      {}", numbers(&self.levels)),
            format!("  thresholds  {}", numbers(&self.thresholds)),
            "at the best scale, sigma_b = 0:".to_owned(),
            format!(
                "  scale       {:.10}  (thresholds times this, in units of sqrt(Q*))",
                o.scale
            ),
            format!(
                "  sigma_w     {:.10}  (weights N(0, sigma_w^2 / fan_in), levels as above)",
                o.sigma_w
            ),
            format!("  C*          {}", small(o.correlation)),
            format!("  1 - chi     {:.10e}", o.one_minus_chi),
            format!("  xi          {:.4} layers", o.depth_scale),
        ];
        if let Some(at) = &self.at {
            lines.extend(at.lines());
        }
        lines.join("\n")
    }
}

/// A correlation, with its digits even if it is close to 0.
fn small(correlation: f64) -> String {
    if correlation != 0.0 && correlation.abs() < 1e-6 {
        format!("{correlation:.4e}")
    } else {
        format!("{correlation:.10}")
    }
}

impl At {
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!(
            "at sigma_w = {}, sigma_b = {}:",
            self.sigma_w, self.sigma_b
        )];
        for point in &self.fixed_points {
            let what = if point.attracts { "attracts" } else { "repels" };
            lines.push(format!("  Q*          {:.10}  ({what})", point.variance));
        }
        if let Some(p) = &self.propagates {
            if self.start.is_some() {
                lines.push(format!("  ends at     {:.10}", p.variance));
            }
            lines.push(format!("  C*          {}", small(p.correlation)));
            lines.push(format!("  chi         {:.10}", p.chi));
            lines.push(format!("  xi          {:.4} layers", p.depth_scale));
        }
        lines.extend(self.why_not.iter().map(|why| format!("  {why}")));
        lines
    }
}
