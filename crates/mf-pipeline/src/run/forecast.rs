//! How long cells will take, in seconds and in a sentence.

use serde_json::Value;

use crate::kinds::keeper::Cell;
use crate::words::shard::Shard;
use crate::words::text::duration;

/// For a longer run, the forecast says how to split it over machines.
const LONG_RUN: f64 = 3600.0; // seconds
/// The number of machines in the example of such a split.
const EXAMPLE_SHARDS: usize = 16;

/// What the time of cells depends on.
pub(crate) struct Forecast<'a> {
    /// All cells.
    pub(crate) cells: &'a [Cell<Value>],
    /// The threads they run on.
    pub(crate) threads: usize,
    /// Seconds a unit of cost on one thread, if they were measured beforehand.
    pub(crate) probed: Option<f64>,
}

/// Some of the cells.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    /// How many there are.
    pub(crate) total: usize,
    /// Those that are not kept yet, longest first.
    pub(crate) to_do: &'a [usize],
}

impl<'a> Part<'a> {
    pub(crate) fn new(total: usize, to_do: &'a [usize]) -> Self {
        Self { total, to_do }
    }
}

impl Forecast<'_> {
    /// The seconds that cells take on all threads: no less than their share of a thread, no less than the longest.
    pub(crate) fn seconds(&self, seconds_per_cost: f64, indices: &[usize]) -> f64 {
        let cells = indices.iter().filter_map(|index| self.cells.get(*index));
        let (sum, longest) = cells.fold((0.0, 0.0), |(sum, longest): (f64, f64), cell| {
            (sum + cell.cost, longest.max(cell.cost))
        });
        seconds_per_cost * longest.max(sum / self.threads as f64)
    }

    /// What there is to do, how long it takes, and how to split it if that is long.
    pub(crate) fn announce(&self, shard: Option<Shard>, mine: Part<'_>, all: Part<'_>) -> String {
        match shard {
            Some(shard) => format!(
                "shard {shard}: {}; all shards: {}",
                self.part(mine),
                self.part(all)
            ),
            None => self.part(mine) + &self.split(mine).unwrap_or_default(),
        }
    }

    fn part(&self, part: Part<'_>) -> String {
        let Part { total, to_do } = part;
        if to_do.is_empty() {
            return format!("all {total} cells are kept");
        }
        let (count, kept) = (to_do.len(), total - to_do.len());
        let time = self.probed.map_or_else(String::new, |rate| {
            format!(", about {}", duration(self.seconds(rate, to_do)))
        });
        let threads = match self.threads {
            1 => "1 thread".to_owned(),
            threads => format!("{threads} threads"),
        };
        format!("{count} of {total} cells to compute ({kept} kept){time} on {threads}")
    }

    fn split(&self, part: Part<'_>) -> Option<String> {
        let rate = self.probed?;
        if self.seconds(rate, part.to_do) <= LONG_RUN {
            return None;
        }
        let shard = Shard::new(1, EXAMPLE_SHARDS).ok()?;
        let of_shard = |(place, index): (usize, &usize)| shard.holds(place).then_some(*index);
        let first: Vec<usize> = (part.to_do.iter().enumerate())
            .filter_map(of_shard)
            .collect();
        let time = duration(self.seconds(rate, &first));
        Some(format!(
            "; to split it over {EXAMPLE_SHARDS} such machines, about {time} each, give the first `--shard {shard}`"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(costs: &[f64]) -> Vec<Cell<Value>> {
        let cell = |cost: &f64| Cell {
            label: String::new(),
            recipe: Value::Null,
            cost: *cost,
            memory: 0,
        };
        costs.iter().map(cell).collect()
    }

    fn announced(costs: &[f64], threads: usize, rate: Option<f64>, shard: Option<&str>) -> String {
        let cells = cells(costs);
        let forecast = Forecast {
            cells: &cells,
            threads,
            probed: rate,
        };
        // The last cell is kept.
        let to_do: Vec<usize> = (0..cells.len() - 1).collect();
        let shard: Option<Shard> = shard.map(|shard| shard.parse().unwrap());
        let mine = Part::new(2, to_do.get(..1).unwrap());
        let all = Part::new(cells.len(), &to_do);
        forecast.announce(shard, if shard.is_some() { mine } else { all }, all)
    }

    #[test]
    fn the_longest_cell_bounds_the_time() {
        let cells = cells(&[6.0, 1.0, 1.0]);
        let seconds = |threads| {
            let forecast = Forecast {
                cells: &cells,
                threads,
                probed: None,
            };
            forecast.seconds(2.0, &[0, 1, 2])
        };
        assert_eq!([seconds(1), seconds(4)], [16.0, 12.0]);
    }

    #[test]
    fn a_run_is_announced() {
        let costs = [5.0; 4];
        assert_eq!(
            announced(&costs, 1, Some(4.0), None),
            "3 of 4 cells to compute (1 kept), about 60 s on 1 thread"
        );
        assert_eq!(
            announced(&costs, 2, None, None),
            "3 of 4 cells to compute (1 kept) on 2 threads"
        );
        assert_eq!(
            announced(&costs, 2, Some(4.0), Some("2/3")),
            "shard 2/3: 1 of 2 cells to compute (1 kept), about 20 s on 2 threads; \
             all shards: 3 of 4 cells to compute (1 kept), about 30 s on 2 threads"
        );
    }

    #[test]
    fn a_long_run_is_told_how_to_split() {
        let costs = [100.0; 33];
        assert_eq!(
            announced(&costs, 2, Some(3.0), None),
            "32 of 33 cells to compute (1 kept), about 80 min on 2 threads; \
             to split it over 16 such machines, about 5 min each, give the first `--shard 1/16`"
        );
    }
}
