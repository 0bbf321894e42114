//! Parts of a pipeline by name, trial values (`--set`), and warnings.

use crate::common::Project;

const TABLE: &str = "data/tables/optimum/optima.csv";

#[test]
fn run_and_plan_take_names() {
    let project = Project::small();
    let planned = project.mf(&["plan", "fit"]).with_code(0);
    assert!(planned.out.contains("fit") && !planned.out.contains("picture"));
    project.mf(&["run", "picture", "quantizers"]).with_code(0);
    assert!(project.path("figures/picture.svg").exists() && project.path(TABLE).exists());
    assert!(!project.path("data/tables/fit").exists());
    for command in ["run", "plan"] {
        let ended = project.mf(&[command, "picture", "optimun"]).with_code(2);
        ended.complaining_of(&["optimun", "`optimum`"]);
    }
}

#[test]
fn a_trial_value_does_not_change_the_results() {
    let project = Project::small();
    project.mf(&["run"]).with_code(0);
    let before = project.read(TABLE);
    let set = [
        "--set",
        "optimum.states=[4, 8, 16]",
        "--set",
        "optimum.recipe=scan",
    ];
    let planned = project.mf(&[&["plan"], &set[..2]].concat()).with_code(0);
    planned.saying(&["optimum", "`states`: [4,8,16,32] -> [4,8,16]"]);
    let ended = project.mf(&[&["run"], &set[..2]].concat()).with_code(0);
    ended.complaining_of(&["runs/trial", "did not change"]);
    assert_eq!(project.read(TABLE), before);
    let rows = |text: &str| text.lines().count();
    let tried = project.read(&format!("runs/trial/{TABLE}"));
    assert_eq!(rows(&before) - rows(&tried), 1);
    assert!(project.path("runs/trial/figures/picture.svg").exists());
    let ended = project.mf(&[&["run"], &set[2..]].concat()).with_code(2);
    ended.complaining_of(&["--set", "optimum.recipe=\"scan\"", "exact"]);
    let ended = project
        .mf(&["run", "--set", "optimum.state=[4]"])
        .with_code(2);
    ended.complaining_of(&["`state`", "--> --set", "did you mean `states`?"]);
    project.mf(&["status", "--exit-code"]).with_code(0);
}

#[test]
fn an_unused_stage_is_a_warning_and_under_strict_an_error() {
    let claim = "of = \"fit.exponent\"\nreference = 1.82\nsource = { by = \"a test\" }\ntolerance = 0.05\nreason = \"a test\"";
    let other = "of = \"quantizers.optima\"\ncolumn = \"states\"\nreference = 3\nsource = { by = \"a test\" }\ntolerance = 0\nreason = \"a test\"";
    let project = Project::small_with(claim, other);
    let warning = "stage `fit` is not used by any stage, figure, claim or document";
    for command in ["plan", "run", "status", "reproduce", "verify"] {
        let ended = project.mf(&[command]).with_code(0);
        assert_eq!(ended.err.matches(warning).count(), 1, "{}", ended.err);
        ended.complaining_of(&["warning: ", "pipeline.toml:17:", "fit.exponent"]);
        let ended = project.mf(&[command, "--strict"]).with_code(2);
        ended.complaining_of(&["error: ", warning, "nothing was run"]);
    }
}
