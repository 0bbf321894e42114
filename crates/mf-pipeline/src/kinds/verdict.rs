//! Verdicts on claims, with everything that is needed to judge them.

use serde::Serialize;

use crate::words::diagnostic::Diagnostic;
use crate::words::outputs::any_f64;

/// The verdict on a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The difference is within the tolerance.
    Holds,
    /// The difference is beyond the tolerance, and within what the claim explains.
    DiffersExplained,
    /// The difference is beyond what the claim explains; the claim says so, and what is left.
    DiffersUnexplained,
    /// The difference is beyond what is explained, or ours is not a number.
    Fails,
    /// There is no computed value that is up to date.
    Missing,
}

impl Verdict {
    /// Whether the claim passes: it holds, or the project says how it differs.
    #[must_use]
    pub fn passes(self) -> bool {
        !matches!(self, Verdict::Fails | Verdict::Missing)
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Verdict::Holds => "holds",
            Verdict::DiffersExplained => "differs, explained",
            Verdict::DiffersUnexplained => "differs, not explained",
            Verdict::Fails => "fails",
            Verdict::Missing => "missing",
        })
    }
}

/// The verdict on one value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RowReport {
    /// The key of the row; empty for a claim of one value.
    pub key: String,
    /// The reference value.
    #[serde(with = "any_f64")]
    pub reference: f64,
    /// Its digits as its source gives them, if it is not computed.
    pub digits: Option<String>,
    /// Ours, if there is one.
    pub ours: Option<f64>,
    /// Ours minus the reference.
    pub difference: Option<f64>,
    /// The size of the difference in the measure of the tolerance (absolute or relative).
    pub measure: Option<f64>,
    /// The tolerance; NaN if it is measured and there is no measurement.
    #[serde(with = "any_f64")]
    pub tolerance: f64,
    /// The verdict.
    pub verdict: Verdict,
}

/// Why a reference does not hold, and up to which difference this explains it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explained {
    /// The largest difference that is explained, in the measure of the tolerance; NaN if it is computed and there is no result.
    #[serde(with = "any_f64")]
    pub within: f64,
    /// Whether a stage computed it; otherwise it was set after the result was known.
    pub computed: bool,
    /// The reason.
    pub reason: String,
    /// What is left and why it is not explained, for a difference that is known to be larger.
    pub unexplained: Option<String>,
}

/// The verdict on a claim, with everything needed to judge it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClaimReport {
    /// Its name.
    pub name: String,
    /// What is claimed.
    pub about: String,
    /// Its line in `pipeline.toml`.
    pub line: usize,
    /// Which of our results.
    pub of: String,
    /// The source of the reference, in a word or two.
    pub source: String,
    /// Where it is given there; may be empty.
    pub place: String,
    /// The verdict: the worst of its rows.
    pub verdict: Verdict,
    /// The tolerance of the worst row; NaN if it is measured and there is no measurement.
    #[serde(with = "any_f64")]
    pub tolerance: f64,
    /// Whether the tolerance is relative to the reference.
    pub relative: bool,
    /// How many standard errors the tolerance is, if it is measured.
    pub standard_errors: Option<f64>,
    /// Why this tolerance.
    pub reason: String,
    /// Why the reference does not hold.
    pub explanation: Option<Explained>,
    /// One row per value.
    pub rows: Vec<RowReport>,
    /// The row to show: the worst one.
    pub worst: Option<usize>,
    /// What is missing or wrong, if there is something to say.
    pub message: Option<String>,
    /// A key of the claim that does not fit the results, such as a column that they do not have.
    pub problem: Option<Diagnostic>,
}

impl ClaimReport {
    /// The source of the reference, and the place there.
    #[must_use]
    pub fn cited(&self) -> String {
        if self.place.is_empty() {
            self.source.clone()
        } else {
            format!("{}: {}", self.source, self.place)
        }
    }

    /// The worst row: for a claim of one value, that one.
    #[must_use]
    pub fn worst_row(&self) -> Option<&RowReport> {
        self.rows.get(self.worst?)
    }
}

/// The verdicts on all claims.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verification {
    /// The profile.
    pub profile: String,
    /// The claims, in the order of the file.
    pub claims: Vec<ClaimReport>,
    /// Stages with cells of the project that were made by code which behaves otherwise: this code did not reproduce them.
    pub not_reproduced: Vec<String>,
}

impl Verification {
    /// Whether every claim passes.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.claims.iter().all(|claim| claim.verdict.passes())
    }

    /// How many claims have a verdict.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.claims
            .iter()
            .filter(|claim| claim.verdict == verdict)
            .count()
    }
}
