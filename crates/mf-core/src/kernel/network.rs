//! A network whose kernels are computed.

use super::error::KernelError;
use super::layer::{KernelLayer, Row};
use super::tangent::{Parametrization, Tangent};
use crate::activation::Activation;
use crate::network::{Architecture, Branch, StackError};
use crate::parameter::{not_negative, positive};

/// A network of full width, by its activation and the scales of its weights.
///
/// ```
/// use mf_core::{Erf, kernel::{KernelNetwork, Tangent}};
///
/// // The tangent kernel of a linear read-out of one hidden layer, for two inputs at right angles.
/// let network = KernelNetwork::chain(&Erf, 1.0, 0.0)?.with_tangents(&[Tangent::Exact]);
/// let layer = network.start(&[1.0, 1.0])?;
/// let mut row = network.row(1, &[0.0, 1.0])?;
/// layer.advance(&mut row);
/// assert_eq!((row.covariances[0], row.tangents[0][0]), (0.0, 0.0));
/// // (2/pi) asin(2/3), and as much again by (4/pi) / sqrt(5) from the first layer.
/// let forward = 2.0 / std::f64::consts::PI * (2.0_f64 / 3.0).asin();
/// assert!((row.covariances[1] - forward).abs() < 1e-15);
/// assert!((row.tangents[0][1] - forward - 4.0 / std::f64::consts::PI / 5.0_f64.sqrt()).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct KernelNetwork<'a, A> {
    pub(super) activation: &'a A,
    pub(super) body: Body,
    pub(super) sigma_w: f64,
    pub(super) sigma_b: f64,
    /// `sigma_w` of the first layer.
    first: f64,
    /// Whether the outputs are `W norm(h)`.
    pub(super) read_out_norm: bool,
    pub(super) parametrization: Parametrization,
    pub(super) tangents: Vec<Tangent>,
}

/// What a layer does after the first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Body {
    Chain,
    PreNorm { branch: f64 },
    PostNorm { branch: f64 },
}

impl<'a, A: Activation> KernelNetwork<'a, A> {
    /// The network of the paper: `h' = W phi(h) + b`, the first layer too, with `h = W x + b`.
    ///
    /// # Errors
    /// [`KernelError::Parameter`] unless `sigma_w` is finite and above 0, and `sigma_b` finite and not negative.
    pub fn chain(activation: &'a A, sigma_w: f64, sigma_b: f64) -> Result<Self, KernelError> {
        Ok(Self {
            activation,
            body: Body::Chain,
            sigma_w: positive("sigma_w", sigma_w)?,
            sigma_b: not_negative("sigma_b", sigma_b)?,
            first: sigma_w,
            read_out_norm: false,
            parametrization: Parametrization::default(),
            tangents: Vec::new(),
        })
    }

    /// A network of equal blocks without biases, with `sigma_w^2 E[phi^2] = 1` at unit variance; a chain has no `branch`, of others the
    /// default is 1. The first layer has weights of variance `1 / inputs`.
    ///
    /// # Errors
    /// [`KernelError::Stack`] if a chain has a branch or the activation is 0 on every input, [`KernelError::Parameter`] unless
    /// the branch is above 0; [`KernelError::QuantizedStream`].
    pub fn blocks(
        architecture: Architecture,
        activation: &'a A,
        branch: Option<f64>,
    ) -> Result<Self, KernelError> {
        let square = activation.mean_square(1.0);
        if square.is_nan() || square <= 0.0 {
            return Err(StackError::Silent.into());
        }
        let a = Branch::Constant(branch.unwrap_or(1.0))
            .checked()?
            .variance(1);
        let body = match architecture {
            Architecture::Chain if branch.is_some() => return Err(StackError::Branch.into()),
            Architecture::Chain => Body::Chain,
            Architecture::PreNorm => Body::PreNorm { branch: a },
            Architecture::PostNorm => Body::PostNorm { branch: a },
            Architecture::QuantizedStream => return Err(KernelError::QuantizedStream),
        };
        let chain = Self::chain(activation, 1.0 / square.sqrt(), 0.0)?;
        Ok(Self {
            body,
            first: 1.0,
            read_out_norm: true,
            ..chain
        })
    }

    /// The same network with another parametrization than [`Parametrization::Ntk`].
    pub fn with_parametrization(mut self, parametrization: Parametrization) -> Self {
        self.parametrization = parametrization;
        self
    }

    /// The same network with these tangent kernels; none if this is not called.
    pub fn with_tangents(mut self, tangents: &[Tangent]) -> Self {
        self.tangents = tangents.to_vec();
        self
    }

    /// The first hidden layer, for inputs of these mean squares `x.x / inputs`.
    ///
    /// # Errors
    /// [`KernelError::Input`] unless all are finite and above 0; [`KernelError::Variance`].
    pub fn start(&self, squares: &[f64]) -> Result<KernelLayer<'_, A>, KernelError> {
        for (input, &square) in squares.iter().enumerate() {
            if !(square > 0.0 && square.is_finite()) {
                return Err(KernelError::Input { input, square });
            }
        }
        let variances = squares.iter().map(|square| self.first_covariance(*square));
        KernelLayer::new(self, variances.collect(), None)
    }

    /// The row of an input in the first hidden layer, from its covariances `x.x' / inputs` with inputs 0, 1, ..., itself among them if it
    /// is one of these.
    ///
    /// # Errors
    /// [`KernelError::Covariance`] unless all are finite.
    pub fn row(&self, input: usize, covariances: &[f64]) -> Result<Row, KernelError> {
        if let Some(second) = covariances.iter().position(|k| !k.is_finite()) {
            let covariance = covariances[second];
            return Err(KernelError::Covariance {
                input,
                second,
                covariance,
            });
        }
        let [r, r_b] = self.parametrization.first_rates(self.first, self.sigma_b);
        let tangent: Vec<f64> = covariances.iter().map(|k| r * k + r_b).collect();
        Ok(Row {
            input,
            covariances: covariances
                .iter()
                .map(|k| self.first_covariance(*k))
                .collect(),
            tangents: vec![tangent; self.tangents.len()],
        })
    }

    fn first_covariance(&self, covariance: f64) -> f64 {
        self.first * self.first * covariance + self.sigma_b * self.sigma_b
    }
}
