//! Kernels of wide networks, layer by layer: the covariance of the hidden states of two inputs, and how far the output at one moves
//! with a step of gradient descent on the other (the paper, section 3.2; Jacot et al. 2018).
//!
//! # The recursion
//!
//! `K` is the covariance of the hidden states, which sum over units of the layer before; `Theta` is the tangent kernel, the inner
//! product of two gradients with respect to all weights so far. A layer `h' = W phi(h) + b` with weights of variance `sigma_w^2 /
//! width` makes
//!
//! ```text
//! K'     = sigma_w^2 E[phi(u1) phi(u2)] + sigma_b^2,        (u1, u2) ~ N(0, K)
//! Theta' = r E[phi(u1) phi(u2)] + r_b + sigma_w^2 E[phi'(u1) phi'(u2)] Theta
//! ```
//!
//! with the rates `r` and `r_b` of a [`Parametrization`]. At infinite width `Theta` does not change while the network is trained, so the
//! outputs follow gradient descent with this kernel.
//!
//! # Three kernels of a quantized network
//!
//! The derivative of a step function is a sum of delta functions. What stands in the place of `phi'(u1) phi'(u2)` gives three
//! kernels ([`Tangent`]):
//!
//! ```text
//! exact      phi' phi'   sum_ij h_i h_j n2(g_i, g_j): gradients of the network without a surrogate; infinite for equal inputs
//! surrogate  rho rho     inner products of the gradients that a straight-through step uses
//! mixed      phi' rho    how the output at the first input moves with a straight-through step on the second
//! ```
//!
//! The mixed kernel of two inputs of different norms depends on their order. In a network of finite width `n` a step moves few
//! hidden states over a threshold, each by a whole level: the output at one input moves by the mixed kernel and a random part.
//!
//! # Blocks
//!
//! In networks of blocks ([`crate::network`]) `u` is the stream divided by its RMS, so `E` is at unit variance and at the correlation
//! `c`, `sigma_w^2 E[phi^2] = 1`, and a norm divides `Theta` by the two RMS. With the variance `a` of a branch:
//!
//! ```text
//! pre-norm    K' = K + a sigma_w^2 E[phi phi],   Theta' = Theta + a (r E[phi phi] + sigma_w^2 E[phi' phi'] Theta / sqrt(K11 K22))
//! post-norm   the same from K = c and Theta / sqrt(K11 K22)
//! ```
//!
//! A norm also takes away the part of a gradient along the stream itself, `1 / n` of it, which is left out.
//!
//! # In use
//!
//! A [`KernelNetwork`] starts [`Rows`](Row) from the covariances of the inputs, and one [`KernelLayer`] moves all rows on by a layer; a
//! row needs no other row, so that a caller can share them out to threads. Where all inputs have one norm each kernel is a
//! function of the correlation alone: [`KernelTable`].

mod error;
mod layer;
mod network;
mod table;
mod tangent;

pub use error::KernelError;
pub use layer::{KernelLayer, Row};
pub use network::KernelNetwork;
pub use table::KernelTable;
pub use tangent::{Parametrization, Tangent};
