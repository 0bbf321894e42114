//! Activations as the theory sees them: what becomes of normal inputs.
//!
//! | activation | type |
//! | --- | --- |
//! | a quantizer: a step function | [`StepActivation`] |
//! | stochastic rounding to the levels of a quantizer | [`StochasticActivation`] |
//! | smooth ones in closed form: the error function, the rectifier, the identity | [`Erf`], [`Relu`], [`Identity`] |
//!
//! The maps of [`crate::maps`] and the networks of [`crate::network`] are written once, against [`Activation`] and
//! [`Response`].

mod hermite;
mod pair;
mod smooth;
mod step;
mod stochastic;
mod table;

pub use hermite::SERIES_UP_TO as SUMMED_UP_TO;
pub use pair::StepResponse;
pub use smooth::{Erf, Identity, Relu, SmoothResponse};
pub use step::{ActivationError, Distortion, LARGEST, MOST_STATES, StepActivation};
pub use stochastic::{StochasticActivation, StochasticResponse};
pub use table::ProductTable;

/// An activation `phi` on normal inputs `sqrt(Q) z` of variance `Q >= 0`.
///
/// Every number of a random activation (stochastic rounding) is a mean over its noise too, which is fresh for each input.
/// Results are NaN for a negative variance and for NaN.
pub trait Activation {
    /// The activation on inputs of one variance.
    type Response: Response;

    /// The activation on inputs of this variance, above 0.
    fn response(&self, variance: f64) -> Self::Response;

    /// `E[phi(sqrt(Q) z)]`.
    fn mean(&self, variance: f64) -> f64;

    /// `E[phi(sqrt(Q) z)^2]`; at 0 the limit from above.
    fn mean_square(&self, variance: f64) -> f64;

    /// `d E[phi(sqrt(Q) z)^2] / dQ`.
    fn mean_square_slope(&self, variance: f64) -> f64;

    /// Whether `phi(-x) = -phi(x)`, exactly. Then `C* = 0` without biases.
    fn is_odd(&self) -> bool;

    /// The largest `phi^2`; infinite for an activation without bounds.
    fn largest_square(&self) -> f64;

    /// A variance below which `E[phi^2]` is as good as at 0: no fixed point but 0 lies there.
    fn least_variance(&self) -> f64;
}

/// An activation that has a best scale: a quantizer, whose thresholds and levels lie somewhere.
pub trait Scalable: Activation + Sized {
    /// The inputs around which the activation changes.
    fn edges(&self) -> &[f64];

    /// The spacing of thresholds, if they and the levels are evenly spaced about 0: the family whose best spacing is known at
    /// any number of states ([`crate::uniform`]).
    fn even_spacing(&self) -> Option<f64>;

    /// `x -> factor phi(x / factor)`: inputs and outputs in another unit.
    ///
    /// # Errors
    /// [`ActivationError`] unless `factor` is finite, above 0, and leaves the values finite and apart.
    fn scaled(&self, factor: f64) -> Result<Self, ActivationError>;

    /// The same for inputs; the unit of the outputs, on which neither `C*` nor `chi` depends, is free.
    ///
    /// # Errors
    /// As [`Scalable::scaled`].
    fn stretched(&self, factor: f64) -> Result<Self, ActivationError>;
}

/// An activation on inputs of one variance: `f(z) = phi(sqrt(Q) z)`, and what pairs of inputs make of it.
///
/// `x` and `y` are standard normal with correlation `C` from -1 to 1; `g` is the response of the same activation on inputs
/// of another variance, or `f` itself. Products are accurate to `1e-13` of `sqrt(E[f^2] E[g^2])`, for `C >= 0` and `g = f` up
/// to 0.9 relative to themselves.
pub trait Response {
    /// `E[f^2]`.
    fn mean_square(&self) -> f64;

    /// `E[f(x) g(y)]`.
    fn product(&self, other: &Self, correlation: f64) -> f64;

    /// `d E[f(x) g(y)] / dC = sqrt(Q1 Q2) E[phi'(u1) phi'(u2)]` (Price's theorem), perhaps infinite at `C = ±1`.
    fn product_slope(&self, other: &Self, correlation: f64) -> f64;

    /// What fresh noise adds to `E[f^2]`, beyond the product of an input with itself; 0 but for random activations.
    fn noise(&self) -> f64 {
        0.0
    }

    /// How far the tangent of `E[f(x) f(y)]` at `C` passes below `E[f^2]` at 1, as a share of `E[f^2]`, for `C` from 0 to
    /// [`SUMMED_UP_TO`]:
    ///
    /// ```text
    /// (E[f^2] - P(C) - (1 - C) P'(C)) / E[f^2] = sum_{k>=2} c_k^2 (1 - C^(k-1) (k - (k-1) C)) / E[f^2],   P(C) = sum_k c_k^2 C^k,
    /// ```
    ///
    /// plus the share of the noise. No term is negative. Where it vanishes `f` is a straight line, and `1 - chi` is this over
    /// `1 - C*`: see [`crate::CorrelationMap::one_minus_slope`].
    fn tangent_gap(&self, correlation: f64) -> f64;

    /// The least mean squared error `E[(z - a f)^2]` over the output gain `a`.
    fn distortion(&self) -> Distortion;
}
