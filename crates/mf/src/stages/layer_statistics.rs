//! `layer-statistics`: variance and correlation in every layer of random networks, beside the iterated maps.

use mf_core::{Propagation, PropagationError, StepActivation, propagate_from, trajectory};
use mf_data::{DataError, Table};
use mf_fit::{Deviations, Mean};
use mf_pipeline::{BoxError, Job, Outputs, ParamError, TypedStage};
use mf_sim::{Inputs, Network, law};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{deviation, ensemble, numbers, stop, subjects};
use crate::families;

/// Parameters of `layer-statistics`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct LayerStatistics {
    /// Weight gains sigma_w, as differences from the best one of each quantizer.
    #[schemars(length(min = 1))]
    gains: Vec<f64>,
    /// Scales sigma_b of the biases, 0 or more.
    #[schemars(length(min = 1))]
    sigma_b: Vec<f64>,
    /// Variance of the inputs, in units of the fixed point Q* at the best gain without biases.
    #[schemars(range(min = 1e-6))]
    start: f64,
    /// Correlations of the pairs of inputs, from -1 to 1; a pair for each.
    #[schemars(length(min = 1))]
    correlations: Vec<f64>,
    /// Units of a layer.
    #[schemars(range(min = 2))]
    width: usize,
    /// Number of layers.
    #[schemars(range(min = 1))]
    depth: usize,
    /// Number of networks; results are means over them, and standard errors come from their scatter.
    #[schemars(range(min = 2))]
    networks: u32,
}

/// A signal is dead when its variance by theory is below this share of the inputs' variance. It then has no correlation.
const DEAD: f64 = 1e-9;

/// Theory and measurement of one quantizer at one gain and bias scale.
struct Case<'a> {
    quantizer: &'a str,
    gain: f64,
    sigma_b: f64,
    /// Measured and by theory, per layer.
    variance: Vec<(Mean, f64)>,
    /// Measured and by theory, per pair and layer.
    correlation: Vec<Vec<(Mean, f64)>>,
    /// The fixed point that all pairs approach; none if the signal dies.
    fixed_point: Option<Propagation>,
}

impl TypedStage for LayerStatistics {
    const KIND: &'static str = "layer-statistics";
    const ABOUT: &'static str = "Variance and correlation layer by layer in random networks, beside the iterated maps of mean field theory.";

    fn check(&self) -> Result<(), ParamError> {
        let mut correlations = self.correlations.iter().enumerate();
        match correlations.find(|(_, c)| !(-1.0..=1.0).contains(*c)) {
            Some((index, c)) => {
                let message = format!("the correlation is {c}");
                let key = format!("correlations.{index}");
                Err(ParamError::at(&key, message).allowed("a number from -1 to 1"))
            }
            None => Ok(()),
        }
    }

    fn wants_quantizers(&self) -> bool {
        true
    }

    fn random(&self) -> bool {
        true
    }

    fn tables(&self) -> Vec<String> {
        ["layers", "fixed-points"].map(str::to_owned).into()
    }

    fn numbers(&self) -> Vec<String> {
        numbers::names(deviation::NUMBERS)
    }

    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let settings = job.quantizers().len() * self.gains.len() * self.sigma_b.len();
        let mut cases = Vec::with_capacity(settings);
        for definition in job.quantizers() {
            let quantizer = families::build(definition)?;
            let phi = &quantizer.activation;
            let best = mf_fit::best_scale(phi)?;
            let start = self.start * best.propagation.variance;
            for &gain in &self.gains {
                for &sigma_b in &self.sigma_b {
                    let mut case = self.theory(
                        &definition.name,
                        phi,
                        (gain, best.sigma_w + gain, sigma_b),
                        start,
                    )?;
                    self.simulate(&mut case, phi, best.sigma_w + gain, start, job)?;
                    cases.push(case);
                    job.progress(cases.len() as u64, settings as u64);
                }
            }
        }
        let mut deviations = Deviations::default();
        let rows = self.rows(&cases, &mut deviations);
        let outputs = Outputs::new()
            .table("layers", layers(&rows)?)
            .table("fixed-points", fixed_points(&cases)?);
        Ok(numbers::of(&deviations, deviation::NUMBERS, outputs))
    }
}

impl LayerStatistics {
    /// A case with the iterated maps, and no measurement yet.
    fn theory<'a>(
        &self,
        quantizer: &'a str,
        phi: &StepActivation,
        (gain, sigma_w, sigma_b): (f64, f64, f64),
        start: f64,
    ) -> Result<Case<'a>, BoxError> {
        let mut variance = Vec::new();
        let mut correlation = vec![Vec::new(); self.correlations.len()];
        let layers = trajectory(phi, sigma_w, sigma_b, start, &self.correlations)?;
        for layer in layers.take(self.depth + 1) {
            let alive = layer.variance > DEAD * start;
            variance.push((Mean::default(), layer.variance));
            for (pair, c) in correlation.iter_mut().zip(layer.correlations) {
                pair.push((Mean::default(), if alive { c } else { f64::NAN }));
            }
            if !alive {
                break;
            }
        }
        Ok(Case {
            quantizer,
            gain,
            sigma_b,
            variance,
            correlation,
            fixed_point: match propagate_from(phi, sigma_w, sigma_b, start) {
                Ok(found) => Some(found),
                Err(PropagationError::SignalDies { .. }) => None,
                Err(error) => return Err(error.into()),
            },
        })
    }

    /// Simulates all networks of a case, and adds them to its means.
    fn simulate(
        &self,
        case: &mut Case<'_>,
        phi: &StepActivation,
        sigma_w: f64,
        start: f64,
        job: &Job<'_>,
    ) -> Result<(), BoxError> {
        let depth = case.variance.len() - 1;
        let network = Network::new(phi.clone(), sigma_w, case.sigma_b, self.width, depth)?;
        let worker = ensemble::worker(job, self.correlations.len() + 1, self.width);
        for index in 0..self.networks {
            let seed = job.seed(&json!({
                "kind": Self::KIND,
                "activation": subjects::steps(phi),
                "width": self.width,
                "gain": case.gain,
                "sigma-b": case.sigma_b,
                "network": index,
            }))?;
            let inputs = Inputs::with_correlations(&self.correlations, self.width, start, seed)?;
            let run = ensemble::run(job, seed, &worker);
            law::forward(&network, &inputs, &run, &mut |layer, hidden| {
                if let Some((mean, _)) = case.variance.get_mut(layer) {
                    mean.push(hidden.variance());
                }
                let theory = case.variance.get(layer).map_or(f64::NAN, |(_, q)| *q);
                for (pair, cells) in case.correlation.iter_mut().enumerate() {
                    if let Some((mean, _)) = cells.get_mut(layer) {
                        // Divided by the variance of theory: a ratio of two measured values would be biased.
                        mean.push(hidden.covariance(0, pair + 1) / theory);
                    }
                }
                stop::go_on(job)
            })?;
            stop::check(job)?;
        }
        Ok(())
    }
}

/// Variance or correlation of a case in a layer.
struct Row<'a> {
    case: &'a Case<'a>,
    quantity: &'static str,
    /// Correlation of the inputs; NaN for the variance.
    start: f64,
    layer: u64,
    measured: Mean,
    theory: f64,
    deviation: f64,
}

impl LayerStatistics {
    fn rows<'a>(&self, cases: &'a [Case<'a>], deviations: &mut Deviations) -> Vec<Row<'a>> {
        let mut rows = Vec::new();
        for case in cases {
            let variance = ("variance", f64::NAN, &case.variance);
            let pairs = self.correlations.iter().zip(&case.correlation);
            let pairs = pairs.map(|(&start, cells)| ("correlation", start, cells));
            for (quantity, start, cells) in std::iter::once(variance).chain(pairs) {
                for (layer, &(measured, theory)) in (0..).zip(cells) {
                    rows.push(Row {
                        case,
                        quantity,
                        start,
                        layer,
                        measured,
                        theory,
                        // Layer 0, the inputs, has no error.
                        deviation: match layer {
                            0 => f64::NAN,
                            _ => deviations.judge(&measured, theory),
                        },
                    });
                }
            }
        }
        rows
    }
}

fn layers(rows: &[Row<'_>]) -> Result<Table, DataError> {
    Table::of(rows)
        .text("quantizer", "name in pipeline.toml", |r| r.case.quantizer)
        .text(
            "quantity",
            "`variance`, or `correlation` of a pair of inputs",
            |r| r.quantity,
        )
        .f64("gain", "1", "weight gain sigma_w minus the best one", |r| {
            r.case.gain
        })
        .f64("sigma_b", "1", "scale sigma_b of the biases", |r| {
            r.case.sigma_b
        })
        .f64(
            "start",
            "1",
            "correlation of the pair in the inputs; NaN for the variance",
            |r| r.start,
        )
        .u64("layer", "layers", "layer; 0 is the inputs", |r| r.layer)
        .f64("measured", "1", "mean over the networks", |r| {
            r.measured.mean()
        })
        .f64("error", "1", "standard error over the networks", |r| {
            r.measured.standard_error()
        })
        .f64("theory", "1", "value of the iterated maps", |r| r.theory)
        .f64(
            "deviation",
            "standard errors",
            "measured minus theory",
            |r| r.deviation,
        )
        .build()
}

/// The last layer, averaged over the pairs, beside the fixed point `C*`; a row for each case whose signal does not die.
fn fixed_points(cases: &[Case<'_>]) -> Result<Table, DataError> {
    let alive: Vec<(&Case<'_>, Propagation)> = cases
        .iter()
        .filter_map(|case| Some((case, case.fixed_point?)))
        .collect();
    let last = |case: &Case<'_>, value: fn(&(Mean, f64)) -> f64| {
        let ends = case.correlation.iter().filter_map(|pair| pair.last());
        ends.map(value).sum::<f64>() / case.correlation.len() as f64
    };
    Table::of(&alive)
        .text("quantizer", "name in pipeline.toml", |(case, _)| {
            case.quantizer
        })
        .f64(
            "gain",
            "1",
            "weight gain sigma_w minus the best one",
            |(case, _)| case.gain,
        )
        .f64(
            "sigma_b",
            "1",
            "scale sigma_b of the biases",
            |(case, _)| case.sigma_b,
        )
        .f64(
            "variance",
            "1",
            "fixed point Q* of the variance",
            |(_, theory)| theory.variance,
        )
        .f64(
            "chi",
            "1",
            "slope of the correlation map at C*",
            |(_, theory)| theory.slope,
        )
        .f64(
            "fixed_point",
            "1",
            "fixed point C* of the correlation",
            |(_, theory)| theory.correlation,
        )
        .f64(
            "expected",
            "1",
            "correlation of the iterated map at the last layer, mean over the pairs",
            |(case, _)| last(case, |(_, c)| *c),
        )
        .f64(
            "measured",
            "1",
            "correlation in the networks at the last layer, mean over the pairs",
            |(case, _)| last(case, |(mean, _)| mean.mean()),
        )
        .f64(
            "error",
            "1",
            "standard error of a pair, mean over the pairs",
            |(case, _)| last(case, |(mean, _)| mean.standard_error()),
        )
        .build()
}
