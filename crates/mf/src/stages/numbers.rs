//! The numbers that a stage publishes, each told once: its name, its unit, its meaning, and what it takes of the result.

use mf_pipeline::Outputs;

/// Name, unit, meaning, and the number of a result `T`.
pub(crate) type Numbers<T> = [(&'static str, &'static str, &'static str, fn(&T) -> f64)];

/// Their names, which a stage tells before it runs.
pub(crate) fn names<T>(numbers: &Numbers<T>) -> Vec<String> {
    numbers
        .iter()
        .map(|(name, ..)| (*name).to_owned())
        .collect()
}

/// The outputs with the numbers of a result.
pub(crate) fn of<T>(result: &T, numbers: &Numbers<T>, outputs: Outputs) -> Outputs {
    let all = numbers.iter();
    all.fold(outputs, |outputs, (name, unit, about, value)| {
        outputs.number(name, value(result), unit, about)
    })
}
