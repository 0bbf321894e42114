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
//! Convolutions with circular padding and independent weights have the same linearized maps, so the same laws of a small
//! signal, for the correlation averaged over positions (Xiao et al. 2018). Beyond first order `c' = Mhat(c)` holds
//! only if the correlation is the same at all positions, where it stays so; a delta-orthogonal kernel keeps each
//! position's own.
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
use super::depth::{self, Recursion};
use super::products::Products;
use super::stack_error::StackError;
use super::stream::QuantizedStream;
use crate::activation::StepActivation;
use crate::network::chain::depth_scale;
use crate::parameter::{ParameterError, positive};
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
    architecture: Architecture,
    products: Products,
    branch: Branch,
    start_variance: f64,
    /// Of a quantized stream.
    stream: Option<QuantizedStream>,
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

/// How a small `c - C*` falls with the number of blocks `L`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DepthLaw {
    /// As `exp(-L / xi)`.
    Exponential {
        /// The share that is lost per block.
        one_minus_slope: f64,
        /// `xi`, in blocks.
        depth_scale: f64,
    },
    /// As `(K_L / K_0)^-exponent`, a power of the number of blocks.
    Power {
        /// `1 - chi`.
        exponent: f64,
    },
    /// Not at all, once there are many blocks.
    Constant {
        /// The share that is left at the end of a network of many blocks.
        left: f64,
    },
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
        check_blocks(blocks)?;
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

    /// The law of a small `c - C*`.
    ///
    /// # Errors
    /// [`StackError::Correlation`] if `C*` is next to 1; [`StackError::Frozen`] and [`StackError::OverDepth`] for a quantized
    /// stream.
    pub fn law(&self) -> Result<DepthLaw, StackError> {
        let exponential = |one_minus_slope| DepthLaw::Exponential {
            one_minus_slope,
            depth_scale: depth_scale(one_minus_slope),
        };
        if let Some(stream) = &self.stream {
            let Branch::Constant(a) = self.branch else {
                return Err(StackError::OverDepth);
            };
            return Ok(exponential(stream.one_minus_slope(a)?));
        }
        let rest = self.products.one_minus_slope()?;
        Ok(match (self.architecture, self.branch) {
            (Architecture::PreNorm, Branch::Constant(_)) => DepthLaw::Power { exponent: rest },
            (Architecture::PreNorm, Branch::OverDepth(a)) => DepthLaw::Constant {
                left: libm::exp(-rest * libm::log1p(a / self.start_variance)),
            },
            (Architecture::PostNorm, Branch::Constant(a)) => exponential(rest * a / (1.0 + a)),
            (Architecture::PostNorm, Branch::OverDepth(a)) => DepthLaw::Constant {
                left: libm::exp(-rest * a),
            },
            (Architecture::Chain | Architecture::QuantizedStream, _) => exponential(rest),
        })
    }

    /// The share of a small `c - C*` that is left after `blocks`: for pre-norm the product of `(K_l + a chi) / (K_l + a)`
    /// itself, with `k = K_0 / a` equal to `Gamma(k+1) Gamma(k+L+chi) / (Gamma(k+chi) Gamma(k+L+1))`, in constant time.
    /// For a quantized stream `exp(-L / xi)`, its rate once it is stationary.
    ///
    /// ```
    /// use mf_core::network::{Architecture, Branch, Stack};
    /// use mf_core::quantizer::lloyd_max;
    ///
    /// // Branches scaled by 1 / sqrt(L), ten blocks and any number of blocks.
    /// let phi = lloyd_max(3)?.activation;
    /// let stack = Stack::new(Architecture::PreNorm, &phi, Some(Branch::OverDepth(1.0)))?;
    /// assert!((stack.left(10)? - 0.87982728).abs() < 1e-8);
    /// assert!((stack.left(1_000_000)? - 0.5_f64.powf(0.1901740392)).abs() < 1e-7);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Stack::law`]; [`StackError::Blocks`] for 0 blocks.
    pub fn left(&self, blocks: u64) -> Result<f64, StackError> {
        check_count(blocks)?;
        if self.stream.is_some() {
            let DepthLaw::Exponential {
                one_minus_slope, ..
            } = self.law()?
            else {
                return Err(StackError::OverDepth);
            };
            return Ok(libm::exp(blocks as f64 * libm::log1p(-one_minus_slope)));
        }
        let rest = self.products.one_minus_slope()?;
        Ok(libm::exp(self.recursion(blocks).log_left(rest, blocks)))
    }

    /// The least number of blocks after which no more than `share` of `c - C*` is left: of a small one, or of that of two
    /// inputs of correlation `start`. Infinite if it is beyond `f64`, or if a larger share is left at every depth.
    ///
    /// A small signal is solved in closed form ([`Stack::left`]). From a given `start` the blocks are followed one by one, up to
    /// [`depth::FOLLOWED`] of them; the rest is an integral over `c`, as steps are small there, with a relative error of about
    /// `1e-9` in the logarithm of the depth. Where branches are scaled by the depth, it is the least depth of such a
    /// network.
    ///
    /// ```
    /// use mf_core::network::{Architecture, Stack};
    /// use mf_core::quantizer::lloyd_max;
    ///
    /// let ternary = lloyd_max(3)?.activation;
    /// let pre_norm = Stack::new(Architecture::PreNorm, &ternary, None)?;
    /// assert_eq!(pre_norm.blocks_until(0.5, Some(0.3))?, 57.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`StackError::Parameter`] unless `0 < share < 1` and `start` is inside `(-1, 1)` and not `C*`; as [`Stack::law`].
    pub fn blocks_until(&self, share: f64, start: Option<f64>) -> Result<f64, StackError> {
        if !(share > 0.0 && share < 1.0) {
            return Err(outside("share", share, "a number between 0 and 1"));
        }
        let goal = libm::log(share);
        if let Some(stream) = &self.stream {
            let DepthLaw::Exponential {
                one_minus_slope, ..
            } = self.law()?
            else {
                return Err(StackError::OverDepth);
            };
            let rate = libm::log1p(-one_minus_slope);
            return match start {
                None => Ok((goal / rate).ceil()),
                Some(start) => {
                    let start = self.distance(start)?.0;
                    stream.blocks_until(self.branch.variance(1), start, share, rate)
                }
            };
        }
        let signal = match start {
            None => depth::Signal::Small(self.products.one_minus_slope()?),
            Some(start) => {
                let (start, fixed_point) = self.distance(start)?;
                depth::Signal::From { start, fixed_point }
            }
        };
        let recursion = |blocks| self.recursion(blocks);
        Ok(match self.branch {
            Branch::OverDepth(_) if self.architecture != Architecture::Chain => {
                depth::scaled_blocks_until(recursion, &self.products, signal, share)
            }
            _ => depth::blocks_until(recursion(1), &self.products, signal, share),
        })
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
        check_blocks(blocks)?;
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
    fn recursion(&self, blocks: u64) -> Recursion {
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

    /// A start that is neither an end nor `C*`, and `C*`.
    fn distance(&self, start: f64) -> Result<(f64, f64), StackError> {
        let fixed_point = self.products.fixed_point()?;
        if start > -1.0 && start < 1.0 && start != fixed_point {
            Ok((start, fixed_point))
        } else {
            let allowed = "a correlation between -1 and 1 that is not that of the fixed point";
            Err(outside("start", start, allowed))
        }
    }
}

fn outside(name: &'static str, value: f64, allowed: &'static str) -> StackError {
    let error = ParameterError {
        name,
        value,
        allowed,
    };
    error.into()
}

fn check_count(blocks: u64) -> Result<(), StackError> {
    let most = u64::MAX;
    if blocks >= 1 {
        Ok(())
    } else {
        Err(StackError::Blocks { blocks, most })
    }
}

fn check_blocks(blocks: u64) -> Result<(), StackError> {
    let most = MOST_BLOCKS;
    if (1..=most).contains(&blocks) {
        Ok(())
    } else {
        Err(StackError::Blocks { blocks, most })
    }
}
