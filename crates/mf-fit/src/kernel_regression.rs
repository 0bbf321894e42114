//! Regression with the kernel of a wide network, and how well its matrix is conditioned.

use nalgebra::{DMatrix, Dyn, LU};

use crate::error::FitError;

/// Least squares with a kernel: `f(x) = sum_j k(x, x_j) a_j` with `(K + ridge mean(diagonal) I) a = y`. This is where gradient descent
/// on squared errors ends in a network of infinite width that starts with outputs of 0 (Jacot et al. 2018).
///
/// The kernel need not be symmetric (a mixed tangent kernel is not, for inputs of different norms), so it is decomposed as `L U`.
///
/// ```
/// use mf_fit::KernelRegression;
///
/// // Two training points that see each other by half, and a test point that sees the first one fully.
/// let regression = KernelRegression::new(2, &[1.0, 0.5, 0.5, 1.0], 0.0)?;
/// let coefficients = regression.coefficients(&[1.0, 0.0]).unwrap_or_default();
/// assert!((1.0 * coefficients[0] + 0.5 * coefficients[1] - 1.0).abs() < 1e-15);
/// # Ok::<(), mf_fit::FitError>(())
/// ```
pub struct KernelRegression {
    decomposed: LU<f64, Dyn, Dyn>,
}

impl KernelRegression {
    /// The regression with the kernel of `points` training points, row by row: the first point of an entry is its row. The ridge is in
    /// units of the mean of the diagonal.
    ///
    /// # Errors
    /// [`FitError::Kernel`] unless the matrix is square and finite, [`FitError::Parameter`] unless the ridge is finite and not
    /// negative.
    pub fn new(points: usize, kernel: &[f64], ridge: f64) -> Result<Self, FitError> {
        let mut matrix = square(points, kernel)?;
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
        Ok(Self {
            decomposed: matrix.lu(),
        })
    }

    /// `a` for these targets, one of each training point; `None` if the matrix is singular in double precision, or if the number of
    /// targets is another one.
    pub fn coefficients(&self, targets: &[f64]) -> Option<Vec<f64>> {
        let points = self.decomposed.u().nrows();
        if targets.len() != points {
            return None;
        }
        let solved = self
            .decomposed
            .solve(&DMatrix::from_row_slice(points, 1, targets))?;
        let finite = solved.iter().all(|a| a.is_finite());
        finite.then(|| solved.iter().copied().collect())
    }
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
    fn coefficients_solve_the_system_that_is_not_symmetric() {
        let kernel = [2.0, 1.0, 0.0, 0.5, 3.0, -1.0, 0.25, 0.0, 1.0];
        let regression = KernelRegression::new(3, &kernel, 0.0).unwrap();
        // K (1, -2, 3) = (0, -8.5, 3.25).
        let found = regression.coefficients(&[0.0, -8.5, 3.25]).unwrap();
        for (found, expected) in found.iter().zip([1.0, -2.0, 3.0]) {
            assert!((found - expected).abs() < ROUNDING);
        }
        // A ridge of half of the mean of the diagonal, 2.
        let ridged = KernelRegression::new(3, &kernel, 0.5).unwrap();
        let found = ridged.coefficients(&[1.0, -10.5, 6.25]).unwrap();
        for (found, expected) in found.iter().zip([1.0, -2.0, 3.0]) {
            assert!((found - expected).abs() < ROUNDING);
        }
    }

    #[test]
    fn a_singular_kernel_has_no_coefficients() {
        let singular = KernelRegression::new(2, &[1.0, 1.0, 1.0, 1.0], 0.0).unwrap();
        assert_eq!(singular.coefficients(&[1.0, 0.0]), None);
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
