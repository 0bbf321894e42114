//! Networks of blocks: skip paths, normalization, quantized streams, rounded weights.
//!
//! A block takes a stream `h` of `width` units to the next one. With the normalization `norm h = h / rms(h)` of each input over
//! its own units (RMSNorm), an activation `phi` and fresh weights `W` in each block,
//!
//! ```text
//! chain             h' = W phi(h)
//! pre-norm          h' = h + sqrt(a) W phi(norm h)
//! post-norm         h' = norm(h + sqrt(a) W phi(h))
//! quantized stream  h' = q(norm(h + sqrt(a) W phi(norm h)))
//! W_ij of variance sigma_w^2 / width,   sigma_w = E[phi(z)^2]^(-1/2),
//! ```
//!
//! so a branch adds the variance `a`. The activation and the stream's quantizer `q` are in units of the RMS; the levels of `q`
//! are divided by `sqrt(E[q(z)^2])`, so that its stream has the variance 1. The norm of a stream of zeros is 0, and its
//! correlations are NaN.
//!
//! | subject | item |
//! | --- | --- |
//! | the network | [`SkipNetwork`], [`Stream`], [`Weights`] |
//! | a run | [`forward`]; gradients, [`gradient_norms`] |
//! | one network measured, many independent ones | [`signals`], [`correlations`] |

mod backward;
mod forward;
mod statistics;

pub use backward::{gradient_memory_needed, gradient_norms};
pub use forward::{forward, memory_needed};
pub use statistics::{BlockStatistics, Signal, correlations, signals};

use crate::error::{SimError, at_least, not_dead, positive};
use crate::weight_format::WeightFormat;
use crate::weights;
use mf_core::{Activation, StepActivation};

/// How the stream goes from block to block; `branch` is the variance `a` that a branch adds.
#[derive(Debug, Clone, PartialEq)]
pub enum Stream {
    /// No skip path and no normalization.
    Chain,
    /// Normalized branches on a skip path in full precision.
    PreNorm {
        /// `a`.
        branch: f64,
    },
    /// The sum is normalized.
    PostNorm {
        /// `a`.
        branch: f64,
    },
    /// Normalized branches, and the normalized sum is rounded.
    Quantized {
        /// `a`.
        branch: f64,
        /// The stream's quantizer, in units of the RMS; none is that of the activation.
        quantizer: Option<StepActivation>,
    },
}

/// What the weights are.
#[derive(Debug, Clone, PartialEq)]
pub enum Weights {
    /// Normal, and a block is drawn by its [`law`](crate::law) where no weights are needed: the same distribution.
    Law,
    /// Normal.
    Normal,
    /// Normal numbers rounded to a format.
    Rounded(WeightFormat),
}

/// A network of `blocks` blocks of `width` units.
///
/// ```
/// use mf_core::{Scalable, StepActivation};
/// use mf_sim::skip::{SkipNetwork, Stream, Weights, signals};
/// use mf_sim::{Inputs, Run};
///
/// // Ternary activations at their best scale: what is left of a correlation of 0.3 after 8 blocks.
/// let ternary = StepActivation::uniform(3)?.scaled(1.224)?;
/// let left = |stream| -> Result<f64, mf_sim::SimError> {
///     let network = SkipNetwork::new(stream, &ternary, Weights::Law, 20_000, 8)?;
///     let inputs = Inputs::with_correlations(&[0.3], 20_000, 1.0, 1)?;
///     Ok(signals(&network, &inputs, &Run::new(1))?[8].correlation)
/// };
/// assert!((left(Stream::Chain)? - 0.056).abs() < 0.03);
/// assert!((left(Stream::PreNorm { branch: 1.0 })? - 0.211).abs() < 0.03);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SkipNetwork {
    stream: Stream,
    /// With levels divided by `sqrt(E[phi(z)^2])`.
    activation: StepActivation,
    sigma_w: f64,
    /// With levels divided by `sqrt(E[q(z)^2])`.
    quantizer: Option<StepActivation>,
    weights: Weights,
    /// The factor of rounded weights, so that they have the mean square of those that are not: `E[q(z)^2]^(-1/2)`.
    gain: f64,
    width: usize,
    blocks: usize,
}

impl SkipNetwork {
    /// The network of an activation on inputs of variance 1.
    ///
    /// # Errors
    /// [`SimError`] unless there are 2 units and 1 block or more, the variance of a branch is from 1e-15 to 1e15, normal
    /// inputs reach levels of the quantizers other than 0, all levels and thresholds fit into f32, and rounded weights
    /// have a [law](WeightFormat::law).
    pub fn new(
        stream: Stream,
        activation: &StepActivation,
        weights: Weights,
        width: usize,
        blocks: usize,
    ) -> Result<Self, SimError> {
        at_least(2, "width", width)?;
        at_least(1, "blocks", blocks)?;
        let own = match &stream {
            Stream::Chain => None,
            Stream::PreNorm { branch } | Stream::PostNorm { branch } => {
                positive("branch", *branch)?;
                None
            }
            Stream::Quantized { branch, quantizer } => {
                positive("branch", *branch)?;
                Some(quantizer.as_ref().unwrap_or(activation))
            }
        };
        let gain = match &weights {
            Weights::Law | Weights::Normal => 1.0,
            Weights::Rounded(format) => {
                let law = format.law(width)?;
                not_dead("E[q(z)^2] of the weights", law.power())?;
                law.gain()
            }
        };
        let square = not_dead("E[phi(z)^2]", activation.mean_square(1.0))?;
        let quantizer = own.map(|q| {
            let square = not_dead("E[q(z)^2] of the stream", q.mean_square(1.0))?;
            normalized(q, square)
        });
        Ok(Self {
            activation: normalized(activation, square)?,
            sigma_w: 1.0 / square.sqrt(),
            quantizer: quantizer.transpose()?,
            stream,
            weights,
            gain,
            width,
            blocks,
        })
    }

    /// How the stream goes from block to block.
    pub fn stream(&self) -> &Stream {
        &self.stream
    }

    /// What the weights are.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// `sigma_w`: weights have the variance `sigma_w^2 / width`.
    pub fn sigma_w(&self) -> f64 {
        self.sigma_w
    }

    /// The number of units of the stream.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The number of blocks, each with fresh weights.
    pub fn blocks(&self) -> usize {
        self.blocks
    }

    /// Multiply-adds of a run with some inputs: `width^2` for each of them and each block, and `width` times their number if
    /// the blocks are drawn by their law. A random number takes about as long as 4 of them; `width^2` are drawn in a block,
    /// twice that if the scale depends on the weights, and `width` times the number of inputs by the law.
    ///
    /// ```
    /// use mf_core::StepActivation;
    /// use mf_sim::skip::{SkipNetwork, Stream, Weights};
    ///
    /// let cost = |weights| {
    ///     let network = SkipNetwork::new(Stream::Chain, &StepActivation::uniform(3)?, weights, 1000, 10)?;
    ///     Ok::<_, Box<dyn std::error::Error>>(network.multiply_adds(2))
    /// };
    /// assert_eq!((cost(Weights::Normal)?, cost(Weights::Law)?), (2e7, 4e4));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn multiply_adds(&self, points: usize) -> f64 {
        let terms = match self.weights {
            Weights::Law => points,
            Weights::Normal | Weights::Rounded(_) => self.width,
        };
        self.blocks as f64 * points as f64 * self.width as f64 * terms as f64
    }

    /// `a`; of a chain, 1.
    fn branch(&self) -> f64 {
        match self.stream {
            Stream::Chain => 1.0,
            Stream::PreNorm { branch }
            | Stream::PostNorm { branch }
            | Stream::Quantized { branch, .. } => branch,
        }
    }

    /// Whether there is a skip path.
    fn skips(&self) -> bool {
        self.stream != Stream::Chain
    }

    /// Whether a branch normalizes what it reads.
    fn normalizes_branch(&self) -> bool {
        matches!(
            self.stream,
            Stream::PreNorm { .. } | Stream::Quantized { .. }
        )
    }

    /// Whether the sum of stream and branch is normalized.
    fn normalizes_sum(&self) -> bool {
        matches!(
            self.stream,
            Stream::PostNorm { .. } | Stream::Quantized { .. }
        )
    }

    /// The weights of a block, for activations of mean square 1.
    fn block_weights(&self, seed: u64, block: usize) -> weights::Weights {
        let deviation = (self.branch() / self.width as f64).sqrt();
        match &self.weights {
            Weights::Law | Weights::Normal => {
                weights::Weights::normal(seed, block, self.width, deviation)
            }
            Weights::Rounded(format) => {
                let gain = deviation * self.gain;
                weights::Weights::rounded(seed, block, self.width, gain, format)
            }
        }
    }
}

/// The quantizer with levels divided by the root of its mean square.
fn normalized(quantizer: &StepActivation, square: f64) -> Result<StepActivation, SimError> {
    /// Largest level or threshold: sums of squares stay finite in f32.
    const LARGEST: f64 = 1e15;
    let root = square.sqrt();
    let levels: Vec<f64> = quantizer.levels().iter().map(|v| v / root).collect();
    let largest = |values: &[f64]| values.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
    for (what, value) in [
        ("a level over the root of its mean square", largest(&levels)),
        ("a threshold", largest(quantizer.thresholds())),
    ] {
        if value > LARGEST {
            return Err(SimError::TooLarge { what, value });
        }
    }
    let thresholds = quantizer.thresholds().to_vec();
    StepActivation::new(thresholds, levels).map_err(|_| SimError::Parameter {
        name: "the mean square of a quantizer",
        value: square,
        allowed: "levels that stay apart when they are divided by its root",
    })
}
