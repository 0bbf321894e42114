//! Random quantized networks of finite width: hidden states layer by layer, and gradient norms.
//!
//! The model is that of `mf-core`, with `width` units instead of infinitely many:
//!
//! ```text
//! u(l+1) = W phi(u(l)) + b,   W_ij ~ N(0, sigma_w^2 / width),   b_i ~ N(0, sigma_b^2),   fresh for every layer,
//! ```
//!
//! starting from pre-activations `u(0)` ([`Inputs`]). [`forward()`] passes the [`Hidden`] states of every layer to the
//! caller, which takes the measurements; [`gradient_norms`] runs the straight-through backward pass through the same
//! weights; `mf_fit`'s [`Mean`](mf_fit::Mean) averages over seeds.
//!
//! | subject | module |
//! | --- | --- |
//! | the network and its inputs | [`network`], [`inputs`] |
//! | runs | [`forward()`](mod@forward), [`backward`]; without weights, for few inputs, [`law`] |
//! | measurements in a layer | [`hidden`], [`circle`], [`components`] |
//! | blocks that share a scale | [`blocks`] |
//! | skip paths, normalization, rounded weights | [`skip`], [`weight_format`] |
//!
//! The decay of a correlation of 0.9 in the best network of four levels:
//!
//! ```
//! use mf_fit::Mean;
//! use mf_sim::{Inputs, Network, Run, forward};
//! use std::ops::ControlFlow;
//!
//! let phi = mf_core::StepActivation::uniform(4)?;
//! let (sigma_w, sigma_b, width, depth) = (1.0653053303, 0.0, 512, 8);
//! let variance = mf_core::VarianceMap::new(&phi, sigma_w, sigma_b)?.fixed_points()[0].variance;
//! let map = mf_core::CorrelationMap::new(&phi, sigma_w, sigma_b, variance)?;
//! let network = Network::new(phi, sigma_w, sigma_b, width, depth)?;
//! let mut correlations = vec![Mean::default(); depth + 1];
//! for seed in 0..20 {
//!     let inputs = Inputs::with_correlations(&[0.9], width, variance, seed)?;
//!     forward(&network, &inputs, &Run::new(seed), &mut |layer, hidden| {
//!         correlations[layer].push(hidden.correlation(0, 1));
//!         ControlFlow::Continue(())
//!     })?;
//! }
//! let expected = (0..depth).try_fold(0.9, |c, _| map.value(c))?;
//! let found = correlations[depth];
//! assert!((found.mean() - expected).abs() < 4.0 * found.standard_error());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Speed
//!
//! Weights exist only as tiles of 64 x 64, drawn in the first-level cache by the thread that multiplies with them
//! (`mf_kernel::normal`, `mf_kernel::product`), and not kept. Both are plain Rust over vectors whose length is chosen
//! at run time (`pulp`). Nothing is packed or transposed: hidden states are stored in panels of 64 units, the layout
//! that the product reads and writes.
//!
//! # The same bits
//!
//! A tile's generator is seeded from (seed, layer, panel of outputs, panel of inputs), and a pre-activation is one
//! chain of fused multiply-adds over the inputs in their order, for any vector length. So a run has the same bits for
//! any number of threads and on any machine.

pub mod backward;
pub mod blocks;
pub mod circle;
pub mod components;
pub mod error;
pub mod forward;
pub mod hidden;
pub mod inputs;
pub mod law;
mod memory;
pub mod network;
pub mod skip;
pub mod weight_format;
mod weights;

pub use backward::{gradient_memory_needed, gradient_norms};
pub use blocks::{BlockActivation, BlockError};
pub use components::PrincipalComponents;
pub use error::SimError;
pub use forward::{Run, forward};
pub use hidden::Hidden;
pub use inputs::Inputs;
pub use memory::memory_needed;
pub use mf_kernel::LANES;
pub use network::Network;
pub use skip::SkipNetwork;
pub use weight_format::{Group, WeightFormat, WeightScale};
