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
//! xi     = -1 / ln(chi)                                     (depth scale, in layers)
//! ```
//!
//! How far do signals travel in a network of 16 uniform states? At its best weights, a difference between two inputs falls
//! by a factor of `e` every 86 layers:
//!
//! ```
//! let phi = mf_core::StepActivation::uniform(16)?;
//! let signals = mf_core::propagate(&phi, 1.0058218920, 0.0)?;
//! assert!((signals.depth_scale - 86.13).abs() < 0.01);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | subject | module |
//! | --- | --- |
//! | activations: quantized, stochastically rounded, smooth; their moments on normal inputs | [`mod@activation`] |
//! | families of quantizers, and named number formats | [`quantizer`] |
//! | block-scaled formats: blocks of numbers share a scale | [`mod@block`] |
//! | `V(Q)` and `Q*`; `M(C)`, `chi(C)` and `C*` | [`maps`] |
//! | `Q*`, `C*`, `chi` and `xi` in one call; the network layer by layer; skip paths; quantized weights, scales by the largest number | [`network`] |
//! | the uniform quantizer of any number of states in constant time | [`uniform`] |
//! | the straight-through estimator | [`surrogate`] |
//! | kernels of wide networks: forward, tangent, layer by layer over a set of inputs | [`mod@kernel`] |
//!
//! A module uses only modules above it in this table ([`uniform`] uses none of them).
//!
//! NaN is never hidden: a function that returns a number returns NaN for NaN, one that returns a `Result` returns an
//! error.
//!
//! The crate does no input or output and starts no threads. It takes its elementary functions from `libm`, so that
//! the same input gives the same bits on every machine.

pub mod activation;
pub mod block;
pub mod gaussian;
pub mod kernel;
pub mod maps;
pub mod network;
pub mod parameter;
pub mod quantizer;
pub mod surrogate;
pub mod uniform;

mod lattice;
mod quadrature;
mod root;

pub use activation::{
    Activation, ActivationError, Distortion, Erf, Identity, Relu, Response, Scalable,
    StepActivation, StochasticActivation,
};
pub use maps::{CorrelationError, CorrelationMap, FixedPoint, Stability, VarianceMap};
pub use network::{
    Architecture, Branch, Centring, DepthLaw, Layer, Products, Propagation, PropagationError,
    QuantizedWeights, RoundedStart, Rounding, Scale, ScaleError, Stack, StackError, Start,
    StartError, WeightsError, depth_scale, propagate, propagate_at, propagate_at_unit_variance,
    propagate_at_unit_variance_near, propagate_from, trajectory,
};
pub use parameter::ParameterError;
pub use quantizer::Quantizer;
pub use surrogate::Surrogate;
