//! Block-scaled formats: a few numbers share a scale that follows from the largest of them.
//!
//! With one ideal constant scale, the theory of the element format holds: the best `1 - chi` of MXFP4 or NVFP4 is that
//! of FP4 E2M1. A scale for each block differs from this in two ways. First, the scale depends on the other units of
//! the block: the activation is no longer applied to each unit by itself. In the limit of large blocks the largest of
//! `B` units is `sqrt(2 ln B)` times `sqrt(Q)` with less and less spread, and the scale is again a constant; in blocks
//! of 32 it fluctuates. Second, a scale that is a power of two differs from the ideal one by a factor in `[1, 2)`, up
//! to an octave. This costs floating point elements little, because their levels nearly repeat every octave, and costs
//! integers much.

use crate::quantizer::named::plain;
use crate::quantizer::{Format, QuantizerError, Specials, UnknownFormat, find, minifloat};

/// A block-scaled format.
///
/// ```
/// use mf_core::block::BLOCK_FORMATS;
///
/// // Bits of a number with its share of an eight-bit scale: 4.25 for MXFP4, 4.5 for NVFP4.
/// let bits = |name| BLOCK_FORMATS.iter().find(|f| f.name == name).map(|f| 4.0 + 8.0 / f.block as f64);
/// assert_eq!((bits("mxfp4"), bits("nvfp4")), (Some(4.25), Some(4.5)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockFormat {
    /// Its name, such as `mxfp4`.
    pub name: &'static str,
    /// The name of the format of its elements.
    pub element: &'static str,
    /// How many numbers share a scale.
    pub block: usize,
    /// How the scale is stored.
    pub scale: BlockScale,
    /// Its publication.
    pub source: &'static str,
}

/// How a block's scale is stored.
///
/// ```
/// use mf_core::block::{BlockRule, BlockScale};
///
/// // A block up to 9 in FP4, whose largest number is 6: the wanted scale is 1.5.
/// assert_eq!(BlockRule::new(BlockScale::PowerOfTwo, 6.0)?.scale(9.0), 2.0);
/// assert_eq!(BlockRule::new(BlockScale::E4m3, 6.0)?.scale(9.0), 1.5);
/// # Ok::<(), mf_core::quantizer::QuantizerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockScale {
    /// E8M0: a power of two from `2^-127` to `2^127`.
    PowerOfTwo,
    /// FP8 E4M3: rounded to nearest, at most 448 and not 0.
    E4m3,
}

const MX: &str = "OCP Microscaling Formats (MX) Specification 1.0, 2023, sections 5 and 6.3";

/// Every block-scaled format.
pub const BLOCK_FORMATS: &[BlockFormat] = &[
    mx("mxfp4", "fp4-e2m1"),
    mx("mxfp6-e2m3", "fp6-e2m3"),
    mx("mxfp6-e3m2", "fp6-e3m2"),
    mx("mxfp8-e4m3", "fp8-e4m3fn"),
    mx("mxfp8-e5m2", "fp8-e5m2"),
    BlockFormat {
        name: "nvfp4",
        element: "fp4-e2m1",
        block: 16,
        scale: BlockScale::E4m3,
        source: "NVIDIA, Pretraining Large Language Models with NVFP4, 2025, arXiv:2509.25149",
    },
];

const fn mx(name: &'static str, element: &'static str) -> BlockFormat {
    BlockFormat {
        name,
        element,
        block: 32,
        scale: BlockScale::PowerOfTwo,
        source: MX,
    }
}

impl BlockFormat {
    /// The format of the elements.
    ///
    /// ```
    /// let elements = mf_core::block::BLOCK_FORMATS[0].element()?;
    /// assert_eq!(elements.name, "fp4-e2m1");
    /// # Ok::<(), mf_core::quantizer::UnknownFormat>(())
    /// ```
    ///
    /// # Errors
    /// None for a format of [`BLOCK_FORMATS`]; [`UnknownFormat`] if there is no such format.
    pub fn element(&self) -> Result<&'static Format, UnknownFormat> {
        find(self.element)
    }
}

/// The format that a name stands for.
///
/// ```
/// use mf_core::block::find_any;
///
/// assert!(find_any("nf4")?.block.is_none() && find_any("nvfp4")?.block.is_some());
/// # Ok::<(), mf_core::quantizer::UnknownFormat>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Named {
    /// The format; for a block-scaled one, the format of its elements.
    pub format: &'static Format,
    /// The block-scaled format, if it is one.
    pub block: Option<&'static BlockFormat>,
}

impl Named {
    /// The name, as listed.
    ///
    /// ```
    /// assert_eq!(mf_core::block::find_any("MXFP8_E4M3")?.name(), "mxfp8-e4m3");
    /// # Ok::<(), mf_core::quantizer::UnknownFormat>(())
    /// ```
    pub fn name(&self) -> &'static str {
        self.block.map_or(self.format.name, |block| block.name)
    }
}

/// The format called `name`, block-scaled or not; capitals count as small letters and `_` as `-`.
///
/// ```
/// let named = mf_core::block::find_any("mxfp4")?;
/// assert_eq!((named.format.name, named.block.map(|block| block.block)), ("fp4-e2m1", Some(32)));
/// # Ok::<(), mf_core::quantizer::UnknownFormat>(())
/// ```
///
/// # Errors
/// [`UnknownFormat`] as from [`find`], which also suggests names of block-scaled formats.
pub fn find_any(name: &str) -> Result<Named, UnknownFormat> {
    let wanted = plain(name);
    if let Some(block) = BLOCK_FORMATS.iter().find(|block| block.name == wanted) {
        return Ok(Named {
            format: block.element()?,
            block: Some(block),
        });
    }
    let blocks: Vec<_> = BLOCK_FORMATS.iter().map(|b| (b.name, b.name)).collect();
    let format = find(name).map_err(|_| UnknownFormat::new(name, &blocks))?;
    Ok(Named {
        format,
        block: None,
    })
}

/// The rule for the scale that a block is divided by before its elements are rounded, built once for a format.
///
/// ```
/// use mf_core::{block::{BlockRule, BlockScale}, quantizer::find};
///
/// // A number in an MXFP4 block: divided by the scale, rounded, multiplied again.
/// let fp4 = find("fp4-e2m1")?.build()?.activation;
/// let scale = BlockRule::new(BlockScale::PowerOfTwo, fp4.largest_level())?.scale(20.0);
/// assert_eq!((scale, scale * fp4.value(20.0 / scale)), (4.0, 20.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct BlockRule {
    scale: BlockScale,
    /// The largest element.
    largest: f64,
    /// The finite values of E4M3 above 0; empty for a power of two.
    scales: Vec<f64>,
}

impl BlockRule {
    /// The rule of a scale for elements up to `largest`, above 0.
    ///
    /// ```
    /// use mf_core::block::{BlockRule, BlockScale};
    ///
    /// let error = BlockRule::new(BlockScale::E4m3, -1.0).unwrap_err();
    /// assert_eq!(error.to_string(), "`largest` is -1: give a finite number above zero");
    /// ```
    ///
    /// # Errors
    /// [`QuantizerError::Outside`] unless `largest` is finite and above 0.
    pub fn new(scale: BlockScale, largest: f64) -> Result<Self, QuantizerError> {
        if !(largest > 0.0 && largest.is_finite()) {
            return Err(QuantizerError::Outside {
                parameter: "largest",
                value: largest.to_string(),
                allowed: "a finite number above zero".to_owned(),
            });
        }
        let scales = match scale {
            BlockScale::PowerOfTwo => Vec::new(),
            BlockScale::E4m3 => {
                let e4m3 = minifloat(4, 3, 7, Specials::NanOnly)?.activation;
                let levels = e4m3.levels().iter().copied();
                levels.filter(|level| *level > 0.0).collect()
            }
        };
        Ok(Self {
            scale,
            largest,
            scales,
        })
    }

    /// The scale of a block whose largest size is `absmax`.
    ///
    /// A power of two is `2^(floor(log2 absmax) - floor(log2 largest))`: numbers that then exceed the largest element
    /// saturate. E4M3 is `absmax / largest`, rounded to nearest. A block of zeros gets the smallest scale. (NVFP4
    /// brings the scales of a tensor into the range of E4M3 by a factor for the whole tensor, which is the caller's.)
    ///
    /// ```
    /// use mf_core::block::{BlockRule, BlockScale};
    ///
    /// // Blocks up to 1, 6 and 1000 in MXFP8 E4M3, whose largest number is 448.
    /// let rule = BlockRule::new(BlockScale::PowerOfTwo, 448.0)?;
    /// assert_eq!([1.0, 6.0, 1000.0].map(|most| rule.scale(most)), [1.0 / 256.0, 1.0 / 64.0, 2.0]);
    /// # Ok::<(), mf_core::quantizer::QuantizerError>(())
    /// ```
    pub fn scale(&self, absmax: f64) -> f64 {
        const LEAST_EXPONENT: i32 = -127;
        const MOST_EXPONENT: i32 = 127;
        match self.scale {
            BlockScale::PowerOfTwo => {
                let exponent = if absmax > 0.0 {
                    libm::ilogb(absmax).saturating_sub(libm::ilogb(self.largest))
                } else {
                    LEAST_EXPONENT
                };
                libm::ldexp(1.0, exponent.clamp(LEAST_EXPONENT, MOST_EXPONENT))
            }
            BlockScale::E4m3 => self.nearest(absmax / self.largest),
        }
    }

    fn nearest(&self, wanted: f64) -> f64 {
        let pairs = self.scales.iter().zip(self.scales.iter().skip(1));
        // A tie goes to the even mantissa: every other value, the first being odd.
        let above = pairs.enumerate().filter(|(k, (low, high))| {
            let middle = 0.5 * *low + 0.5 * *high;
            wanted > middle || (wanted == middle && k % 2 == 0)
        });
        self.scales.get(above.count()).copied().unwrap_or(1.0)
    }
}
