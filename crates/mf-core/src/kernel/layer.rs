//! One layer: from the kernels of its hidden states to those of the next.

use super::error::KernelError;
use super::network::{Body, KernelNetwork};
use super::tangent::Tangent;
use crate::activation::{Activation, Response, WindowResponse};
use std::sync::Arc;

/// The kernels of one input with inputs 0, 1, ...: a row of each matrix, or the first part of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The place of the input, the first one of each pair.
    pub input: usize,
    /// `K`.
    pub covariances: Vec<f64>,
    /// `Theta` of each tangent kernel of the network, in their order.
    pub tangents: Vec<Vec<f64>>,
}

/// What a layer does to pairs of inputs: the activation at the variance of each input.
///
/// Inputs of equal variance share one [`Activation::Response`], and so do layers of equal variances. A layer of `n` inputs has at most
/// `n` responses, of a step function with `N` levels up to `2 N + 500` numbers each; rows of all pairs have `n^2` numbers for `K` and for
/// each tangent kernel.
#[derive(Debug, Clone)]
pub struct KernelLayer<'n, A: Activation> {
    network: &'n KernelNetwork<'n, A>,
    /// Of the hidden states, or of the stream, for each input.
    variances: Vec<f64>,
    /// For each input the place of its response.
    places: Vec<usize>,
    at: Arc<Vec<At<A::Response>>>,
}

/// The activation on inputs of one variance.
#[derive(Debug)]
struct At<R> {
    variance: f64,
    response: R,
    /// The surrogate of each tangent kernel that has one.
    windows: Vec<Option<WindowResponse>>,
}

impl<'n, A: Activation> KernelLayer<'n, A> {
    /// The layer whose hidden states have these variances; the layer `before` may lend its responses.
    pub(super) fn new(
        network: &'n KernelNetwork<'n, A>,
        variances: Vec<f64>,
        before: Option<&Self>,
    ) -> Result<Self, KernelError> {
        let bad = |variance: &f64| !(*variance > 0.0 && variance.is_finite());
        if let Some(input) = variances.iter().position(bad) {
            let variance = variances[input];
            return Err(KernelError::Variance { input, variance });
        }
        // Where a norm stands before the activation, it acts on unit variance.
        let acts_at = |variance: &f64| match network.body {
            Body::Chain => *variance,
            Body::PreNorm { .. } | Body::PostNorm { .. } => 1.0,
        };
        let mut distinct: Vec<f64> = variances.iter().map(acts_at).collect();
        distinct.sort_by(f64::total_cmp);
        distinct.dedup();
        let place = |variance: &f64| distinct.partition_point(|other| *other < acts_at(variance));
        let places = variances.iter().map(place).collect();
        let same = |layer: &&Self| {
            layer
                .at
                .iter()
                .map(|at| at.variance)
                .eq(distinct.iter().copied())
        };
        let at = match before.filter(same) {
            Some(layer) => Arc::clone(&layer.at),
            None => Arc::new(
                distinct
                    .iter()
                    .map(|variance| At::new(network, *variance))
                    .collect(),
            ),
        };
        Ok(Self {
            network,
            variances,
            places,
            at,
        })
    }

    /// The variance of the hidden states, or of the stream, of each input.
    pub fn variances(&self) -> &[f64] {
        &self.variances
    }

    /// Moves a row, made by [`KernelNetwork::row`] for the same inputs, to the next layer.
    ///
    /// The kernel of an input with itself stays exactly that of equal inputs. Rounding may leave other inputs with a correlation beyond
    /// ±1, which counts as ±1.
    pub fn advance(&self, row: &mut Row) {
        let Row {
            input,
            covariances,
            tangents,
        } = row;
        let mut thetas = vec![0.0; tangents.len()];
        for (column, covariance) in covariances.iter_mut().enumerate() {
            for (theta, tangent) in thetas.iter_mut().zip(&*tangents) {
                *theta = tangent[column];
            }
            *covariance = self.advance_pair([*input, column], *covariance, &mut thetas);
            for (theta, tangent) in thetas.iter().zip(&mut *tangents) {
                tangent[column] = *theta;
            }
        }
    }

    /// The layer after this one.
    ///
    /// # Errors
    /// [`KernelError::Variance`] if the hidden states of an input become 0 or infinite.
    pub fn next(&self) -> Result<Self, KernelError> {
        let next = |(variance, place): (&f64, &usize)| {
            self.joined(*variance, *variance, self.at[*place].response.mean_square())
        };
        let variances = self.variances.iter().zip(&self.places).map(next);
        Self::new(self.network, variances.collect(), Some(self))
    }

    /// The kernels of the outputs of a network that ends here: `W norm(h)` after blocks, with weights of variance `1 / width`. The outputs
    /// of the network of the paper are a layer as any other, so that its rows stay as they are.
    pub fn outputs(&self, row: &Row) -> Row {
        let mut outputs = row.clone();
        let mut thetas = vec![0.0; row.tangents.len()];
        for (column, covariance) in outputs.covariances.iter_mut().enumerate() {
            for (theta, tangent) in thetas.iter_mut().zip(&row.tangents) {
                *theta = tangent[column];
            }
            *covariance = self.output_pair([row.input, column], *covariance, &mut thetas);
            for (theta, tangent) in thetas.iter().zip(&mut outputs.tangents) {
                tangent[column] = *theta;
            }
        }
        outputs
    }

    /// As [`KernelLayer::outputs`], of one pair; its `Theta` are changed in place.
    pub(super) fn output_pair(
        &self,
        [first, second]: [usize; 2],
        covariance: f64,
        tangents: &mut [f64],
    ) -> f64 {
        if !self.network.read_out_norm {
            return covariance;
        }
        let root = self.root(first, second);
        let c = correlation(covariance, root);
        let [r, _] = self.network.parametrization.rates(1.0, 0.0);
        for theta in tangents {
            *theta = r * c + *theta / root;
        }
        c
    }

    /// `K` of a pair in the next layer, from that of this one; its `Theta` are changed in place.
    pub(super) fn advance_pair(
        &self,
        [first, second]: [usize; 2],
        covariance: f64,
        tangents: &mut [f64],
    ) -> f64 {
        let network = self.network;
        let root = self.root(first, second);
        let c = correlation(covariance, root);
        let (f, g) = (&self.at[self.places[first]], &self.at[self.places[second]]);
        let [mut product, slope] = if network.tangents.contains(&Tangent::Exact) {
            f.response.product_and_slope(&g.response, c)
        } else {
            [f.response.product(&g.response, c), f64::NAN]
        };
        // Of a random activation the noise is that of one input, and nothing is rounded.
        if first == second {
            product = f.response.mean_square();
        }
        let exact = slope / (f.variance * g.variance).sqrt();
        let [r, r_b] = network
            .parametrization
            .rates(network.sigma_w, network.sigma_b);
        let squared = network.sigma_w * network.sigma_w;
        for (index, theta) in tangents.iter_mut().enumerate() {
            let slope = match (
                network.tangents[index],
                &f.windows[index],
                &g.windows[index],
            ) {
                (Tangent::Surrogate(_), Some(own), Some(others)) => own.product(others, c),
                (Tangent::Mixed(_), _, Some(others)) => {
                    f.response.windowed_slope(others, c) / f.variance.sqrt()
                }
                _ => exact,
            };
            let slope = squared * slope;
            let normed = *theta / root;
            *theta = match network.body {
                Body::Chain => r * product + r_b + slope * *theta,
                Body::PreNorm { branch } => *theta + branch * (r * product + slope * normed),
                Body::PostNorm { branch } => normed + branch * (r * product + slope * normed),
            };
        }
        self.joined(covariance, root, product)
    }

    /// `K` of the next layer from `K`, the product of the RMS of the two inputs, and `E[phi(u1) phi(u2)]`.
    fn joined(&self, covariance: f64, root: f64, product: f64) -> f64 {
        let network = self.network;
        let branch = network.sigma_w * network.sigma_w * product;
        match network.body {
            Body::Chain => branch + network.sigma_b * network.sigma_b,
            Body::PreNorm { branch: a } => covariance + a * branch,
            Body::PostNorm { branch: a } => covariance / root + a * branch,
        }
    }

    /// The product of the RMS of two inputs: exactly the variance for an input with itself.
    fn root(&self, first: usize, second: usize) -> f64 {
        (self.variances[first] * self.variances[second]).sqrt()
    }
}

impl<R: Response> At<R> {
    fn new<A: Activation<Response = R>>(network: &KernelNetwork<'_, A>, variance: f64) -> Self {
        let window = |tangent: &Tangent| match tangent {
            Tangent::Exact => None,
            Tangent::Surrogate(rho) | Tangent::Mixed(rho) => Some(rho.window(variance)),
        };
        Self {
            variance,
            response: network.activation.response(variance),
            windows: network.tangents.iter().map(window).collect(),
        }
    }
}

/// `K` over the product of the RMS, which rounding may leave beyond ±1.
fn correlation(covariance: f64, root: f64) -> f64 {
    (covariance / root).clamp(-1.0, 1.0)
}
