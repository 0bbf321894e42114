//! Number formats, and the quantizers of a project, by the names that users give.

use anyhow::{Context, anyhow, bail};
use mf_core::StepActivation;
use mf_core::block::{BlockFormat, Named, find_any};
use mf_core::quantizer::Quantizer;
use mf_fit::FormatOptimum;

use crate::families;
use crate::project::{FILE, File};
use crate::stages::architecture;
use crate::stages::subjects::Subject;

/// Formats of 16 bits and more, which users try.
const FINE: [&str; 9] = [
    "fp16", "float16", "half", "bf16", "bfloat16", "tf32", "fp32", "float32", "int16",
];

/// A number format and its best scale; of a block-scaled format that of the elements.
///
/// # Errors
/// No format has that name, or several may be meant; the error suggests names.
pub(crate) fn format(name: &str) -> anyhow::Result<(Named, FormatOptimum)> {
    let named = find_any(name).with_context(|| {
        format!(
            "`{name}` is not the name of a number format (`mf format list` has all; quantizers of {FILE} are shown by \
             `mf quantizer show`)"
        )
    })?;
    Ok((named, FormatOptimum::of(named.format)?))
}

/// The activation that a user named: a number format, or a quantizer of a project.
pub(crate) struct Chosen {
    /// Its values and thresholds as they are defined.
    pub(crate) quantizer: Quantizer,
    /// The same with its largest level at 1, at its best scale; under the name that was found.
    pub(crate) subject: Subject,
    /// The block-scaled format, if it is one: the activation is that of its elements.
    pub(crate) block: Option<&'static BlockFormat>,
}

impl Chosen {
    /// The activation of this name. A format's name means the format, in every project; a project that the user named is
    /// read even so, and its problems are errors.
    ///
    /// # Errors
    /// Neither a format nor a quantizer of the project has that name, or the project cannot be read.
    pub(crate) fn named(name: &str, file: &File) -> anyhow::Result<Self> {
        let unknown = match find_any(name) {
            Ok(named) => {
                file.load_if_named()?;
                return Self::new(named.name(), named.format.build()?, named.block);
            }
            Err(unknown) => anyhow!(unknown),
        };
        if name.parse::<u64>().is_ok() {
            bail!(
                "`{name}` is a number: for {name} levels with equal steps, give --states {name} to `mf depth`"
            );
        }
        if FINE.contains(&name.to_lowercase().as_str()) {
            bail!(
                "`{name}` has so many values that they do not limit the depth of a network, and none of its depths is computed: the \
                 formats of `mf format list` have up to 8 bits"
            );
        }
        let not_found = || {
            format!(
                "`{name}` is neither a number format (`mf format list`) nor a quantizer of {FILE} (`mf quantizer list`)"
            )
        };
        let project = file.load_if_there()?;
        match project.as_ref().map(|project| project.quantizer(name)) {
            Some(Ok(definition)) => Self::new(name, families::build(definition)?, None),
            _ => Err(unknown.context(not_found())),
        }
    }

    /// The activation at its best scale for inputs whose root mean square is 1.
    ///
    /// # Errors
    /// A scale that is out of the range of numbers.
    pub(crate) fn unit_activation(&self) -> anyhow::Result<StepActivation> {
        architecture::at_unit_variance(&self.subject).map_err(anyhow::Error::from_boxed)
    }

    fn new(
        name: &str,
        quantizer: Quantizer,
        block: Option<&'static BlockFormat>,
    ) -> anyhow::Result<Self> {
        let subject = Subject::new(name.to_owned(), &quantizer.activation).map_err(|error| {
            anyhow::Error::from_boxed(error).context(format!("`{name}` has no best scale"))
        })?;
        Ok(Self {
            quantizer,
            subject,
            block,
        })
    }
}
