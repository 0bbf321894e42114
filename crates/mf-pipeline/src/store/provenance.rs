//! When, how and by which program a result was made.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

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
    /// How many of its cells were made by code that behaves differently, and are taken from a
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

/// The code, the time and the machine that made a cell.
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

/// The machine and commit that make cells: found once in a run, when the first cell is kept.
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

/// A time in UTC, without fractions of seconds: `2019-06-03T12:00:00Z` (RFC 3339).
pub(crate) fn rfc3339(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time).truncate_to_second();
    time.format(&Rfc3339).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

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
