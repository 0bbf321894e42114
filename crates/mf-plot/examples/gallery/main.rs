//! Draws the figures of the `.toml` files beside this one, from tables computed here:
//! `cargo run -p mf-plot --example gallery -- FOLDER`.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use mf_data::{Table, files};
use mf_plot::{Figure, render};

const FIGURES: [(&str, &str); 11] = [
    ("optimum", include_str!("optimum.toml")),
    ("spacing", include_str!("spacing.toml")),
    ("exponent", include_str!("exponent.toml")),
    ("formats", include_str!("formats.toml")),
    ("parts", include_str!("parts.toml")),
    ("heat-maps", include_str!("heat-maps.toml")),
    ("components", include_str!("components.toml")),
    ("colors", include_str!("colors.toml")),
    ("bands", include_str!("bands.toml")),
    ("bands-one", include_str!("bands-one.toml")),
    ("spread", include_str!("spread.toml")),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .ok_or("say where to: cargo run -p mf-plot --example gallery -- FOLDER")?;
    let tables = tables()?;
    for (name, spec) in FIGURES {
        let figure: Figure = toml::from_str(spec)?;
        let rendered = render(&figure, &tables)?;
        files::write_atomic(
            &Path::new(&folder).join(format!("{name}.svg")),
            rendered.svg.as_bytes(),
        )?;
        files::write_atomic(
            &Path::new(&folder).join(format!("{name}.png")),
            &rendered.png,
        )?;
    }
    Ok(())
}

fn tables() -> Result<BTreeMap<String, Table>, Box<dyn Error>> {
    let mut states: Vec<u64> = (3..=63)
        .chain([125, 128, 255, 256, 512, 515, 1024, 1025])
        .collect();
    states.sort_unstable();
    let optima: Vec<(f64, f64)> = states.iter().map(|n| optimum(*n)).collect();
    let plus_one: Vec<f64> = states.iter().map(|n| *n as f64 + 1.0).collect();
    let law = |x: f64, slope: f64, intercept: f64| libm::exp(slope * libm::log(x) + intercept);
    let ends = vec![3.0, 1200.0];
    let mut tables = BTreeMap::new();
    tables.insert(
        "optimum".to_owned(),
        Table::builder()
            .f64("states_plus_one", "", "N + 1", plus_one)
            .f64(
                "spacing",
                "",
                "best spacing",
                optima.iter().map(|o| o.0).collect(),
            )
            .f64(
                "one_minus_chi",
                "",
                "1 - chi",
                optima.iter().map(|o| o.1).collect(),
            )
            .build()?,
    );
    tables.insert(
        "fit".to_owned(),
        Table::builder()
            .f64(
                "one_minus_chi",
                "",
                "fitted",
                ends.iter().map(|x| law(*x, -1.816, 0.705)).collect(),
            )
            .f64(
                "spacing",
                "",
                "fitted",
                ends.iter().map(|x| law(*x, -0.884, 1.417)).collect(),
            )
            .f64("states_plus_one", "", "N + 1", ends)
            .build()?,
    );
    let grouped = [3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 32, 48, 64];
    let scan: Vec<(u64, f64)> = grouped
        .iter()
        .flat_map(|n| (0..400).map(|i| (*n, 0.005 * f64::from(i + 2))))
        .collect();
    let slopes: Vec<f64> = scan
        .iter()
        .map(|(n, spacing)| slope(*n, *spacing))
        .collect();
    tables.insert(
        "scan".to_owned(),
        Table::builder()
            .u64("states", "", "N", scan.iter().map(|row| row.0).collect())
            .f64(
                "spacing",
                "",
                "spacing",
                scan.iter().map(|row| row.1).collect(),
            )
            .f64(
                "one_minus_chi",
                "",
                "1 - chi",
                slopes.iter().map(|chi| 1.0 - chi).collect(),
            )
            .f64("chi", "", "chi", slopes)
            .build()?,
    );
    let best: Vec<(f64, f64)> = grouped.iter().map(|n| optimum(*n)).collect();
    tables.insert(
        "optima".to_owned(),
        Table::builder()
            .f64("spacing", "", "spacing", best.iter().map(|o| o.0).collect())
            .f64(
                "one_minus_chi",
                "",
                "1 - chi",
                best.iter().map(|o| o.1).collect(),
            )
            .f64("chi", "", "chi", best.iter().map(|o| 1.0 - o.1).collect())
            .build()?,
    );
    let doublings: Vec<f64> = (2..=30)
        .map(|k| libm::exp2(f64::from(k)).min(1e9))
        .collect();
    let local = |n: &f64| 2.0 - 1.18 / (libm::log(*n) + 2.2);
    tables.insert(
        "exponent".to_owned(),
        Table::builder()
            .f64(
                "exponent",
                "",
                "like the local exponent",
                doublings.iter().map(local).collect(),
            )
            .f64("states", "", "N", doublings)
            .build()?,
    );
    tables.insert("formats".to_owned(), formats()?);
    let line: Vec<u64> = vec![
        2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 320,
    ];
    tables.insert(
        "uniform".to_owned(),
        Table::builder()
            .f64(
                "one_minus_chi",
                "",
                "1 - chi",
                line.iter().map(|n| optimum(*n).1).collect(),
            )
            .u64("states", "", "N", line.clone())
            .build()?,
    );
    tables.insert(
        "bound".to_owned(),
        Table::builder()
            .f64(
                "one_minus_chi",
                "",
                "1 - chi",
                line.iter()
                    .map(|n| 2.7207 / (*n as f64 * *n as f64))
                    .collect(),
            )
            .u64("states", "", "N", line)
            .build()?,
    );
    tables.insert("decay".to_owned(), decay()?);
    tables.insert("components".to_owned(), components()?);
    tables.insert("surface".to_owned(), surface()?);
    tables.insert("spiral".to_owned(), spiral()?);
    tables.insert("accuracy".to_owned(), accuracy()?);
    tables.insert("depths".to_owned(), depths()?);
    tables.insert("path".to_owned(), path()?);
    tables.insert("seeds".to_owned(), seeds()?);
    Ok(tables)
}

/// A hill on a coarse grid with a hole.
fn surface() -> Result<Table, Box<dyn Error>> {
    let rows: Vec<(f64, f64)> = (0..16)
        .flat_map(|x| (0..10).map(move |y| (0.5 * f64::from(x), 0.5 * f64::from(y))))
        .collect();
    let height = |(x, y): &(f64, f64)| {
        let (a, b) = (x - 4.5, y - 1.5);
        let value = 8.0 * libm::exp(-(a * a / 9.0 + b * b / 3.0));
        if a * a + (b - 2.0) * (b - 2.0) < 0.6 {
            f64::NAN
        } else {
            value
        }
    };
    let table = Table::builder()
        .f64("x", "", "x", rows.iter().map(|row| row.0).collect())
        .f64("y", "", "y", rows.iter().map(|row| row.1).collect())
        .f64("height", "", "height", rows.iter().map(height).collect());
    Ok(table.build()?)
}

/// How deep signals reach through layers of so many states: xi = -1 / ln(chi).
fn depth_scale(states: u64) -> f64 {
    -1.0 / libm::log1p(-optimum(states).1)
}

/// Accuracy like that of training: it falls where a network is deeper than its depth scale times the log of the steps.
fn accuracy() -> Result<Table, Box<dyn Error>> {
    let layers = [10, 14, 20, 28, 40, 57, 80, 113, 160, 200];
    let scales: Vec<(u64, f64)> = (3..=16).map(|n| (n, depth_scale(n))).collect();
    let mut rows: Vec<(u64, u64, u64, f64, u64)> = Vec::new();
    for steps in [100, 200, 400, 800, 1600] {
        for (states, scale) in &scales {
            for depth in layers {
                let reach = (libm::log2(steps as f64) - 3.5) * scale;
                let excess = libm::log(depth as f64 / reach);
                let ripple = 0.03 * libm::sin(1.7 * (*states as f64) + 2.3 * depth as f64);
                let value = 0.1 + 0.86 / (1.0 + libm::exp(4.0 * excess)) + ripple;
                let diverged = u64::from(*states == 14 && depth == 160 && steps > 200);
                rows.push((steps, *states, depth, value, diverged));
            }
        }
    }
    let table = Table::builder()
        .u64("steps", "", "steps", rows.iter().map(|row| row.0).collect())
        .u64("states", "", "N", rows.iter().map(|row| row.1).collect())
        .u64("layers", "", "L", rows.iter().map(|row| row.2).collect())
        .f64(
            "accuracy",
            "",
            "like accuracy",
            rows.iter().map(|row| row.3).collect(),
        )
        .u64(
            "diverged",
            "",
            "0 or 1",
            rows.iter().map(|row| row.4).collect(),
        );
    Ok(table.build()?)
}

/// Multiples of the depth scale.
fn depths() -> Result<Table, Box<dyn Error>> {
    let rows: Vec<(f64, u64, f64)> = [4.0, 6.0, 9.0]
        .into_iter()
        .flat_map(|factor| (3..=16).map(move |n| (factor, n, factor * depth_scale(n))))
        .collect();
    let table = Table::builder()
        .f64("factor", "", "k", rows.iter().map(|row| row.0).collect())
        .u64("states", "", "N", rows.iter().map(|row| row.1).collect())
        .f64(
            "depth",
            "layers",
            "k xi",
            rows.iter().map(|row| row.2).collect(),
        );
    Ok(table.build()?)
}

/// A way up a hill and one down.
fn path() -> Result<Table, Box<dyn Error>> {
    let x: Vec<f64> = (0..=15).map(|step| 0.5 * f64::from(step)).collect();
    let table = Table::builder()
        .f64("y", "", "up", x.iter().map(|x| 0.5 + x / 3.0).collect())
        .f64(
            "back",
            "",
            "down",
            x.iter().map(|x| 4.0 - x / 2.0).collect(),
        )
        .f64("x", "", "x", x);
    Ok(table.build()?)
}

/// Means over seeds, with their range and their standard error.
fn seeds() -> Result<Table, Box<dyn Error>> {
    let mut rows: Vec<(&str, u64, f64, f64)> = Vec::new();
    for (name, rate, spread) in [("best gain", 900.0, 0.05), ("common default", 5000.0, 0.12)] {
        for step in 1..=20 {
            let steps = 500 * step;
            let rise = 1.0 - libm::exp(-(steps as f64) / rate);
            rows.push((name, steps, 0.1 + 0.85 * rise, spread * (1.2 - rise)));
        }
    }
    let end = |sign: f64| {
        rows.iter()
            .map(|row| row.2 + sign * row.3)
            .collect::<Vec<f64>>()
    };
    let table = Table::builder()
        .f64("low", "", "least", end(-1.0))
        .f64("high", "", "most", end(1.0))
        .text(
            "init",
            "initialization",
            rows.iter().map(|row| row.0.to_owned()).collect(),
        )
        .u64("steps", "", "steps", rows.iter().map(|row| row.1).collect())
        .f64("mean", "", "mean", rows.iter().map(|row| row.2).collect())
        .f64(
            "error",
            "",
            "standard error",
            rows.iter().map(|row| row.3 / 2.0).collect(),
        );
    Ok(table.build()?)
}

/// A line that turns inward.
fn spiral() -> Result<Table, Box<dyn Error>> {
    let times: Vec<f64> = (0..=120).map(|step| 0.15 * f64::from(step)).collect();
    let at = |wave: fn(f64) -> f64| {
        times
            .iter()
            .map(|t| libm::exp(-t / 8.0) * wave(*t))
            .collect::<Vec<f64>>()
    };
    let table = Table::builder()
        .f64("x", "", "x", at(libm::cos))
        .f64("y", "", "y", at(libm::sin))
        .f64("t", "", "time", times);
    Ok(table.build()?)
}

/// Correlations that decay with the layer, by format and gain: exp(-layer / xi) cos(angle).
fn decay() -> Result<Table, Box<dyn Error>> {
    const COLUMNS: u32 = 300;
    const LAST_LAYER: u32 = 100;
    let (mut formats, mut gains) = (Vec::new(), Vec::new());
    let (mut angles, mut layers, mut correlations) = (Vec::new(), Vec::new(), Vec::new());
    for (gain, part) in [("wide", 1.0), ("narrow", 0.4)] {
        for (format, xi) in [
            ("sign", 6.0),
            ("ternary", 15.0),
            ("int4", 40.0),
            ("nf4", 90.0),
            ("int8", 1100.0),
        ] {
            for layer in 0..=LAST_LAYER {
                for column in 0..COLUMNS {
                    // Middles of the columns, which fill one turn.
                    let turn = (f64::from(column) + 0.5) / f64::from(COLUMNS) - 0.5;
                    let angle = 2.0 * std::f64::consts::PI * turn;
                    let decay = libm::exp(-f64::from(layer) / (xi * part));
                    formats.push(format.to_owned());
                    gains.push(gain.to_owned());
                    angles.push(angle);
                    layers.push(u64::from(layer));
                    correlations.push(decay * libm::cos(angle));
                }
            }
        }
    }
    let table = Table::builder()
        .text("format", "format", formats)
        .text("gain", "which gain", gains)
        .f64("angle", "rad", "angle", angles)
        .u64("layer", "", "layer", layers)
        .f64("correlation", "", "correlation", correlations);
    Ok(table.build()?)
}

/// A circle that shrinks and blurs from layer to layer.
fn components() -> Result<Table, Box<dyn Error>> {
    const POINTS: u32 = 180;
    // Numbers that look random: the high bits of a multiplicative hash, three of them added.
    let hash = |k: u64| {
        let mixed = (k ^ (k << 21)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as f64
            / (1u64 << 24) as f64
    };
    let noise = move |k: u64| hash(3 * k) + hash(3 * k + 1) + hash(3 * k + 2) - 1.5;
    let rows: Vec<(u64, f64, f64, f64)> =
        [(1, 0.01), (5, 0.05), (20, 0.15), (50, 0.35), (100, 0.7)]
            .into_iter()
            .flat_map(|(layer, blur)| {
                (0..POINTS).map(move |point| {
                    let turn = (f64::from(point) + 0.5) / f64::from(POINTS) - 0.5;
                    let angle = 2.0 * std::f64::consts::PI * turn;
                    let (sin, cos) = libm::sincos(angle);
                    let place = 2 * (u64::from(point) + 1000 * layer);
                    let (a, b) = (noise(place), noise(place + 1));
                    let size = 1.0 - 0.6 * blur;
                    (layer, size * cos + blur * a, size * sin + blur * b, angle)
                })
            })
            .collect();
    let table = Table::builder()
        .u64("layer", "", "layer", rows.iter().map(|row| row.0).collect())
        .f64("first", "", "PC 1", rows.iter().map(|row| row.1).collect())
        .f64("second", "", "PC 2", rows.iter().map(|row| row.2).collect())
        .f64(
            "angle",
            "rad",
            "angle",
            rows.iter().map(|row| row.3).collect(),
        );
    Ok(table.build()?)
}

fn formats() -> Result<Table, Box<dyn Error>> {
    let rows: [(&str, u64, f64); 14] = [
        ("sign", 2, 0.36338),
        ("ternary", 3, 0.190_174),
        ("Lloyd–Max 4", 4, 0.117_482),
        ("Lloyd–Max 8", 8, 0.034_548),
        ("int4 narrow", 15, 0.012_889),
        ("fp4 e2m1", 15, 0.012_685),
        ("nf4", 16, 0.009_899),
        ("Lloyd–Max 16", 16, 0.009_501),
        ("int4", 16, 0.011_543),
        ("Lloyd–Max 32", 32, 0.002_505),
        ("fp8 e5m2", 247, 0.002_766),
        ("fp8 e4m3fn", 253, 0.000_699),
        ("int8 narrow", 255, 0.000_088_3),
        ("int8", 256, 0.000_087_7),
    ];
    let table = Table::builder()
        .text(
            "name",
            "format",
            rows.iter().map(|row| row.0.to_owned()).collect(),
        )
        .u64("states", "", "N", rows.iter().map(|row| row.1).collect())
        .f64(
            "one_minus_chi",
            "",
            "1 - chi",
            rows.iter().map(|row| row.2).collect(),
        );
    Ok(table.build()?)
}

/// The slope of the uniform quantizer by its plain sums (good enough for a picture).
fn slope(states: u64, spacing: f64) -> f64 {
    let thresholds: Vec<f64> = (1..states)
        .map(|k| (k as f64 - states as f64 / 2.0) * spacing)
        .collect();
    let pdf = |z: f64| libm::exp(-z * z / 2.0) / libm::sqrt(2.0 * std::f64::consts::PI);
    let tail = |z: f64| 0.5 * libm::erfc(z / std::f64::consts::SQRT_2);
    let top: f64 = thresholds.iter().map(|t| pdf(*t)).sum();
    // Sum over pairs of tail(max) * tail(-min), the thresholds being sorted.
    let mut below = 0.0;
    let mut bottom = 0.0;
    for t in &thresholds {
        bottom += 2.0 * tail(*t) * below + tail(*t) * tail(-*t);
        below += tail(-*t);
    }
    top * top / bottom
}

/// Best spacing and 1 - slope, by golden section.
fn optimum(states: u64) -> (f64, f64) {
    const SECTION: f64 = 0.618_033_988_749_895;
    let (mut low, mut high) = (1e-4, 3.0);
    while high - low > 1e-7 {
        let (a, b) = (high - SECTION * (high - low), low + SECTION * (high - low));
        if slope(states, a) > slope(states, b) {
            high = b;
        } else {
            low = a;
        }
    }
    let spacing = (low + high) / 2.0;
    (spacing, 1.0 - slope(states, spacing))
}
