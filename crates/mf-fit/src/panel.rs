//! One panel of measured cells against several: is it from the same distribution? (Dempster 1958.)

use crate::error::FitError;
use crate::{Mean, fisher};

/// The fewest panels that show how many of the cells scatter independently.
const FEWEST: usize = 3;

/// Values relative to their own extremes, `(value - least) / (largest - least)`: from 0 to 1.
///
/// ```
/// assert_eq!(mf_fit::relative(&[0.25, 0.75, 0.5])?, [0.0, 1.0, 0.5]);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
///
/// # Errors
/// [`FitError::Value`] for a value that is not finite; [`FitError::Parameter`] if all values are the same.
pub fn relative(values: &[f64]) -> Result<Vec<f64>, FitError> {
    finite("value", values)?;
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let range = values.iter().copied().fold(f64::NEG_INFINITY, f64::max) - least;
    if range <= 0.0 {
        return Err(FitError::Parameter {
            name: "the range of the values",
            value: range.max(0.0),
            allowed: "values that differ",
        });
    }
    Ok(values.iter().map(|value| (value - least) / range).collect())
}

/// The distance of a panel from several others, beside the distance of one more panel like these.
///
/// The cells of a panel scatter differently and depend on each other. So the distance is one number for all of them, the root mean
/// square over the cells of the difference from the mean of `n` panels. Its square, divided by its expectation for one more panel of
/// the same distribution, `(1 + 1/n) scatter^2`, is about Fisher's F with `r` and `(n - 1) r` degrees of freedom: Dempster's test for
/// more cells than panels (Annals of Mathematical Statistics 29, 1958). The covariance `S` of the cells determines
/// `r = (tr S)^2 / tr S^2`, the number of cells that would scatter as much if they were alike and independent.
///
/// ```
/// // Three panels of two cells, and one that is far away.
/// let panels = [vec![0.0, 0.1], vec![0.1, 0.0], vec![0.1, 0.1]];
/// let near = mf_fit::PanelTest::of(&panels, &[0.05, 0.1])?;
/// let far = mf_fit::PanelTest::of(&panels, &[0.9, 0.9])?;
/// assert!(near.p_value() > 0.5 && far.p_value() < 0.01);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PanelTest {
    /// Number of panels `n` with which the panel is compared.
    pub panels: usize,
    /// The root mean square, over the cells, of the panel minus the mean of the others.
    pub distance: f64,
    /// The root mean square, over the cells, of the standard deviation of one panel.
    pub scatter: f64,
    /// `r`, from 1 to the number of cells, by the unbiased estimates of Bai and Saranadasa (Statistica Sinica 6, 1996).
    pub freedom: f64,
}

impl PanelTest {
    /// Compares `panel` with `panels`, which have its cells in the same order.
    ///
    /// # Errors
    /// [`FitError::Parameter`] for fewer than three panels, or if they are all the same; [`FitError::Lengths`] for panels of
    /// different lengths; [`FitError::Value`] for a value that is not finite.
    pub fn of(panels: &[Vec<f64>], panel: &[f64]) -> Result<Self, FitError> {
        let count = panels.len();
        if count < FEWEST {
            return Err(FitError::Parameter {
                name: "the number of panels",
                value: count as f64,
                allowed: "3 or more",
            });
        }
        finite("panel", panel)?;
        for other in panels {
            finite("panels", other)?;
        }
        let distance = panel_distance(panels, panel)?;
        let means = means(panels, panel.len());
        // tr S^2 of the covariance is the sum of the squared products of the panels' deviations: as large a matrix as there are panels.
        let deviations: Vec<Vec<f64>> = panels
            .iter()
            .map(|other| difference(other, &means))
            .collect();
        let n = (count - 1) as f64;
        let mut trace = 0.0;
        let mut trace_of_square = 0.0;
        for (row, a) in deviations.iter().enumerate() {
            trace += product(a, a) / n;
            for b in &deviations[..row] {
                trace_of_square += 2.0 * square(product(a, b) / n);
            }
            trace_of_square += square(product(a, a) / n);
        }
        if trace <= 0.0 {
            return Err(FitError::Parameter {
                name: "the scatter of the panels",
                value: 0.0,
                allowed: "panels that differ",
            });
        }
        let cells = panel.len() as f64;
        let squares = square(n) / ((n + 2.0) * (n - 1.0)) * (trace_of_square - square(trace) / n);
        let freedom = (square(trace) - 2.0 * squares / n) / squares;
        Ok(Self {
            panels: count,
            distance,
            scatter: (trace / cells).sqrt(),
            // Few panels can give an estimate outside the range of `r`; a division by 0 gives infinity.
            freedom: freedom.clamp(1.0, cells),
        })
    }

    /// The distance to expect of one more panel: `scatter sqrt(1 + 1/n)`, as the mean scatters too.
    pub fn expected(&self) -> f64 {
        self.scatter * (1.0 + (self.panels as f64).recip()).sqrt()
    }

    /// The square of distance / expected distance: about 1 for a panel of the same distribution.
    pub fn ratio(&self) -> f64 {
        square(self.distance / self.expected())
    }

    /// The probability that one more panel of the same distribution is as far away, or farther.
    pub fn p_value(&self) -> f64 {
        fisher::tail(self.ratio(), self.freedom, self.rest())
    }

    /// The power of the test: the root mean square over the cells of a systematic difference that gives, on average, the ratio whose
    /// p-value is `level`. About half of the panels with such a difference are rejected at this level.
    ///
    /// # Errors
    /// [`FitError::Parameter`] for a level that is not between 0 and 1.
    pub fn noticed(&self, level: f64) -> Result<f64, FitError> {
        if !(level > 0.0 && level < 1.0) {
            return Err(FitError::Parameter {
                name: "the level",
                value: level,
                allowed: "a number between 0 and 1",
            });
        }
        let limit = fisher::limit(level, self.freedom, self.rest())?;
        Ok(self.expected() * (limit - 1.0).max(0.0).sqrt())
    }

    /// The degrees of freedom of the scatter.
    fn rest(&self) -> f64 {
        self.freedom * (self.panels - 1) as f64
    }
}

/// The root mean square, over the cells, of a panel minus the mean of others.
///
/// ```
/// let distance = mf_fit::panel_distance(&[vec![0.0, 0.0], vec![2.0, 0.0]], &[4.0, 3.0])?;
/// assert!((distance - 9.0_f64.sqrt()).abs() < 1e-15);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
///
/// # Errors
/// [`FitError::Lengths`] for panels of different lengths.
pub fn panel_distance(panels: &[Vec<f64>], panel: &[f64]) -> Result<f64, FitError> {
    if let Some(other) = panels.iter().find(|other| other.len() != panel.len()) {
        return Err(FitError::Lengths {
            x: panel.len(),
            y: other.len(),
        });
    }
    let from_mean = difference(panel, &means(panels, panel.len()));
    Ok((product(&from_mean, &from_mean) / panel.len() as f64).sqrt())
}

fn means(panels: &[Vec<f64>], cells: usize) -> Vec<f64> {
    let mean = |cell: usize| {
        panels
            .iter()
            .map(|panel| panel[cell])
            .collect::<Mean>()
            .mean()
    };
    (0..cells).map(mean).collect()
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn square(x: f64) -> f64 {
    x * x
}

fn finite(name: &'static str, values: &[f64]) -> Result<(), FitError> {
    crate::regression::check_values(name, values, f64::NEG_INFINITY, "finite numbers")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sums of a few numbers of order 1.
    const ROUNDING: f64 = 1e-13;

    /// With one cell the test is that of a further normal value (Student's t), and `r` is 1.
    #[test]
    fn one_cell_is_a_test_by_student() {
        let panels = [0.1, 0.4, 0.2, 0.7].map(|value| vec![value]);
        let mean: Mean = panels.iter().map(|panel| panel[0]).collect();
        let test = PanelTest::of(&panels, &[1.4]).unwrap();
        let t = (1.4 - mean.mean()) / (mean.variance() * 1.25).sqrt();
        assert!((test.ratio() - t * t).abs() < 10.0 * ROUNDING);
        assert!((test.freedom - 1.0).abs() < ROUNDING);
        // P(|t| > x) for three degrees of freedom.
        let s = t / 3.0_f64.sqrt();
        let inside = std::f64::consts::FRAC_2_PI * (libm::atan(s) + s / (1.0 + s * s));
        assert!((test.p_value() - (1.0 - inside)).abs() < ROUNDING);
        // The same cell five times is one cell.
        let copies: Vec<Vec<f64>> = panels.iter().map(|panel| vec![panel[0]; 5]).collect();
        let same = PanelTest::of(&copies, &[1.4; 5]).unwrap();
        assert!((same.p_value() - test.p_value()).abs() < ROUNDING);
    }

    /// Three panels in the corners of an equilateral triangle: two cells of the same variance, uncorrelated. F with 2 and 4 degrees of
    /// freedom has a closed form.
    #[test]
    fn a_triangle_of_panels_has_a_closed_form() {
        let height = 3.0_f64.sqrt() / 2.0;
        let panels = [vec![1.0, 0.0], vec![-0.5, height], vec![-0.5, -height]];
        let test = PanelTest::of(&panels, &[1.2, -0.9]).unwrap();
        assert!((test.scatter - 0.75_f64.sqrt()).abs() < ROUNDING);
        assert_eq!(test.freedom, 2.0);
        let square = 1.2 * 1.2 + 0.9 * 0.9;
        assert!(
            (test.p_value() - super::square((1.0 + square / 4.0_f64).recip())).abs() < ROUNDING
        );
    }

    /// By mpmath, from the matrix of the covariance itself.
    #[test]
    fn panels_of_five_cells_agree_with_high_precision() {
        let panels = [
            vec![0.0, 0.12, 0.5, 0.81, 1.0],
            vec![0.03, 0.0, 0.44, 0.9, 1.0],
            vec![0.0, 0.05, 0.61, 0.77, 1.0],
            vec![0.01, 0.0, 0.38, 0.84, 1.0],
        ];
        let test = PanelTest::of(&panels, &[0.0, 0.02, 0.7, 0.95, 1.0]).unwrap();
        assert!((test.distance - 0.11163556780883053).abs() < ROUNDING);
        assert!((test.scatter - 0.056_656_861_896_861_18).abs() < ROUNDING);
        assert!((test.freedom - 2.7591946112363436).abs() < 10.0 * ROUNDING);
        assert!((test.ratio() - 3.1059190031152648).abs() < 10.0 * ROUNDING);
        assert!((test.p_value() - 0.089_110_154_904_705_57).abs() < 10.0 * ROUNDING);
    }

    /// Normal numbers by Box and Muller from a linear congruential generator (Knuth's MMIX).
    fn normals() -> impl FnMut() -> f64 {
        let mut state = 1_u64;
        let mut uniform = move || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
        };
        move || {
            let radius = (-2.0 * libm::log(uniform())).sqrt();
            radius * libm::cos(std::f64::consts::TAU * uniform())
        }
    }

    /// The share of p-values at or below 1 % among panels of 18 networks, each tested twice (correlation 0.7), whose scatter grows from 0
    /// to 1; `shift` is added to the panel that is tested.
    fn rejected(panels: usize, shift: f64) -> f64 {
        const TRIALS: usize = 2000;
        let mut normal = normals();
        let mut panel = |shift: f64| -> Vec<f64> {
            let networks = (0..18).map(|network| f64::from(network) / 17.0);
            let pair = |scatter: f64| {
                let first = normal();
                let second = 0.7 * first + 0.51_f64.sqrt() * normal();
                [scatter * first + shift, scatter * second + shift]
            };
            networks.flat_map(pair).collect()
        };
        let mut count = 0;
        for _ in 0..TRIALS {
            let others: Vec<Vec<f64>> = (0..panels).map(|_| panel(0.0)).collect();
            let test = PanelTest::of(&others, &panel(shift)).unwrap();
            count += usize::from(test.p_value() <= 0.01);
        }
        count as f64 / TRIALS as f64
    }

    /// With few panels `r` is uncertain, and the test rejects more often than its level says: an independent simulation (numpy,
    /// 8,000 trials) gives 2.8 % for four panels and 1.3 % for sixteen. Bounds: three standard errors of 2,000 trials.
    #[test]
    fn a_panel_of_the_same_distribution_is_seldom_rejected() {
        for (panels, expected) in [(4, 0.028), (16, 0.013)] {
            let found = rejected(panels, 0.0);
            let error = (expected * (1.0 - expected) / 2000.0_f64).sqrt();
            assert!((found - expected).abs() < 3.0 * error, "{panels}: {found}");
        }
    }

    /// The scatter has the root mean square 0.586; a shift of the size that is noticed is rejected about half of the time.
    #[test]
    fn half_of_the_panels_that_differ_by_what_is_noticed_are_rejected() {
        let shape = PanelTest {
            panels: 16,
            distance: 0.0,
            scatter: 0.586,
            freedom: 13.1,
        };
        let found = rejected(16, shape.noticed(0.01).unwrap());
        assert!((0.4..0.6).contains(&found), "{found}");
    }

    #[test]
    fn bad_panels_are_refused() {
        let few = PanelTest::of(&[vec![0.0], vec![1.0]], &[0.5]).unwrap_err();
        assert_eq!(few.to_string(), "the number of panels is 2: give 3 or more");
        let same = PanelTest::of(&[vec![0.5], vec![0.5], vec![0.5]], &[0.5]).unwrap_err();
        assert_eq!(
            same.to_string(),
            "the scatter of the panels is 0: give panels that differ"
        );
        let nan = PanelTest::of(&[vec![0.5], vec![0.1], vec![f64::NAN]], &[0.5]).unwrap_err();
        assert_eq!(nan.to_string(), "panels[0] is NaN: give finite numbers");
        let lengths = PanelTest::of(&[vec![0.5], vec![0.1], vec![0.2, 0.3]], &[0.5]);
        assert!(matches!(lengths, Err(FitError::Lengths { x: 1, y: 2 })));
        assert_eq!(
            relative(&[0.1, 0.1]).unwrap_err().to_string(),
            "the range of the values is 0: give values that differ"
        );
        assert!(relative(&[0.1, f64::NAN]).is_err());
    }
}
