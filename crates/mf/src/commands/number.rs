//! Numbers on the command line, and how a few of them are printed.

/// The largest count that no limit of its own bounds.
const MOST: u64 = 1_000_000_000_000_000;

/// The most inputs of a unit.
pub(crate) const FAN_IN: u64 = 1_000_000_000;

/// A whole number of at least 1.
///
/// # Errors
/// What is allowed.
pub(crate) fn count(text: &str) -> Result<u64, String> {
    whole(1, MOST)(text)
}

/// A whole number in a range, which the error of any other text names.
pub(crate) fn whole(least: u64, most: u64) -> impl Fn(&str) -> Result<u64, String> + Clone {
    move |text| match text.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("a whole number from {least} to {most} is needed")),
    }
}

/// The range of numbers that no limit of their own bounds: their squares are finite and not 0.
const RANGE: [f64; 2] = [1e-100, 1e100];

/// A number above 0.
///
/// # Errors
/// What is allowed.
pub(crate) fn positive(text: &str) -> Result<f64, String> {
    positive_within(RANGE)(text)
}

/// A number above 0 in a range, which the error of any other text names.
pub(crate) fn positive_within(
    [least, most]: [f64; 2],
) -> impl Fn(&str) -> Result<f64, String> + Clone {
    move |text| match text.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!(
            "a number above 0 is needed, from {least:e} to {most:e}"
        )),
    }
}

/// A number that is 0 or more.
///
/// # Errors
/// What is allowed.
pub(crate) fn positive_or_zero(text: &str) -> Result<f64, String> {
    let [_, most] = RANGE;
    match text.parse() {
        Ok(number) if (0.0..=most).contains(&number) => Ok(number),
        _ => Err(format!(
            "a number that is 0 or more is needed, up to {most:e}"
        )),
    }
}

/// A noun after its number.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    let end = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{end}")
}

/// Layers, to a person: whole from 100 on, with the power of ten where they are very many.
pub(crate) fn layers(depth: f64) -> String {
    if depth >= VERY_LARGE {
        return format!("{depth:.3e}");
    }
    let decimals = if depth < 10.0 {
        2
    } else {
        usize::from(depth < 100.0)
    };
    format!("{depth:.decimals$}")
}

/// From here on numbers are printed with their power of ten.
const VERY_LARGE: f64 = 1e12;

/// A number to six digits, without zeros at the end.
pub(crate) fn short(x: f64) -> String {
    if x.abs() >= VERY_LARGE {
        return format!("{x:.5e}");
    }
    let text = format!("{x:.6}");
    match text.trim_end_matches('0').trim_end_matches('.') {
        "0" | "-0" if x != 0.0 => format!("{x:.5e}"),
        "-0" => "0".to_owned(),
        text => text.to_owned(),
    }
}

/// At most this many numbers in a list; the ends say what the middle is like.
const SHOWN: usize = 16;

/// A share as a percentage of two digits, and of so many that less than all does not read as 100 %.
pub(crate) fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    let missing = 100.0 - percent;
    let lost = if missing > 1e-9 {
        -libm::log10(missing)
    } else {
        0.0
    };
    let decimals = (1.0 - libm::log10(percent).floor()).max(lost.ceil());
    let decimals = decimals.clamp(0.0, 9.0) as usize;
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
