//! Networks of many blocks: chains, skip paths with normalization, quantized streams.
//!
//! `K` is the variance of the stream, `c` the correlation of two inputs in it, `Mhat` the map of the branch
//! ([`Products`]), `a` the variance that the branch adds ([`Branch`]), `C*` and `chi` the fixed point of `Mhat` and its
//! slope there:
//!
//! ```text
//! chain       c' = Mhat(c)                                      c - C* ~ chi^L
//! pre-norm    c' = (K c + a Mhat(c)) / (K + a),  K' = K + a     c - C* ~ (K_L / K_0)^-(1 - chi)
//! post-norm   c' = (c + a Mhat(c)) / (1 + a)                    c - C* ~ ((1 + a chi) / (1 + a))^L
//! quantized stream                                              exponential: see the module `stream`
//! ```
//!
//! All four have the one fixed point `C*`, 0 for odd quantizers. Each branch takes its input in units of the RMS, so the scale of
//! the weights before a norm drops out. A quantizer with a mean (unsigned, `int-full`, nf4) changes only `C*`:
//! the weights of a branch have mean 0, so the stream has mean 0 over units whatever the quantizer.
//! Therefore LayerNorm, which subtracts that mean, is the same as RMSNorm at infinite width.
//!
//! Convolutions with circular padding and independent weights map the correlation at each position by `Mhat` and then
//! average over the taps of the kernel. So they have the same laws of a small signal, for the correlation averaged over
//! positions (Xiao et al. 2018). Beyond first order `c' = Mhat(c)` holds only if the correlation is the same at all
//! positions, where it stays so; a delta-orthogonal kernel keeps each position's own. All of these are tested on
//! simulated chains of three levels with positions on a circle.
//!
//! # Gradients
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
//! directions of `n`, a factor of `1 - O(1/n)` per norm, which is left out. With the slope of [`Surrogate::even`], `R = 1`: gradients are even
//! in chain and post-norm, and grow as the stream does in pre-norm, by `K_L / K_0`. The final norm of a pre-norm network
//! multiplies all of them by `1 / K_L`.

use super::architecture::Architecture;
use super::branch::Branch;
use super::depth::Recursion;
use super::products::Products;
use super::stack_error::StackError;
use super::stream::QuantizedStream;
use crate::activation::StepActivation;
use crate::parameter::positive;
use crate::surrogate::Surrogate;

/// The most blocks of [`Stack::trajectory`].
pub const MOST_BLOCKS: u64 = 10_000_000;

/// A deep network of equal blocks with independent weights.
///
/// ```
/// use mf_core::network::{Architecture, DepthLaw, Stack};
/// use mf_core::quantizer::lloyd_max;
///
/// // Three levels: a chain halves a signal in 4 layers, a pre-norm network in 54 blocks.
/// let ternary = lloyd_max(3)?.activation;
/// let chain = Stack::new(Architecture::Chain, &ternary, None)?;
/// let pre_norm = Stack::new(Architecture::PreNorm, &ternary, None)?;
/// assert_eq!(chain.blocks_until(0.5, None)?, 4.0);
/// assert_eq!(pre_norm.blocks_until(0.5, None)?, 54.0);
/// assert!(matches!(pre_norm.law()?, DepthLaw::Power { exponent } if (exponent - 0.1902).abs() < 1e-4));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Stack {
    pub(super) architecture: Architecture,
    pub(super) products: Products,
    pub(super) branch: Branch,
    pub(super) start_variance: f64,
    /// Of a quantized stream.
    pub(super) stream: Option<QuantizedStream>,
}

/// The stream after a block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    /// Its number; 0 is the start.
    pub block: u64,
    /// `K`.
    pub stream_variance: f64,
    /// `c`.
    pub correlation: f64,
}

impl Stack {
    /// A network whose branches have one product each, with inputs quantized by `phi`, whose thresholds are in units of the RMS. A
    /// chain has no `branch`; without one the others have `a = 1`. A quantized stream is quantized by `phi` as well; see
    /// [`Stack::with_stream`].
    ///
    /// # Errors
    /// [`StackError`] if the branch's variance is not above 0 or the network a chain, if `phi` is 0 on every input, or not odd
    /// in a quantized stream.
    pub fn new(
        architecture: Architecture,
        phi: &StepActivation,
        branch: Option<Branch>,
    ) -> Result<Self, StackError> {
        let products = Products::single(phi)?;
        let mut stack = Self::unchecked(architecture, products, branch)?;
        if architecture == Architecture::QuantizedStream {
            stack.stream = Some(QuantizedStream::new(phi, phi)?);
        }
        Ok(stack)
    }

    /// A network whose branches have these products.
    ///
    /// ```
    /// use mf_core::network::{Architecture, Products, Stack};
    /// use mf_core::quantizer::lloyd_max;
    ///
    /// // Two products in a branch: nearly twice the exponent, and half of a signal is left after 9 blocks, not 54.
    /// let phi = lloyd_max(3)?.activation;
    /// let mlp = Stack::of(Architecture::PreNorm, Products::single(&phi)?.then(&phi)?, None)?;
    /// assert_eq!(mlp.blocks_until(0.5, None)?, 9.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Stack::new`]; [`StackError::StreamOfProducts`] for a quantized stream.
    pub fn of(
        architecture: Architecture,
        products: Products,
        branch: Option<Branch>,
    ) -> Result<Self, StackError> {
        if architecture == Architecture::QuantizedStream {
            return Err(StackError::StreamOfProducts);
        }
        Self::unchecked(architecture, products, branch)
    }

    fn unchecked(
        architecture: Architecture,
        products: Products,
        branch: Option<Branch>,
    ) -> Result<Self, StackError> {
        if architecture == Architecture::Chain && branch.is_some() {
            return Err(StackError::Branch);
        }
        Ok(Self {
            architecture,
            products,
            branch: branch.unwrap_or_default().checked()?,
            start_variance: 1.0,
            stream: None,
        })
    }

    /// The same network with the variance `K_0` of the stream before the first block, 1 by default.
    ///
    /// # Errors
    /// [`StackError`] unless the network is pre-norm and `variance` finite and above 0.
    pub fn with_start_variance(mut self, variance: f64) -> Result<Self, StackError> {
        if self.architecture != Architecture::PreNorm {
            let architecture = self.architecture;
            return Err(StackError::StartVariance { architecture });
        }
        self.start_variance = positive("start variance", variance)?;
        Ok(self)
    }

    /// The same network with a quantizer of its own for the stream, in units of the RMS.
    ///
    /// ```
    /// use mf_core::network::{Architecture, DepthLaw, Stack};
    /// use mf_core::quantizer::lloyd_max;
    ///
    /// // A stream of 16 levels and branches of three: better than both of three.
    /// let ternary = lloyd_max(3)?.activation;
    /// let coarse = Stack::new(Architecture::QuantizedStream, &ternary, None)?;
    /// let fine = coarse.clone().with_stream(&lloyd_max(16)?.activation)?;
    /// assert!(coarse.blocks_until(0.5, None)? < fine.blocks_until(0.5, None)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`StackError`] unless the network has a quantized stream and `quantizer` is odd.
    pub fn with_stream(mut self, quantizer: &StepActivation) -> Result<Self, StackError> {
        let Some(stream) = &self.stream else {
            let architecture = self.architecture;
            return Err(StackError::FullPrecision { architecture });
        };
        self.stream = Some(stream.with(quantizer)?);
        Ok(self)
    }

    /// `C*`, the correlation that every pair of different inputs tends to.
    ///
    /// # Errors
    /// [`StackError::Correlation`] if it is next to 1.
    pub fn fixed_point(&self) -> Result<f64, StackError> {
        Ok(self.products.fixed_point()?)
    }

    /// The stream before the first block and after each of `blocks`, for two inputs of correlation `start`. The time is
    /// proportional to the number of blocks; for a quantized stream also to the cube of its number of levels.
    ///
    /// # Errors
    /// [`StackError::Blocks`] unless `1 <= blocks <= `[`MOST_BLOCKS`]; [`StackError::Correlation`] unless `-1 <= start <= 1`;
    /// [`StackError::TooNear`] and [`StackError::Frozen`] for a quantized stream.
    pub fn trajectory(&self, start: f64, blocks: u64) -> Result<Vec<Block>, StackError> {
        let start = crate::maps::check(start)?;
        check_blocks(blocks, MOST_BLOCKS)?;
        let correlations: Vec<f64> = match &self.stream {
            Some(stream) => stream.correlations(self.branch.variance(blocks), start, blocks)?,
            None => {
                let recursion = self.recursion(blocks);
                let mut c = start;
                let after = (0..blocks).map(|l| {
                    c = recursion.next(l, c, &self.products);
                    c
                });
                std::iter::once(start).chain(after).collect()
            }
        };
        let stream = |(block, correlation): (u64, f64)| Block {
            block,
            stream_variance: self.stream_variance(block, blocks),
            correlation,
        };
        Ok((0..).zip(correlations).map(stream).collect())
    }

    /// The factor by which squared gradients grow from the stream after `blocks` back to the stream before the first, with one
    /// straight-through slope for each quantizer in units of the RMS: those of the branch in their order, then that of a
    /// quantized stream. The formulas are above; for a quantized stream see the module `stream`.
    ///
    /// ```
    /// use mf_core::{Activation, Surrogate, network::{Architecture, Stack}, quantizer::lloyd_max};
    ///
    /// // With the even slope gradients grow as the stream does.
    /// let phi = lloyd_max(3)?.activation;
    /// let sigma_w = 1.0 / phi.mean_square(1.0).sqrt();
    /// let rho = Surrogate::even(-1.5, 1.5, sigma_w, 1.0)?;
    /// let stack = Stack::new(Architecture::PreNorm, &phi, None)?;
    /// assert!((stack.gradient_growth(&[rho], 32)? - 33.0).abs() < 1e-11);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`StackError::Surrogates`] unless there is one slope for each quantizer; [`StackError::Blocks`] as of
    /// [`Stack::trajectory`]; [`StackError::Frozen`].
    pub fn gradient_growth(&self, slopes: &[Surrogate], blocks: u64) -> Result<f64, StackError> {
        check_blocks(blocks, MOST_BLOCKS)?;
        let a = self.branch.variance(blocks);
        if let Some(stream) = &self.stream {
            let [branch, stream_slope] = slopes else {
                let given = slopes.len();
                return Err(StackError::Surrogates { given, wanted: 2 });
            };
            return stream.gradient_growth(a, branch, stream_slope, blocks);
        }
        let gain = self.products.backward_gain(slopes)?;
        let log_of_one = |l: u64| match self.architecture {
            Architecture::PreNorm => libm::log1p(a * gain / self.stream_variance(l, blocks)),
            Architecture::PostNorm => libm::log1p(a * gain) - libm::log1p(a),
            Architecture::Chain | Architecture::QuantizedStream => libm::log(gain),
        };
        Ok(libm::exp((0..blocks).map(log_of_one).sum()))
    }

    /// `K` after some of the blocks of a network.
    fn stream_variance(&self, after: u64, blocks: u64) -> f64 {
        match self.architecture {
            Architecture::PreNorm => {
                self.start_variance + self.branch.variance(blocks) * after as f64
            }
            _ => 1.0,
        }
    }

    /// The recursion of the correlation in a network of `blocks` blocks.
    pub(super) fn recursion(&self, blocks: u64) -> Recursion {
        let a = self.branch.variance(blocks);
        match self.architecture {
            Architecture::PreNorm => Recursion::Growing(self.start_variance / a),
            Architecture::PostNorm => Recursion::Even {
                stream: 1.0 / (1.0 + a),
                branch: a / (1.0 + a),
            },
            Architecture::Chain | Architecture::QuantizedStream => Recursion::Even {
                stream: 0.0,
                branch: 1.0,
            },
        }
    }
}

/// `blocks` if it is from 1 to `most`.
pub(super) fn check_blocks(blocks: u64, most: u64) -> Result<(), StackError> {
    if (1..=most).contains(&blocks) {
        Ok(())
    } else {
        Err(StackError::Blocks { blocks, most })
    }
}
