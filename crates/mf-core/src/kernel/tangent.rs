//! Which derivatives a tangent kernel multiplies, and which weights are trained at which rate.

use crate::surrogate::Surrogate;

/// What stands in the place of `phi'(u1) phi'(u2)` in a tangent kernel; see [`crate::kernel`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Tangent {
    /// `phi'(u1) phi'(u2)`. Of a step function it is infinite for equal inputs.
    Exact,
    /// `rho(u1) rho(u2)`.
    Surrogate(Surrogate),
    /// `phi'(u1) rho(u2)`: the first input is the one at which the output is seen.
    Mixed(Surrogate),
}

/// How weights `W` of variance `sigma_w^2 / fan-in` are written, which decides how much a step of one learning rate changes each layer.
///
/// ```
/// use mf_core::kernel::Parametrization;
///
/// // Weights of the width, not their variance, count in a layer that is trained as it stands.
/// let standard = Parametrization::Standard { inputs: 784, width: 256 };
/// assert_eq!((Parametrization::Ntk.rates(2.0, 0.5), standard.rates(2.0, 0.5)), ([4.0, 0.25], [256.0, 1.0]));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Parametrization {
    /// `W = sigma_w w / sqrt(fan-in)` and `b = sigma_b beta` with trained `w` and `beta` of unit variance (Jacot et al. 2018): a layer adds
    /// `sigma_w^2 E[phi phi] + sigma_b^2`, and the kernel does not grow with the width.
    #[default]
    Ntk,
    /// `W` and `b` are trained as they stand, which is what PyTorch does: a layer adds `fan-in E[phi phi] + 1`, without the 1 where
    /// `sigma_b = 0`, as the layer has no biases.
    Standard {
        /// The number of inputs, the fan-in of the first layer.
        inputs: usize,
        /// The width, the fan-in of all other layers.
        width: usize,
    },
}

impl Parametrization {
    /// `r` and `r_b` of a layer after the first.
    pub fn rates(self, sigma_w: f64, sigma_b: f64) -> [f64; 2] {
        match self {
            Self::Ntk => [sigma_w * sigma_w, sigma_b * sigma_b],
            Self::Standard { width, .. } => [width as f64, of_biases(sigma_b)],
        }
    }

    /// `r` and `r_b` of the first layer.
    pub fn first_rates(self, sigma_w: f64, sigma_b: f64) -> [f64; 2] {
        match self {
            Self::Ntk => self.rates(sigma_w, sigma_b),
            Self::Standard { inputs, .. } => [inputs as f64, of_biases(sigma_b)],
        }
    }
}

fn of_biases(sigma_b: f64) -> f64 {
    if sigma_b == 0.0 { 0.0 } else { 1.0 }
}
