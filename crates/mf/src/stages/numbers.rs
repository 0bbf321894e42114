//! The numbers that a stage publishes. Each is declared once: its name, unit, meaning, and how it is read from the result.

use mf_pipeline::Outputs;

/// Name, unit, meaning and value of each number of a result `T`.
pub(crate) type Numbers<T> = [(&'static str, &'static str, &'static str, fn(&T) -> f64)];

/// Their names, which a stage declares before it runs.
pub(crate) fn names<T>(numbers: &Numbers<T>) -> Vec<String> {
    numbers
        .iter()
        .map(|(name, ..)| (*name).to_owned())
        .collect()
}

/// Adds the numbers of a result to the outputs.
pub(crate) fn of<T>(result: &T, numbers: &Numbers<T>, outputs: Outputs) -> Outputs {
    let all = numbers.iter();
    all.fold(outputs, |outputs, (name, unit, about, value)| {
        outputs.number(name, value(result), unit, about)
    })
}
