//! When, how and by which program a result was made.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::words::git::git;
use crate::words::hash::Hash;

/// How a result was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// The stage that made it first (two stages that compute the same share one result).
    pub stage: String,
    /// The profile it ran under.
    pub profile: String,
    /// The version of this program.
    pub mf_version: String,
    /// When it started, RFC 3339, UTC.
    pub started: String,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// The cells that it is made of which were made by code that behaves otherwise than this one, and are taken from a
    /// folder of the project (`[project] cells`).
    #[serde(default)]
    pub not_reproduced: usize,
}

impl Provenance {
    /// A result of `stage` that took `duration` from `started` on.
    pub(crate) fn new(stage: &str, profile: &str, started: SystemTime, duration: Duration) -> Self {
        Self {
            stage: stage.to_owned(),
            profile: profile.to_owned(),
            mf_version: env!("CARGO_PKG_VERSION").to_owned(),
            started: rfc3339(started),
            seconds: duration.as_secs_f64(),
            not_reproduced: 0,
        }
    }
}

/// By whom, when and on what machine a cell was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// The hash of the code of its kind.
    pub code: Hash,
    /// The version of this program.
    pub mf_version: String,
    /// The commit that the project's folder was at, if it is one of git's.
    pub revision: Option<String>,
    /// Whether files there differed from that commit.
    pub dirty: Option<bool>,
    /// The processor's family and the vector instructions that it has: `x86_64 avx2 fma`.
    pub processor: String,
    /// When it started, RFC 3339, UTC.
    pub started: String,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// Where cells are made: asked once for a run, when the first one is kept.
#[derive(Debug)]
pub(crate) struct Place {
    root: PathBuf,
    found: OnceLock<Found>,
}

#[derive(Debug)]
struct Found {
    revision: Option<String>,
    dirty: Option<bool>,
    processor: String,
}

impl Found {
    /// This machine, and the commit of a folder.
    fn of(root: &Path) -> Self {
        let git = |arguments: &[&str]| {
            let said = git(root, arguments).ok()?;
            Some(String::from_utf8_lossy(&said).trim().to_owned())
        };
        let revision = git(&["rev-parse", "HEAD"]);
        let changes = git(&["status", "--porcelain", "--untracked-files=no"]);
        Self {
            dirty: revision
                .as_ref()
                .and(changes)
                .map(|changes| !changes.is_empty()),
            revision,
            processor: processor(),
        }
    }
}

impl Place {
    /// This machine, with a project in this folder.
    pub(crate) fn of(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            found: OnceLock::new(),
        }
    }

    /// A cell made here by this code.
    pub(crate) fn made(&self, code: &Hash, started: SystemTime, took: Duration) -> Made {
        let found = self.found.get_or_init(|| Found::of(&self.root));
        Made {
            code: code.clone(),
            mf_version: env!("CARGO_PKG_VERSION").to_owned(),
            revision: found.revision.clone(),
            dirty: found.dirty,
            processor: found.processor.clone(),
            started: rfc3339(started),
            seconds: took.as_secs_f64(),
        }
    }
}

fn processor() -> String {
    #[cfg(target_arch = "x86_64")]
    let has = [
        ("avx2", std::arch::is_x86_feature_detected!("avx2")),
        ("fma", std::arch::is_x86_feature_detected!("fma")),
        ("avx512f", std::arch::is_x86_feature_detected!("avx512f")),
    ];
    #[cfg(not(target_arch = "x86_64"))]
    let has: [(&str, bool); 0] = [];
    let features = has.iter().filter(|(_, has)| *has).map(|(name, _)| *name);
    let words: Vec<&str> = std::iter::once(std::env::consts::ARCH)
        .chain(features)
        .collect();
    words.join(" ")
}

/// A time as `2019-06-03T12:00:00Z`.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    let seconds = time
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day of a day since 1970, in the proleptic Gregorian calendar: H. Hinnant, "chrono-Compatible
/// Low-Level Date Algorithms" (2013), whose years begin in March so that the leap day comes last.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468; // from 0000-03-01
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_the_calendar() {
        // From `date -u -d @N +%FT%TZ`.
        let cases = [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_559_563_199, "2019-06-03T11:59:59Z"),
        ];
        for (seconds, text) in cases {
            assert_eq!(rfc3339(UNIX_EPOCH + Duration::from_secs(seconds)), text);
        }
    }
}
