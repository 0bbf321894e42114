//! Activations with a scale for each token, the largest of all units of a layer for one input.

use anyhow::bail;
use mf_core::activation::WindowResponse;
use mf_core::network::{Architecture, Products};
use mf_core::{Activation, Response, Scale, StepActivation, depth_scale};
use serde::Serialize;

use crate::commands::network::Network;

/// An activation that is scaled by the largest number of a token.
#[derive(Debug, Serialize)]
pub(in crate::commands::depth) struct Token {
    pub(in crate::commands::depth) units: u64,
    one_minus_chi: f64,
    pub(in crate::commands::depth) depth_scale: f64,
}

impl Token {
    /// Tokens of this many units.
    ///
    /// # Errors
    /// An activation that is not the same on both sides of 0; a single unit.
    pub(super) fn of(phi: &StepActivation, units: u64) -> anyhow::Result<Self> {
        if !phi.is_odd() {
            bail!(
                "a scale for each token is computed for activations that are the same on both sides of 0: leave out \
                 --activation-scale for this one"
            );
        }
        let one_minus_chi = Scale::LargestOf(units).rounding(phi)?.token_error;
        Ok(Self {
            units,
            one_minus_chi,
            depth_scale: depth_scale(one_minus_chi),
        })
    }

    /// The products of a network's branches for a small signal.
    ///
    /// # Errors
    /// A quantized stream.
    pub(super) fn products(&self, network: &Network) -> anyhow::Result<Products> {
        if network.architecture == Architecture::QuantizedStream {
            bail!(
                "a scale for each token is computed for streams in full precision: leave out --activation-scale, or give \
                 --network pre-norm"
            );
        }
        Ok(network.kind.products(&Small(self.one_minus_chi))?)
    }
}

/// What quantizing does to a small correlation `c`: it leaves `(1 - lost) c`, as a line with noise does.
#[derive(Clone, Copy, Debug)]
struct Small(f64);

impl Activation for Small {
    type Response = Self;

    fn response(&self, _variance: f64) -> Self {
        *self
    }

    fn mean(&self, _variance: f64) -> f64 {
        0.0
    }

    fn mean_square(&self, variance: f64) -> f64 {
        variance
    }

    fn mean_square_slope(&self, _variance: f64) -> f64 {
        1.0
    }

    fn is_odd(&self) -> bool {
        true
    }

    fn largest_square(&self) -> f64 {
        f64::INFINITY
    }

    fn least_variance(&self) -> f64 {
        0.0
    }
}

impl Response for Small {
    fn mean_square(&self) -> f64 {
        1.0
    }

    fn product(&self, other: &Self, correlation: f64) -> f64 {
        self.product_slope(other, correlation) * correlation
    }

    fn product_slope(&self, _other: &Self, _correlation: f64) -> f64 {
        1.0 - self.0
    }

    fn windowed_slope(&self, window: &WindowResponse, _correlation: f64) -> f64 {
        (1.0 - self.0).sqrt() * window.mean()
    }

    fn noise(&self) -> f64 {
        self.0
    }

    fn tangent_gap(&self, _correlation: f64) -> f64 {
        self.0
    }
}
