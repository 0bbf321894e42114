//! What a report holds.

use serde::Serialize;

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Its title.
    pub title: String,
    /// Under which profile the results were made, and by which version.
    pub made: String,
    /// How many claims hold, without a full stop.
    pub summary: String,
    /// What it opens with; without it, with the summary.
    pub opening: Option<Opening>,
    /// The number formats.
    pub formats: Formats,
    /// The claims, in their order.
    pub claims: Vec<Claim>,
    /// The figures, in their order.
    pub figures: Vec<Figure>,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The opening names a claim or a figure that the report does not have.
    #[error("the opening names the {what} `{name}`, which does not exist: give one of {}", .allowed.join(", "))]
    Unknown {
        /// `claim` or `figure`.
        what: &'static str,
        /// The name.
        name: String,
        /// The names that there are.
        allowed: Vec<String>,
    },
    /// A number of the formats is not finite.
    #[error("the number formats can't be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// The answer that a report opens with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The question.
    pub question: String,
    /// What to know beside the verdicts, in a sentence or two.
    pub text: String,
    /// The names of the claims that answer it; the first is the answer, the others follow in a list.
    pub claims: Vec<String>,
    /// The name of the figure that shows it.
    pub figure: Option<String>,
}

/// A number that is checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Its name.
    pub name: String,
    /// What is claimed.
    pub about: String,
    /// Which of our results it is about.
    pub of: String,
    /// Who gives the reference value, in a word or two.
    pub source: String,
    /// Who gives it, and where.
    pub place: String,
    /// The tolerance, in words.
    pub tolerance: String,
    /// Why this tolerance; and why the value differs, if it does.
    pub reasons: Vec<String>,
    /// `holds`, `differs, explained`, `differs, not explained`, `fails` or `missing`.
    pub verdict: String,
    /// One row for each reference value, in the order of the reference.
    pub rows: Vec<Row>,
    /// The place of the row that is farthest off, counted from 0.
    pub worst: Option<usize>,
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
    /// The drawing.
    pub svg: String,
    /// The values that it shows, as the JSON of `mf_plot::Readings`.
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

/// The number formats, as the explorer needs them.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Formats {
    /// Formats with one scale for a tensor, fewest bits first.
    pub formats: Vec<Format>,
    /// Formats whose blocks have a scale each; may be empty.
    pub blocks: Vec<Block>,
}

/// A number format at its best scale, in a chain of layers without biases.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Format {
    /// Its name.
    pub name: String,
    /// Bits of a stored number.
    pub bits: u32,
    /// The levels, increasing.
    pub levels: Vec<f64>,
    /// The thresholds between the levels; left out if they are half way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thresholds: Option<Vec<f64>>,
    /// `1 - chi`.
    pub one_minus_slope: f64,
    /// `xi` in layers.
    pub depth_scale: f64,
    /// `C*`.
    pub correlation: f64,
    /// The largest level in standard deviations of the pre-activations.
    pub reach: f64,
    /// The weight gain for levels divided by the largest.
    pub sigma_w: f64,
    /// The straight-through slope at which gradients keep their size.
    pub slope: f64,
}

/// A number format whose blocks have a scale each, at its best standard deviation of the pre-activations.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Block {
    /// Its name.
    pub name: String,
    /// The format of its elements.
    pub element: String,
    /// How many numbers share a scale.
    pub block: u64,
    /// Bits of a stored number with its share of the scale.
    pub bits: f64,
    /// `xi` in layers: an expectation over a block.
    pub depth_scale: f64,
    /// `xi` of the elements with one scale for the tensor, at its best.
    pub ideal_depth_scale: f64,
    /// `xi` at the worst standard deviation of an octave.
    pub worst_depth_scale: f64,
    /// The best standard deviation of the pre-activations, from 1 to 2; a power of two times it does as well.
    pub deviation: f64,
    /// The weight gain that keeps the variance there.
    pub sigma_w: f64,
}
