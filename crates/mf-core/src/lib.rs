//! The mean field theory of quantized deep networks: activations, maps, fixed points, slopes, depth scales.
//!
//! The model is that of Blumenfeld, Gilboa, Soudry, "A Mean Field Theory of Quantized Deep Networks: The
//! Quantization-Depth Trade-Off" (NeurIPS 2019). A wide fully connected network with weights of variance
//! `sigma_w^2 / fan_in`, biases of variance `sigma_b^2` and a quantized activation `phi` carries two numbers from
//! layer to layer: the variance `Q` of the hidden states and the correlation `C` of two inputs,
//!
//! ```text
//! Q'     = sigma_w^2 E[phi(sqrt(Q) z)^2] + sigma_b^2        (variance)
//! (QC)'  = sigma_w^2 E[phi(u1) phi(u2)] + sigma_b^2         (covariance)
//! chi    = dC'/dC at the fixed point C*                     (slope)
//! xi     = -1 / ln(chi)                                     (layers over which differences survive)
//! ```
//!
//! | question | module |
//! | --- | --- |
//! | a quantized activation, its moments and its distortion | [`activation`] |
//! | families of quantizers, and formats that have a name | [`quantizer`] |
//! | scales that blocks of numbers share | [`mod@block`] |
//! | `Q*` | [`variance`] |
//! | `M(C)`, `chi(C)`, `C*` | [`covariance`] |
//! | all of them in one call | [`propagation`] |
//! | the uniform quantizer of any number of states in constant time | [`uniform`] |
//! | stochastic rounding to any levels | [`stochastic`] |
//! | the straight-through estimator | [`surrogate`] |
//!
//! The crate does no input or output and starts no threads. It takes its elementary functions from `libm`, so that
//! the same input gives the same bits on every machine.

pub mod activation;
pub mod block;
pub mod covariance;
pub mod gaussian;
pub mod parameter;
pub mod propagation;
pub mod quantizer;
pub mod stochastic;
pub mod surrogate;
pub mod uniform;
pub mod variance;

mod lattice;
mod quadrature;
mod root;

pub use activation::{ActivationError, Distortion, StepActivation};
pub use covariance::{CorrelationError, CorrelationMap};
pub use parameter::ParameterError;
pub use propagation::{
    Propagation, PropagationError, depth_scale, propagate, propagate_at,
    propagate_at_unit_variance, propagate_at_unit_variance_near,
};
pub use quantizer::Quantizer;
pub use stochastic::{StochasticActivation, StochasticMap, propagate_stochastic_at_unit_variance};
pub use variance::{FixedPoint, Stability, VarianceMap};
