//! The variance that the branch of a block adds to the stream.

use crate::parameter::{ParameterError, positive};

/// The variance `a = sigma_w^2 E[phi(z)^2]` of a block's branch on an input of unit variance.
///
/// ```
/// use mf_core::network::Branch;
///
/// // Branches scaled by 1 / sqrt(L): together they add the same variance at every depth.
/// assert_eq!(Branch::OverDepth(2.0).variance(64) * 64.0, 2.0);
/// assert_eq!(Branch::default().variance(64), 1.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Branch {
    /// `a`, the same at every depth.
    Constant(f64),
    /// `a = a_0 / L` in a network of `L` blocks.
    OverDepth(f64),
}

impl Default for Branch {
    /// `a = 1`.
    fn default() -> Self {
        Self::Constant(1.0)
    }
}

impl Branch {
    /// `a` in a network of `blocks` blocks.
    pub fn variance(self, blocks: u64) -> f64 {
        match self {
            Self::Constant(variance) => variance,
            Self::OverDepth(total) => total / blocks as f64,
        }
    }

    /// This branch if its number is finite and above 0: a branch of variance 0 is none.
    ///
    /// ```
    /// use mf_core::network::Branch;
    ///
    /// let error = Branch::Constant(0.0).checked().unwrap_err();
    /// assert_eq!(error.to_string(), "branch is 0: give a finite number above zero");
    /// ```
    ///
    /// # Errors
    /// [`ParameterError`] for any other number.
    pub fn checked(self) -> Result<Self, ParameterError> {
        let (Self::Constant(number) | Self::OverDepth(number)) = self;
        positive("branch", number).map(|_| self)
    }
}
