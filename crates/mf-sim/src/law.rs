//! States from layer to layer by their law, without weights.
//!
//! Given the activations `Phi` of a layer (points by units) and fresh normal weights and biases, the pre-activations of
//! the next layer are independent normal vectors over the points, one for each unit, of covariance
//!
//! ```text
//! K = sigma_w^2 Phi Phi^T / width + sigma_b^2,
//! ```
//!
//! exactly and at every width. To draw them takes `width * points` random numbers; the weights would take `width^2`.

use crate::error::SimError;
use crate::forward::{Phi, Run, check};
use crate::hidden::Hidden;
use crate::inputs::Inputs;
use crate::memory::memory_needed;
use crate::network::Network;
use mf_kernel::{Ahead, Bins, LANES, Purpose, Random, Row, Rows, Tile, multiply};
use pulp::{Arch, Simd, WithSimd};
use std::ops::ControlFlow;

/// Like [`crate::forward()`], with the same distribution of results, but on one thread, and faster by about the ratio
/// of units to points.
///
/// Identical points stay identical to the last bit. With an odd activation and without biases, opposite points stay
/// opposite.
///
/// # Errors
/// [`SimError`] if the widths differ or memory is too small.
pub fn forward(
    network: &Network,
    inputs: &Inputs,
    run: &Run,
    on_layer: &mut dyn FnMut(usize, &Hidden) -> ControlFlow<()>,
) -> Result<(), SimError> {
    check(network, inputs, run, memory_needed)?;
    let bins = Bins::new(network.activation());
    let mut hidden = inputs.states().clone();
    let mut activations = Hidden::zeros(hidden.points(), hidden.width());
    for layer in 0..network.depth() {
        if on_layer(layer, &hidden).is_break() {
            return Ok(());
        }
        Arch::new().dispatch(Phi {
            bins: &bins,
            from: hidden.rows(),
            to: activations.rows_mut(),
        });
        Law::of(&activations, network.sigma_w(), network.sigma_b()).draw(
            run.seed,
            layer,
            &mut hidden,
        );
    }
    let _ = on_layer(network.depth(), &hidden);
    Ok(())
}

/// The law of the states of some points: independent normal vectors, one for each unit.
pub(crate) struct Law {
    /// The Cholesky factor: the states of a point are its row times independent normal numbers, one for each point.
    factor: Hidden,
}

impl Law {
    /// The law of the layer after these activations.
    pub(crate) fn of(activations: &Hidden, sigma_w: f64, sigma_b: f64) -> Self {
        let (gain, bias) = (sigma_w * sigma_w, sigma_b * sigma_b);
        let entry = |a, b| gain * activations.covariance(a, b) + bias;
        let row = |a| (0..=a).map(|b| entry(a, b)).collect();
        let rounding = activations.width() as f64 * f64::EPSILON;
        Self::new((0..activations.points()).map(row).collect(), rounding)
    }

    /// The law of this covariance, given by the rows of its lower triangle. Its entries are accurate to `rounding`
    /// times the diagonal.
    ///
    /// If the variance of a point, given the points before it, is no more than rounding, it is set to 0: the covariance
    /// need not have full rank. The Cholesky factor is computed with ratios that are exactly 1 or -1 for identical or
    /// opposite points.
    pub(crate) fn new(covariance: Vec<Vec<f64>>, rounding: f64) -> Self {
        let points = covariance.len();
        let noise: Vec<f64> = (0..points).map(|a| rounding * covariance[a][a]).collect();
        let mut factor = covariance;
        for k in 0..points {
            let (before, after) = factor.split_at_mut(k + 1);
            let pivot = before[k][k];
            let none = pivot <= noise[k];
            let root = if none { 0.0 } else { pivot.sqrt() };
            before[k][k] = root;
            let column: Vec<f64> = after.iter().map(|row| row[k]).collect();
            for (index, row) in after.iter_mut().enumerate() {
                let own = k + 1 + index;
                let nothing = none || row[own] <= noise[own];
                let ratio = if nothing { 0.0 } else { row[k] / pivot };
                for (entry, other) in row.iter_mut().skip(k + 1).zip(&column) {
                    *entry -= ratio * other;
                }
                row[k] = ratio * root;
            }
        }
        let mut rows = Hidden::zeros(points, points);
        for (point, row) in factor.iter().enumerate() {
            rows.set_row(point, row.iter().map(|x| *x as f32));
        }
        Self { factor: rows }
    }

    /// Draws the states of a layer.
    pub(crate) fn draw(&self, seed: u64, layer: usize, hidden: &mut Hidden) {
        let points = hidden.points();
        for (panel, output) in hidden.rows_mut().chunks_mut(points).enumerate() {
            Arch::new().dispatch(Panel {
                factor: &self.factor,
                seed,
                place: [layer, panel],
                output,
            });
        }
    }
}

/// One panel of states: the factor times a tile of normal numbers, points by units.
struct Panel<'a> {
    factor: &'a Hidden,
    seed: u64,
    place: [usize; 2],
    output: &'a mut [Row],
}

impl WithSimd for Panel<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let [layer, panel] = self.place;
        self.output.fill([0.0; LANES]);
        let mut tile: Tile = [[0.0; LANES]; LANES];
        for (part, (points, rows)) in self.factor.panels().enumerate() {
            Random::new(self.seed, Purpose::State, [layer, panel, part])
                .normal(1.0, &mut tile[..points]);
            let ahead = &mut Ahead::new(None);
            multiply(simd, Rows(rows), &tile[..points], self.output, ahead);
        }
    }
}
