//! Words for messages: lists, nearest names, paths, times and sizes.

use std::path::Path;

/// More names than this in a message hide what it says.
const MOST_NAMES: usize = 24;

/// `a, b, c`, or `nothing`; a long list ends in `and 12 more`.
pub(crate) fn list<I>(names: I) -> String
where
    I: IntoIterator,
    I::Item: AsRef<str>,
{
    let mut names: Vec<String> = names
        .into_iter()
        .map(|name| name.as_ref().to_owned())
        .collect();
    if names.len() > MOST_NAMES {
        let more = names.len() - MOST_NAMES;
        names.truncate(MOST_NAMES);
        names.push(format!("and {more} more"));
    }
    if names.is_empty() {
        "nothing".to_owned()
    } else {
        names.join(", ")
    }
}

/// The known name that was probably meant: the most similar one, if it is similar at all.
pub(crate) fn nearest<'a, I>(name: &str, known: I) -> Option<&'a str>
where
    I: IntoIterator<Item = &'a str>,
{
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= name.len().max(candidate.len()).div_ceil(3))
        .min()
        .map(|(_, candidate)| candidate)
}

/// ``did you mean `x`?``
pub(crate) fn did_you_mean<'a, I>(name: &str, known: I) -> Option<String>
where
    I: IntoIterator<Item = &'a str>,
{
    nearest(name, known).map(|near| format!("did you mean `{near}`?"))
}

/// The way from a folder to a file, with `/`: `../figures/figure-2.svg`.
pub(crate) fn path_from(folder: &Path, file: &Path) -> String {
    let (from, to): (Vec<_>, Vec<_>) = (folder.components().collect(), file.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if shared == 0 && file.is_absolute() {
        return file.display().to_string();
    }
    let up = from.iter().skip(shared).map(|_| "..".into());
    let down = to.iter().skip(shared);
    let down = down.map(|part| part.as_os_str().to_string_lossy());
    up.chain(down).collect::<Vec<_>>().join("/")
}

/// The first characters of a text, for a message.
pub(crate) fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let head: String = text.chars().take(LONGEST).collect();
    format!("{head}...")
}

/// A time in words, from seconds, no less than a second: `38 s`, `9 min`, `4.5 h`, `3.2 days`.
#[must_use]
pub fn duration(seconds: f64) -> String {
    const MINUTE: f64 = 60.0;
    const HOUR: f64 = 60.0 * MINUTE;
    const DAY: f64 = 24.0 * HOUR;
    match seconds {
        // A little more than one of a unit is written in the smaller unit: 80 s, 75 min, 36 h.
        seconds if seconds < 1.5 * MINUTE => format!("{:.0} s", seconds.max(1.0)),
        seconds if seconds < 1.5 * HOUR => format!("{:.0} min", seconds / MINUTE),
        seconds if seconds < 10.0 * HOUR => format!("{:.1} h", seconds / HOUR),
        seconds if seconds < 1.5 * DAY => format!("{:.0} h", seconds / HOUR),
        seconds if seconds < 10.0 * DAY => format!("{:.1} days", seconds / DAY),
        seconds => format!("{:.0} days", seconds / DAY),
    }
}

/// Bytes as `12.3 GiB`, or less than one of them as `12.3 MiB`, rounded up.
pub(crate) fn memory(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..0x4000_0000 => (1 << 20, "MiB"),
        _ => (1 << 30, "GiB"),
    };
    let tenths = (u128::from(bytes) * 10).div_ceil(unit);
    format!("{}.{} {name}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_similar() {
        assert_eq!(nearest("stats", ["states", "recipe"]), Some("states"));
        assert_eq!(nearest("colour", ["states", "recipe"]), None);
        assert_eq!(nearest("x", []), None);
    }

    #[test]
    fn times_have_the_unit_that_fits() {
        let units = [
            (0.2, "1 s"),
            (38.2, "38 s"),
            (540.0, "9 min"),
            (3700.0, "62 min"),
            (16_200.0, "4.5 h"),
            (100_000.0, "28 h"),
            (276_480.0, "3.2 days"),
            (1e7, "116 days"),
        ];
        for (seconds, text) in units {
            assert_eq!(duration(seconds), text);
        }
    }
}
