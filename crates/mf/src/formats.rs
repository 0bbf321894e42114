//! What the theory says of a named number format: for the table of formats, and for the commands that tell it to people.

use anyhow::{Context, anyhow};
use mf_core::block::{BLOCK_FORMATS, BlockFormat};
use mf_core::quantizer::{FORMATS, Format, Quantizer, UnknownFormat, find};
use mf_core::{PropagationError, Scalable, StepActivation, propagate_at_unit_variance};
use mf_fit::BiasOptimum;

use crate::stages::subjects::Subject;

/// Factors on the best scale at which xi is told.
pub(crate) const OFF: [(&str, f64); 4] = [
    ("half", 0.5),
    ("tenth_below", 0.9),
    ("tenth_above", 1.1),
    ("double", 2.0),
];

/// A name that a user gave.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Named {
    /// A format with one scale for a tensor.
    Plain(&'static Format),
    /// A block-scaled format, and the format of its elements.
    Block(&'static BlockFormat, &'static Format),
}

/// The format, block-scaled or not, that is called `name`.
///
/// # Errors
/// No format has that name, or several may be meant; the error suggests names.
pub(crate) fn named(name: &str) -> anyhow::Result<Named> {
    let wanted = name.to_lowercase().replace('_', "-");
    if let Some(block) = BLOCK_FORMATS.iter().find(|block| block.name == wanted) {
        return Ok(Named::Block(block, block.element()?));
    }
    find(name).map(Named::Plain).map_err(|error| {
        let begins = |name: &&str| !wanted.is_empty() && name.starts_with(&wanted);
        let blocks = BLOCK_FORMATS.iter().map(|block| block.name).filter(begins);
        let blocks: Vec<&str> = blocks.collect();
        if let UnknownFormat::Unknown { suggestions, .. } = &error
            && !blocks.is_empty()
        {
            let names = [suggestions.as_slice(), &blocks].concat();
            return anyhow!("`{name}` may be any of {}: give one of them", names.join(", "));
        }
        anyhow!(error).context(format!(
            "`{name}` is not a name of a format (`mf format list` has all; what pipeline.toml declares is shown by \
             `mf quantizer list`)"
        ))
    })
}

impl Named {
    /// The format of which the theory speaks: of the elements, if blocks of them share a scale.
    pub(crate) fn element(self) -> &'static Format {
        match self {
            Named::Plain(format) | Named::Block(_, format) => format,
        }
    }

    /// The name, as listed.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Named::Plain(format) => format.name,
            Named::Block(block, _) => block.name,
        }
    }
}

/// A format at its best scale.
pub(crate) struct FormatFacts {
    /// The format.
    pub(crate) format: &'static Format,
    /// What it is built from.
    pub(crate) quantizer: Box<dyn Quantizer>,
    /// Its activation with the largest level at 1, and the best scale of that.
    pub(crate) subject: Subject,
}

impl FormatFacts {
    /// The facts of a format.
    ///
    /// # Errors
    /// No scale lets a signal through.
    pub(crate) fn of(format: &'static Format) -> anyhow::Result<Self> {
        let quantizer = format.build()?;
        let subject = Subject::new(format.name.to_owned(), quantizer.activation())
            .map_err(|error| anyhow!(error))
            .with_context(|| format!("format {}", format.name))?;
        Ok(Self {
            format,
            quantizer,
            subject,
        })
    }

    /// All formats, fewest bits first, then the deepest.
    ///
    /// # Errors
    /// As [`FormatFacts::of`].
    pub(crate) fn all() -> anyhow::Result<Vec<Self>> {
        let mut all: Vec<Self> = FORMATS.iter().map(Self::of).collect::<Result<_, _>>()?;
        all.sort_by(|a, b| {
            let bits = a.format.bits.cmp(&b.format.bits);
            bits.then(b.depth_scale().total_cmp(&a.depth_scale()))
        });
        Ok(all)
    }

    /// xi at the best scale, in layers.
    pub(crate) fn depth_scale(&self) -> f64 {
        self.subject.best.propagation.depth_scale
    }

    /// The best scale and biases together; those without biases if biases do not help.
    ///
    /// # Errors
    /// As [`mf_fit::best_scale_and_bias`].
    pub(crate) fn biased(&self) -> Result<BiasOptimum, mf_fit::FitError> {
        mf_fit::best_scale_and_bias(&self.subject.phi)
    }

    /// xi at the scales of [`OFF`]; 0 where signals die.
    ///
    /// # Errors
    /// As [`propagate_at_unit_variance`].
    pub(crate) fn depth_scales_off(&self) -> Result<[f64; 4], mf_fit::FitError> {
        let mut off = [0.0; 4];
        for (xi, (_, factor)) in off.iter_mut().zip(OFF) {
            *xi = self.depth_scale_at(factor)?;
        }
        Ok(off)
    }

    /// xi at this factor on the best scale; 0 where signals die.
    ///
    /// # Errors
    /// As [`propagate_at_unit_variance`].
    pub(crate) fn depth_scale_at(&self, factor: f64) -> Result<f64, mf_fit::FitError> {
        let scaled: StepActivation = self
            .subject
            .phi
            .stretched(self.subject.best.scale * factor)?;
        match propagate_at_unit_variance(&scaled) {
            Ok((_, found)) => Ok(found.depth_scale),
            Err(PropagationError::Silent | PropagationError::Correlation(_)) => Ok(0.0),
            Err(error) => Err(error.into()),
        }
    }
}

/// The facts of what the user named.
///
/// # Errors
/// As [`named`] and [`FormatFacts::of`].
pub(crate) fn facts(name: &str) -> anyhow::Result<(Named, FormatFacts)> {
    let named = named(name)?;
    Ok((named, FormatFacts::of(named.element())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_formats_and_blocks() {
        assert!(matches!(named("INT4"), Ok(Named::Plain(format)) if format.name == "int4"));
        assert!(
            matches!(named("mxfp4"), Ok(Named::Block(block, element)) if block.block == 32 && element.name == "fp4-e2m1")
        );
        assert!(matches!(named("mxfp6_e2m3"), Ok(Named::Block(..))));
    }

    #[test]
    fn names_that_may_be_several_are_asked_back() {
        for (name, one) in [
            ("fp4", "fp4-bnb"),
            ("mxfp8", "mxfp8-e5m2"),
            ("n", "nf4, nvfp4"),
        ] {
            let text = format!("{:#}", named(name).unwrap_err());
            assert!(text.contains(one), "{text}");
        }
        let text = format!("{:#}", named("imt4").unwrap_err());
        assert!(text.contains("int4"), "{text}");
        assert!(named("").is_err());
        // The beginning of a name is not the name.
        for beginning in ["nv", "mxfp"] {
            assert!(named(beginning).is_err(), "{beginning}");
        }
    }
}
