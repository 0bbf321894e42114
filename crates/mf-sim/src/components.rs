//! Principal components of a layer's states.

use crate::error::{SimError, at_least};
use crate::hidden::Hidden;
use nalgebra::{DMatrix, SymmetricEigen};

/// The first principal components of some points.
#[derive(Debug, Clone, PartialEq)]
pub struct PrincipalComponents {
    /// For each component, the coordinate of every point along it, in the units of the states' norm over `sqrt(width)`.
    pub scores: Vec<Vec<f64>>,
    /// For each component, its share of the variance of the points; 0 if the points are all equal.
    pub shares: Vec<f64>,
}

impl Hidden {
    /// The first `count` principal components of the points about their mean (fewer if there are fewer points).
    ///
    /// They come from the eigenvectors of the points' covariances `K` after removal of the mean over points: the scores
    /// of component `k` are `sqrt(lambda_k) e_k`. The sign is that of the score of largest size, taken positive.
    ///
    /// # Errors
    /// [`SimError`] if `count` is 0 or the states are not finite.
    pub fn principal_components(&self, count: usize) -> Result<PrincipalComponents, SimError> {
        at_least(1, "count", count)?;
        let points = self.points();
        let failed = SimError::Components { points };
        let mut matrix = DMatrix::from_vec(points, points, self.covariances());
        if matrix.iter().any(|value| !value.is_finite()) {
            return Err(failed);
        }
        let means: Vec<f64> = matrix
            .column_iter()
            .map(|c| c.sum() / points as f64)
            .collect();
        let mean = means.iter().sum::<f64>() / points as f64;
        for (b, mut column) in matrix.column_iter_mut().enumerate() {
            for (value, row_mean) in column.iter_mut().zip(&means) {
                *value += mean - row_mean - means.get(b).copied().unwrap_or_default();
            }
        }
        let total = matrix.trace();
        let eigen = SymmetricEigen::try_new(matrix, f64::EPSILON, 100 * points).ok_or(failed)?;
        let mut order: Vec<(usize, f64)> = eigen.eigenvalues.iter().copied().enumerate().collect();
        order.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut found = PrincipalComponents {
            scores: Vec::new(),
            shares: Vec::new(),
        };
        for (index, value) in order.into_iter().take(count) {
            let value = value.max(0.0);
            let vector = eigen.eigenvectors.column(index);
            let largest = vector.iter().fold(
                0.0_f64,
                |most, &v| if v.abs() > most.abs() { v } else { most },
            );
            let scale = value.sqrt() * largest.signum();
            found
                .scores
                .push(vector.iter().map(|v| scale * v).collect());
            found
                .shares
                .push(if total > 0.0 { value / total } else { 0.0 });
        }
        Ok(found)
    }
}
