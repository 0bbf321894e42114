//! Cells are kept one by one: what is computed is computed once, in whatever order, on however many machines.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use mf_data::Table;
use mf_pipeline::{
    Advance, BoxError, Cancel, Cell, CellStage, Clean, Code, ImportedCells, Job, NodeReport,
    Observer, Outcome, Outputs, Pipeline, Registry, RunOptions, RunReport, Selection, Silent,
    TypedStage, collect,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::toys::{CODE, Project, Total, ran, with_outcome};

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
    /// Adds a column to the table.
    #[serde(default)]
    with_squares: bool,
}

/// What a root depends on: cell n takes n bytes.
#[derive(Serialize)]
struct Recipe {
    n: u64,
    #[serde(skip)]
    folder: PathBuf,
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

impl Recipe {
    fn root(&self) -> Result<Root, BoxError> {
        let n = self.n;
        tally(&self.folder, |tally| {
            tally.begun.push(n);
            tally.running += 1;
            tally.memory += n;
            tally.most_running = tally.most_running.max(tally.running);
            tally.most_memory = tally.most_memory.max(tally.memory);
        });
        let asked_to = |what: &str| self.folder.join(format!("{what}-{n}")).exists();
        std::thread::sleep(NAP);
        let met = !asked_to("meet") || self.meets_another();
        tally(&self.folder, |tally| {
            tally.running -= 1;
            tally.memory -= n;
        });
        if !met {
            return Err("the other never came".into());
        }
        if asked_to("fail") {
            return Err(format!("{n} has no root today").into());
        }
        assert!(!asked_to("panic"), "the toy fell over");
        let root = (n as f64).sqrt() / 3.0 + if asked_to("shift") { 1.0 } else { 0.0 };
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

    fn tables(&self) -> Vec<String> {
        vec!["roots".to_owned()]
    }
    fn run(&self, job: &Job<'_>) -> Result<Outputs, BoxError> {
        collect(self, job)
    }
}

impl<const V: u32> CellStage for Roots<V> {
    type Recipe = Recipe;
    type Shared = ();
    type Kept = Root;

    fn behaviour() -> Result<Value, BoxError> {
        Ok(json!({ "roots": V }))
    }
    fn cells(&self, _: &Job<'_>) -> Result<Vec<Cell<Recipe>>, BoxError> {
        let cell = |n: u64| Cell {
            label: format!("root of {n}"),
            recipe: Recipe {
                n,
                folder: self.folder.clone(),
            },
            cost: n as f64,
            memory: n,
        };
        Ok((1..=self.upto).map(cell).collect())
    }
    fn shared(_: &Job<'_>) -> Result<(), BoxError> {
        Ok(())
    }
    fn compute(recipe: &Recipe, (): &(), _: &Job<'_>) -> Result<Root, BoxError> {
        recipe.root()
    }
    fn seconds_per_cost(cells: &[Cell<Recipe>], (): &(), _: &Job<'_>) -> Option<f64> {
        tally(&cells.first()?.recipe.folder, |tally| tally.probes += 1);
        Some(2.0)
    }
    fn collect(&self, roots: Vec<Root>, _: &Job<'_>) -> Result<Outputs, BoxError> {
        let n: Vec<u64> = roots.iter().map(|r| r.n).collect();
        let sums = roots.iter().map(|r| r.root + f64::from(r.small)).collect();
        let mut table = Table::builder().u64("n", "1", "the number", n.clone()).f64(
            "square",
            "1",
            "its root, and more",
            sums,
        );
        if self.with_squares {
            table = table.u64(
                "squared",
                "1",
                "its square",
                n.iter().map(|n| n * n).collect(),
            );
        }
        Ok(Outputs::new().table("roots", table.build()?))
    }
}

/// Other code than [`CODE`].
const EDITED: Code = &[("toys", "2")];

fn registry<const V: u32>(code: Code) -> Registry {
    let mut registry = Registry::new();
    registry.cells::<Roots<V>>(code).stage::<Total>(CODE);
    registry
}

/// A stage that reads a stage of cells, and a claim that reads it.
fn sum(name: &str, of: &str) -> String {
    format!(
        "[[stage]]\nname = \"{name}\"\nkind = \"total\"\ninputs = {{ rows = \"{of}.roots\" }}\n\
         [[claim]]\nname = \"c-{name}\"\nof = \"{name}.total\"\nreference = 0\nsource = {{ by = \"s\" }}\ntolerance = 1e9\nreason = \"r\"\n"
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
        error.contains("cell `root of 2` cannot be written") && error.contains("finite"),
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
    project.replace("upto = 3", "upto = 3, with-squares = true");
    assert_eq!(ran(&run(&project)), ["other", "sum"]);
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
    // The stage is made again, from the cells that are there.
    assert_eq!(ran(&report), ["some"]);
    assert!(begun(&project).is_empty());
    assert_eq!(kept(&project).len(), 3);
}

#[test]
fn cells_that_behave_differently_are_computed_again() {
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
fn force_computes_the_cells_of_forced_stages_again() {
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
    let other = |name: &str, upto: u64| {
        let stage = format!(
            "[[stage]]\nname = \"{name}\"\nkind = \"roots\"\nwith = {{ upto = {upto}, folder = {folder:?} }}\n"
        );
        stage + &sum(&format!("sum-of-{name}"), name)
    };
    project.rewrite(&(text + &other("others", 11) + &other("more", 10)));
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
    let project = project(12);
    let options = RunOptions {
        memory: Some(LIMIT),
        ..on_threads(8)
    };
    assert!(run_with(&project, options).is_ok());
    let most = tally(&project.path(""), |tally| tally.most_memory);
    assert!(
        (12..=LIMIT).contains(&most),
        "{most} bytes were in use at once"
    );
    assert_eq!(begun(&project).len(), 12);
}

#[test]
fn a_cell_that_needs_more_than_the_limit_is_named() {
    let project = project(4);
    let options = RunOptions {
        memory: Some(3),
        ..on_threads(1)
    };
    let error = failure(&run_with(&project, options));
    for text in [
        "`root of 4` needs 0.1 MiB",
        "this run has 0.1 MiB",
        "--memory",
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
        // What is not made of cells is left to the run without a shard.
        assert_eq!(report.nodes.len(), 1);
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
    assert_eq!(ran(&run_with(&project, shard("2/2"))), ["some"]);
    assert_eq!(begun(&project), [4, 3]);
    assert!(
        !project.path("data/tables").exists(),
        "a shard publishes nothing"
    );
    assert_eq!(ran(&run(&project)), ["sum"]);
    assert_eq!(table(&project), undisturbed(5));
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
    assert!(
        report.first_error().is_none(),
        "a stage that was stopped has not failed"
    );
    let stopped = |outcome: &Outcome| *outcome == Outcome::Stopped { done: 2, total: 5 };
    assert_eq!(with_outcome(&report, stopped), ["some"]);
    assert_eq!(begun(&project), [5, 4]);
    assert!(run(&project).is_ok());
    assert_eq!(begun(&project), [3, 2, 1]);
    assert_eq!(table(&project), undisturbed(5));
}

#[test]
fn a_job_of_its_own_computes_cells_and_keeps_nothing() {
    let project = project(3);
    let roots = Roots::<1> {
        upto: 3,
        folder: project.path(""),
        with_squares: false,
    };
    let outputs = roots.run(&Job::new("alone")).unwrap();
    assert_eq!(outputs.tables[0].1.rows(), 3);
    assert_eq!(begun(&project), [1, 2, 3]);
    assert!(kept(&project).is_empty());
}

#[test]
fn a_new_column_computes_no_cell() {
    let mut project = project(3);
    run(&project);
    begun(&project);
    project.replace("upto = 3", "upto = 3, with-squares = true");
    assert_eq!(
        project_plan(&project, "some"),
        "parameter `with-squares`: false -> true; 3 of 3 cells kept"
    );
    assert!(run(&project).is_ok());
    assert!(table(&project).contains("squared"));
    assert!(begun(&project).is_empty());
}

fn project_plan(project: &Project, name: &str) -> String {
    planned::<1>(CODE, project, name)
}

/// Why a node runs, and what is kept of its cells.
fn planned<const V: u32>(code: Code, project: &Project, name: &str) -> String {
    let plan = load::<V>(code, project).plan(&Selection::default());
    let plan = plan.unwrap();
    let node = plan.nodes.iter().find(|node| node.name == name).unwrap();
    let mf_pipeline::State::Stale { reasons } = &node.state else {
        return "fresh".to_owned();
    };
    let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    format!("{}; {}", reasons.join("; "), node.cells.unwrap())
}

#[test]
fn a_plan_says_what_is_kept_and_whether_the_cells_moved() {
    let mut project = project(3);
    assert_eq!(
        project_plan(&project, "some"),
        "never run; 0 of 3 cells kept"
    );
    run(&project);
    assert_eq!(
        planned::<1>(EDITED, &project, "some"),
        "code changed: locked versions, toys; 3 of 3 cells kept"
    );
    assert_eq!(
        planned::<2>(EDITED, &project, "some"),
        "code changed: locked versions, toys; 0 of 3 cells kept, 3 behave differently since the code changed"
    );
    project.replace("upto = 3", "upto = 5");
    assert_eq!(
        project_plan(&project, "some"),
        "parameter `upto`: 3 -> 5; 3 of 5 cells kept"
    );
    assert!(!project.path(".mf/behaviours/roots").join("2.json").exists());
}

#[test]
fn a_failed_cell_costs_only_itself_where_the_run_keeps_going() {
    let project = project(5);
    project.write("fail-4", "");
    project.write("fail-2", "");
    let options = RunOptions {
        keep_going: true,
        ..on_threads(1)
    };
    let error = failure(&run_with(&project, options));
    assert!(
        error.contains("2 of 5 cells failed, the others are kept")
            && error.contains("`root of 4` failed")
            && error.contains("4 has no root today"),
        "{error}"
    );
    assert_eq!(kept(&project).len(), 3);
}

#[test]
fn cells_are_listed_and_computed_by_their_keys() {
    let project = project(4);
    let pipeline = load::<1>(CODE, &project);
    let list = || pipeline.cells(&Selection::default()).unwrap();
    let cells = list();
    assert_eq!(cells.len(), 4);
    assert_eq!(cells[2].label, "root of 3");
    assert_eq!((cells[2].memory, cells[2].kept), (3, false));
    assert_eq!(cells[2].seconds, Some(6.0));
    let key = cells[2].key.as_str().to_owned();
    let compute = |keys: &[String]| pipeline.compute_cells(keys, &on_threads(1), &Silent);
    let short = key[..10].to_owned();
    let done = compute(std::slice::from_ref(&short)).unwrap();
    assert_eq!((done.computed, done.kept), (1, 0));
    assert_eq!(begun(&project), [3]);
    assert!(list()[2].kept);
    let done = compute(&[key.clone(), short]).unwrap();
    assert_eq!((done.computed, done.kept), (0, 1));
    assert!(kept(&project)[0].ends_with(format!("{key}.json")));
    for (key, says) in [("f00", "no cell"), ("", "4 cells")] {
        let error = compute(&[key.to_owned()]).unwrap_err().to_string();
        assert!(
            error.contains(says) && error.contains("mf cells list"),
            "{error}"
        );
    }
    project.write("fail-1", "");
    let error = compute(&[cells[0].key.to_string()]).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(
        error.to_string().contains("`some` (pipeline.toml, line 4)"),
        "{error}"
    );
    assert!(cause.contains("`root of 1` failed"), "{cause}");
}

#[test]
fn cells_are_computed_while_another_process_holds_the_lock() {
    let project = project(2);
    run(&project);
    let lock = std::fs::File::open(project.path(".mf/lock")).unwrap();
    lock.lock().unwrap();
    let pipeline = load::<1>(EDITED, &project);
    clean_cells(&project);
    let cells = pipeline.cells(&Selection::default()).unwrap();
    let keys: Vec<String> = cells.iter().map(|cell| cell.key.to_string()).collect();
    let done = pipeline
        .compute_cells(&keys, &on_threads(1), &Silent)
        .unwrap();
    assert_eq!(done.computed, 2);
}

fn clean_cells(project: &Project) {
    for path in kept(project) {
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_cell_with_two_results_is_reported_and_left_as_it_was() {
    let project = project(3);
    run(&project);
    let before = std::fs::read_to_string(&kept(&project)[0]).unwrap();
    let n: u64 = (1..=3)
        .find(|n| before.contains(&format!("root of {n}")))
        .unwrap();
    project.write(&format!("shift-{n}"), "");
    let options = |force| RunOptions {
        selection: Selection {
            force,
            ..Selection::default()
        },
        audit: usize::from(!force) * 3,
        ..on_threads(1)
    };
    let forced = run_with(&project, options(true));
    let error = failure(&forced);
    assert!(
        error.contains(&format!("cell `root of {n}` is not deterministic")),
        "{error}"
    );
    let audited = run_with(&project, options(false));
    let audit = audited.audit.as_ref().unwrap();
    assert_eq!((audit.cells, audit.failures.len()), (3, 1));
    assert!(audit.failures[0].contains("not deterministic"), "{audit:?}");
    assert!(audited.is_ok() && audited.has_failed());
    assert_eq!(std::fs::read_to_string(&kept(&project)[0]).unwrap(), before);
    std::fs::remove_file(project.path(&format!("shift-{n}"))).unwrap();
    begun(&project);
    let audit = run_with(&project, options(false)).audit.unwrap();
    assert_eq!((audit.cells, audit.failures.len()), (3, 0));
    assert_eq!(begun(&project).len(), 3);
}

#[test]
fn a_cell_says_how_it_was_made() {
    let project = project(1);
    run(&project);
    let cell: Value =
        serde_json::from_str(&std::fs::read_to_string(&kept(&project)[0]).unwrap()).unwrap();
    let made = &cell["content"]["made"];
    assert_eq!(made["mf_version"], env!("CARGO_PKG_VERSION"));
    assert!(
        made["processor"]
            .as_str()
            .unwrap()
            .contains(std::env::consts::ARCH)
    );
    assert!(made["started"].as_str().unwrap().ends_with('Z'));
    assert_eq!(made["code"].as_str().unwrap().len(), 64);
    // The folder is none of git's.
    assert!(made["revision"].is_null() && made["dirty"].is_null());
}

#[test]
fn cells_of_another_machine_are_imported_if_this_code_could_have_made_them() {
    let (here, there) = (project(4), project(3));
    run(&there);
    let folder = there.path(".mf/cells");
    let import = |folder: &Path| load::<1>(CODE, &here).import_cells(folder).unwrap();
    let expected = |new, same| ImportedCells {
        new,
        same,
        ..ImportedCells::default()
    };
    assert_eq!(import(&folder), expected(3, 0));
    assert_eq!(import(&folder), expected(0, 3));
    assert!(run(&here).is_ok());
    assert_eq!(begun(&here), [4]);
    // Of other code; damaged; of another format; with another result.
    let foreign = project(2);
    load::<2>(CODE, &foreign)
        .run(&on_threads(1), &Silent)
        .unwrap();
    let imported = import(&foreign.path(".mf/cells"));
    assert_eq!((imported.new, imported.of_other_code), (0, 2));
    let cells = kept(&there);
    let text = std::fs::read_to_string(&cells[0]).unwrap();
    std::fs::write(&cells[0], text.replace("\"n\": ", "\"n\": 1")).unwrap();
    let text = std::fs::read_to_string(&cells[1]).unwrap();
    std::fs::write(&cells[1], text.replacen("\"format\": ", "\"format\": 9", 1)).unwrap();
    let imported = import(&folder);
    assert_eq!((imported.damaged.len(), imported.of_other_format), (1, 1));
    assert_eq!((imported.new, imported.same), (0, 1));
    let shifted = project(1);
    shifted.write("shift-1", "");
    run(&shifted);
    let imported = import(&shifted.path(".mf/cells"));
    assert_eq!(imported.other.len(), 1);
    assert!(imported.other[0].starts_with(here.path(".mf/cells/roots")));
}

#[test]
fn cells_that_belong_to_the_project_count_whatever_code_made_them() {
    let mut project = project(3);
    project.write("shift-2", "");
    run(&project);
    std::fs::remove_file(project.path("shift-2")).unwrap();
    begun(&project);
    let table_of_then = table(&project);
    std::fs::create_dir(project.path("cells")).unwrap();
    std::fs::rename(project.path(".mf/cells/roots"), project.path("cells/roots")).unwrap();
    clean(&project, Clean::Cache);
    project.replace(
        "seed = 1",
        "seed = 1\ncells = { long = \"cells\" }\n[profile.long]",
    );
    let pipeline = |profile| {
        let loaded = project.try_load(&registry::<2>(EDITED), profile);
        loaded.unwrap_or_else(|problems| panic!("{problems}"))
    };
    let recorder = Recorder::default();
    let report = pipeline("long").run(&on_threads(1), &recorder).unwrap();
    assert!(report.is_ok());
    assert!(begun(&project).is_empty());
    assert_eq!(table(&project), table_of_then);
    let lines = recorder.lines.into_inner().unwrap();
    let told = "some: 3 of 3 cells are of the project's folder and were made by other code: not reproduced by this code";
    assert!(lines.iter().any(|line| line == told), "{lines:?}");
    let explained = pipeline("long").explain("some").unwrap();
    let text = explained.to_string();
    assert!(
        text.contains("3 of the project's cells were made by other code"),
        "{text}"
    );
    assert_eq!(explained.made_by.made.unwrap().not_reproduced, 3);
    assert_eq!(pipeline("long").verify().unwrap().not_reproduced, ["some"]);
    // What the folder holds is an input.
    let cell = project.path("cells/roots");
    let first = std::fs::read_dir(&cell)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    std::fs::remove_file(first).unwrap();
    let plan = pipeline("long").plan(&Selection::default()).unwrap();
    let mf_pipeline::State::Stale { reasons } = &plan.nodes[0].state else {
        panic!("fresh")
    };
    assert_eq!(
        reasons[0].to_string(),
        "input `cells` changed (cells:cells)"
    );
    assert_eq!(plan.nodes[0].cells.unwrap().kept, 2);
    // Other profiles train their own.
    assert!(
        pipeline("default")
            .run(&on_threads(1), &Silent)
            .unwrap()
            .is_ok()
    );
    assert_eq!(begun(&project).len(), 3);
    project.replace("long = \"cells\"", "lang = \"cells\", long = \"nowhere\"");
    let Err(problems) = project.try_load(&registry::<1>(CODE), "default") else {
        panic!("the pipeline is valid")
    };
    let problems = problems.to_string();
    for text in [
        "no profile `lang`",
        "did you mean `long`",
        "no folder `nowhere`",
        "project.cells.long",
    ] {
        assert!(problems.contains(text), "{problems}");
    }
}

/// A project whose cells lie in its own folder `cells`, and none in the cache.
fn with_cells_of_its_own() -> Project {
    let mut project = project(3);
    run(&project);
    begun(&project);
    std::fs::create_dir(project.path("cells")).unwrap();
    std::fs::rename(project.path(".mf/cells/roots"), project.path("cells/roots")).unwrap();
    clean(&project, Clean::Cache);
    project.replace("seed = 1", "seed = 1\ncells = { default = \"cells\" }");
    project
}

#[test]
fn cells_that_belong_to_the_project_are_kept_for_every_command() {
    let project = with_cells_of_its_own();
    let pipeline = load::<1>(CODE, &project);
    let cells = pipeline.cells(&Selection::default()).unwrap();
    assert!(cells.iter().all(|cell| cell.kept));
    let keys: Vec<String> = cells.iter().map(|cell| cell.key.to_string()).collect();
    let done = pipeline
        .compute_cells(&keys, &on_threads(1), &Silent)
        .unwrap();
    assert_eq!((done.computed, done.kept), (0, 3));
    let audited = RunOptions {
        audit: 3,
        ..on_threads(1)
    };
    project.write("shift-2", "");
    let audit = run_with(&project, audited).audit.unwrap();
    assert_eq!((audit.cells, audit.failures.len()), (3, 1));
    assert_eq!(begun(&project).len(), 3);
}

#[test]
fn a_cell_of_the_project_with_another_result_than_the_kept_one_is_reported() {
    let project = with_cells_of_its_own();
    let other = project_with_shift();
    let cells = std::fs::read_dir(other.path(".mf/cells/roots")).unwrap();
    for cell in cells {
        let path = cell.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        project.write(&format!(".mf/cells/roots/{name}"), &text);
    }
    let error = failure(&run(&project));
    assert!(
        error.contains("`root of 2` is not deterministic"),
        "{error}"
    );
}

fn project_with_shift() -> Project {
    let project = project(3);
    project.write("shift-2", "");
    run(&project);
    project
}

#[test]
fn a_damaged_cell_of_the_project_is_to_be_restored() {
    let project = with_cells_of_its_own();
    let cells = std::fs::read_dir(project.path("cells/roots")).unwrap();
    let path = cells.map(|cell| cell.unwrap().path()).next().unwrap();
    std::fs::write(&path, "{").unwrap();
    let error = failure(&run(&project));
    assert!(
        error.contains(&path.display().to_string()) && error.contains("from git"),
        "{error}"
    );
    assert!(!error.contains("mf clean"), "{error}");
}

#[test]
fn a_folder_without_cells_is_refused() {
    let mut project = project(3);
    project.write("data/other.json", "{}");
    project.replace("seed = 1", "seed = 1\ncells = { default = \"data\" }");
    let Err(problems) = project.try_load(&registry::<1>(CODE), "default") else {
        panic!("the pipeline is valid")
    };
    let problems = problems.to_string();
    assert!(
        problems.contains("`data` holds no cells") && problems.contains("KIND/KEY.json"),
        "{problems}"
    );
}

#[test]
fn shards_run_at_the_same_time_on_one_folder() {
    let project = project(6);
    // The longest cell of one shard waits for a cell of the other.
    project.write("meet-6", "");
    let reports: Vec<RunReport> = std::thread::scope(|scope| {
        let begin = |text: &'static str| {
            let project = &project;
            scope.spawn(move || run_with(project, shard(text)))
        };
        let shards = ["1/2", "2/2"].map(begin);
        shards.map(|shard| shard.join().unwrap()).into()
    });
    assert!(reports.iter().all(|report| !report.has_failed()));
    assert!(run(&project).is_ok());
    let mut all = begun(&project);
    all.sort();
    assert_eq!(all, [1, 2, 3, 4, 5, 6]);
    assert_eq!(table(&project), undisturbed(6));
}

#[test]
fn independent_cells_run_side_by_side() {
    let project = project(4);
    project.write("meet-4", "");
    assert!(run_with(&project, on_threads(2)).is_ok());
}
