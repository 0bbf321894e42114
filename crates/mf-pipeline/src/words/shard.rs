//! A part of the cells of a run: with `3/16`, this machine computes the third of sixteen parts.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// One of several parts of the cells of a run, of about equal cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Shard {
    number: usize,
    count: usize,
}

/// A text or a pair of numbers that is not a shard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShardError {
    /// Not two whole numbers with a slash between them.
    #[error(
        "`{0}` is not a shard: write NUMBER/COUNT, such as 3/16 for the third of sixteen parts"
    )]
    Form(String),
    /// A number that is not one of 1 to the count.
    #[error(
        "there is no shard {number} of {count}: the number is from 1 to the count, such as 1/16 to 16/16"
    )]
    Range {
        /// The number given.
        number: usize,
        /// The count given.
        count: usize,
    },
}

impl Shard {
    /// Shard `number` of `count`, counted from 1.
    ///
    /// # Errors
    /// [`ShardError::Range`] unless 1 <= `number` <= `count`.
    pub fn new(number: usize, count: usize) -> Result<Self, ShardError> {
        if (1..=count).contains(&number) {
            Ok(Self { number, count })
        } else {
            Err(ShardError::Range { number, count })
        }
    }

    /// How many shards there are.
    #[must_use]
    pub fn count(self) -> usize {
        self.count
    }

    /// Whether the cell at a place of the list (longest first) is in this shard. Cells are dealt like cards in snake
    /// order, 1 2 3 3 2 1 1 2 3: the costs of any two shards then differ by no more than the longest cell.
    pub(crate) fn holds(self, place: usize) -> bool {
        let (round, seat) = (place / self.count, place % self.count);
        let from_the_start = round.is_multiple_of(2);
        let seat = if from_the_start {
            seat
        } else {
            self.count - 1 - seat
        };
        seat + 1 == self.number
    }
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let form = || ShardError::Form(text.to_owned());
        let (number, count) = text.split_once('/').ok_or_else(form)?;
        let whole = |part: &str| part.parse().map_err(|_| form());
        Self::new(whole(number)?, whole(count)?)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shards(count: usize) -> impl Iterator<Item = Shard> {
        (1..=count).map(move |number| Shard::new(number, count).unwrap())
    }

    #[test]
    fn every_cell_is_in_exactly_one_shard() {
        for count in 1..20 {
            for place in 0..100 {
                assert_eq!(shards(count).filter(|shard| shard.holds(place)).count(), 1);
            }
        }
    }

    #[test]
    fn shards_differ_by_no_more_than_the_longest_cell() {
        let flat = vec![1.0; 50];
        let linear: Vec<f64> = (1..=97).rev().map(f64::from).collect();
        let steep: Vec<f64> = (0..40).map(|n| 1e6 / f64::from(1 << (n / 2))).collect();
        for costs in [flat, linear, steep] {
            for count in 1..20 {
                let load = |shard: Shard| -> f64 {
                    let held = costs.iter().enumerate().filter(|(p, _)| shard.holds(*p));
                    held.map(|(_, cost)| cost).sum()
                };
                let loads: Vec<f64> = shards(count).map(load).collect();
                let most = loads.iter().copied().fold(0.0, f64::max);
                let least = loads.iter().copied().fold(f64::INFINITY, f64::min);
                assert!(most - least <= costs[0], "{count} shards: {loads:?}");
            }
        }
    }

    #[test]
    fn a_shard_is_read_as_it_is_written() {
        assert_eq!("3/16".parse(), Shard::new(3, 16));
        assert_eq!(Shard::new(3, 16).unwrap().to_string(), "3/16");
        for text in ["3", "a/b", "3/", "/16", "3/16/2", "-1/16", "3 / 16", ""] {
            assert_eq!(
                text.parse::<Shard>(),
                Err(ShardError::Form(text.to_owned()))
            );
        }
        for (number, count) in [(0, 16), (17, 16), (0, 0), (1, 0)] {
            let text = format!("{number}/{count}");
            assert_eq!(
                text.parse::<Shard>(),
                Err(ShardError::Range { number, count })
            );
        }
    }
}
