//! `--shard` takes a part of the cells; wrong shards are refused.

use crate::common::Project;

#[test]
fn a_wrong_shard_is_refused_with_an_example() {
    let project = Project::small();
    for command in ["run", "reproduce"] {
        for (shard, problem) in [
            ("3", "`3` is not a shard"),
            ("a/b", "`a/b` is not a shard"),
            ("1/2/3", "`1/2/3` is not a shard"),
            ("0/16", "there is no shard 0 of 16"),
            ("17/16", "there is no shard 17 of 16"),
            ("0/0", "there is no shard 0 of 0"),
        ] {
            let ended = project.mf(&[command, "--shard", shard]).with_code(2);
            ended.complaining_of(&[problem, "--shard <I/N>", "/16"]);
        }
    }
    assert!(!project.path(".mf").exists());
}

#[test]
fn stages_without_cells_run_without_a_shard_only() {
    let project = Project::small();
    for command in ["run", "reproduce"] {
        let ended = project.mf(&[command, "--shard", "2/3"]).with_code(0);
        ended.complaining_of(&["again without --shard", "mf cells import"]);
    }
    assert!(!project.path("paper").exists() && !project.path("data/tables").exists());
}

#[test]
fn finished_cells_are_removed_only_with_the_option_cells() {
    let project = Project::small();
    project.mf(&["run"]).with_code(0);
    project.write(".mf/cells/kind/damaged.json", "{");
    project.mf(&["clean", "--cache"]).with_code(0);
    assert!(project.path(".mf/cells/kind/damaged.json").exists());
    let cleaned = project.mf(&["clean", "--cells"]).with_code(0);
    cleaned.saying(&["damaged.json", "1 files removed"]);
}

#[test]
fn export_replaces_its_snakefile_but_no_other_file() {
    let project = Project::small();
    let export = ["export", "snakemake"];
    project
        .mf(&export)
        .with_code(0)
        .saying(&["0 cells in 0 jobs"]);
    let written = project.read("Snakefile");
    assert!(written.contains("rule results:") && written.contains("PROFILE = \"default\""));
    project.mf(&export).with_code(0);
    assert_eq!(project.read("Snakefile"), written);
    project.write("Snakefile", "rule mine: ...");
    let ended = project.mf(&export).with_code(2);
    ended.complaining_of(&["Snakefile exists", "--out"]);
    assert_eq!(project.read("Snakefile"), "rule mine: ...");
    let ended = project.mf(&["export", "snakemake", "--group-minutes", "0"]);
    ended.with_code(2).complaining_of(&["--group-minutes"]);
}
