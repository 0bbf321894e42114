//! What a report holds.

use serde::Serialize;

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its title.
    pub title: String,
    /// Under which profile the results were made, and by which version.
    pub made: String,
    /// How many claims hold, in a sentence.
    pub summary: String,
    /// The claims, in their order.
    pub claims: Vec<Claim>,
    /// The figures, in their order.
    pub figures: Vec<Figure>,
    /// The number formats, fewest bits first.
    pub formats: Vec<Format>,
}

/// A number that is checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Its name.
    pub name: String,
    /// What is claimed.
    pub about: String,
    /// Which result it is about, and its line in `pipeline.toml`.
    pub of: String,
    /// Who gives the reference value, in a word or two.
    pub source: String,
    /// Who gives it, and where.
    pub place: String,
    /// The tolerance, in words.
    pub tolerance: String,
    /// Why this tolerance; and why the value differs, if it does.
    pub reasons: Vec<String>,
    /// `holds`, `differs, explained`, `fails` or `missing`.
    pub verdict: String,
    /// One row for each reference value; the worst first.
    pub rows: Vec<Row>,
}

/// A reference value and ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which row of a table; empty for a claim of one value.
    pub key: String,
    /// The reference value.
    pub reference: String,
    /// Ours.
    pub ours: String,
    /// Ours minus the reference.
    pub difference: String,
}

/// A figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Its name.
    pub name: String,
    /// Its caption.
    pub about: String,
    /// What is seen, for readers who can't see it.
    pub description: String,
    /// The picture.
    pub svg: Vec<u8>,
    /// What it says at its points: a JSON list of `across` and `down` (shares of its sides) and `text`.
    pub readings: String,
    /// Its files and its data.
    pub links: Vec<Link>,
    /// Where it comes from, line by line.
    pub provenance: String,
}

/// A file beside the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The path from the report.
    pub path: String,
    /// What it is called.
    pub text: String,
}

/// A number format at its best scale, as the explorer needs it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Format {
    /// Its name.
    pub name: String,
    /// Bits of a stored number.
    pub bits: u32,
    /// Number of different values.
    pub states: u64,
    /// `xi` in layers, without biases.
    pub depth_scale: f64,
    /// The largest value in standard deviations of the pre-activations.
    pub reach: f64,
    /// The weight gain for values divided by the largest.
    pub sigma_w: f64,
    /// The straight-through slope at which gradients keep their size.
    pub slope: f64,
    /// `xi` at factors on the best scale: pairs of factor and layers, 0 where signals die.
    pub off: Vec<(f64, f64)>,
}
