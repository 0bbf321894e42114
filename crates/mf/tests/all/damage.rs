//! Trouble outside the pipeline: a damaged cache, folders that cannot be written, a full disk, two runs at once.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{Ended, Project};

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// Every file of the cache that holds a result.
fn objects(project: &Project) -> Vec<PathBuf> {
    let all = files(&project.path(".mf")).into_iter();
    all.filter(|path| path.to_string_lossy().contains("/objects/"))
        .collect()
}

#[test]
fn a_damaged_entry_is_reported_and_can_be_removed() {
    let project = Project::small();
    project.mf(&["run"]).with_code(0);
    let before = project.read("data/tables/optimum/optima.csv");
    for object in objects(&project) {
        fs::write(object, "damaged").unwrap();
    }
    let run = project.mf(&["run"]).with_code(2);
    run.complaining_of(&[".mf", "expected", "mf clean --damaged"]);
    assert_eq!(project.read("data/tables/optimum/optima.csv"), before);
    project.mf(&["clean", "--damaged"]).with_code(0);
    project.mf(&["run"]).with_code(0);
    assert_eq!(project.read("data/tables/optimum/optima.csv"), before);
}

/// A file where a folder should be: even root cannot create the folder.
#[test]
fn a_folder_that_cannot_be_created_is_reported() {
    let project = Project::small();
    project.mf(&["run", "optimum"]).with_code(0);
    let before = project.read("data/tables/optimum/optima.csv");
    project.write("figures", "a file");
    let run = project.mf(&["run"]).with_code(1);
    run.complaining_of(&["picture", "figures", "move it away", "error:"]);
    assert_eq!(project.read("data/tables/optimum/optima.csv"), before);
}

#[test]
fn a_link_out_of_the_project_is_refused() {
    let project = Project::small();
    let outside = tempfile::tempdir().unwrap();
    symlink(outside.path(), project.path("figures")).unwrap();
    project.mf(&["run"]).with_code(2).complaining_of(&[
        "by a link",
        "project.figures",
        "pipeline.toml:2",
        "help",
    ]);
    assert!(!project.path(".mf").exists());
}

/// A limit on the size of files acts like a full disk: the same system call fails.
#[test]
fn a_full_disk_is_reported() {
    let project = Project::small();
    let mf = env!("CARGO_BIN_EXE_mf");
    let limited = format!("trap '' XFSZ; ulimit -f 1; exec {mf} run");
    let output = Command::new("sh")
        .args(["-c", &limited])
        .current_dir(project.path("."))
        .output()
        .unwrap();
    let ended = Ended::new(&output);
    assert_ne!(ended.code, Some(0), "{ended:?}");
    ended.complaining_of(&["error:", "file too large", "raise the limit"]);
    assert!(!project.path("figures/picture.png").exists());
    project.mf(&["run"]).with_code(0);
    assert!(project.path("figures/picture.png").exists());
}

#[test]
fn a_second_run_waits_or_is_refused() {
    let project = Project::small();
    project.mf(&["run"]).with_code(0);
    let lock = fs::File::options()
        .write(true)
        .open(project.path(".mf/lock"))
        .unwrap();
    lock.lock().unwrap();
    project
        .mf(&["run", "--no-wait"])
        .with_code(2)
        .complaining_of(&["another run"]);
    let waiting = project
        .command()
        .arg("run")
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(lock);
    assert!(waiting.wait_with_output().unwrap().status.success());
}

#[test]
fn an_edited_result_is_restored() {
    let project = Project::small();
    project.mf(&["run"]).with_code(0);
    let before = project.read("data/tables/optimum/optima.csv");
    project.write("data/tables/optimum/optima.csv", "states\n4\n");
    project
        .mf(&["status", "--exit-code"])
        .with_code(1)
        .saying(&["restore", "optima.csv"]);
    project.mf(&["run"]).with_code(0);
    assert_eq!(project.read("data/tables/optimum/optima.csv"), before);
}
