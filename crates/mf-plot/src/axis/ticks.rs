//! The ticks of an axis and their labels.

use crate::axis::AxisRange;
use crate::spec::Scale;

/// A tick of an axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    /// The value at the tick.
    pub(crate) value: f64,
    /// Its label (markup); none for short ticks.
    pub(crate) label: Option<String>,
}

/// An axis shorter than this many decades has plain numbers as labels, not powers of ten.
const DECADES_FOR_POWERS: f64 = 1.5;
/// Numbers from `LARGE` up, and below `SMALL`, are written with a power of ten.
const LARGE: f64 = 1e5;
const SMALL: f64 = 1e-4;

/// The most ticks whose labels do not touch: `extent` is the length of a label along an axis of `length`, and `space`
/// the least distance between two labels.
pub(crate) fn fitting<E>(
    axis: &AxisRange,
    most: usize,
    length: f64,
    space: f64,
    mut extent: impl FnMut(&str) -> Result<f64, E>,
) -> Result<Vec<Tick>, E> {
    for wanted in (2..=most).rev() {
        let ticks = ticks(axis, wanted);
        if are_separate(axis, &ticks, length, space, &mut extent)? {
            return Ok(ticks);
        }
    }
    Ok(ticks(axis, 1))
}

fn are_separate<E>(
    axis: &AxisRange,
    ticks: &[Tick],
    length: f64,
    space: f64,
    extent: &mut impl FnMut(&str) -> Result<f64, E>,
) -> Result<bool, E> {
    let mut end = f64::NEG_INFINITY;
    for tick in ticks {
        let Some(label) = &tick.label else { continue };
        let (middle, half) = (axis.fraction(tick.value) * length, extent(label)? / 2.0);
        if middle - half < end + space {
            return Ok(false);
        }
        end = middle + half;
    }
    Ok(true)
}

/// The ticks of a specification, with their names or plain numbers; a label that would touch the one before is left
/// out.
pub(crate) fn listed<E>(
    axis: &AxisRange,
    values: &[f64],
    names: Option<&[String]>,
    length: f64,
    space: f64,
    mut extent: impl FnMut(&str) -> Result<f64, E>,
) -> Result<Vec<Tick>, E> {
    let name = |place: usize| names.and_then(|names| names.get(place)).cloned();
    let mut values: Vec<(f64, String)> = values
        .iter()
        .enumerate()
        .filter(|(_, value)| axis.holds(**value))
        .map(|(place, value)| (*value, name(place).unwrap_or_else(|| number(*value))))
        .collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut end = f64::NEG_INFINITY;
    let mut ticks = Vec::with_capacity(values.len());
    for (value, label) in values {
        let (middle, half) = (axis.fraction(value) * length, extent(&label)? / 2.0);
        let fits = middle - half >= end + space;
        if fits {
            end = middle + half;
        }
        ticks.push(Tick {
            value,
            label: fits.then_some(label),
        });
    }
    Ok(ticks)
}

/// The ticks of an axis in increasing order, at most `most` of them with labels.
pub(crate) fn ticks(axis: &AxisRange, most: usize) -> Vec<Tick> {
    let mut ticks = match axis.scale {
        Scale::Linear => linear(axis, most),
        Scale::Log => logarithmic(axis, most),
    };
    ticks.retain(|tick| axis.holds(tick.value));
    ticks.sort_by(|a, b| a.value.total_cmp(&b.value));
    ticks
}

/// Steps of 1, 2 or 5 times a power of ten.
fn linear(axis: &AxisRange, most: usize) -> Vec<Tick> {
    let span = axis.high - axis.low;
    let least = span / (most.max(1) as f64);
    // Numbers below 10^-330 do not exist in f64.
    let mut exponent = (libm::floor(libm::log10(least)) as i32).max(-330) - 1;
    loop {
        for (mantissa, parts) in [(1, 5), (2, 4), (5, 5)] {
            let step = f64::from(mantissa) * libm::exp10(f64::from(exponent));
            let (first, last) = (
                libm::ceil(axis.low / step - 1e-9),
                libm::floor(axis.high / step + 1e-9),
            );
            if last - first + 1.0 <= most.max(1) as f64 {
                return steps(first as i64 - 1, last as i64 + 1, mantissa, exponent, parts);
            }
        }
        exponent += 1;
    }
}

/// Multiples `first..=last` of mantissa 10^exponent, and `parts` - 1 short ticks between two of them.
fn steps(first: i64, last: i64, mantissa: i32, exponent: i32, parts: i64) -> Vec<Tick> {
    let unit = libm::exp10(f64::from(exponent));
    let largest = (first.abs().max(last.abs()) as f64) * f64::from(mantissa) * unit;
    let powers = !(SMALL * 100.0..LARGE).contains(&largest);
    (first * parts..=last * parts)
        .map(|part| {
            // For a negative exponent, dividing by a power of ten gives 0.3 and not 0.30000000000000004.
            let count = part as f64 * f64::from(mantissa) / parts as f64;
            let value = if exponent < 0 {
                count / libm::exp10(f64::from(-exponent))
            } else {
                count * unit
            };
            let label = (part % parts == 0).then(|| {
                if powers {
                    scientific(value)
                } else {
                    fixed(value, (-exponent).max(0) as usize)
                }
            });
            Tick { value, label }
        })
        .collect()
}

/// Powers of ten, or plain numbers on a short axis.
fn logarithmic(axis: &AxisRange, most: usize) -> Vec<Tick> {
    let (low, high) = (libm::log10(axis.low), libm::log10(axis.high));
    let (first, last) = (libm::floor(low) as i32, libm::ceil(high) as i32);
    if high - low >= DECADES_FOR_POWERS {
        return powers(axis, first, last, most);
    }
    let mantissas: [&[i32]; 5] = [
        &[1, 2, 3, 4, 5, 6, 7, 8, 9],
        &[1, 2, 3, 5, 7],
        &[1, 2, 5],
        &[1, 3],
        &[1],
    ];
    for labelled in mantissas {
        let ticks: Vec<Tick> = (first..=last)
            .flat_map(|exponent| (1..10).map(move |mantissa| (mantissa, exponent)))
            .map(|(mantissa, exponent)| {
                let value = multiple(mantissa, exponent);
                let label = labelled.contains(&mantissa).then(|| number(value));
                Tick { value, label }
            })
            .collect();
        let labels = ticks
            .iter()
            .filter(|tick| tick.label.is_some() && axis.holds(tick.value))
            .count();
        if (2..=most.max(2)).contains(&labels) {
            return ticks;
        }
    }
    linear(axis, most)
}

/// Every power of ten, or every second or third one and so on, so that there are at most `most` labels.
fn powers(axis: &AxisRange, first: i32, last: i32, most: usize) -> Vec<Tick> {
    let inside = (first..=last)
        .filter(|exponent| axis.holds(multiple(1, *exponent)))
        .count();
    let every = inside.div_ceil(most.max(1)).max(1) as i32;
    let mut ticks = Vec::new();
    for exponent in first..=last {
        let label = (exponent.rem_euclid(every) == 0)
            .then(|| format!("10^{{{}}}", minus(&exponent.to_string())));
        ticks.push(Tick {
            value: multiple(1, exponent),
            label,
        });
        if every == 1 {
            ticks.extend((2..10).map(|mantissa| Tick {
                value: multiple(mantissa, exponent),
                label: None,
            }));
        }
    }
    ticks
}

fn multiple(mantissa: i32, exponent: i32) -> f64 {
    if exponent < 0 {
        f64::from(mantissa) / libm::exp10(f64::from(-exponent))
    } else {
        f64::from(mantissa) * libm::exp10(f64::from(exponent))
    }
}

/// A number as people write it: plain, or with a power of ten if it is very large or small.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(SMALL..LARGE).contains(&size) {
        scientific(value)
    } else {
        minus(&value.to_string())
    }
}

fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    // No minus before a zero.
    if text.trim_matches(['-', '0', '.']).is_empty() {
        minus(text.trim_start_matches('-'))
    } else {
        minus(&text)
    }
}

fn scientific(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let exponent = libm::floor(libm::log10(value.abs()) + 1e-9) as i32;
    let mantissa = (value / multiple(1, exponent) * 1e9).round() / 1e9;
    let power = format!("10^{{{}}}", minus(&exponent.to_string()));
    if mantissa == 1.0 {
        power
    } else {
        format!("{}·{power}", minus(&mantissa.to_string()))
    }
}

/// The text with true minus signs instead of hyphens.
fn minus(text: &str) -> String {
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: Scale, low: f64, high: f64, most: usize) -> Vec<String> {
        ticks(&AxisRange::new(scale, [low, high]), most)
            .into_iter()
            .filter_map(|tick| tick.label)
            .collect()
    }

    #[test]
    fn decades_are_powers_of_ten() {
        assert_eq!(
            labels(Scale::Log, 3.0, 1026.0, 8),
            ["10^{1}", "10^{2}", "10^{3}"]
        );
        assert_eq!(
            labels(Scale::Log, 1e-5, 0.4, 8),
            ["10^{−5}", "10^{−4}", "10^{−3}", "10^{−2}", "10^{−1}"]
        );
    }

    #[test]
    fn many_decades_are_thinned_evenly() {
        assert_eq!(
            labels(Scale::Log, 1.0, 1e9, 5),
            ["10^{0}", "10^{2}", "10^{4}", "10^{6}", "10^{8}"]
        );
    }

    #[test]
    fn a_short_logarithmic_axis_has_plain_numbers() {
        assert_eq!(labels(Scale::Log, 0.9, 11.0, 5), ["1", "2", "5", "10"]);
        assert_eq!(labels(Scale::Log, 0.04, 0.3, 4), ["0.05", "0.1", "0.2"]);
    }

    #[test]
    fn a_very_short_logarithmic_axis_has_even_steps() {
        assert_eq!(labels(Scale::Log, 1.01, 1.29, 3), ["1.1", "1.2"]);
    }

    #[test]
    fn linear_steps_are_one_two_or_five() {
        assert_eq!(
            labels(Scale::Linear, 0.0, 1.0, 6),
            ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
        assert_eq!(
            labels(Scale::Linear, -1.0, 1.0, 5),
            ["−1.0", "−0.5", "0.0", "0.5", "1.0"]
        );
        assert_eq!(
            labels(Scale::Linear, 1.63, 2.05, 5),
            ["1.7", "1.8", "1.9", "2.0"]
        );
        assert_eq!(
            labels(Scale::Linear, 0.0, 2.2e6, 4),
            ["0", "10^{6}", "2·10^{6}"]
        );
    }

    #[test]
    fn short_ticks_are_between_the_labelled_ones() {
        let axis = AxisRange::new(Scale::Linear, [0.0, 1.0]);
        let values: Vec<f64> = ticks(&axis, 3).into_iter().map(|tick| tick.value).collect();
        assert_eq!(
            values,
            [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
        );
    }

    #[test]
    fn labels_that_would_touch_are_left_out() {
        let axis = AxisRange::new(Scale::Linear, [0.0, 1.0]);
        let wide = |_: &str| Ok::<f64, ()>(30.0);
        let ticks = fitting(&axis, 8, 100.0, 5.0, wide).unwrap();
        let labels: Vec<String> = ticks.into_iter().filter_map(|tick| tick.label).collect();
        assert_eq!(labels, ["0.0", "0.5", "1.0"]);
    }

    #[test]
    fn listed_ticks_keep_their_numbers() {
        let axis = AxisRange::new(Scale::Log, [3.0, 1026.0]);
        let narrow = |_: &str| Ok::<f64, ()>(1.0);
        let ticks = listed(&axis, &[4.0, 16.0, 64.0, 2048.0], None, 100.0, 1.0, narrow).unwrap();
        let labels: Vec<String> = ticks.into_iter().filter_map(|tick| tick.label).collect();
        assert_eq!(labels, ["4", "16", "64"]);
    }

    #[test]
    fn names_of_listed_ticks_stay_with_their_values() {
        let axis = AxisRange::new(Scale::Linear, [-3.2, 3.2]);
        let narrow = |_: &str| Ok::<f64, ()>(1.0);
        let names = ["π", "−π", "beyond", "0"].map(str::to_owned);
        let values = [3.0, -3.0, 6.0, 0.0];
        let ticks = listed(&axis, &values, Some(&names), 100.0, 1.0, narrow).unwrap();
        let labels: Vec<String> = ticks.into_iter().filter_map(|tick| tick.label).collect();
        assert_eq!(labels, ["−π", "0", "π"]);
    }
}
