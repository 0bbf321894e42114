//! Cells are kept one by one: what is computed is computed once, in whatever order, on however many machines.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use mf_data::Table;
use mf_pipeline::{
    Advance, Behaviour, BoxError, Cancel, Cell, Cells, CellsError, Clean, Code, Job, NodeReport,
    Observer, Outcome, Outputs, Pipeline, Registry, RunOptions, RunReport, Selection, Silent,
    TypedStage,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::toys::{CODE, Project, Total, ran};

/// Long enough that cells which may overlap do.
const NAP: Duration = Duration::from_millis(5);

/// The numbers from 1 on, a cell each; `V` is how they behave.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "roots")]
struct Roots<const V: u32> {
    /// How many.
    upto: u64,
    /// Where the project lies.
    folder: PathBuf,
    /// The bytes that the cells may take together; cell n takes n.
    #[serde(default = "unlimited")]
    memory_limit: u64,
}

fn unlimited() -> u64 {
    u64::MAX
}

/// What a cell yields: a number of each form that JSON could lose.
#[derive(Serialize, Deserialize)]
struct Root {
    n: u64,
    root: f64,
    small: f32,
    spoiled: Option<f64>,
}

/// What the cells of a project did.
#[derive(Default, Clone)]
struct Tally {
    /// The cells that began, in order.
    begun: Vec<u64>,
    probes: u32,
    running: usize,
    memory: u64,
    most_running: usize,
    most_memory: u64,
}

static TALLIES: Mutex<BTreeMap<PathBuf, Tally>> = Mutex::new(BTreeMap::new());

fn tally<R>(folder: &Path, change: impl FnOnce(&mut Tally) -> R) -> R {
    let mut tallies = TALLIES.lock().unwrap();
    change(tallies.entry(folder.to_owned()).or_default())
}

impl<const V: u32> Roots<V> {
    fn root(&self, n: u64) -> Result<Root, BoxError> {
        tally(&self.folder, |tally| {
            tally.begun.push(n);
            tally.running += 1;
            tally.memory += n;
            tally.most_running = tally.most_running.max(tally.running);
            tally.most_memory = tally.most_memory.max(tally.memory);
        });
        let asked_to = |what: &str| self.folder.join(format!("{what}-{n}")).exists();
        std::thread::sleep(NAP);
        if asked_to("meet") && !self.meets_another() {
            return Err("the other never came".into());
        }
        tally(&self.folder, |tally| {
            tally.running -= 1;
            tally.memory -= n;
        });
        if asked_to("fail") {
            return Err(format!("{n} has no root today").into());
        }
        assert!(!asked_to("panic"), "the toy fell over");
        let root = (n as f64).sqrt() / 3.0;
        Ok(Root {
            n,
            root: if asked_to("spoil") { f64::NAN } else { root },
            small: root as f32,
            spoiled: None,
        })
    }

    /// Waits for a cell beside it.
    fn meets_another(&self) -> bool {
        const PATIENCE: Duration = Duration::from_secs(60);
        let begin = Instant::now();
        let met = || tally(&self.folder, |tally| tally.most_running > 1);
        while !met() && begin.elapsed() < PATIENCE {
            std::thread::sleep(NAP);
        }
        met()
    }
}

impl<const V: u32> TypedStage for Roots<V> {
    const KIND: &'static str = "roots";
    const ABOUT: &'static str = "Roots of whole numbers, a cell each.";

    fn behaviour() -> Option<Behaviour> {
        Some(|| Ok(json!({ "roots": V })))
    }
    fn tables(&self) -> Vec<String> {
        vec!["roots".to_owned()]
    }
    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        let cell = |n: u64| Cell {
            label: format!("root of {n}"),
            recipe: json!({ "n": n }),
            cost: n as f64,
            memory: n,
        };
        let cells = Cells::new((1..=self.upto).map(cell).collect())
            .memory_limit(self.memory_limit)
            .probe(|| {
                tally(&self.folder, |tally| tally.probes += 1);
                Some(2.0)
            });
        let roots = job.cells(&cells, |index| self.root(index as u64 + 1))?;
        let table = Table::builder()
            .u64("n", "1", "the number", roots.iter().map(|r| r.n).collect())
            .f64(
                "square",
                "1",
                "its root, and more",
                roots.iter().map(|r| r.root + f64::from(r.small)).collect(),
            )
            .build()?;
        Ok(Outputs::new().table("roots", table))
    }
}

/// Other code than [`CODE`].
const EDITED: Code = &[("toys", "2")];

fn registry<const V: u32>(code: Code) -> Registry {
    let mut registry = Registry::new();
    registry.stage::<Roots<V>>(code).stage::<Total>(CODE);
    registry
}

/// A stage that reads a stage of cells, and a claim that reads it.
fn sum(name: &str, of: &str) -> String {
    format!(
        "[[stage]]\nname = \"{name}\"\nkind = \"total\"\ninputs = {{ rows = \"{of}.roots\" }}\n\
         [[claim]]\nname = \"c-{name}\"\nof = \"{name}.total\"\nreference = 0\nsource = \"s\"\ntolerance = 1e9\nreason = \"r\"\n"
    )
}

/// A stage of cells, and one that reads it.
fn project(upto: u64) -> Project {
    let mut project = Project::of("");
    let folder = project.path("").display().to_string();
    project.rewrite(&format!(
        "[project]\ntitle = \"t\"\nseed = 1\n\
         [[stage]]\nname = \"some\"\nkind = \"roots\"\nwith = {{ upto = {upto}, folder = {folder:?} }}\n\
         {}",
        sum("sum", "some")
    ));
    project
}

fn load<const V: u32>(code: Code, project: &Project) -> Pipeline {
    let loaded = project.try_load(&registry::<V>(code), "default");
    loaded.unwrap_or_else(|problems| panic!("{problems}"))
}

fn run_with(project: &Project, options: RunOptions) -> RunReport {
    load::<1>(CODE, project).run(&options, &Silent).unwrap()
}

fn on_threads(threads: usize) -> RunOptions {
    RunOptions {
        threads,
        ..RunOptions::default()
    }
}

fn shard(shard: &str) -> RunOptions {
    RunOptions {
        shard: Some(shard.parse().unwrap()),
        ..on_threads(1)
    }
}

fn run(project: &Project) -> RunReport {
    run_with(project, on_threads(1))
}

/// The cells that began since the last call, in order.
fn begun(project: &Project) -> Vec<u64> {
    tally(&project.path(""), |tally| std::mem::take(&mut tally.begun))
}

fn kept(project: &Project) -> Vec<PathBuf> {
    let folder = project.path(".mf/cells/roots");
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn table(project: &Project) -> String {
    project.read("data/tables/some/roots.csv")
}

/// The table of a run that nothing disturbed.
fn undisturbed(upto: u64) -> String {
    let project = project(upto);
    assert!(run(&project).is_ok());
    table(&project)
}

#[track_caller]
fn failure(report: &RunReport) -> String {
    match &report.first_error().unwrap().outcome {
        Outcome::Failed { error, causes } => format!("{error}; {}", causes.join("; ")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn cells_run_longest_first_and_are_given_in_order() {
    let project = project(5);
    assert_eq!(ran(&run(&project)), ["some", "sum"]);
    assert_eq!(begun(&project), [5, 4, 3, 2, 1]);
    let rows = table(&project);
    let first: Vec<&str> = rows.lines().filter_map(|row| row.get(..2)).collect();
    assert!(first.ends_with(&["1,", "2,", "3,", "4,", "5,"]), "{rows}");
    assert_eq!(kept(&project).len(), 5);
}

#[test]
fn a_failed_run_goes_on_where_it_was() {
    let project = project(5);
    project.write("fail-2", "");
    let error = failure(&run(&project));
    assert!(
        error.contains("`root of 2` failed") && error.contains("no root today"),
        "{error}"
    );
    assert_eq!(begun(&project), [5, 4, 3, 2]);
    std::fs::remove_file(project.path("fail-2")).unwrap();
    assert!(run(&project).is_ok());
    assert_eq!(begun(&project), [2, 1]);
    assert_eq!(table(&project), undisturbed(5));
}

#[test]
fn a_panic_names_its_cell() {
    let project = project(4);
    project.write("panic-3", "");
    let error = failure(&run(&project));
    assert!(
        error.contains("`root of 3` panicked: the toy fell over"),
        "{error}"
    );
    assert_eq!(kept(&project).len(), 1);
}

#[test]
fn a_result_that_json_cannot_hold_is_refused() {
    let project = project(3);
    project.write("spoil-2", "");
    let error = failure(&run(&project));
    assert!(
        error.contains("cell `root of 2` cannot be kept") && error.contains("finite"),
        "{error}"
    );
    assert_eq!(kept(&project).len(), 1);
}

#[test]
fn a_grid_that_grows_computes_only_what_is_new() {
    let mut project = project(3);
    run(&project);
    begun(&project);
    project.replace("upto = 3", "upto = 5");
    assert!(run(&project).is_ok());
    assert_eq!(begun(&project), [5, 4]);
    assert_eq!(table(&project), undisturbed(5));
}

#[test]
fn stages_of_a_kind_share_their_cells() {
    let mut project = project(3);
    run(&project);
    begun(&project);
    project.replace("\"some\"", "\"other\"");
    project.replace("some.roots", "other.roots");
    project.replace("upto = 3", "upto = 3, memory-limit = 50");
    assert_eq!(ran(&run(&project)), ["other"]);
    assert!(begun(&project).is_empty());
}

#[test]
fn an_edit_that_changes_no_behaviour_keeps_the_cells() {
    let project = project(3);
    run(&project);
    begun(&project);
    let report = load::<1>(EDITED, &project)
        .run(&on_threads(1), &Silent)
        .unwrap();
    // The stage is made anew, of the cells that are there.
    assert_eq!(ran(&report), ["some"]);
    assert!(begun(&project).is_empty());
    assert_eq!(kept(&project).len(), 3);
}

#[test]
fn cells_that_behave_otherwise_are_computed_anew() {
    let project = project(3);
    run(&project);
    begun(&project);
    let report = load::<2>(EDITED, &project)
        .run(&on_threads(1), &Silent)
        .unwrap();
    assert!(report.is_ok());
    assert_eq!(begun(&project), [3, 2, 1]);
    assert_eq!(kept(&project).len(), 6);
}

#[test]
fn force_computes_the_cells_of_forced_stages_anew() {
    let project = project(3);
    run(&project);
    begun(&project);
    let forced = |only: &str| RunOptions {
        selection: Selection {
            only: vec![only.to_owned()],
            force: true,
            ..Selection::default()
        },
        ..on_threads(1)
    };
    assert_eq!(ran(&run_with(&project, forced("sum"))), ["sum"]);
    assert!(begun(&project).is_empty());
    assert_eq!(ran(&run_with(&project, forced("some"))), ["some"]);
    assert_eq!(begun(&project), [3, 2, 1]);
}

#[test]
fn the_results_do_not_depend_on_the_number_of_threads() {
    let expected = undisturbed(12);
    for threads in [2, 3, 16] {
        let project = project(12);
        assert!(run_with(&project, on_threads(threads)).is_ok());
        assert_eq!(table(&project), expected);
    }
}

#[test]
fn cells_of_all_stages_share_the_threads() {
    let mut project = project(12);
    let folder = project.path("").display().to_string();
    let text = project.text.clone();
    let other = |name: &str, limit: u64| {
        let stage = format!(
            "[[stage]]\nname = \"{name}\"\nkind = \"roots\"\nwith = {{ upto = 12, folder = {folder:?}, memory-limit = {limit} }}\n"
        );
        stage + &sum(&format!("sum-of-{name}"), name)
    };
    project.rewrite(&(text + &other("others", 30) + &other("more", 40)));
    let options = RunOptions {
        jobs: 3,
        ..on_threads(3)
    };
    assert!(run_with(&project, options).is_ok());
    let most = tally(&project.path(""), |tally| tally.most_running);
    assert!(most <= 3, "{most} cells ran side by side");
}

#[test]
fn cells_side_by_side_keep_to_the_limit_of_memory() {
    const LIMIT: u64 = 20;
    let mut project = project(12);
    project.replace("upto = 12", &format!("upto = 12, memory-limit = {LIMIT}"));
    assert!(run_with(&project, on_threads(8)).is_ok());
    let most = tally(&project.path(""), |tally| tally.most_memory);
    assert!(
        (12..=LIMIT).contains(&most),
        "{most} bytes were in use at once"
    );
    assert_eq!(begun(&project).len(), 12);
}

#[test]
fn a_cell_that_needs_more_than_the_limit_is_named() {
    let mut project = project(4);
    project.replace("upto = 4", "upto = 4, memory-limit = 3");
    let error = failure(&run(&project));
    for text in [
        "`root of 4` needs 0.1 GiB",
        "limit of 0.1 GiB",
        "raise `memory-gib`",
    ] {
        assert!(error.contains(text), "{error}");
    }
    assert!(begun(&project).is_empty());
}

fn copy_cells(from: &Project, to: &Project) {
    for path in kept(from) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        to.write(&format!(".mf/cells/roots/{name}"), &text);
    }
}

#[test]
fn shards_compute_every_cell_once_and_are_merged_by_copying() {
    const SHARDS: usize = 3;
    let home = project(10);
    let mut all = Vec::new();
    for number in 1..=SHARDS {
        let machine = project(10);
        let report = run_with(&machine, shard(&format!("{number}/{SHARDS}")));
        let done = begun(&machine);
        let (done_count, missing) = (done.len(), 10 - done.len());
        assert_eq!(
            report.nodes[0].outcome,
            Outcome::Partial {
                done: done_count,
                missing
            }
        );
        let because = "`some` waits for cells of other shards".to_owned();
        assert_eq!(report.nodes[1].outcome, Outcome::Skipped { because });
        assert!(report.is_partial() && !report.has_failed() && !report.is_ok());
        let cost: u64 = done.iter().sum();
        assert!((55_u64.div_ceil(3) - 10..=55 / 3 + 10).contains(&cost));
        all.extend(done);
        copy_cells(&machine, &home);
    }
    all.sort();
    assert_eq!(all, (1..=10).collect::<Vec<_>>());
    assert!(run(&home).is_ok());
    assert!(begun(&home).is_empty());
    assert_eq!(table(&home), undisturbed(10));
}

#[test]
fn the_last_shard_has_the_result_if_the_others_are_there() {
    let project = project(5);
    assert!(run_with(&project, shard("1/2")).is_partial());
    // What is kept does not change how the cells are dealt.
    assert!(run_with(&project, shard("1/2")).is_partial());
    assert_eq!(begun(&project), [5, 2, 1]);
    assert_eq!(ran(&run_with(&project, shard("2/2"))), ["some", "sum"]);
    assert_eq!(begun(&project), [4, 3]);
}

#[test]
fn a_damaged_cell_is_named_and_only_it_is_computed_again() {
    let mut project = project(4);
    run(&project);
    begun(&project);
    project.replace("upto = 4", "upto = 5");
    let cell = kept(&project).remove(2);
    let text = std::fs::read_to_string(&cell).unwrap();
    for damaged in [
        "{".to_owned(),
        text.replace("\"small\": 0", "\"small\": 1"),
        text.replace("\"n\":", "\"m\":"),
    ] {
        assert_ne!(damaged, text);
        std::fs::write(&cell, damaged).unwrap();
        let error = failure(&run(&project));
        assert!(
            error.contains("mf clean --damaged") && error.contains(&cell.display().to_string()),
            "{error}"
        );
        assert_eq!(clean(&project, Clean::Damaged), std::slice::from_ref(&cell));
        std::fs::write(&cell, &text).unwrap();
        assert!(clean(&project, Clean::Damaged).is_empty());
    }
    assert!(begun(&project).is_empty());
    std::fs::remove_file(&cell).unwrap();
    assert!(run(&project).is_ok());
    assert_eq!(begun(&project).len(), 2);
    assert_eq!(table(&project), undisturbed(5));
}

#[test]
fn a_cell_under_the_key_of_another_is_damaged() {
    let mut project = project(4);
    run(&project);
    project.replace("upto = 4", "upto = 5");
    let cells = kept(&project);
    std::fs::copy(&cells[0], &cells[1]).unwrap();
    assert!(failure(&run(&project)).contains("damaged"));
    assert_eq!(clean(&project, Clean::Damaged), [cells[1].clone()]);
}

fn clean(project: &Project, what: Clean) -> Vec<PathBuf> {
    load::<1>(CODE, project).clean(what, false).unwrap().removed
}

#[test]
fn cells_are_removed_only_by_name() {
    let project = project(3);
    run(&project);
    begun(&project);
    clean(&project, Clean::Cache);
    assert_eq!(ran(&run(&project)), ["some", "sum"]);
    assert!(begun(&project).is_empty());
    assert_eq!(clean(&project, Clean::Cells).len(), 3);
    assert!(
        ran(&run(&project)).is_empty(),
        "the results are still there"
    );
    clean(&project, Clean::Cache);
    assert_eq!(ran(&run(&project)), ["some", "sum"]);
    assert_eq!(begun(&project), [3, 2, 1]);
}

/// Writes down what it is told of stages, and asks to stop after so many parts.
#[derive(Default)]
struct Recorder {
    lines: Mutex<Vec<String>>,
    stop_after: Option<u64>,
    cancel: Cancel,
}

impl Observer for Recorder {
    fn note(&self, name: &str, text: &str) {
        self.lines.lock().unwrap().push(format!("{name}: {text}"));
    }
    fn progress(&self, name: &str, advance: &Advance) {
        let Advance { done, total, .. } = advance;
        let is_timed = advance.seconds_left.is_some();
        let line = format!("{name} {done}/{total} {is_timed}");
        self.lines.lock().unwrap().push(line);
        if self.stop_after == Some(*done) {
            self.cancel.cancel();
        }
    }
    fn finished(&self, report: &NodeReport) {
        let line = format!("{} is settled", report.name);
        self.lines.lock().unwrap().push(line);
    }
}

#[test]
fn the_user_is_told_what_there_is_to_do_and_how_far_it_is() {
    let mut project = project(2);
    run(&project);
    project.replace("upto = 2", "upto = 4");
    let recorder = Recorder::default();
    load::<1>(CODE, &project)
        .run(&on_threads(1), &recorder)
        .unwrap();
    let lines = recorder.lines.into_inner().unwrap();
    assert_eq!(
        lines[..5],
        [
            "some: 2 of 4 cells to compute (2 kept), about 14 s on 1 thread",
            "some 2/4 true",
            "some 3/4 true",
            "some 4/4 true",
            "some is settled",
        ]
    );
    assert_eq!(tally(&project.path(""), |tally| tally.probes), 2);
    clean(&project, Clean::Cache);
    run(&project);
    let probes = tally(&project.path(""), |tally| tally.probes);
    assert_eq!(probes, 2, "nothing is measured when all is kept");
}

#[test]
fn a_run_that_was_stopped_keeps_what_is_finished() {
    let project = project(5);
    let recorder = Recorder {
        stop_after: Some(2),
        ..Recorder::default()
    };
    let options = RunOptions {
        cancel: recorder.cancel.clone(),
        ..on_threads(1)
    };
    let report = load::<1>(CODE, &project).run(&options, &recorder).unwrap();
    assert!(report.cancelled && report.has_failed());
    let error = failure(&report);
    assert!(error.contains("stopped after 2 of 5 cells"), "{error}");
    assert_eq!(begun(&project), [5, 4]);
    assert!(run(&project).is_ok());
    assert_eq!(begun(&project), [3, 2, 1]);
    assert_eq!(table(&project), undisturbed(5));
}

#[test]
fn a_job_of_its_own_computes_cells_and_keeps_nothing() {
    let cells = |cost: f64| {
        let cell = |n: u64| Cell {
            label: n.to_string(),
            recipe: json!(n),
            cost,
            memory: 0,
        };
        Cells::new((0..20).map(cell).collect())
    };
    let job = Job::new("alone");
    let results = job.cells(&cells(1.0), |index| Ok(index * index)).unwrap();
    assert_eq!(results, (0..20).map(|n| n * n).collect::<Vec<_>>());
    for cost in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let refused = job.cells(&cells(cost), Ok);
        assert!(matches!(refused, Err(CellsError::Cost { .. })), "{cost}");
    }
    let none: Vec<u64> = job.cells(&Cells::new(Vec::new()), |_| Ok(1)).unwrap();
    assert!(none.is_empty());
}

#[test]
fn independent_cells_run_side_by_side() {
    let project = project(4);
    project.write("meet-4", "");
    assert!(run_with(&project, on_threads(2)).is_ok());
}
