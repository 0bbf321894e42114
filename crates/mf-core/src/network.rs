//! Networks: the depth scale and the layer by layer statistics, from an activation and the scales of weights and biases
//! ([`propagate`], [`trajectory`]); networks of blocks with skip paths and normalization ([`Stack`]); quantized weights and
//! their scales ([`QuantizedWeights`], [`Scale`]).
//!
//! # Blocks
//!
//! `K` is the variance of the stream, `c` the correlation of two inputs in it, `Mhat` the map of the branch
//! ([`Products`]), `a` the variance that the branch adds ([`Branch`]), `C*` and `chi` the fixed point of `Mhat` and its
//! slope there:
//!
//! ```text
//! chain       c' = Mhat(c)                                      c - C* ~ chi^L
//! pre-norm    c' = (K c + a Mhat(c)) / (K + a),  K' = K + a     c - C* ~ (K_L / K_0)^-(1 - chi)
//! post-norm   c' = (c + a Mhat(c)) / (1 + a)                    c - C* ~ ((1 + a chi) / (1 + a))^L
//! quantized stream                                              exponential: see `stream`
//! ```
//!
//! All four have the one fixed point `C*`, 0 for odd quantizers. Each branch takes its input in units of the RMS, so
//! the scale of the weights before a norm drops out. A quantizer with a mean (unsigned, `int-full`, nf4) changes only
//! the values of `C*` and `chi`: the weights of a branch have mean 0, so the stream has mean 0 over units whatever the quantizer. Therefore
//! LayerNorm, which subtracts that mean, is the same as RMSNorm at infinite width.
//!
//! Convolutions with circular padding and independent weights map the correlation at each position by `Mhat` and then
//! average over the taps of the kernel. So they have the same laws of a small signal, for the correlation averaged over
//! positions (Xiao et al. 2018). Beyond first order `c' = Mhat(c)` holds only if the correlation is the same at all
//! positions, where it stays so; a delta-orthogonal kernel keeps each position's own. All of these are tested on
//! simulated chains of three levels with positions on a circle.
//!
//! # Their gradients
//!
//! With `R = E[rho^2] / E[phi^2]` of the straight-through slope `rho` ([`Products::backward_gain`]), squared gradients
//! grow from a block's output to its input by
//!
//! ```text
//! chain R,   pre-norm 1 + a R / K_l,   post-norm (1 + a R) / (1 + a).
//! ```
//!
//! They follow from the backward weights being independent of the forward ones, as in all mean field theories of
//! gradients. A norm over `n` units also projects out the stream itself (and LayerNorm the constant vector): one or two
//! directions of `n`, a factor of `1 - O(1/n)` per norm, which is left out. With the slope of [`crate::Surrogate::even`]
//! `R = 1`: gradients are even in chain and post-norm, and grow as the stream does in pre-norm, by `K_L / K_0`. The
//! final norm of a pre-norm network multiplies all of them by `1 / K_L`.
//!
//! The quantized stream has a module of its own, [`stream`]; [`depth`] says how the depth of a given loss is found.

mod architecture;
mod branch;
mod chain;
pub mod depth;
mod grid;
mod group;
mod law;
mod near;
mod products;
mod scale;
mod stack;
mod stack_error;
mod start;
pub mod stream;
mod trajectory;
mod weights;

pub use architecture::{Architecture, UnknownArchitecture};
pub use branch::Branch;
pub use chain::{
    Propagation, PropagationError, depth_scale, propagate, propagate_at,
    propagate_at_unit_variance, propagate_at_unit_variance_near, propagate_from,
};
pub use law::DepthLaw;
pub use products::{Products, near_one};
pub use scale::{MEAN_SIZE, MOST_NUMBERS, Rounding, Scale, ScaleError};
pub use stack::{Block, MOST_BLOCKS, Stack};
pub use stack_error::StackError;
pub use start::{DEAD, RoundedStart, Start, StartError};
pub use trajectory::{Layer, Trajectory, trajectory};
pub use weights::{Centring, QuantizedWeights, WeightsError};
