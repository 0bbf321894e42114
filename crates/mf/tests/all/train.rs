//! Training through the pipeline: MNIST, grids that are split and merged, and refused parameters.

use crate::common;

use crate::common::Project;

/// Three states (xi = 4.7 layers): networks of 3 layers, below xi, and of 60 layers, far beyond 9 xi.
const TRAINED: &str = r#"
[project]
title = "trained"
seed = 7

[[quantizer]]
name = "uneven"
family = "codebook"
levels = [-2.0, -0.5, 0.5, 2.0]

[[stage]]
name = "grid"
kind = "training-grid"
[stage.with]
data = "data/mnist"
mean = 0.1307
deviation = 0.3081
states = [3]
layers = [3, 60]
seeds = 2
width = 64
batch = 32
learning-rates = [{ from-layers = 2, rate = 0.01 }]
momentum = 0.5
steps = [20, 200]
test-images = 500

[[stage]]
name = "accuracy"
kind = "over-seeds"
inputs = { data = "grid.runs" }
with = { value = "accuracy", by = ["layers", "step"], most = ["diverged"] }

[[stage]]
name = "formats"
kind = "training-grid"
quantizers = ["uneven"]
[stage.with]
data = "data/mnist"
mean = 0.1307
deviation = 0.3081
initializations = ["mean-field", "fan-in-uniform"]
layers = [2]
seeds = 1
width = 5
batch = 7
learning-rates = [{ from-layers = 2, rate = 0.01 }]
momentum = 0.0
steps = { every = 2, to = 5 }
test-images = 33

[[claim]]
name = "trains"
of = "accuracy.groups"
column = "mean"
row = { layers = 3, step = 200 }
reference = 0.75
source = { by = "a test" }
tolerance = 0.2
reason = "far from chance"

[[claim]]
name = "does-not-train"
of = "accuracy.groups"
column = "mean"
row = { layers = 60, step = 200 }
reference = 0.1
source = { by = "a test" }
tolerance = 0.05
reason = "chance, and two standard errors of 1000 images"

[[claim]]
name = "formats"
of = "formats.networks"
reference = 2
source = { by = "a test" }
tolerance = 0
reason = "a whole number"
"#;

fn project(pipeline: &str) -> Project {
    Project::new(pipeline).with_mnist()
}

#[track_caller]
fn refused(from: &str, to: &str, says: &[&str]) {
    assert!(TRAINED.contains(from), "{from}");
    let ended = project(&TRAINED.replacen(from, to, 1)).mf(&["run"]);
    assert_ne!(ended.code, Some(0), "{ended:?}");
    ended.complaining_of(says);
}

#[test]
fn shallow_networks_train_and_deep_ones_do_not() {
    let project = project(TRAINED);
    project
        .mf(&["reproduce"])
        .with_code(0)
        .saying(&["3 claims: 3 hold"]);
    // No network is trained twice, even if the stage runs again.
    project.mf(&["clean", "--cache"]).with_code(0);
    let again = project.mf(&["run"]).with_code(0);
    assert!(!again.err.contains("to compute"), "{}", again.err);
}

#[test]
fn shards_and_one_thread_give_the_same_table() {
    let whole = project(TRAINED);
    whole.mf(&["run", "grid", "--threads", "1"]).with_code(0);
    let split = project(TRAINED);
    let first = split.mf(&["run", "grid", "--shard", "2/3"]).with_code(0);
    assert!(first.err.contains("shard"), "{}", first.err);
    assert!(!split.path("data/tables/grid/runs.csv").exists());
    for shard in ["1/3", "3/3"] {
        split.mf(&["run", "grid", "--shard", shard]).with_code(0);
    }
    split.mf(&["run", "grid"]).with_code(0);
    assert!(whole.read("data/tables/grid/runs.csv") == split.read("data/tables/grid/runs.csv"));
}

/// rate = speed / (width * layers), so the learning time is speed * steps everywhere.
#[test]
fn a_learning_speed_gives_all_widths_and_depths_one_learning_time() {
    let rates = "[{ from-layers = 2, rate = 0.01 }]\nmomentum = 0.5\nsteps = [20, 200]";
    let grid = TRAINED
        .replace(rates, "{ speeds = [4.0] }\nmomentum = 0.5\nsteps = [1, 3]")
        .replacen("width = 64", "width = [5, 9]", 1)
        .replace("layers = [3, 60]", "layers = [2, 4]");
    let project = project(&grid);
    project.mf(&["run", "grid"]).with_code(0);
    let runs =
        mf_data::Table::from_csv(project.read("data/tables/grid/runs.csv").as_bytes(), "runs")
            .unwrap();
    // Two widths, two depths, two seeds, two tests.
    assert_eq!(runs.rows(), 16);
    let steps = runs.u64("step").unwrap();
    let times: Vec<f64> = steps.iter().map(|step| 4.0 * *step as f64).collect();
    assert_eq!(runs.f64("time").unwrap(), times);
    assert!(
        runs.text("rates")
            .unwrap()
            .iter()
            .all(|rates| rates == "speed 4")
    );
    let widths = runs.u64("width").unwrap();
    assert!(
        widths[..8].iter().all(|width| *width == 5) && widths[8..].iter().all(|width| *width == 9)
    );
}

#[test]
fn parameters_out_of_range_are_refused() {
    let rate = &["learning-rates", "pipeline.toml", "is 0", "above 0"];
    refused("rate = 0.01", "rate = 0.0", rate);
    let layers = "layers = [3, 60]";
    refused(
        layers,
        "layers = [1, 60]",
        &["layers.0", "`1`", "at least 2"],
    );
    refused(
        layers,
        "layers = [3, 501]",
        &["layers.1", "`501`", "at most 500"],
    );
    refused(layers, "layers = []", &["layers", "depth-scales"]);
    let both = "layers = [3]\ndepth-scales = [2.0]";
    refused(layers, both, &["depth-scales", "one of the two"]);
    refused(layers, "depth-scales = [200.0]", &["depth-scales", "500"]);
    refused(
        "steps = [20, 200]",
        "steps = [200, 20]",
        &["steps", "rising"],
    );
    refused("batch = 32", "batch = 0", &["batch", "`0`", "at least 1"]);
    refused(
        "momentum = 0.5",
        "momentum = 1.0",
        &["momentum", "at most 0.99"],
    );
    let rates = "[{ from-layers = 2, rate = 0.01 }]\nmomentum = 0.5";
    let speeds = |speeds: &str| format!("{{ speeds = {speeds} }}\nmomentum = 0.5");
    let slow = &["learning-rates.speeds.1", "-1", "above 0"];
    refused(rates, &speeds("[1.0, -1.0]"), slow);
    let widths = &["width.0", "0", "pipeline.toml"];
    refused("width = 64", "width = [0, 64]", widths);
    let later = &["learning-rates", "3 layers", "from-layers"];
    refused("from-layers = 2", "from-layers = 9", later);
    refused("states = [3]\n", "", &["quantizers", "grid"]);
    let family = &["codebok", "codebook"];
    refused("family = \"codebook\"", "family = \"codebok\"", family);
}

#[test]
fn more_memory_than_the_run_may_take_is_refused() {
    let project = project(&TRAINED.replacen("width = 64", "width = 4096", 1));
    let ended = project.mf(&["run", "--memory", "0.5"]).with_code(1);
    ended.complaining_of(&["60 layers", "GiB", "--memory"]);
}

#[test]
fn single_cells_are_listed_computed_and_imported() {
    let (whole, split) = (project(TRAINED), project(TRAINED));
    whole.mf(&["run", "grid"]).with_code(0);
    let list = split.mf(&["cells", "list", "grid"]).with_code(0);
    list.saying(&["uniform-3, 60 layers", "to compute", "4 cells: 0 kept"]);
    let json = split.mf(&["cells", "list", "grid", "--pending", "--json"]);
    let cells: serde_json::Value = serde_json::from_str(&json.with_code(0).out).unwrap();
    let keys: Vec<&str> = cells
        .as_array()
        .unwrap()
        .iter()
        .map(|cell| cell["key"].as_str().unwrap())
        .collect();
    assert_eq!(keys.len(), 4);
    let run = split
        .mf(&["cells", "run", &keys[0][..12], keys[1]])
        .with_code(0);
    run.saying(&["cells: 2 computed, 0 kept before"]);
    let cells = whole.path(".mf/cells").display().to_string();
    let import = split.mf(&["cells", "import", &cells]).with_code(0);
    import.saying(&["cells: 2 new, 2 already here"]);
    let plan = split.mf(&["plan", "grid"]).with_code(0);
    plan.saying(&["never run; 4 of 4 cells kept"]);
    let audited = split.mf(&["run", "grid", "--audit", "2"]).with_code(0);
    assert!(!audited.err.contains("to compute"), "{}", audited.err);
    audited.saying(&["2 kept cells computed again: the same results"]);
    assert!(whole.read("data/tables/grid/runs.csv") == split.read("data/tables/grid/runs.csv"));
    split
        .mf(&["cells", "run", "xyz"])
        .with_code(2)
        .complaining_of(&["`xyz`", "mf cells list"]);
    split
        .mf(&["cells", "import", "nowhere"])
        .with_code(2)
        .complaining_of(&["nowhere"]);
}

#[test]
fn more_images_than_there_are_is_refused() {
    // In the grid of small networks, as a batch of this size needs memory.
    refused("batch = 7", "batch = 60001", &["batch", "60001", "60000"]);
    refused(
        "test-images = 33",
        "test-images = 10001",
        &["10001", "10000"],
    );
}

#[test]
fn a_missing_folder_and_images_with_wrong_checksums_are_refused() {
    refused(
        "data = \"data/mnist\"",
        "data = \"data/nowhere\"",
        &["data/nowhere", "pipeline.toml"],
    );
    refused(
        "data = \"data/mnist\"",
        "data = \"../mnist\"",
        &[
            "climbs out",
            "stage.grid.with.data",
            "pipeline.toml:15:8",
            "1 problem",
        ],
    );
    let other = project(TRAINED);
    let sums = common::text("data/mnist/MD5SUMS").replacen('6', "7", 1);
    other.write("data/mnist/MD5SUMS", &sums);
    let ended = other.mf(&["run"]).with_code(1);
    ended.complaining_of(&["train-images-idx3-ubyte.gz", "MD5", "restore"]);
}

#[test]
fn explain_lists_the_dependents_of_an_image_file() {
    let project = Project::new(TRAINED).with_mnist();
    project
        .mf(&["explain", "data/mnist/train-images-idx3-ubyte.gz"])
        .with_code(0)
        .saying(&["content", "stage    grid", "stage    accuracy"]);
    project
        .mf(&["explain", "data/mnist/none"])
        .with_code(2)
        .complaining_of(&["`data/mnist/none`"]);
}
