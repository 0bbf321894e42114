//! Regression with the kernel of a wide network, and how well its matrix is conditioned.

use nalgebra::{DMatrix, Dyn, PermutationSequence};

use crate::error::FitError;

/// Least squares with a kernel: `f(x) = k(x, X) (K + ridge mean(diagonal) I)^-1 y`. This is where gradient descent on squared errors
/// ends in a network of infinite width that starts with outputs of 0 (Jacot et al. 2018).
///
/// The kernel need not be symmetric (a mixed tangent kernel is not, for inputs of different norms), so it is decomposed as `L U`.
///
/// ```
/// use mf_fit::KernelRegression;
///
/// // Two training points that see each other by half, and a test point that sees the first one fully.
/// let regression = KernelRegression::new(2, &[1.0, 0.5, 0.5, 1.0], 0.0)?;
/// let weights = regression.weights(&[vec![1.0, 0.5]]).unwrap_or_default();
/// assert!((weights[0][0] - 1.0).abs() < 1e-15 && weights[0][1].abs() < 1e-15);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
pub struct KernelRegression {
    /// Of the transposed kernel: `L` left of the diagonal, without its ones, and `U`.
    rows: Vec<Vec<f64>>,
    order: PermutationSequence<Dyn>,
}

/// Test points that are computed at once: a matrix is read once for all of them. The first index is that of a training point.
const LANES: usize = 8;
type Lanes = [f64; LANES];

impl KernelRegression {
    /// The regression with the kernel of `points` training points, row by row: the first point of an entry is its row. The ridge is in
    /// units of the mean of the diagonal.
    ///
    /// # Errors
    /// [`FitError::Kernel`] unless the matrix is square and finite, [`FitError::Parameter`] unless the ridge is finite and not
    /// negative.
    pub fn new(points: usize, kernel: &[f64], ridge: f64) -> Result<Self, FitError> {
        let mut matrix = square(points, kernel)?.transpose();
        if !(ridge >= 0.0 && ridge.is_finite()) {
            return Err(FitError::Parameter {
                name: "the ridge",
                value: ridge,
                allowed: "a finite number that is zero or more",
            });
        }
        let added = ridge * matrix.trace() / points as f64;
        for index in 0..points {
            matrix[(index, index)] += added;
        }
        let decomposed = matrix.lu();
        let rows = decomposed.lu_internal().row_iter();
        Ok(Self {
            rows: rows.map(|row| row.iter().copied().collect()).collect(),
            order: decomposed.p().clone(),
        })
    }

    /// By how much each target enters the outputs at test points `x`, of which `kernel` has the rows `k(x, X)`: `f(x) = weights.y`. `None`
    /// if the matrix is singular in double precision, or if a row has another number of points.
    pub fn weights(&self, kernel: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
        let points = self.rows.len();
        if kernel.iter().any(|row| row.len() != points) {
            return None;
        }
        let mut weights = Vec::with_capacity(kernel.len());
        for rows in kernel.chunks(LANES) {
            let mut block = DMatrix::from_fn(points, rows.len(), |point, row| rows[row][point]);
            self.order.permute_rows(&mut block);
            let mut block: Vec<Lanes> = beside(points, |point, row| block.get((point, row)));
            self.solve(&mut block);
            let of = |lane: usize| block.iter().map(|values| values[lane]).collect();
            weights.extend((0..rows.len()).map(of));
        }
        let finite = weights
            .iter()
            .flatten()
            .all(|weight: &f64| weight.is_finite());
        finite.then_some(weights)
    }

    /// `L z = b`, then `U x = z`, in place.
    fn solve(&self, block: &mut [Lanes]) {
        for (point, row) in self.rows.iter().enumerate() {
            let (before, from) = block.split_at_mut(point);
            let sums = products(&row[..point], before);
            from[0] = lanes(|lane| from[0][lane] - sums[lane]);
        }
        for (point, row) in self.rows.iter().enumerate().rev() {
            let (until, after) = block.split_at_mut(point + 1);
            let sums = products(&row[point + 1..], after);
            until[point] = lanes(|lane| (until[point][lane] - sums[lane]) / row[point]);
        }
    }
}

/// The variance of the output at each test point after training, over networks that start with random outputs: a network ends with
/// `f(x) = f_0(x) + weights.(y - f_0(X))`, and `f_0` has the covariance `K`, so this is `K(x, x) - 2 weights.K(x, X) + weights.K(X, X).weights`
/// (Lee et al. 2019, section 2.3.1). Here `own` is `K(x, x)`, the same for all, `kernel` has the rows `K(x, X)`, and `among` those of
/// the symmetric `K(X, X)`, of which the part right of the diagonal is not read. `None` if a length is not the number of training points.
///
/// ```
/// // Test points that are the first training point and one that no training point sees.
/// let among = [vec![1.0, 0.5], vec![0.5, 1.0]];
/// let (weights, kernel) = ([vec![1.0, 0.0], vec![0.0, 0.0]], [vec![1.0, 0.5], vec![0.0, 0.0]]);
/// let variances = mf_fit::variances_after_training(&weights, 1.0, &kernel, &among);
/// assert_eq!(variances, Some(vec![0.0, 1.0]));
/// ```
pub fn variances_after_training(
    weights: &[Vec<f64>],
    own: f64,
    kernel: &[Vec<f64>],
    among: &[Vec<f64>],
) -> Option<Vec<f64>> {
    let points = among.len();
    let mut rows = weights.iter().chain(kernel).chain(among);
    if weights.len() != kernel.len() || rows.any(|row| row.len() != points) {
        return None;
    }
    let mut variances = Vec::with_capacity(weights.len());
    for (weights, kernel) in weights.chunks(LANES).zip(kernel.chunks(LANES)) {
        let block = beside(points, |point, lane| weights.get(lane)?.get(point));
        let mut found = [own; LANES];
        for (point, row) in among.iter().enumerate() {
            let sums = products(&row[..point], &block);
            for lane in 0..weights.len() {
                let weight = block[point][lane];
                found[lane] +=
                    weight * (2.0 * (sums[lane] - kernel[lane][point]) + weight * row[point]);
            }
        }
        variances.extend(&found[..weights.len()]);
    }
    Some(variances)
}

/// The values of all points, side by side for some test points; 0 where there is none.
fn beside<'a>(points: usize, value: impl Fn(usize, usize) -> Option<&'a f64>) -> Vec<Lanes> {
    let of = |point| lanes(|lane| value(point, lane).copied().unwrap_or(0.0));
    (0..points).map(of).collect()
}

fn lanes(value: impl Fn(usize) -> f64) -> Lanes {
    std::array::from_fn(value)
}

/// `sum_j row_j block_j`, in the order of the points.
fn products(row: &[f64], block: &[Lanes]) -> Lanes {
    let mut sums = [0.0; LANES];
    for (entry, values) in row.iter().zip(block) {
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += entry * value;
        }
    }
    sums
}

/// The condition number of a symmetric matrix: the largest size of an eigenvalue over the smallest, infinite for a singular matrix.
///
/// ```
/// // Eigenvalues 1.5 and 0.5.
/// let condition = mf_fit::condition_number(2, &[1.0, 0.5, 0.5, 1.0])?;
/// assert!((condition - 3.0).abs() < 1e-14);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
///
/// # Errors
/// [`FitError::Kernel`] unless the matrix is square and finite.
pub fn condition_number(points: usize, kernel: &[f64]) -> Result<f64, FitError> {
    let eigenvalues = square(points, kernel)?.symmetric_eigenvalues();
    let sizes = || eigenvalues.iter().map(|value| value.abs());
    Ok(sizes().fold(0.0, f64::max) / sizes().fold(f64::INFINITY, f64::min))
}

fn square(points: usize, kernel: &[f64]) -> Result<DMatrix<f64>, FitError> {
    let finite = kernel.iter().all(|entry| entry.is_finite());
    if points == 0 || points.checked_mul(points) != Some(kernel.len()) || !finite {
        return Err(FitError::Kernel {
            points,
            entries: kernel.len(),
        });
    }
    Ok(DMatrix::from_row_slice(points, points, kernel))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A few hundred units of the last place: solutions of small systems of moderate condition.
    const ROUNDING: f64 = 1e-13;

    /// The second difference matrix, whose eigenvalues are `2 - 2 cos(pi k / (n + 1))`.
    fn differences(points: usize) -> Vec<f64> {
        let entry = |i: usize, j: usize| match i.abs_diff(j) {
            0 => 2.0,
            1 => -1.0,
            _ => 0.0,
        };
        let rows = 0..points;
        rows.flat_map(|i| (0..points).map(move |j| entry(i, j)))
            .collect()
    }

    #[test]
    fn the_condition_number_is_that_of_known_eigenvalues() {
        let points = 20;
        let eigenvalue = |k: usize| 2.0 - 2.0 * libm::cos(std::f64::consts::PI * k as f64 / 21.0);
        let expected = eigenvalue(points) / eigenvalue(1);
        let found = condition_number(points, &differences(points)).unwrap();
        assert!(
            (found / expected - 1.0).abs() < ROUNDING * expected,
            "{found} {expected}"
        );
        assert_eq!(
            condition_number(2, &[1.0, 1.0, 1.0, 1.0]).unwrap(),
            f64::INFINITY
        );
    }

    #[test]
    fn weights_solve_the_system_that_is_not_symmetric() {
        let kernel = [2.0, 1.0, 0.0, 0.5, 3.0, -1.0, 0.25, 0.0, 1.0];
        let regression = KernelRegression::new(3, &kernel, 0.0).unwrap();
        // (1, -2, 3) K = (1.75, -5, 5).
        let close = |found: &[f64], times: f64| {
            let expected = [1.0, -2.0, 3.0].map(|x| times * x);
            let off = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
            off.fold(0.0, f64::max) < ROUNDING * times.max(1.0)
        };
        // More test points than are computed at once.
        let rows: Vec<Vec<f64>> = (0..19)
            .map(|index| [1.75, -5.0, 5.0].map(|x| x * f64::from(index)).to_vec())
            .collect();
        let found = regression.weights(&rows).unwrap();
        assert_eq!(found.len(), rows.len());
        assert!(
            (0_u32..)
                .zip(&found)
                .all(|(index, found)| close(found, f64::from(index)))
        );
        // A ridge of half of the mean of the diagonal, 2.
        let ridged = KernelRegression::new(3, &kernel, 0.5).unwrap();
        let found = ridged.weights(&[vec![2.75, -7.0, 8.0]]).unwrap();
        assert!(close(&found[0], 1.0));
        assert_eq!(ridged.weights(&[vec![1.0]]), None);
    }

    /// Zeros on the diagonal: rows must be exchanged.
    #[test]
    fn weights_solve_a_system_with_pivots() {
        let kernel = [0.0, 2.0, 0.0, 0.0, 0.0, 4.0, 8.0, 0.0, 0.0];
        let regression = KernelRegression::new(3, &kernel, 0.0).unwrap();
        // (1, 2, 3) K = (24, 2, 8).
        let found = regression.weights(&[vec![24.0, 2.0, 8.0]]);
        assert_eq!(found, Some(vec![vec![1.0, 2.0, 3.0]]));
    }

    #[test]
    fn a_singular_kernel_has_no_weights() {
        let singular = KernelRegression::new(2, &[1.0, 1.0, 1.0, 1.0], 0.0).unwrap();
        assert_eq!(singular.weights(&[vec![1.0, 0.0]]), None);
    }

    /// `K` of points on a line whose covariance is `min(s, t)` (Brownian motion), trained at `1` and `2` with the same kernel: at `t`
    /// between them what is left is a Brownian bridge, of the variance `(t - 1) (2 - t)`; before them `t (1 - t)`, behind them `t - 2`.
    #[test]
    fn the_variance_after_training_is_that_of_a_brownian_bridge() {
        let among = [vec![1.0, 1.0], vec![1.0, 2.0]];
        let regression = KernelRegression::new(2, &among.concat(), 0.0).unwrap();
        for (time, expected) in [
            (0.5, 0.25),
            (1.0, 0.0),
            (1.25, 0.1875),
            (1.5, 0.25),
            (3.0, 1.0),
        ] {
            let rows = [vec![f64::min(time, 1.0), f64::min(time, 2.0)]];
            let weights = regression.weights(&rows).unwrap();
            let found = variances_after_training(&weights, time, &rows, &among).unwrap();
            assert!((found[0] - expected).abs() < ROUNDING, "{time}: {found:?}");
        }
        let short = variances_after_training(&[vec![1.0]], 1.0, &[vec![1.0, 1.0]], &among);
        assert_eq!(short, None);
    }

    #[test]
    fn matrices_that_are_not_square_or_not_finite_are_refused() {
        let message = |points, kernel: &[f64], ridge| {
            let error = KernelRegression::new(points, kernel, ridge);
            error
                .err()
                .map(|error| error.to_string())
                .unwrap_or_default()
        };
        let expected = "a kernel of 2 points with 3 entries: give 4 finite numbers";
        assert_eq!(message(2, &[1.0, 0.0, 0.0], 0.0), expected);
        assert!(message(1, &[f64::INFINITY], 0.0).contains("finite"));
        assert!(message(1, &[1.0], -1.0).starts_with("the ridge is -1"));
    }
}
