//! The laws of a small signal in a [`Stack`], and the depth at which a given share of a signal is left.

use super::architecture::Architecture;
use super::branch::Branch;
use super::chain::depth_scale;
use super::depth;
use super::stack::{Stack, check_blocks};
use super::stack_error::StackError;
use super::stream::QuantizedStream;
use crate::parameter::ParameterError;

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
    /// The law of a small `c - C*`.
    ///
    /// # Errors
    /// [`StackError::Correlation`] if `C*` is next to 1; [`StackError::Frozen`] and [`StackError::OverDepth`] for a
    /// quantized stream.
    pub fn law(&self) -> Result<DepthLaw, StackError> {
        let exponential = |one_minus_slope| DepthLaw::Exponential {
            one_minus_slope,
            depth_scale: depth_scale(one_minus_slope),
        };
        if let Some(stream) = &self.stream {
            return Ok(exponential(self.stream_loss(stream)?));
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

    /// The share of a small `c - C*` that is left after `blocks`: for pre-norm the product of `(K_l + a chi) / (K_l +
    /// a)` itself, with `k = K_0 / a` equal to `Gamma(k+1) Gamma(k+L+chi) / (Gamma(k+chi) Gamma(k+L+1))`, in constant
    /// time. For a quantized stream `exp(-L / xi)`, its rate once it is stationary.
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
        check_blocks(blocks, u64::MAX)?;
        if let Some(stream) = &self.stream {
            let rate = libm::log1p(-self.stream_loss(stream)?);
            return Ok(libm::exp(blocks as f64 * rate));
        }
        let rest = self.products.one_minus_slope()?;
        Ok(libm::exp(self.recursion(blocks).log_left(rest, blocks)))
    }

    /// The least number of blocks after which no more than `share` of `c - C*` is left: of a small one, or of that of
    /// two inputs of correlation `start`. Infinite if it is beyond `f64`, or if a larger share is left at every depth.
    ///
    /// A small signal is solved in closed form ([`Stack::left`]), for a quantized stream by its rate. From a given
    /// `start` the blocks are followed one by one, up to [`depth::FOLLOWED`] (of a quantized stream
    /// [`super::stream::PAIRS`]). The rest is an integral over `c`, as steps are small there, to a relative `1e-9` of
    /// the logarithm of the depth (for a quantized stream by its rate). Where branches are scaled by the depth, it is
    /// the least depth of such a network, from a given `start` at most [`depth::FOLLOWED`].
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
    /// [`StackError::Parameter`] unless `0 < share < 1` and `start` is inside `(-1, 1)` and not `C*`; as
    /// [`Stack::law`].
    pub fn blocks_until(&self, share: f64, start: Option<f64>) -> Result<f64, StackError> {
        if !(share > 0.0 && share < 1.0) {
            return Err(outside("share", share, "a number between 0 and 1"));
        }
        if let Some(stream) = &self.stream {
            let rate = libm::log1p(-self.stream_loss(stream)?);
            return match start {
                None => Ok((libm::log(share) / rate).ceil()),
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

    /// `1 - lambda` of a quantized stream.
    fn stream_loss(&self, stream: &QuantizedStream) -> Result<f64, StackError> {
        match self.branch {
            Branch::Constant(a) => stream.one_minus_slope(a),
            Branch::OverDepth(_) => Err(StackError::OverDepth),
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
