//! The verdict can fail: on a wrong claim, a wrong table, and results that are not there.

use crate::common::{Project, SMALL, root, text};

#[test]
fn the_small_claims_hold() {
    let project = Project::small();
    project
        .mf(&["reproduce"])
        .with_code(0)
        .saying(&["exponent", "holds", "2 claims: 2 hold"]);
    assert!(project.read("paper/results.md").contains("| exponent |"));
}

#[test]
fn a_wrong_claim_fails() {
    let project = Project::small_with("reference = 1.82", "reference = 1.98");
    project
        .mf(&["reproduce"])
        .with_code(1)
        .saying(&["fails", "1 fail"]);
}

#[test]
fn a_difference_can_be_explained_up_to_its_bound() {
    let explained = "tolerance = 0.05\ndiffers = { within = 0.3, reason = \"a test of it\" }";
    let wrong = |paper: &str| {
        let pipeline = SMALL
            .replace("tolerance = 0.05", explained)
            .replace("reference = 1.82", paper);
        Project::new(&pipeline)
    };
    wrong("reference = 1.98")
        .mf(&["reproduce"])
        .with_code(0)
        .saying(&["differs, explained", "a test of it"]);
    wrong("reference = 2.92")
        .mf(&["reproduce"])
        .with_code(1)
        .saying(&["fails"]);
}

#[test]
fn without_results_nothing_holds() {
    Project::small()
        .mf(&["verify"])
        .with_code(1)
        .saying(&["missing", "mf run"]);
}

/// The real pipeline beside a table of the authors in which one digit is wrong.
#[test]
fn a_wrong_table_fails() {
    // Without the folders of cells, which are not in this project.
    let pipeline = text("pipeline.toml");
    let pipeline: Vec<&str> = pipeline
        .lines()
        .filter(|line| !line.starts_with("cells = { depth"))
        .collect();
    let project = Project::new(&pipeline.join("\n"))
        .with_mnist()
        .with_images("fashion-mnist");
    for file in std::fs::read_dir(root().join("data/reference")).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            project.copy(&format!("data/reference/{name}"));
        }
    }
    project.mf(&["run", "optimum-authors"]).with_code(0);
    let verdict = || {
        let judged = project.mf(&["verify"]).out;
        let line = judged
            .lines()
            .find(|line| line.starts_with("rows-one-minus-chi "));
        line.unwrap_or_else(|| panic!("no verdict: {judged}"))
            .to_owned()
    };
    assert!(verdict().ends_with("holds"), "{}", verdict());
    let table = "data/reference/authors_optimal_spacing_even.csv";
    let wrong = text(table).replace("0.011543", "0.011553");
    assert_ne!(wrong, text(table));
    project.write(table, &wrong);
    assert!(
        verdict().contains("34 rows, worst 16") && verdict().ends_with("fails"),
        "{}",
        verdict()
    );
}

/// Single precision moves a fit, and two of its recipes are not the same.
#[test]
fn an_effect_is_the_largest_change_of_a_number() {
    let effect = |number: &str| {
        SMALL.to_owned()
            + &format!(
                r#"
[[stage]]
name = "single"
kind = "single-precision"
with = {{ scan = {{ points = 400, from = 0.0, to = 2.0 }}, states = [4, 8, 16, 32], accumulators = 3 }}

[[stage]]
name = "moved"
kind = "effect"
inputs = {{ from = "fit.numbers", to = "single.spacing" }}
with = {{ numbers = ["{number}"] }}
"#
            )
    };
    let project = Project::new(&effect("slope"));
    project.mf(&["run", "moved"]).with_code(0);
    let slopes = |file: &str, column: usize| -> Vec<f64> {
        let text = project.read(file);
        let rows = text.lines().skip(1);
        rows.map(|row| row.split(',').nth(column).unwrap().parse().unwrap())
            .collect()
    };
    let single = slopes("data/tables/single/spacing.csv", 2);
    assert_eq!(single.len(), 3);
    let number = |file: &str, name: &str| -> f64 {
        let numbers: serde_json::Value = serde_json::from_str(&project.read(file)).unwrap();
        let mut numbers = numbers.as_array().unwrap().iter();
        let found = numbers.find(|number| number["name"] == name).unwrap();
        found["value"].as_f64().unwrap()
    };
    let exact = number("data/tables/fit/numbers.json", "slope");
    let largest = single.iter().map(|slope| (slope - exact).abs());
    let moved = number("data/tables/moved/numbers.json", "slope");
    assert_eq!(moved, largest.fold(0.0, f64::max));
    Project::new(&effect("lope"))
        .mf(&["run", "moved"])
        .with_code(1)
        .complaining_of(&["`from` has no number `lope`"]);
}

/// Two exact lines in 1/width; theory is right for one of them, and one standard error off for the other.
#[test]
fn the_limit_of_infinite_width_is_judged_group_by_group() {
    let project = Project::new(
        &(SMALL.to_owned()
            + r#"
[[stage]]
name = "limit"
kind = "width-limit"
inputs = { data = "file:data/measured.csv" }
with = { by = ["name"], value = "value", error = "error", theory = "theory" }
"#),
    );
    let mut table = "name,width,value,error,theory\n".to_owned();
    for (name, at_infinity, slope, theory) in [("a", 2.0, 3.0, 2.0), ("b", 5.0, -1.0, 4.5)] {
        for width in [1.0, 2.0, 4.0] {
            let value = at_infinity + slope / width;
            table += &format!("{name},{width},{value},0.5,{theory}\n");
        }
    }
    project.write("data/measured.csv", &table);
    project.mf(&["run", "limit"]).with_code(0);
    let limits = project.read("data/tables/limit/limits.csv");
    let cells: Vec<Vec<&str>> = limits.lines().map(|row| row.split(',').collect()).collect();
    let at = |row: usize, name: &str| -> f64 {
        let column = cells[0].iter().position(|head| *head == name).unwrap();
        cells[row][column].parse().unwrap()
    };
    // Points 1, 1/2, 1/4 with the error 0.5: the error of the intercept is 0.5 sqrt(1/3 + (7/12)^2 / (7/24)).
    let error = 0.5 * (1.0_f64 / 3.0 + (7.0_f64 / 12.0).powi(2) / (7.0 / 24.0)).sqrt();
    for (row, limit, slope) in [(1, 2.0, 3.0), (2, 5.0, -1.0)] {
        assert!((at(row, "limit") - limit).abs() < 1e-12);
        assert!((at(row, "slope") - slope).abs() < 1e-12);
        assert!((at(row, "error") - error).abs() < 1e-12);
        assert!(at(row, "chi_square") < 1e-20 && at(row, "p_value") > 0.999);
    }
    assert!((at(2, "deviation") - 0.5 / error).abs() < 1e-12);
}
