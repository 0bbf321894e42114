//! Statistics of an average over networks, with their standard error (Quenouille 1956; Tukey 1958).

use crate::Mean;

/// A statistic of the average over networks, as the mean of its jackknife pseudo-values. Their standard error takes
/// into account that the numbers of one network are correlated, for any statistic.
///
/// `statistic` gets the sum of the rows and the number of rows. There are two rows or more, all of the same length.
///
/// ```
/// // The ratio of two means over three networks: both vary together, so its error is 0.
/// let networks = [vec![1.0, 2.0], vec![3.0, 6.0], vec![5.0, 10.0]];
/// let ratio = mf_fit::jackknife(&networks, |sum, _| sum[1] / sum[0]);
/// assert_eq!((ratio.mean(), ratio.standard_error()), (2.0, 0.0));
/// ```
pub fn jackknife(networks: &[Vec<f64>], statistic: impl Fn(&[f64], f64) -> f64) -> Mean {
    let count = networks.len() as f64;
    let mut sum = vec![0.0; networks.first().map_or(0, Vec::len)];
    for network in networks {
        sum.iter_mut().zip(network).for_each(|(sum, x)| *sum += x);
    }
    let all = statistic(&sum, count);
    networks
        .iter()
        .map(|network| {
            let others: Vec<f64> = sum.iter().zip(network).map(|(sum, x)| sum - x).collect();
            count * all - (count - 1.0) * statistic(&others, count - 1.0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_jackknife_of_a_mean_is_the_mean_with_its_standard_error() {
        let networks: Vec<Vec<f64>> = [1.0, 4.0, 2.5, 8.0].map(|x| vec![x]).into();
        let mean: Mean = networks.iter().flatten().copied().collect();
        let found = jackknife(&networks, |sum, count| sum[0] / count);
        assert!((found.mean() - mean.mean()).abs() < 1e-14);
        assert!((found.standard_error() - mean.standard_error()).abs() < 1e-14);
    }

    #[test]
    fn the_jackknife_removes_the_bias_of_a_square() {
        // The square of a mean is too large by variance / count; the jackknife is unbiased (Quenouille 1956).
        let networks: Vec<Vec<f64>> = [1.0, 4.0, 2.5, 8.0].map(|x| vec![x]).into();
        let mean: Mean = networks.iter().flatten().copied().collect();
        let square = |x: f64| x * x;
        let found = jackknife(&networks, |sum, count| square(sum[0] / count));
        let unbiased = square(mean.mean()) - mean.variance() / 4.0;
        assert!((found.mean() - unbiased).abs() < 1e-12);
    }
}
