//! Simulations through the pipeline: quantizers without symmetry or equal steps, and refused parameters.

use crate::common::Project;

/// A quantizer that is not symmetric and one with unequal steps; every kind of simulation.
const SIMULATED: &str = r#"
[project]
title = "simulated"
seed = 7

[[quantizer]]
name = "lopsided"
family = "codebook"
levels = [-1.0, -0.5, 0.4, 1.2]

[[quantizer]]
name = "uneven"
family = "codebook"
levels = [-2.0, -0.5, 0.5, 2.0]

[[stage]]
name = "manifold"
kind = "manifold"
quantizers = ["lopsided"]
with = { gains = [0.0], sigma-b = 0.1, width = 100, points = 12, depth = 4, networks = 2, component-layers = [0, 4] }

[[stage]]
name = "lifetimes"
kind = "lifetimes"
quantizers = ["uneven"]
with = { gains = [0.0], sigma-b = 0.0, widths = [100, 200], points = 9, networks = 20, levels = [0.5], depth = 3.0 }

[[stage]]
name = "layers"
kind = "layer-statistics"
quantizers = "all"
with = { gains = [0.0], sigma-b = [0.0, 0.2], start = 1.5, correlations = [0.8, 0.2], width = 500, depth = 6, networks = 40 }

[[stage]]
name = "decay"
kind = "decay-rate"
quantizers = ["uneven"]
with = { widths = [100, 200], networks = 20, pairs = 4, start = 0.3, depth-scales = 1.0 }

[[stage]]
name = "gradients"
kind = "gradient-growth"
quantizers = ["uneven"]
with = { heights = [1.0], window = 1.0, points = 2, width = 200, depth = 5, networks = 20 }

[[claim]]
name = "visible"
of = "lifetimes.lifetimes"
column = "lifetime"
against = "theory"
row = { width = 200 }
source = { by = "mean field theory" }
tolerance = { standard-errors = 4.5, of = "error" }
reason = "four standard errors and a half of few networks"

[[claim]]
name = "layers"
of = "layers.share-within-3"
reference = 1.0
source = { by = "mean field theory" }
tolerance = 0.05
reason = "Student's t with 39 degrees of freedom leaves 0.5 % outside; the deviations of the layers of a network are correlated"

[[claim]]
name = "decay"
of = "decay.largest-deviation"
reference = 0.0
source = { by = "mean field theory" }
tolerance = 4.0
reason = "four standard errors"

[[claim]]
name = "gradients"
of = "gradients.largest-deviation"
reference = 0.0
source = { by = "mean field theory" }
tolerance = 4.5
reason = "four standard errors and a half of 20 networks"
"#;

#[track_caller]
fn refused(from: &str, to: &str, says: &[&str]) {
    assert!(SIMULATED.contains(from), "{from}");
    let project = Project::new(&SIMULATED.replace(from, to));
    let ended = project.mf(&["run"]);
    assert_ne!(ended.code, Some(0), "{ended:?}");
    ended.complaining_of(says);
}

#[test]
fn any_quantizer_agrees_with_the_theory() {
    let project = Project::new(SIMULATED);
    project
        .mf(&["reproduce"])
        .with_code(0)
        .saying(&["4 claims: 4 hold"]);
}

/// At difference of angle 0 the correlation by theory is 1 in every layer.
#[test]
fn identical_inputs_stay_identical_in_the_theory_of_the_circle() {
    let below = "gains = [0.0, -0.1], sigma-b = 0.001, width = 50, points = 12, depth = 60";
    let project = Project::new(&SIMULATED.replace(
        "gains = [0.0], sigma-b = 0.1, width = 100, points = 12, depth = 4",
        below,
    ));
    project.mf(&["run", "manifold"]).with_code(0);
    let path = project.path("data/tables/manifold/covariance.parquet");
    let bytes = mf_data::files::read(&path).unwrap();
    let table = mf_data::Table::from_parquet(&bytes, "covariance").unwrap();
    let (angle, theory) = (table.f64("angle").unwrap(), table.f64("theory").unwrap());
    let at_zero = angle
        .iter()
        .zip(&theory)
        .filter(|(angle, _)| **angle == 0.0);
    let at_zero: Vec<f64> = at_zero.map(|(_, theory)| *theory).collect();
    assert_eq!(at_zero.len(), 2 * 61);
    assert!(at_zero.iter().all(|c| *c == 1.0), "{at_zero:?}");
}

#[test]
fn a_level_above_one_is_refused() {
    refused("levels = [0.5]", "levels = [1.5]", &["levels", "1.5"]);
}

#[test]
fn results_do_not_depend_on_the_threads() {
    let one = Project::new(SIMULATED);
    let mut command = one.command();
    let output = command
        .args(["run", "--jobs", "1"])
        .env("RAYON_NUM_THREADS", "1")
        .output()
        .unwrap();
    assert!(output.status.success());
    let many = Project::new(SIMULATED);
    many.mf(&["run", "--jobs", "3"]).with_code(0);
    for table in [
        "layers/layers.csv",
        "manifold/components.csv",
        "gradients/norms.csv",
        "decay/rates.csv",
    ] {
        let name = format!("data/tables/{table}");
        assert!(
            one.read(&name) == many.read(&name),
            "{table} depends on the threads"
        );
    }
}

#[test]
fn width_zero_is_refused() {
    refused("width = 500", "width = 0", &["width", "pipeline.toml", "0"]);
}

#[test]
fn depth_zero_is_refused() {
    refused("depth = 6", "depth = 0", &["depth", "pipeline.toml", "0"]);
}

#[test]
fn a_gain_that_is_not_a_number_is_refused() {
    refused(
        "gains = [0.0], sigma-b = 0.1",
        "gains = [nan], sigma-b = 0.1",
        &["gains", "NaN"],
    );
}

#[test]
fn a_negative_bias_scale_is_refused() {
    refused("sigma-b = 0.1", "sigma-b = -0.1", &["sigma-b", "-0.1"]);
}

#[test]
fn more_memory_than_allowed_is_refused() {
    let project = Project::new(&SIMULATED.replace("points = 12", "points = 4000"));
    project
        .mf(&["run", "--memory", "0.001"])
        .with_code(1)
        .complaining_of(&["manifold", "bytes", "points"]);
}

#[test]
fn a_layer_beyond_the_depth_is_refused() {
    refused(
        "component-layers = [0, 4]",
        "component-layers = [0, 5]",
        &["5", "depth"],
    );
}
