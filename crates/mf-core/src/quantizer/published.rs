//! Published codebooks, which [`super::FORMATS`] names.

use super::{Quantizer, QuantizerError, codebook};

/// Levels, and where they are from; thresholds are half way.
pub(super) struct Published {
    source: &'static str,
    levels: &'static [f64],
}

impl Published {
    /// The quantizer.
    pub(super) fn build(&self) -> Result<Quantizer, QuantizerError> {
        codebook(self.source, self.levels.to_vec(), None)
    }
}

/// `phi(x) = sign(x)`, for which `M(C) = ((2/pi) sigma_w^2 asin(C) + sigma_b^2) / Q*` and `chi <= 2/pi`.
pub(super) const SIGN: Published = Published {
    source: "levels -1, 1; threshold 0 (Blumenfeld, Gilboa, Soudry 2019, section 3.1)",
    levels: &[-1.0, 1.0],
};

/// The "fp4" of bitsandbytes: fp4 e2m1 twice as large, but for its subnormal.
pub(super) const FP4_BNB: Published = Published {
    source: "the codebook of the library bitsandbytes (version 0.39 on, 2023), before its division by 12",
    levels: &[
        -12.0, -8.0, -6.0, -4.0, -3.0, -2.0, -0.0625, 0.0, 0.0625, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0,
    ],
};

/// NormalFloat of 4 bits: quantiles of a Gaussian in [-1, 1], 8 above 0 and 7 below, as printed; not odd.
pub(super) const NF4: Published = Published {
    source: "Dettmers, Pagnoni, Holtzman, Zettlemoyer, QLoRA, NeurIPS 2023, arXiv:2305.14314, appendix E",
    levels: &[
        -1.0,
        -0.6961928009986877,
        -0.5250730514526367,
        -0.39491748809814453,
        -0.28444138169288635,
        -0.18477343022823334,
        -0.09105003625154495,
        0.0,
        0.07958029955625534,
        0.16093020141124725,
        0.24611230194568634,
        0.33791524171829224,
        0.44070982933044434,
        0.5626170039176941,
        0.7229568362236023,
        1.0,
    ],
};

/// AbnormalFloat of 4 bits: least mean absolute error for Gaussian numbers in blocks that are divided by their largest
/// size, to the eight published digits; not odd.
pub(super) const AF4: Published = Published {
    source: "Yoshida, NF4 Isn't Information Theoretically Optimal (and that's Good), 2023, arXiv:2306.06965, block size 64",
    levels: &[
        -1.0,
        -0.69441008,
        -0.51243739,
        -0.3736951,
        -0.25607552,
        -0.14982478,
        -0.04934812,
        0.0,
        0.04273164,
        0.12934483,
        0.21961274,
        0.31675666,
        0.42563882,
        0.55496234,
        0.72424863,
        1.0,
    ],
};
