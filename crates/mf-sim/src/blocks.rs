//! Block-scaled activations: the effect of a scale for each block on the decay of signals.
//!
//! The units of a block share a scale, so the activation is not a function of one number. Mean field theory still holds
//! if the width is many blocks: pre-activations of a layer with fresh Gaussian weights are independent, and a small
//! correlation of two inputs is multiplied by
//!
//! ```text
//! chi = E[u phi(u)]^2 / (E[u^2] E[phi(u)^2]),
//! ```
//!
//! The means are over a block of independent normal numbers (only `u_i` is correlated with `phi_i`, as `phi_i` is odd
//! in `u_i` and even in the others). As for a single number, `1 - chi` is the least mean squared error with the best
//! output gain.

use mf_core::StepActivation;
use mf_core::block::{BlockRule, BlockScale};
use mf_fit::Mean;
use mf_kernel::{Bins, LANES, Purpose, Random, Row};
use pulp::Arch;

use crate::error::{SimError, at_least, positive};
use crate::forward::Phi;
use crate::hidden::Hidden;
use crate::law::Law;

/// An activation that divides each block by its scale, rounds to the element format, and multiplies by the scale.
#[derive(Debug, Clone)]
pub struct BlockActivation {
    bins: Bins,
    rule: BlockRule,
    size: usize,
}

/// The error of a block-scaled activation on normal numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockError {
    /// `1 - chi`, a mean over batches.
    pub one_minus_slope: Mean,
    /// `E[phi(u)^2] / E[u^2]`.
    pub power: Mean,
}

/// Number of rows of a batch: 32,768 numbers, so that the bias of the ratio of means is at most 1e-4 of its distance
/// from 1.
const BATCH: usize = 512;

impl BlockActivation {
    /// Blocks of `size` numbers that are rounded to `element`, with scales stored as `scale`.
    ///
    /// # Errors
    /// [`SimError::Block`] unless `size` divides [`LANES`]; [`SimError::Parameter`] if the largest element is not above 0.
    pub fn new(element: &StepActivation, scale: BlockScale, size: usize) -> Result<Self, SimError> {
        if size == 0 || !LANES.is_multiple_of(size) {
            return Err(SimError::Block { size, row: LANES });
        }
        let largest = element.largest_level();
        let rule = BlockRule::new(scale, largest).map_err(|_| SimError::Parameter {
            name: "largest element",
            value: largest,
            allowed: "a finite number above zero",
        })?;
        Ok(Self {
            bins: Bins::new(element),
            rule,
            size,
        })
    }

    /// `to = phi(from)` for finite numbers.
    pub fn apply(&self, from: &[Row], to: &mut [Row]) {
        let arch = Arch::new();
        for (row, result) in from.iter().zip(to) {
            let mut scaled = *row;
            let mut scales = [1.0; LANES];
            let blocks = scaled
                .chunks_mut(self.size)
                .zip(scales.chunks_mut(self.size));
            for (block, scale) in blocks {
                let largest = block.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
                let unit = self.rule.scale(f64::from(largest)) as f32;
                scale.fill(unit);
                block.iter_mut().for_each(|x| *x /= unit);
            }
            let to = std::slice::from_mut(&mut *result);
            arch.dispatch(Phi {
                bins: &self.bins,
                from: &[scaled],
                to,
            });
            result
                .iter_mut()
                .zip(&scales)
                .for_each(|(x, unit)| *x *= unit);
        }
    }

    /// `1 - chi` for pre-activations of standard deviation `deviation`, from `batches` batches of random numbers.
    ///
    /// With a power-of-two scale the result is periodic in `log2 deviation`, with period 1.
    ///
    /// # Errors
    /// [`SimError`] unless `deviation` is from 1e-15 to 1e15 and `batches` 2 or more.
    pub fn error(&self, deviation: f64, batches: usize, seed: u64) -> Result<BlockError, SimError> {
        let deviation = positive("deviation", deviation)?;
        let batches = at_least(2, "batches", batches)?;
        let mut input = vec![[0.0; LANES]; BATCH];
        let mut output = input.clone();
        let mut error = BlockError {
            one_minus_slope: Mean::default(),
            power: Mean::default(),
        };
        for batch in 0..batches {
            fill(
                seed,
                Purpose::Input,
                [batch, 0, 0],
                deviation as f32,
                &mut input,
            );
            self.apply(&input, &mut output);
            let inputs = product(&input, &input);
            let outputs = product(&output, &output);
            let both = product(&input, &output);
            let share = both * both / (inputs * outputs);
            error.one_minus_slope.push(1.0 - share);
            error.power.push(outputs / inputs);
        }
        Ok(error)
    }

    /// The correlation of two inputs layer by layer, the start first, in a network of random weights. Layers are drawn
    /// by their [`law`](crate::law).
    ///
    /// The width is `rows` times [`LANES`] units; the weights have variance `sigma_w^2 / width`; inputs have the
    /// standard deviation `deviation`.
    ///
    /// # Errors
    /// [`SimError`] unless `deviation` and `sigma_w` are from 1e-15 to 1e15, `start` is between -1 and 1 and there is a row.
    pub fn correlations(
        &self,
        start: f64,
        deviation: f64,
        sigma_w: f64,
        rows: usize,
        layers: usize,
        seed: u64,
    ) -> Result<Vec<f64>, SimError> {
        let deviation = positive("deviation", deviation)?;
        let sigma_w = positive("sigma_w", sigma_w)?;
        let rows = at_least(1, "rows", rows)?;
        if !(start > -1.0 && start < 1.0) {
            return Err(SimError::Parameter {
                name: "start",
                value: start,
                allowed: "a number between -1 and 1",
            });
        }
        let square = deviation * deviation;
        let mut law = Law::new(vec![vec![square], vec![start * square, square]], 0.0);
        let mut hidden = Hidden::zeros(2, rows * LANES);
        let mut activations = hidden.clone();
        let mut correlations = vec![start];
        for layer in 0..layers {
            law.draw(seed, layer, &mut hidden);
            self.apply(hidden.rows(), activations.rows_mut());
            law = Law::of(&activations, sigma_w, 0.0);
            correlations.push(activations.correlation(0, 1));
        }
        Ok(correlations)
    }
}

/// Fills rows with normal numbers of this standard deviation.
fn fill(seed: u64, purpose: Purpose, place: [usize; 3], deviation: f32, rows: &mut [Row]) {
    let mut random = Random::new(seed, purpose, place);
    Arch::new().dispatch(
        #[inline(always)]
        || random.normal(deviation, rows),
    );
}

/// The sum of products, in f64.
fn product(a: &[Row], b: &[Row]) -> f64 {
    let pairs = a.as_flattened().iter().zip(b.as_flattened());
    pairs.map(|(x, y)| f64::from(*x) * f64::from(*y)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mf_core::block::BLOCK_FORMATS;

    fn format(name: &str) -> BlockActivation {
        let format = BLOCK_FORMATS.iter().find(|format| format.name == name);
        let format = format.unwrap();
        let element = format.element().unwrap().build().unwrap();
        BlockActivation::new(&element.activation, format.scale, format.block).unwrap()
    }

    #[test]
    fn each_block_is_scaled_by_its_largest_number() {
        // MX specification, 6.3: 2^(floor(log2 largest) - 2) for FP4, whose values are 0.5, 1, 1.5, 2, 3, 4 and 6.
        let mut row = [0.0; LANES];
        (row[0], row[1], row[2], row[3]) = (5.5, -0.8, 2.4, 0.1);
        (row[32], row[33], row[34]) = (12.0, 9.0, -0.4);
        let mut found = [row];
        format("mxfp4").apply(&[row], &mut found);
        assert_eq!(found[0][..4], [6.0, -1.0, 2.0, 0.0]);
        assert_eq!(found[0][32..35], [12.0, 8.0, 0.0]);
    }

    #[test]
    fn a_power_of_two_scale_is_periodic_in_octaves() {
        let blocks = format("mxfp8-e4m3");
        let at = |deviation| blocks.error(deviation, 2, 5).unwrap();
        assert_eq!(at(1.0).one_minus_slope, at(8.0).one_minus_slope);
        assert_ne!(at(1.0).one_minus_slope, at(1.5).one_minus_slope);
    }

    /// A block of one number is divided by its size: the only error is the rounding of that scale. E4M3 has steps of
    /// 2^-3 in each octave; the relative error of rounding to nearest, uniform in a step of h at m, has the mean square
    /// h^2 / (12 m^2) over numbers whose logarithms are spread, between 2^-6/12/4 and 2^-6/12.
    #[test]
    fn a_block_of_one_number_keeps_the_error_of_its_scale() {
        let element = mf_core::quantizer::find("fp4-e2m1")
            .unwrap()
            .build()
            .unwrap();
        let one = BlockActivation::new(&element.activation, BlockScale::E4m3, 1).unwrap();
        let found = one.error(1.0, 8, 3).unwrap().one_minus_slope.mean();
        let most = 1.0 / (64.0 * 12.0);
        assert!((0.25 * most..most).contains(&found), "{found}");
    }

    #[test]
    fn deviations_outside_the_range_of_f32_are_refused() {
        let blocks = format("mxfp4");
        for deviation in [0.0, -1.0, 1e-40, 1e40, f64::NAN] {
            assert!(blocks.error(deviation, 2, 5).is_err(), "{deviation}");
            assert!(blocks.correlations(0.2, deviation, 1.0, 1, 2, 5).is_err());
            assert!(blocks.correlations(0.2, 1.0, deviation, 1, 2, 5).is_err());
        }
    }

    #[test]
    fn sizes_that_do_not_fit_are_refused() {
        let element = StepActivation::uniform(4).unwrap();
        for size in [0, 3, 128] {
            let refused = BlockActivation::new(&element, BlockScale::PowerOfTwo, size);
            assert_eq!(refused.unwrap_err(), SimError::Block { size, row: LANES });
        }
    }
}
