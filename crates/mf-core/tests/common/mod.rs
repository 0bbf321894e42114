//! The reference values of `data/reference/high_precision`, read as text.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use mf_core::StepActivation;

/// A file of reference values, row by row.
pub(crate) struct Reference {
    header: Vec<&'static str>,
    rows: Vec<Vec<&'static str>>,
}

/// A row of it.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    header: &'a [&'static str],
    cells: &'a [&'static str],
}

impl Reference {
    pub(crate) fn parse(text: &'static str) -> Self {
        let mut lines = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split(',').collect());
        let header = lines.next().unwrap();
        let rows: Vec<_> = lines.collect();
        assert!(!rows.is_empty());
        Self { header, rows }
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|cells| Row {
            header: &self.header,
            cells,
        })
    }
}

impl Row<'_> {
    pub(crate) fn text(&self, name: &str) -> &'static str {
        self.cells[self.header.iter().position(|field| *field == name).unwrap()]
    }

    pub(crate) fn f64(&self, name: &str) -> f64 {
        self.text(name).parse().unwrap()
    }

    pub(crate) fn u64(&self, name: &str) -> u64 {
        self.text(name).parse().unwrap()
    }

    fn list(&self, name: &str) -> Vec<f64> {
        self.text(name)
            .split(';')
            .map(|value| value.parse().unwrap())
            .collect()
    }
}

/// An activation of `networks.csv` with its scales.
pub(crate) struct Network {
    pub(crate) phi: StepActivation,
    pub(crate) sigma_w: f64,
    pub(crate) sigma_b: f64,
}

pub(crate) fn network(name: &str) -> Network {
    let file = Reference::parse(include_str!(
        "../../../../data/reference/high_precision/networks.csv"
    ));
    let row = file.rows().find(|row| row.text("name") == name).unwrap();
    Network {
        phi: StepActivation::new(row.list("thresholds"), row.list("levels")).unwrap(),
        sigma_w: row.f64("sigma_w"),
        sigma_b: row.f64("sigma_b"),
    }
}

/// Whether `value` is `reference` within `relative` of it, or within `absolute`.
pub(crate) fn close(value: f64, reference: f64, relative: f64, absolute: f64) -> bool {
    value == reference || (value - reference).abs() <= relative * reference.abs() + absolute
}

/// The least of `f` on `[low, high]`, where it has one minimum, by golden sections: the place and the value.
pub(crate) fn minimum(f: impl Fn(f64) -> f64, low: f64, high: f64) -> (f64, f64) {
    let ratio = 0.5 * (5f64.sqrt() - 1.0);
    let (mut low, mut high) = (low, high);
    let mut left = high - ratio * (high - low);
    let mut right = low + ratio * (high - low);
    let (mut at_left, mut at_right) = (f(left), f(right));
    for _ in 0..80 {
        if at_left < at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - ratio * (high - low);
            at_left = f(left);
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + ratio * (high - low);
            at_right = f(right);
        }
    }
    (0.5 * (low + high), at_left.min(at_right))
}

/// The best spacing of the uniform quantizer by bisection on `m - b`, and `1 - chi` there.
pub(crate) fn best_uniform(states: u64) -> (f64, f64) {
    use mf_core::uniform::UniformError;
    let error = |range: f64| UniformError::new(states, 2.0 * range / states as f64).unwrap();
    let (mut low, mut high) = (0.5, 14.0_f64.min(5.0 * states as f64));
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if error(middle).stationarity() < 0.0 {
            low = middle
        } else {
            high = middle
        }
    }
    let range = 0.5 * (low + high);
    (2.0 * range / states as f64, error(range).one_minus_slope())
}
