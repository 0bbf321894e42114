//! The architectures of networks whose signal theory is known.

use crate::quantizer::named::plain;
use thiserror::Error;

/// How a block of a network joins its branch `B`, a product of weights with a quantized input, to the stream `h`.
///
/// ```
/// use mf_core::network::Architecture;
///
/// // A transformer's blocks are mostly of this kind today.
/// assert_eq!(Architecture::find("pre-norm")?, Architecture::PreNorm);
/// # Ok::<(), mf_core::network::UnknownArchitecture>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Architecture {
    /// No skip path: `h' = B(h)`, the network of the paper at its fixed point.
    Chain,
    /// `h' = h + B(norm(h))`, the stream in full precision.
    PreNorm,
    /// `h' = norm(h + B(h))`, the stream in full precision.
    PostNorm,
    /// `h' = q(norm(h + B(norm(h))))`: the stream is quantized too.
    QuantizedStream,
}

impl Architecture {
    /// All, in the order in which they are listed.
    pub const ALL: [Self; 4] = [
        Self::Chain,
        Self::PreNorm,
        Self::PostNorm,
        Self::QuantizedStream,
    ];

    /// The name that users type.
    ///
    /// ```
    /// use mf_core::network::Architecture;
    ///
    /// let names = Architecture::ALL.map(Architecture::name);
    /// assert_eq!(names, ["chain", "pre-norm", "post-norm", "quantized-stream"]);
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::PreNorm => "pre-norm",
            Self::PostNorm => "post-norm",
            Self::QuantizedStream => "quantized-stream",
        }
    }

    /// The architecture called `name`; capitals count as small letters and `_` as `-`.
    ///
    /// # Errors
    /// [`UnknownArchitecture`], which lists the names.
    pub fn find(name: &str) -> Result<Self, UnknownArchitecture> {
        let wanted = plain(name);
        let mut all = Self::ALL.into_iter();
        all.find(|architecture| architecture.name() == wanted)
            .ok_or_else(|| UnknownArchitecture {
                name: name.to_owned(),
            })
    }
}

/// A name that no architecture has.
///
/// ```
/// let error = mf_core::network::Architecture::find("resnet").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "there is no network `resnet`: give chain, pre-norm, post-norm or quantized-stream"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "there is no network `{name}`: give {}, {}, {} or {}",
    Architecture::Chain.name(), Architecture::PreNorm.name(), Architecture::PostNorm.name(),
    Architecture::QuantizedStream.name()
)]
pub struct UnknownArchitecture {
    /// The name that was given.
    pub name: String,
}
