//! Requirements for a column of an input file.

use std::fmt;
use std::ops::{Bound, RangeBounds};

use crate::field::{Field, Kind};

/// An expected column of an input file: name, kind, range, whether NaN is allowed, unit and meaning.
///
/// ```
/// use mf_data::Expect;
/// let error = Expect::f64("error").within(0.0..=1.0).about("mean squared error");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Expect {
    pub(crate) field: Field,
    least: Bound<f64>,
    most: Bound<f64>,
    not_finite: bool,
}

impl Expect {
    /// A column of finite numbers.
    pub fn f64(name: &str) -> Self {
        Self::of(name, Kind::F64)
    }

    /// A column of whole numbers, 0 to 2^64 - 1.
    pub fn u64(name: &str) -> Self {
        Self::of(name, Kind::U64)
    }

    /// A column of text without empty cells.
    pub fn text(name: &str) -> Self {
        Self::of(name, Kind::Text)
    }

    fn of(name: &str, kind: Kind) -> Self {
        Self {
            field: Field {
                name: name.to_owned(),
                kind,
                unit: String::new(),
                about: String::new(),
            },
            least: Bound::Unbounded,
            most: Bound::Unbounded,
            not_finite: false,
        }
    }

    /// The allowed range of a number, such as `0.0..=1.0` (text is not affected).
    pub fn within(mut self, range: impl RangeBounds<f64>) -> Self {
        self.least = range.start_bound().cloned();
        self.most = range.end_bound().cloned();
        self
    }

    /// Allows NaN and infinities within the range (NaN is in every range).
    pub fn or_not_finite(mut self) -> Self {
        self.not_finite = true;
        self
    }

    /// The unit of the values.
    pub fn unit(mut self, unit: &str) -> Self {
        self.field.unit = unit.to_owned();
        self
    }

    /// The meaning of the values.
    pub fn about(mut self, about: &str) -> Self {
        self.field.about = about.to_owned();
        self
    }

    /// Whether a number is allowed.
    pub(crate) fn allows(&self, value: f64) -> bool {
        let finite = value.is_finite() || self.not_finite;
        finite && (value.is_nan() || (self.least, self.most).contains(&value))
    }
}

/// The allowed values, as in `a finite number from 0 to 1`.
impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.field.kind, self.not_finite) {
            (Kind::Text, _) => return f.write_str("text that is not empty"),
            (Kind::U64, _) => "a whole number",
            (Kind::F64, false) => "a finite number",
            (Kind::F64, true) => "a number (NaN and inf are allowed)",
        })?;
        match self.least {
            Bound::Included(least) => write!(f, " from {least}")?,
            Bound::Excluded(least) => write!(f, " above {least}")?,
            Bound::Unbounded => {}
        }
        match self.most {
            Bound::Included(most) => write!(f, " to {most}"),
            Bound::Excluded(most) => write!(f, " below {most}"),
            Bound::Unbounded => Ok(()),
        }
    }
}
