//! The variance map `V(Q) = sigma_w^2 E[phi(sqrt(Q) z)^2] + sigma_b^2` and all of its fixed points.

use crate::activation::Activation;
use crate::parameter::{ParameterError, not_negative};
use crate::root::bracketed;

/// Whether a fixed point attracts.
///
/// ```
/// use mf_core::{Relu, Stability, VarianceMap};
///
/// // Weak signals die below He's scale of the weights and grow above it.
/// let at_zero = |sigma_w| Ok(VarianceMap::new(&Relu, sigma_w, 0.0)?.fixed_points()[0].stability);
/// assert_eq!((at_zero(1.0)?, at_zero(2.0)?), (Stability::Stable, Stability::Unstable));
/// # Ok::<(), mf_core::ParameterError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stability {
    /// `|V'| < 1`: attracts from both sides.
    Stable,
    /// `|V'| > 1`: repels.
    Unstable,
    /// `V` touches the diagonal (`V' = 1` within rounding): a fixed point about to appear or vanish.
    Marginal,
}

/// A fixed point of the variance map.
///
/// ```
/// use mf_core::{StepActivation, VarianceMap};
///
/// // The best scale of three uniform states: Q converges by a factor of 0.3745 a layer, faster than C.
/// let ternary = StepActivation::uniform(3)?;
/// let points = VarianceMap::new(&ternary, 1.1112304988, 0.0)?.fixed_points();
/// assert!(points.last().is_some_and(|point| (point.slope - 0.374548).abs() < 1e-6));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FixedPoint {
    /// `Q*`.
    pub variance: f64,
    /// `V'(Q*)`.
    pub slope: f64,
    /// Whether it attracts, by the size of `V'`.
    pub stability: Stability,
}

/// The map of hidden variances from one layer to the next.
///
/// ```
/// use mf_core::{Relu, VarianceMap};
///
/// // V(Q) = Q/2 + 1 ends at Q* = 2.
/// let map = VarianceMap::new(&Relu, 1.0, 1.0)?;
/// assert!((map.fixed_points()[0].variance - 2.0).abs() < 1e-14);
/// # Ok::<(), mf_core::ParameterError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VarianceMap<'a, A> {
    activation: &'a A,
    /// `sigma_w^2`.
    weight: f64,
    /// `sigma_b^2`.
    bias: f64,
    /// `sigma_w^2 max phi^2 + sigma_b^2`, which `V` never exceeds; [`FARTHEST`] for an unbounded activation.
    top: f64,
}

impl<'a, A: Activation> VarianceMap<'a, A> {
    /// The map for weights of scale `sigma_w` and biases of scale `sigma_b`.
    ///
    /// ```
    /// // Weights of 0: every signal becomes the bias.
    /// let map = mf_core::VarianceMap::new(&mf_core::Erf, 0.0, 0.5)?;
    /// assert_eq!(map.value(3.0), 0.25);
    /// # Ok::<(), mf_core::ParameterError>(())
    /// ```
    ///
    /// # Errors
    /// [`ParameterError`] unless both are finite and not negative, and small enough for `V` to be finite.
    pub fn new(activation: &'a A, sigma_w: f64, sigma_b: f64) -> Result<Self, ParameterError> {
        let weight = not_negative("sigma_w", sigma_w)? * sigma_w;
        let bias = not_negative("sigma_b", sigma_b)? * sigma_b;
        let bound = activation.largest_square();
        let top = if bound.is_finite() {
            weight * bound + bias
        } else {
            FARTHEST
        };
        if !top.is_finite() {
            let allowed = "values for which sigma_w^2 max(phi^2) + sigma_b^2 is finite";
            return Err(ParameterError {
                name: "sigma_w",
                value: sigma_w,
                allowed,
            });
        }
        Ok(Self {
            activation,
            weight,
            bias,
            top,
        })
    }

    /// `V(Q)` for `Q >= 0` (at 0 the limit from above); NaN for a negative `Q`.
    ///
    /// ```
    /// use mf_core::{StepActivation, VarianceMap};
    ///
    /// // A sign forgets the variance: sigma_w^2 + sigma_b^2.
    /// let sign = StepActivation::halfway(vec![-1.0, 1.0])?;
    /// let map = VarianceMap::new(&sign, 1.5, 0.5)?;
    /// assert_eq!((map.value(0.1), map.value(100.0)), (2.5, 2.5));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn value(&self, variance: f64) -> f64 {
        self.weight * self.activation.mean_square(variance) + self.bias
    }

    /// `V'(Q)` for `Q >= 0`.
    ///
    /// ```
    /// let map = mf_core::VarianceMap::new(&mf_core::Relu, 1.0, 0.3)?;
    /// assert_eq!(map.slope(7.0), 0.5);
    /// # Ok::<(), mf_core::ParameterError>(())
    /// ```
    pub fn slope(&self, variance: f64) -> f64 {
        self.weight * self.activation.mean_square_slope(variance)
    }

    /// All fixed points, in increasing order.
    ///
    /// `V` never exceeds `sigma_w^2 max phi^2 + sigma_b^2`, and from below the search is bounded by `V(0+)/2` (at least
    /// half of the inputs, those on the far side of the bin that holds 0, have `phi^2` at least as large as there) or,
    /// if that is 0, by [`Activation::least_variance`]. In between `V(Q) - Q` is scanned in steps of 0.1 in `ln Q`,
    /// short compared with the scale of about 1 on which `V` varies. A sign change is refined to the last bits. Between
    /// two equal signs an extremum is refined too, so that close pairs of fixed points and tangencies are found.
    ///
    /// ```
    /// use mf_core::{StepActivation, VarianceMap};
    ///
    /// // A dead zone: weak signals die, strong ones live, and a third point separates them.
    /// let ternary = StepActivation::uniform(3)?;
    /// let points = VarianceMap::new(&ternary, 1.1112304988, 0.0)?.fixed_points();
    /// assert_eq!(points.len(), 3);
    /// assert!(points[0].variance == 0.0 && (points[2].variance - 0.6675).abs() < 1e-3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fixed_points(&self) -> Vec<FixedPoint> {
        let mut found = Vec::new();
        let at_zero = self.value(0.0);
        if at_zero == 0.0 {
            found.push(self.classified(0.0));
        }
        let (lowest, highest) = (self.lowest(at_zero), 1.01 * self.top);
        if lowest > 0.0 && lowest < highest {
            self.scan(lowest, highest, &mut found);
        }
        found
    }

    fn lowest(&self, at_zero: f64) -> f64 {
        if at_zero > 0.0 {
            0.49 * at_zero
        } else {
            self.activation.least_variance()
        }
    }

    fn scan(&self, lowest: f64, highest: f64, found: &mut Vec<FixedPoint>) {
        const STEP: f64 = 0.1;
        let growth = libm::exp(STEP);
        let excess = |q: f64| self.value(q) - q;
        let tilt = |q: f64| self.slope(q) - 1.0;
        let mut left = (lowest, excess(lowest), tilt(lowest));
        while left.0 < highest {
            let q = left.0 * growth;
            let right = (q, excess(q), tilt(q));
            if (left.1 > 0.0) != (right.1 > 0.0) {
                found.push(self.classified(bracketed(excess, left.0, right.0)));
            } else if (left.2 > 0.0) != (right.2 > 0.0) && (left.1 > 0.0) == (right.2 > 0.0) {
                // Towards the diagonal, then away from it: did it touch or cross in between?
                let turn = bracketed(tilt, left.0, right.0);
                let gap = excess(turn);
                if gap.abs() <= TOUCHING * turn {
                    let stability = Stability::Marginal;
                    found.push(FixedPoint {
                        variance: turn,
                        slope: 1.0,
                        stability,
                    });
                } else if (gap > 0.0) != (left.1 > 0.0) {
                    found.push(self.classified(bracketed(excess, left.0, turn)));
                    found.push(self.classified(bracketed(excess, turn, right.0)));
                }
            }
            left = right;
        }
    }

    fn classified(&self, variance: f64) -> FixedPoint {
        let slope = self.slope(variance);
        let stability = if (slope.abs() - 1.0).abs() <= TOUCHING {
            Stability::Marginal
        } else if slope.abs() < 1.0 {
            Stability::Stable
        } else {
            Stability::Unstable
        };
        FixedPoint {
            variance,
            slope,
            stability,
        }
    }
}

/// The largest variance that is searched for an unbounded activation.
const FARTHEST: f64 = 1e12;

/// Relative distance to the diagonal below which a point counts as touching it: the size of rounding errors.
const TOUCHING: f64 = 1e-13;
