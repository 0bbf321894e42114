//! Numbers on the command line, and how a few of them are printed.

/// A whole number of at least 1.
///
/// # Errors
/// What is allowed.
pub(crate) fn count(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(number) if number >= 1 => Ok(number),
        _ => Err("a whole number of at least 1 is needed".to_owned()),
    }
}

/// A finite number above 0.
///
/// # Errors
/// What is allowed.
pub(crate) fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number > 0.0 && number.is_finite() => Ok(number),
        _ => Err("a number above 0 is needed".to_owned()),
    }
}

/// A finite number that is 0 or more.
///
/// # Errors
/// What is allowed.
pub(crate) fn positive_or_zero(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number >= 0.0 && number.is_finite() => Ok(number),
        _ => Err("a number that is 0 or more is needed".to_owned()),
    }
}

/// Layers, to a person: whole from 100 on.
pub(crate) fn layers(depth: f64) -> String {
    let decimals = if depth < 10.0 {
        2
    } else {
        usize::from(depth < 100.0)
    };
    format!("{depth:.decimals$}")
}

/// A number to six digits, without zeros at the end.
pub(crate) fn short(x: f64) -> String {
    let text = format!("{x:.6}");
    match text.trim_end_matches('0').trim_end_matches('.') {
        "0" | "-0" if x != 0.0 => format!("{x:.5e}"),
        "-0" => "0".to_owned(),
        text => text.to_owned(),
    }
}

/// At most this many numbers in a list; the ends say what the middle is like.
const SHOWN: usize = 16;

/// A share as a percentage of two digits.
pub(crate) fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    let decimals = (1.0 - libm::log10(percent).floor()).clamp(0.0, 9.0) as usize;
    format!("{percent:.decimals$} %")
}

/// A share as a percentage, or as a number where it is very small.
pub(crate) fn share(share: f64) -> String {
    const SMALL: f64 = 1e-4;
    if share == 0.0 {
        "none".to_owned()
    } else if share < SMALL {
        format!("{share:.1e}")
    } else {
        percent(share)
    }
}

/// A list of numbers in a line.
pub(crate) fn list(all: &[f64]) -> String {
    let text = |values: &[f64]| {
        values
            .iter()
            .map(|x| short(*x))
            .collect::<Vec<_>>()
            .join("  ")
    };
    if all.len() <= SHOWN {
        return text(all);
    }
    let (head, tail) = (
        all.get(..SHOWN / 2).unwrap_or(all),
        all.get(all.len() - 2..).unwrap_or_default(),
    );
    format!(
        "{}  ...  {}  ({} in all)",
        text(head),
        text(tail),
        all.len()
    )
}
