//! The products of a block's branch, and how they map the correlation of two inputs.
//!
//! A product multiplies its quantized input by independent weights of mean 0. At infinite width its outputs are normal,
//! and if they are scaled to unit variance (by the weights or by a norm) the next product meets the same situation. So
//! only normalized maps enter, at unit variance:
//!
//! ```text
//! Mhat(c)  = E[phi(u1) phi(u2)] / E[phi^2]        one product
//! M2(M1(c))                                       two products, one after the other; any width between them
//! G(c) U(c)                                       gate(g) up(u), with g and u from independent weights
//! ```
//!
//! The last one holds as `E[gate(g1) up(u1) gate(g2) up(u2)] = E[gate(g1) gate(g2)] E[up(u1) up(u2)]`.
//!
//! # `1 - chi` without cancellation
//!
//! For one map let `s = (1 - M(c)) / (1 - c)` be the slope of the chord to `(1, 1)` and `g = s - M'(c)`, a sum of terms
//! that are not negative ([`Response::tangent_gap`]). For two maps in succession `s = s1 s2` and `g = s1 g2 + g1 M2'`;
//! for the product of two, `s = s1 + M1 s2` and `g = s1 (1 - M2) + g1 M2 + M1 g2`. At a fixed point of the whole `s =
//! 1`, so `1 - chi = g`.

use super::near::NearOne;
use super::stack_error::StackError;
use crate::activation::{Activation, Response, SUMMED_UP_TO, StepActivation};
use crate::gaussian::pdf;
use crate::maps::{CLOSEST_TO_ONE, CorrelationError};
use crate::root::bracketed;
use crate::surrogate::Surrogate;
use std::f64::consts::PI;
use std::fmt::Debug;
use std::sync::Arc;

/// The products of a branch, in their order. Only normalized maps of the correlation enter, at unit variance: of one
/// product `Mhat(c) = E[phi(u1) phi(u2)] / E[phi^2]`, of two in succession `M2(M1(c))`, of a gate `G(c) U(c)`. Any
/// [`Activation`] may stand for `phi`.
///
/// ```
/// use mf_core::{StepActivation, network::Products};
///
/// // Two signs, one after the other: (2/pi)^2 of a small correlation is left.
/// let sign = StepActivation::uniform(2)?;
/// let mlp = Products::single(&sign)?.then(&sign)?;
/// let kept = 2.0 / std::f64::consts::PI;
/// assert!((mlp.one_minus_slope()? - (1.0 - kept * kept)).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Products {
    /// Each stage multiplies the correlations of its factors.
    stages: Vec<Vec<Factor>>,
}

#[derive(Debug, Clone)]
struct Factor {
    map: Arc<dyn Map>,
    mean_square: f64,
}

/// A normalized correlation map.
trait Map: Debug + Send + Sync {
    fn value(&self, c: f64) -> f64;
    fn slope(&self, c: f64) -> f64;
    /// The slope of the chord less that of the tangent, for `c >= 0`.
    fn gap(&self, c: f64) -> f64;
}

/// A response of an activation to unit variance.
#[derive(Debug)]
struct Unit<R> {
    response: R,
    odd: bool,
    near: NearOne,
}

impl<R: Response> Unit<R> {
    fn direct(&self, c: f64) -> f64 {
        let value = self.response.product(&self.response, c) / self.response.mean_square();
        value.clamp(-1.0, 1.0)
    }
}

impl<R: Response + Debug + Send + Sync> Map for Unit<R> {
    fn value(&self, c: f64) -> f64 {
        let ends = c == 1.0 || (self.odd && c == -1.0);
        if ends && self.response.noise() == 0.0 {
            return c;
        }
        if c > SUMMED_UP_TO && c < 1.0 {
            self.near.value(c, |c| self.direct(c))
        } else {
            self.direct(c)
        }
    }

    fn slope(&self, c: f64) -> f64 {
        self.response.product_slope(&self.response, c) / self.response.mean_square()
    }

    fn gap(&self, c: f64) -> f64 {
        if c <= SUMMED_UP_TO {
            self.response.tangent_gap(c) / (1.0 - c)
        } else {
            (1.0 - self.value(c)) / (1.0 - c) - self.slope(c)
        }
    }
}

/// A map at one correlation: value, slope, slope of the chord to `(1, 1)`, and the difference of the two slopes.
#[derive(Debug, Clone, Copy)]
struct Tangent {
    value: f64,
    slope: f64,
    chord: f64,
    gap: f64,
}

impl Tangent {
    fn of(map: &dyn Map, c: f64) -> Self {
        let value = map.value(c);
        Self {
            value,
            slope: map.slope(c),
            chord: (1.0 - value) / (1.0 - c),
            gap: map.gap(c),
        }
    }

    fn then(self, next: Self) -> Self {
        Self {
            value: next.value,
            slope: self.slope * next.slope,
            chord: self.chord * next.chord,
            gap: self.chord * next.gap + self.gap * next.slope,
        }
    }

    fn times(self, other: Self) -> Self {
        Self {
            value: self.value * other.value,
            slope: self.slope * other.value + self.value * other.slope,
            chord: self.chord + self.value * other.chord,
            gap: self.chord * (1.0 - other.value) + self.gap * other.value + self.value * other.gap,
        }
    }
}

impl Products {
    /// One product, whose input is quantized by `phi` in units of its RMS.
    ///
    /// # Errors
    /// [`StackError::Silent`] if `phi` is 0 on every normal input.
    pub fn single<A: Activation>(phi: &A) -> Result<Self, StackError>
    where
        A::Response: Debug + Send + Sync + 'static,
    {
        Self { stages: Vec::new() }.then(phi)
    }

    /// These products and one more, whose input is quantized by `phi`, as in a block of two layers. Widths do not
    /// matter, as long as all are large.
    ///
    /// # Errors
    /// As [`Products::single`].
    pub fn then<A: Activation>(mut self, phi: &A) -> Result<Self, StackError>
    where
        A::Response: Debug + Send + Sync + 'static,
    {
        self.stages.push(vec![Factor::new(phi)?]);
        Ok(self)
    }

    /// These products and a gated one: its input is `gate(g) up(u)`, where `g` and `u` are products of the same input
    /// by independent weights. Correlations multiply.
    ///
    /// Values of an elementwise product `gate(g) up(u)` are not normal. A quantizer after it ([`Products::then`]) is
    /// exact if a random (or Hadamard) rotation precedes it, as in QuaRot (Ashkboos et al. 2024): the rotated values
    /// are normal. Without one it is an approximation: of two inputs of correlation 0.95 in 16 states, a ternary
    /// quantizer after a rectifier's gate leaves 0.768 with a rotation and 0.749 without (simulation, ± 0.001).
    ///
    /// ```
    /// use mf_core::{Identity, Relu, StepActivation, network::Products};
    ///
    /// // A gate by a rectifier leaves 1/pi of a small correlation, its squared mean over its mean square.
    /// let sign = StepActivation::uniform(2)?;
    /// let gated = Products::single(&sign)?.gated(&Relu, &Identity)?;
    /// let left = 2.0 / std::f64::consts::PI * std::f64::consts::FRAC_1_PI;
    /// assert!((1.0 - gated.one_minus_slope()? - left).abs() < 1e-15);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Products::single`].
    pub fn gated<A: Activation, B: Activation>(
        mut self,
        gate: &A,
        up: &B,
    ) -> Result<Self, StackError>
    where
        A::Response: Debug + Send + Sync + 'static,
        B::Response: Debug + Send + Sync + 'static,
    {
        self.stages.push(vec![Factor::new(gate)?, Factor::new(up)?]);
        Ok(self)
    }

    /// `Mhat(c)`, the correlation of two outputs; NaN outside `[-1, 1]`.
    ///
    /// ```
    /// use mf_core::{StepActivation, network::Products};
    ///
    /// // The sign: (2/pi) asin(1/2) = 1/3.
    /// let sign = Products::single(&StepActivation::uniform(2)?)?;
    /// assert!((sign.value(0.5) - 1.0 / 3.0).abs() < 1e-14);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn value(&self, correlation: f64) -> f64 {
        if !(-1.0..=1.0).contains(&correlation) {
            return f64::NAN;
        }
        let stages = self.stages.iter();
        stages.fold(correlation, |c, stage| {
            stage.iter().map(|factor| factor.map.value(c)).product()
        })
    }

    /// `C*`, the correlation that a chain of these products ends at: 0 for odd quantizers. All other networks with a
    /// stream in full precision end there too, as `K c + a Mhat(c) = (K + a) c` where `Mhat(c) = c`.
    ///
    /// # Errors
    /// [`CorrelationError::NextToOne`] if `1 - C*` is below [`CLOSEST_TO_ONE`].
    pub fn fixed_point(&self) -> Result<f64, CorrelationError> {
        let above = |c: f64| self.value(c) - c;
        let last = 1.0 - CLOSEST_TO_ONE;
        if above(0.0) == 0.0 {
            Ok(0.0)
        } else if above(last) >= 0.0 {
            Err(CorrelationError::NextToOne)
        } else {
            Ok(bracketed(above, 0.0, last))
        }
    }

    /// `1 - chi`, `chi` the slope of `Mhat` at `C*`, without cancellation.
    ///
    /// # Errors
    /// As [`Products::fixed_point`].
    pub fn one_minus_slope(&self) -> Result<f64, CorrelationError> {
        Ok(self.tangent(self.fixed_point()?).gap)
    }

    /// `Mhat'(c)`.
    pub(crate) fn slope(&self, correlation: f64) -> f64 {
        self.tangent(correlation).slope
    }

    fn tangent(&self, c: f64) -> Tangent {
        let start = Tangent {
            value: c,
            slope: 1.0,
            chord: 1.0,
            gap: 0.0,
        };
        self.stages.iter().fold(start, |before, stage| {
            let factors = stage.iter().map(|f| Tangent::of(&*f.map, before.value));
            let stage = factors.reduce(Tangent::times);
            stage.map_or(before, |stage| before.then(stage))
        })
    }

    /// The number of quantizers (and gates), each of which has a slope in the backward pass.
    pub fn quantizers(&self) -> usize {
        self.stages.iter().map(Vec::len).sum()
    }

    /// The squared gradient that leaves the branch, over that which enters it and over the variance `a` of the branch:
    /// the product of `E[rho(z)^2] / E[phi(z)^2]` over its stages. The two paths of a gate add theirs.
    ///
    /// It is 1 for one product at the slope of [`Surrogate::even`] and unit variance, and 2 with a gate.
    ///
    /// # Errors
    /// [`StackError::Surrogates`] unless there is one slope for each quantizer.
    pub fn backward_gain(&self, surrogates: &[Surrogate]) -> Result<f64, StackError> {
        let wanted = self.quantizers();
        if surrogates.len() != wanted {
            let given = surrogates.len();
            return Err(StackError::Surrogates { given, wanted });
        }
        let mut left = surrogates.iter();
        self.stages.iter().try_fold(1.0, |gain, stage| {
            let paths = stage.iter().zip(&mut left);
            let paths = paths.map(|(f, rho)| Ok(rho.second_moment(1.0)? / f.mean_square));
            Ok(gain * paths.sum::<Result<f64, StackError>>()?)
        })
    }
}

impl Factor {
    fn new<A: Activation>(phi: &A) -> Result<Self, StackError>
    where
        A::Response: Debug + Send + Sync + 'static,
    {
        let response = phi.response(1.0);
        let mean_square = response.mean_square();
        if mean_square <= 0.0 {
            return Err(StackError::Silent);
        }
        let (odd, near) = (phi.is_odd(), NearOne::default());
        Ok(Self {
            map: Arc::new(Unit {
                response,
                odd,
                near,
            }),
            mean_square,
        })
    }
}

/// How quickly near inputs part: `kappa` in `Mhat(1 - e) = 1 - kappa sqrt(e) + O(e)`,
///
/// ```text
/// kappa = sum_i h_i^2 n(a_i) / (sqrt(pi) E[phi^2]),
/// ```
///
/// in units of the RMS. Two inputs that differ by `u1 - u2`, of variance `2 e`, are on different sides of a threshold
/// with the probability `n(a_i) E|u1 - u2| = 2 n(a_i) sqrt(e / pi)`, and then `phi` differs by `h_i`. A chain takes any
/// small `e` to about `kappa^2` in a few layers; a stream takes it up in the share `a / (K + a)`.
///
/// ```
/// use mf_core::{StepActivation, network::near_one};
///
/// // The sign: (2/pi) asin(1 - e) = 1 - (2/pi) sqrt(2 e) + ...
/// let kappa = near_one(&StepActivation::uniform(2)?);
/// assert!((kappa - 8.0_f64.sqrt() / std::f64::consts::PI).abs() < 1e-15);
/// # Ok::<(), mf_core::ActivationError>(())
/// ```
pub fn near_one(phi: &StepActivation) -> f64 {
    let crossings = phi.steps().zip(phi.thresholds());
    let sum: f64 = crossings.map(|(step, a)| step * step * pdf(*a)).sum();
    sum / (PI.sqrt() * phi.mean_square(1.0))
}
