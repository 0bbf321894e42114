//! The depths at which a regression predicts nothing.

use mf_data::Table;
use mf_fit::{Mean, last_crossing};
use mf_pipeline::BoxError;

use super::errors::{SQUARED_CHANCE, WRONG_CHANCE};
use super::{KERNELS, Row};
use crate::stages::kernel::{self, Kernel, Network};

/// The depths at which the errors of a kernel come to the level for good, over the parts in which they do.
struct Reach<'a> {
    network: &'a Network<'a>,
    kernel: Kernel,
    squared: Mean,
    wrong: Mean,
}

/// The depths of each network and kernel, as a table. `level` is a share of chance.
///
/// # Errors
/// None are expected: the depths rise and the errors are finite.
pub(super) fn table(
    networks: &[Network<'_>],
    rows: &[Row<'_>],
    level: f64,
) -> Result<Table, BoxError> {
    let mut all = Vec::new();
    for network in networks {
        for kernel in KERNELS {
            let of_kernel =
                |row: &&Row<'_>| std::ptr::eq(row.network, network) && row.kernel == kernel;
            let rows: Vec<&Row<'_>> = rows.iter().filter(of_kernel).collect();
            all.push(Reach {
                network,
                kernel,
                squared: depth(&rows, |row| row.of(|e| e.squared) / SQUARED_CHANCE, level)?,
                wrong: depth(
                    &rows,
                    |row| row.of(|e| e.wrong_from_random) / WRONG_CHANCE,
                    level,
                )?,
            });
        }
    }
    let table = kernel::named(Table::of(&all), |r| r.network)
        .text("kernel", "tangent kernel: surrogate or mixed", |r| r.kernel.name())
        .f64("depth", "xi", "depth at which the squared error, from outputs of 0, comes to the level for good, by the logarithm of what it gains over chance, mean over the parts; NaN if in none", |r| mean(&r.squared))
        .f64("error", "xi", "standard error over the parts; NaN with fewer than two", |r| error(&r.squared))
        .u64("parts", "1", "number of parts in which it does", |r| r.squared.count())
        .f64("wrong_depth", "xi", "the same depth for the share of wrong classes, from random outputs", |r| mean(&r.wrong))
        .f64("wrong_error", "xi", "standard error over the parts; NaN with fewer than two", |r| error(&r.wrong))
        .u64("wrong_parts", "1", "number of parts in which it does", |r| r.wrong.count());
    Ok(table.build()?)
}

/// The depth at which an error, in units of chance, comes to the level for good, in each part in which it does. Singular kernels are left
/// out.
fn depth(rows: &[&Row<'_>], error: fn(&Row<'_>) -> f64, level: f64) -> Result<Mean, BoxError> {
    let mut depth = Mean::default();
    let parts = rows.iter().map(|row| row.part + 1).max().unwrap_or(0);
    for part in 0..parts {
        let of_part = rows
            .iter()
            .filter(|row| row.part == part && row.errors.is_some());
        // What is gained over chance falls exponentially, in the end: it is interpolated by its logarithm.
        let points = of_part.map(|row| {
            let gained = (1.0 - error(row)).max(f64::MIN_POSITIVE);
            (row.depth(), libm::log(gained))
        });
        let (x, y): (Vec<f64>, Vec<f64>) = points.unzip();
        if let Some(found) = last_crossing(&x, &y, libm::log(1.0 - level))? {
            depth.push(found);
        }
    }
    Ok(depth)
}

fn mean(depth: &Mean) -> f64 {
    match depth.count() {
        0 => f64::NAN,
        _ => depth.mean(),
    }
}

fn error(depth: &Mean) -> f64 {
    match depth.count() {
        0 | 1 => f64::NAN,
        _ => depth.standard_error(),
    }
}
