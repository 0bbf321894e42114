//! Uniform random numbers and permutations.

use crate::Row;
use crate::random::{Random, STREAMS};

impl Random {
    /// Fills rows with numbers uniform in `(-half, half)`, from a grid of `2^24` numbers without 0.
    #[inline(always)]
    pub fn uniform(&mut self, half: f32, rows: &mut [Row]) {
        // Odd multiples of 2^-24 from -(1 - 2^-24) to 1 - 2^-24: exact in f32, evenly spaced, odd.
        const PER_STEP: f32 = 1.0 / (1_u32 << 24) as f32;
        for row in rows {
            for part in row.chunks_exact_mut(STREAMS) {
                for (number, bits) in part.iter_mut().zip(self.bits()) {
                    let odd = (bits as i32 >> 8) * 2 + 1;
                    *number = half * (odd as f32 * PER_STEP);
                }
            }
        }
    }

    /// The numbers `0 .. count` in random order, every order equally likely (Fisher and Yates, by Durstenfeld 1964).
    pub fn permutation(&mut self, count: u32) -> Vec<u32> {
        let mut order: Vec<u32> = (0..count).collect();
        let mut buffer = [0; STREAMS];
        let mut used = STREAMS;
        let mut word = || {
            if used == STREAMS {
                (buffer, used) = (self.bits(), 0);
            }
            used += 1;
            buffer[used - 1]
        };
        for left in (2..=count).rev() {
            let chosen = below(left, &mut word);
            order.swap(chosen as usize, left as usize - 1);
        }
        order
    }
}

/// A number below `bound`, each equally likely (Lemire 2019, ACM TOMACS 29:3).
fn below(bound: u32, word: &mut impl FnMut() -> u32) -> u32 {
    // Without the words of these `2^32 mod bound` low halves, every number comes from the same number of words.
    let surplus = bound.wrapping_neg() % bound;
    loop {
        let product = u64::from(word()) * u64::from(bound);
        if product as u32 >= surplus {
            return (product >> 32) as u32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LANES, Purpose};

    /// Sample means of fixed draws are compared: 4.5 standard errors have a false alarm rate of 7e-6 each.
    const STANDARD_ERRORS: f64 = 4.5;

    fn numbers(half: f32) -> Vec<f64> {
        let mut rows = vec![[0.0; LANES]; 16_384];
        Random::new(3, Purpose::Weight, [0, 0, 0]).uniform(half, &mut rows);
        rows.into_iter().flatten().map(f64::from).collect()
    }

    #[test]
    fn moments_of_uniform_numbers() {
        const HALF: f64 = 0.25;
        let numbers = numbers(HALF as f32);
        let count = numbers.len() as f64;
        assert!(numbers.iter().all(|x| x.abs() < HALF && *x != 0.0));
        // E[x^2] = h^2 / 3, E[x^4] = h^4 / 5; the variance of x^2 is their difference.
        let mean = numbers.iter().sum::<f64>() / count;
        let error = (HALF * HALF / 3.0 / count).sqrt();
        assert!(mean.abs() < STANDARD_ERRORS * error, "mean {mean}");
        let square = numbers.iter().map(|x| x * x).sum::<f64>() / count;
        let error = HALF * HALF * ((1.0 / 5.0 - 1.0 / 9.0) / count).sqrt();
        assert!(
            (square - HALF * HALF / 3.0).abs() < STANDARD_ERRORS * error,
            "mean square {square}"
        );
    }

    #[test]
    fn the_distribution_is_uniform() {
        let mut numbers = numbers(1.0);
        numbers.sort_by(f64::total_cmp);
        let count = numbers.len() as f64;
        let distance = (1..).zip(&numbers).fold(0.0_f64, |most, (index, x)| {
            most.max((0.5 + 0.5 * x - f64::from(index) / count).abs())
        });
        // Kolmogorov's distribution: sqrt(n) D is above 2.3 once in 20,000 samples.
        assert!(distance * count.sqrt() < 2.3, "distance {distance}");
    }

    #[test]
    fn vectors_do_not_change_a_bit() {
        let mut random = Random::new(3, Purpose::Weight, [0, 0, 0]);
        let mut rows = vec![[0.0; LANES]; 16_384];
        pulp::Arch::new().dispatch(|| random.uniform(1.0, &mut rows));
        let wide: Vec<f64> = rows.into_iter().flatten().map(f64::from).collect();
        assert_eq!(wide, numbers(1.0));
    }

    #[test]
    fn permutations_hold_every_number_once() {
        for count in [0, 1, 2, 3, 1000] {
            let mut order = Random::new(1, Purpose::Order, [7, 0, 0]).permutation(count);
            order.sort_unstable();
            assert!(order.into_iter().eq(0..count));
        }
    }

    #[test]
    fn all_orders_are_equally_likely() {
        const DRAWS: usize = 24_000;
        let mut found = std::collections::BTreeMap::new();
        for draw in 0..DRAWS {
            let order = Random::new(1, Purpose::Order, [draw, 0, 0]).permutation(4);
            *found.entry(order).or_insert(0.0) += 1.0;
        }
        assert_eq!(found.len(), 24);
        let expected = DRAWS as f64 / 24.0;
        let square = |count: &f64| (count - expected) * (count - expected) / expected;
        let chi_square: f64 = found.values().map(square).sum();
        // 23 degrees of freedom: above 66 once in 200,000 samples.
        assert!(chi_square < 66.0, "chi^2 {chi_square}");
    }
}
