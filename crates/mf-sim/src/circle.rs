//! Measurements on a circle of inputs.

use crate::hidden::Hidden;

impl Hidden {
    /// For inputs on a circle ([`crate::Inputs::circle`]): the covariance of states `j` points apart, averaged over the
    /// circle, for `j = 0 .. points`. Entry `j` is at the angle difference `2 pi j / points`; entries `j` and
    /// `points - j` are equal.
    pub fn angle_covariance(&self) -> Vec<f64> {
        let points = self.points();
        let table = self.covariances_up_to_diagonal();
        // Sums over the pairs of points by the difference of their indices.
        let mut sums = vec![0.0; points + 1];
        for (a, row) in table.chunks(points).enumerate() {
            for (sum, covariance) in sums.iter_mut().zip(row.iter().take(a + 1).rev()) {
                *sum += covariance;
            }
        }
        // The circle is closed: index differences `apart` and `points - apart` are the same angle.
        let closed = sums.iter().zip(sums.iter().rev());
        let mean = |(sum, other): (&f64, &f64)| (sum + other) / points as f64;
        closed.map(mean).take(points).collect()
    }
}
