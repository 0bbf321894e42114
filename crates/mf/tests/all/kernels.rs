//! Kernels through the pipeline: small stages, the same for any number of threads, and refused parameters.

use crate::common::Project;

const KERNELS: &str = r#"
[project]
title = "kernels"
seed = 7

[[stage]]
name = "spread"
kind = "kernel-spread"
[stage.with]
data = "data/mnist"
mean = 0.1307
deviation = 0.3081
states = [2, 3]
architectures = ["chain", "pre-norm"]
branch = 1.0
depths = [1, 2, 3, 4]
images = 20
condition-images = 10
window = { from = 0.5, to = 5 }

[[stage]]
name = "regression"
kind = "kernel-regression"
[stage.with]
data = "data/mnist"
mean = 0.1307
deviation = 0.3081
states = [2]
architectures = ["chain"]
branch = 1.0
depths = [1, 4]
training = 30
test = 20
parts = 2
ridge = 0.0
level = 0.5

[[stage]]
name = "steps"
kind = "kernel-descent"
[stage.with]
data = "data/mnist"
mean = 0.1307
deviation = 0.3081
states = [3]
architectures = ["chain", "post-norm"]
branch = 1.0
depths = [0.5]
training = 16
test = 9
width = 64
seeds = 2
speed = 0.5
steps = 2
"#;

const TABLES: [&str; 6] = [
    "spread/kernels",
    "spread/decay",
    "regression/errors",
    "regression/reach",
    "steps/steps",
    "steps/changes",
];

fn tables(threads: &str) -> Vec<String> {
    let project = Project::new(KERNELS).with_mnist();
    project.mf(&["run", "--threads", threads]).with_code(0);
    let table = |name: &&str| project.read(&format!("data/tables/{name}.csv"));
    TABLES.iter().map(table).collect()
}

#[test]
fn kernels_do_not_depend_on_the_threads() {
    let one = tables("1");
    assert_eq!(one, tables("3"));
    // Two states and two networks, four depths, four kernels; the header.
    assert_eq!(one[0].lines().count(), 1 + 2 * 2 * 4 * 4);
    // A network of each kind, two seeds.
    assert_eq!(one[4].lines().count(), 1 + 2 * 2);
    assert!(one[2].lines().skip(1).all(|row| row.ends_with(",0")));
}

#[test]
fn wrong_parameters_are_refused() {
    for (from, to, expected) in [
        (
            "depths = [1, 4]",
            "depths = [4, 1]",
            ["depths", "rising numbers"],
        ),
        (
            "depths = [1, 4]",
            "depths = [-1, 4]",
            ["the depth is -1", "a number above 0"],
        ),
        (
            "depths = [0.5]",
            "depths = []",
            ["`depths` has 0 items", "at least 1 items"],
        ),
        (
            "\"post-norm\"",
            "\"quantized-stream\"",
            [
                "kernels of a quantized stream are not known",
                "chain, pre-norm or post-norm",
            ],
        ),
        (
            "window = { from = 0.5, to = 5 }",
            "window = { from = 2.5, to = 5 }",
            ["the value is 2 depths", "four of the depths or more"],
        ),
        (
            "condition-images = 10",
            "condition-images = 21",
            ["the value is 21", "2 to `images`"],
        ),
        ("level = 0.5", "level = 1.5", ["level", "1.5"]),
        ("ridge = 0.0", "ridge = -1.0", ["ridge", "-1"]),
        ("parts = 2", "parts = 1", ["parts", "2"]),
        ("speed = 0.5", "speed = 0.0", ["speed", "0"]),
        ("width = 64", "width = 1", ["width", "2"]),
    ] {
        assert!(KERNELS.contains(from), "{from}");
        let project = Project::new(&KERNELS.replace(from, to)).with_mnist();
        project.mf(&["plan"]).with_code(2).complaining_of(&expected);
    }
    // Known only when the images are read.
    let many = KERNELS.replace("parts = 2", "parts = 100");
    let project = Project::new(&many.replace("training = 30", "training = 9000")).with_mnist();
    project
        .mf(&["run", "regression"])
        .with_code(1)
        .complaining_of(&["900000 training images are wanted, but there are 60000"]);
}
