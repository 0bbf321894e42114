//! What is measured on a circle of inputs.

use crate::hidden::Hidden;

impl Hidden {
    /// For inputs on a circle ([`crate::Inputs::circle`]): the covariance of states `j` points apart, averaged over the
    /// circle, for `j = 0 .. points`. Entry `j` is at the angle difference `2 pi j / points`; entries `j` and
    /// `points - j` are equal.
    pub fn angle_covariance(&self) -> Vec<f64> {
        let points = self.points();
        let covariances = self.covariances();
        let at = |a: usize, b: usize| covariances.get(a * points + b).copied().unwrap_or(f64::NAN);
        let mean = |apart: usize| {
            let sum: f64 = (0..points).map(|a| at(a, (a + apart) % points)).sum();
            sum / points as f64
        };
        let half: Vec<f64> = (0..=points / 2).map(mean).collect();
        (0..points)
            .map(|apart| {
                half.get(apart.min(points - apart))
                    .copied()
                    .unwrap_or(f64::NAN)
            })
            .collect()
    }
}
