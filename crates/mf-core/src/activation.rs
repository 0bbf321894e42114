//! Activation functions, and their moments on normal inputs.
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
mod moments;
mod pair;
mod smooth;
mod step;
mod stochastic;
mod table;
mod window;

pub use hermite::SERIES_UP_TO as SUMMED_UP_TO;
pub use moments::{PairMoments, PairMomentsAt};
pub use pair::StepResponse;
pub(crate) use pair::bin_error;
pub use smooth::{Erf, Identity, Relu, SmoothResponse};
pub use step::{ActivationError, Distortion, LARGEST, MOST_STATES, StepActivation};
pub use stochastic::{StochasticActivation, StochasticResponse};
pub(crate) use table::Nodes;
pub use table::ProductTable;
pub use window::WindowResponse;

/// An activation `phi` on normal inputs `sqrt(Q) z` of variance `Q >= 0`.
///
/// For a random activation (stochastic rounding) every expectation is also over its noise, which is independent for
/// each input. Results are NaN for a negative variance and for NaN.
///
/// ```
/// // The weights that keep the variance at 1, for any activation.
/// use mf_core::{Activation, Identity, Relu};
///
/// fn sigma_w<A: Activation>(phi: &A) -> f64 {
///     1.0 / phi.mean_square(1.0).sqrt()
/// }
/// assert_eq!(sigma_w(&Identity), 1.0);
/// assert!((sigma_w(&Relu) - 2.0_f64.sqrt()).abs() < 1e-15); // He et al. 2015
/// ```
pub trait Activation {
    /// The activation on inputs of one variance.
    type Response: Response;

    /// The activation on inputs of this variance, above 0.
    ///
    /// ```
    /// use mf_core::{Activation, Relu, Response};
    ///
    /// // Two inputs that are not correlated: E[max(x, 0)]^2.
    /// let relu = Relu.response(1.0);
    /// assert!((relu.product(&relu, 0.0) - 0.5 / std::f64::consts::PI).abs() < 1e-16);
    /// ```
    fn response(&self, variance: f64) -> Self::Response;

    /// The mean `E[phi(sqrt(Q) z)]`.
    ///
    /// ```
    /// use mf_core::{Activation, Relu, gaussian::PDF_AT_ZERO};
    ///
    /// assert_eq!(Relu.mean(4.0), 2.0 * PDF_AT_ZERO);
    /// ```
    fn mean(&self, variance: f64) -> f64;

    /// The mean square `E[phi(sqrt(Q) z)^2]`; at `Q = 0` the limit from above.
    ///
    /// ```
    /// use mf_core::{Activation, StepActivation};
    ///
    /// // Levels -1, 0, 1 and thresholds ± 0.5: the share of inputs beyond them.
    /// let phi = StepActivation::uniform(3)?;
    /// assert!((phi.mean_square(1.0) - 0.617_075_077_451_973_8).abs() < 1e-15);
    /// # Ok::<(), mf_core::ActivationError>(())
    /// ```
    fn mean_square(&self, variance: f64) -> f64;

    /// `d E[phi(sqrt(Q) z)^2] / dQ`.
    ///
    /// ```
    /// use mf_core::{Activation, Erf};
    ///
    /// // Near 0 the error function is 2 x / sqrt(pi).
    /// assert_eq!(Erf.mean_square_slope(0.0), 4.0 / std::f64::consts::PI);
    /// ```
    fn mean_square_slope(&self, variance: f64) -> f64;

    /// Whether `phi(-x) = -phi(x)`, exactly. Then `C* = 0` without biases.
    ///
    /// ```
    /// use mf_core::{Activation, quantizer::find};
    ///
    /// // NF4 has more levels above 0 than below.
    /// let (int4, nf4) = (find("int4")?.build()?.activation, find("nf4")?.build()?.activation);
    /// assert!(int4.is_odd() && !nf4.is_odd());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn is_odd(&self) -> bool;

    /// The largest `phi^2`; infinite for an activation without bounds.
    ///
    /// ```
    /// use mf_core::{Activation, Erf, Relu};
    ///
    /// assert_eq!((Erf.largest_square(), Relu.largest_square()), (1.0, f64::INFINITY));
    /// ```
    fn largest_square(&self) -> f64;

    /// A variance below which `E[phi^2]` equals its value at 0, to rounding. So the only fixed point below it is 0.
    ///
    /// ```
    /// use mf_core::{Activation, StepActivation};
    ///
    /// // A signal this weak never leaves the dead zone.
    /// let ternary = StepActivation::uniform(3)?;
    /// assert_eq!(ternary.mean_square(ternary.least_variance()), 0.0);
    /// # Ok::<(), mf_core::ActivationError>(())
    /// ```
    fn least_variance(&self) -> f64;
}

/// An activation that can be scaled, and so has a best scale: a quantizer.
///
/// ```
/// // Any quantizer, scaled so that its outermost threshold is 2.
/// use mf_core::{ActivationError, Scalable, StepActivation};
///
/// fn reaching<A: Scalable>(phi: &A, reach: f64) -> Result<A, ActivationError> {
///     phi.scaled(reach / phi.edges().last().unwrap_or(&1.0))
/// }
/// assert_eq!(reaching(&StepActivation::uniform(5)?, 2.0)?.even_spacing(), Some(4.0 / 3.0));
/// # Ok::<(), ActivationError>(())
/// ```
pub trait Scalable: Activation + Sized {
    /// The inputs around which the activation changes.
    ///
    /// ```
    /// use mf_core::{Scalable, StepActivation, StochasticActivation};
    ///
    /// // The thresholds; for stochastic rounding, the levels.
    /// let ternary = StepActivation::uniform(3)?;
    /// assert_eq!(ternary.edges(), [-0.5, 0.5]);
    /// assert_eq!(StochasticActivation::new(&ternary).edges(), [-1.0, 0.0, 1.0]);
    /// # Ok::<(), mf_core::ActivationError>(())
    /// ```
    fn edges(&self) -> &[f64];

    /// The spacing of thresholds, if they and the levels are evenly spaced about 0: the family whose best spacing is known at
    /// any number of states ([`crate::uniform`]).
    ///
    /// ```
    /// use mf_core::{Scalable, StepActivation};
    ///
    /// assert_eq!(StepActivation::uniform(9)?.even_spacing(), Some(0.25));
    /// assert_eq!(StepActivation::halfway(vec![-4.0, -1.0, 1.0, 4.0])?.even_spacing(), None);
    /// # Ok::<(), mf_core::ActivationError>(())
    /// ```
    fn even_spacing(&self) -> Option<f64>;

    /// `x -> factor phi(x / factor)`: inputs and outputs in another unit.
    ///
    /// ```
    /// use mf_core::{Scalable, StepActivation};
    ///
    /// let phi = StepActivation::uniform(5)?;
    /// assert_eq!(phi.scaled(2.0)?.value(1.3), 2.0 * phi.value(0.65));
    /// # Ok::<(), mf_core::ActivationError>(())
    /// ```
    ///
    /// # Errors
    /// [`ActivationError`] unless `factor` is finite, above 0, and leaves the values finite and apart.
    fn scaled(&self, factor: f64) -> Result<Self, ActivationError>;

    /// `x -> phi(x / factor)`: inputs in another unit. The outputs may get another unit too: neither `C*` nor `chi`
    /// depends on it.
    ///
    /// ```
    /// use mf_core::{Scalable, StepActivation};
    ///
    /// let wide = StepActivation::uniform(3)?.stretched(2.0)?;
    /// assert_eq!((wide.thresholds(), wide.levels()), (&[-1.0, 1.0][..], &[-1.0, 0.0, 1.0][..]));
    /// # Ok::<(), mf_core::ActivationError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Scalable::scaled`].
    fn stretched(&self, factor: f64) -> Result<Self, ActivationError>;
}

/// An activation on inputs of one variance: `f(z) = phi(sqrt(Q) z)`, and its products over pairs of inputs.
///
/// `x` and `y` are standard normal with correlation `C` from -1 to 1; `g` is the response of the same activation on
/// inputs of another variance, or `f` itself. Products are accurate to `1e-13` of `sqrt(E[f^2] E[g^2])`. For `g = f`
/// and `0 <= C <= 0.9` their relative accuracy is `1e-13`.
///
/// ```
/// // Stein's lemma: at C = 0 the normalized slope is 1 minus the least squared error.
/// use mf_core::{Activation, Erf, Response};
///
/// let f = Erf.response(1.0);
/// let kept = f.product_slope(&f, 0.0) / f.mean_square();
/// assert!((kept - (1.0 - f.distortion().mean_squared_error)).abs() < 1e-15);
/// ```
pub trait Response {
    /// `E[f^2]`.
    ///
    /// ```
    /// use mf_core::{Activation, Identity, Response};
    ///
    /// assert_eq!(Identity.response(3.0).mean_square(), 3.0);
    /// ```
    fn mean_square(&self) -> f64;

    /// `E[f(x) g(y)]`.
    ///
    /// ```
    /// use mf_core::{Activation, Erf, Response};
    ///
    /// // Inputs of variances 1/2 and 3/2: (2/pi) asin(1/2).
    /// let (f, g) = (Erf.response(0.5), Erf.response(1.5));
    /// let product = f.product(&g, (2.0_f64 / 3.0).sqrt());
    /// assert!((product - 1.0 / 3.0).abs() < 1e-15);
    /// ```
    fn product(&self, other: &Self, correlation: f64) -> f64;

    /// `d E[f(x) g(y)] / dC = sqrt(Q1 Q2) E[phi'(u1) phi'(u2)]` (Price's theorem), perhaps infinite at `C = ±1`.
    ///
    /// ```
    /// use mf_core::{Activation, Relu, Response};
    ///
    /// // The share of pairs that are both above 0: a third at C = 1/2.
    /// let relu = Relu.response(1.0);
    /// assert!((relu.product_slope(&relu, 0.5) - 1.0 / 3.0).abs() < 1e-15);
    /// ```
    fn product_slope(&self, other: &Self, correlation: f64) -> f64;

    /// [`Response::product`] and [`Response::product_slope`], for less than both.
    ///
    /// ```
    /// use mf_core::{Activation, Erf, Response};
    ///
    /// let erf = Erf.response(0.7);
    /// let both = [erf.product(&erf, 0.3), erf.product_slope(&erf, 0.3)];
    /// assert_eq!(erf.product_and_slope(&erf, 0.3), both);
    /// ```
    fn product_and_slope(&self, other: &Self, correlation: f64) -> [f64; 2] {
        [
            self.product(other, correlation),
            self.product_slope(other, correlation),
        ]
    }

    /// `E[f'(x) rho(y)]`, with `f' = sqrt(Q) phi'` and a window `rho` on inputs of its own variance: how the outputs at `x`
    /// follow a change that a straight-through gradient at `y` makes.
    ///
    /// ```
    /// use mf_core::{Activation, Response, StepActivation, Surrogate};
    ///
    /// // Independent inputs: E[f'] = 2 n(0) of the sign, times E[rho].
    /// let sign = StepActivation::halfway(vec![-1.0, 1.0])?.response(1.0);
    /// let rho = Surrogate::new(1.0, -1.0, 1.0)?.window(1.0);
    /// let product = 2.0 * mf_core::gaussian::PDF_AT_ZERO * rho.mean();
    /// assert!((sign.windowed_slope(&rho, 0.0) - product).abs() < 1e-15);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn windowed_slope(&self, window: &WindowResponse, correlation: f64) -> f64;

    /// The part of `E[f^2]` that comes from the noise of a random activation, `E[Var(phi | x)]`; 0 for all others.
    ///
    /// ```
    /// use mf_core::{Activation, Response, StepActivation, StochasticActivation};
    ///
    /// // Small inputs become -1 or 1 at random: of E[f^2] = 1 only Q = 0.01 is not noise.
    /// let sign = StepActivation::halfway(vec![-1.0, 1.0])?;
    /// let rounding = StochasticActivation::new(&sign);
    /// assert!((rounding.response(0.01).noise() - 0.99).abs() < 1e-14);
    /// # Ok::<(), mf_core::ActivationError>(())
    /// ```
    fn noise(&self) -> f64 {
        0.0
    }

    /// The distance, at correlation 1, from the tangent of `E[f(x) f(y)]` at `C` up to `E[f^2]`, divided by `E[f^2]`,
    /// for `C` from 0 to [`SUMMED_UP_TO`]:
    ///
    /// ```text
    /// (E[f^2] - P(C) - (1 - C) P'(C)) / E[f^2] = sum_{k>=2} c_k^2 (1 - C^(k-1) (k - (k-1) C)) / E[f^2],   P(C) = sum_k c_k^2 C^k,
    /// ```
    ///
    /// plus the share of the noise. No term is negative. It is 0 only for a straight line. Without biases `1 - chi` is
    /// this at `C*`, divided by `1 - C*`: see [`crate::CorrelationMap::one_minus_slope`].
    ///
    /// ```
    /// use mf_core::{Activation, Identity, Relu, Response};
    ///
    /// assert_eq!(Identity.response(1.0).tangent_gap(0.3), 0.0);
    /// // E = 1/2, P = 1/(2 pi), P' = 1/4 at C = 0: 1 - 1/pi - 1/2.
    /// let gap = Relu.response(1.0).tangent_gap(0.0);
    /// assert!((gap - (0.5 - 1.0 / std::f64::consts::PI)).abs() < 1e-15);
    /// ```
    fn tangent_gap(&self, correlation: f64) -> f64;

    /// The least mean squared error `E[(z - a f)^2]` over the output gain `a`.
    ///
    /// ```
    /// use mf_core::{Activation, Relu, Response};
    ///
    /// // The best gain on a rectified input is 1, and half of the squared error stays.
    /// let found = Relu.response(1.0).distortion();
    /// assert!((found.gain - 1.0).abs() < 1e-15 && (found.mean_squared_error - 0.5).abs() < 1e-15);
    /// ```
    ///
    /// For an increasing activation, from `E[z f]^2`, the slope at `C = 0`. An activation whose error may be small
    /// overrides this with a sum that does not cancel.
    fn distortion(&self) -> Distortion {
        let (part, square) = (self.product_slope(self, 0.0), self.mean_square());
        Distortion {
            mean_squared_error: 1.0 - part / square,
            gain: part.sqrt() / square,
        }
    }
}
