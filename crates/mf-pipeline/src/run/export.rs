//! The cells that are not kept yet as a Snakefile, for whoever spreads them over a cluster.
//!
//! A job is known by a file of its own, not by its cells: Snakemake removes the outputs of a job that fails or is run
//! again, and cells that were finished are kept whatever becomes of their job.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::plan::Plan;
use crate::project::Project;
use crate::project::node::Source;
use crate::run::single::ListedCell;
use crate::words::hash::Hash;

/// A job may take this many times its estimated time,
const MARGIN: f64 = 1.5;
/// and this many minutes more, to begin and to end.
const SPARE: f64 = 5.0;
/// The minutes of a cell whose time cannot be estimated.
const UNKNOWN: f64 = 1440.0;
/// What the program takes beside its cells: data sets, tables; in units of 10^6 bytes.
const PROGRAM: u64 = 600;

/// Cells that one job computes, one after the other.
struct Group<'a> {
    cells: Vec<&'a ListedCell>,
    /// By estimate; `None` if that is not known.
    seconds: Option<f64>,
}

impl Group<'_> {
    fn minutes(&self) -> u64 {
        let minutes = self
            .seconds
            .map_or(UNKNOWN, |seconds| MARGIN * seconds / 60.0 + SPARE);
        minutes.ceil() as u64
    }

    fn megabytes(&self) -> u64 {
        let most = self.cells.iter().map(|cell| cell.memory).max();
        most.unwrap_or_default().div_ceil(1_000_000) + PROGRAM
    }

    /// A name that follows from its cells.
    fn name(&self) -> String {
        let keys = self.cells.iter().map(|cell| cell.key.as_str());
        let keys: Vec<&str> = keys.collect();
        Hash::of(keys.join("\n").as_bytes()).short().to_owned()
    }
}

/// The cells in groups: one that takes `seconds` or more is alone, and so is one whose time is not known; the others are
/// dealt, longest first, each to the group that has the least, so that each group takes about `seconds` or more.
fn groups(cells: &[ListedCell], seconds: f64) -> Vec<Group<'_>> {
    let time = |cell: &ListedCell| cell.seconds.unwrap_or(f64::INFINITY);
    let mut cells: Vec<&ListedCell> = cells.iter().collect();
    cells.sort_by(|a, b| time(b).total_cmp(&time(a)).then_with(|| a.key.cmp(&b.key)));
    let (long, short): (Vec<_>, Vec<_>) = cells.into_iter().partition(|cell| time(cell) >= seconds);
    let mut groups: Vec<Group<'_>> = long
        .into_iter()
        .map(|cell| Group {
            seconds: cell.seconds,
            cells: vec![cell],
        })
        .collect();
    let total: f64 = short.iter().map(|cell| time(cell)).sum();
    let count = ((total / seconds) as usize).clamp(usize::from(!short.is_empty()), short.len());
    let mut dealt: Vec<(f64, Vec<&ListedCell>)> = vec![(0.0, Vec::new()); count];
    for cell in short {
        if let Some((sum, held)) = dealt.iter_mut().min_by(|a, b| a.0.total_cmp(&b.0)) {
            *sum += time(cell);
            held.push(cell);
        }
    }
    groups.extend(dealt.into_iter().map(|(sum, cells)| Group {
        cells,
        seconds: Some(sum),
    }));
    groups
}

/// A Snakefile, and how many jobs it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snakefile {
    /// Its text.
    pub text: String,
    /// The jobs that compute cells.
    pub jobs: usize,
    /// The cells that they compute.
    pub cells: usize,
}

impl Snakefile {
    /// How every Snakefile begins.
    pub const HEAD: &'static str = "# Written by `mf export snakemake`";
}

/// The cells that are not kept, in jobs of about `seconds` or more, and one run at the end.
pub(crate) fn snakemake(
    project: &Project,
    plan: &Plan,
    cells: &[ListedCell],
    seconds: f64,
) -> Snakefile {
    let pending: Vec<ListedCell> = cells.iter().filter(|cell| !cell.kept).cloned().collect();
    let groups = groups(&pending, seconds);
    let file = project.file.file_name().unwrap_or_default();
    let file = file.to_string_lossy();
    let profile = project.profile.as_str();
    let sources = project.nodes.iter().flat_map(|node| node.inputs.values());
    let files: BTreeSet<&str> = sources
        .filter_map(|source| match source {
            Source::File(path) => Some(path.as_str()),
            _ => None,
        })
        .collect();
    let files: Vec<String> = files
        .iter()
        .map(|file| format!("    {},\n", wildless(file)))
        .collect();
    let jobs: Vec<String> = groups.iter().map(job).collect();
    let nodes = plan.nodes.iter().map(|node| json!([node.name, node.key]));
    let nodes: Vec<Value> = nodes.collect();
    let names: Vec<String> = groups.iter().map(Group::name).collect();
    let results = Hash::of_json(&json!({ "profile": profile, "jobs": names, "nodes": nodes }));
    let text = TEXT
        .replace("@head", Snakefile::HEAD)
        .replace("@results", results.short())
        .replace("@pipeline", &quoted(&file))
        .replace("@profile", &quoted(profile))
        .replace("@count", &pending.len().to_string())
        .replace("@files", &files.concat())
        .replace("@jobs", &jobs.concat());
    Snakefile {
        text,
        jobs: groups.len(),
        cells: pending.len(),
    }
}

fn job(group: &Group<'_>) -> String {
    let cell = |cell: &&ListedCell| {
        let label: Vec<&str> = cell.label.split_whitespace().collect();
        format!(
            "        \"{}\",  # {}: {}\n",
            cell.key,
            cell.stage,
            label.join(" ")
        )
    };
    format!(
        "    \"{}\": {{\"minutes\": {}, \"mem_mb\": {}, \"cells\": [\n{}    ]}},\n",
        group.name(),
        group.minutes(),
        group.megabytes(),
        group.cells.iter().map(cell).collect::<String>()
    )
}

/// A text as Python writes it: JSON's way is one of Python's.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A path as Snakemake takes it for itself, not for wildcards.
fn wildless(path: &str) -> String {
    quoted(&path.replace('{', "{{").replace('}', "}}"))
}

const TEXT: &str = r#"@head: @count cells that were not kept yet, in jobs.
# Run it in the folder of pipeline.toml:
#   snakemake -s Snakefile --cores 8
#   snakemake -s Snakefile --executor slurm --jobs 16 --default-resources slurm_partition=NAME
# The key of a cell is its content. After a change of pipeline.toml, of data or of code, write this file again.

MF = config.get("mf", "mf")
PIPELINE = @pipeline
PROFILE = @profile

# Files that stages read. How old they are decides nothing.
FILES = [
@files]

# Each job: the minutes and the memory that it may take, and its cells, which it computes one after the other.
JOBS = {
@jobs}


localrules: results


# Computes what is not made of cells, and makes tables and figures of all.
rule results:
    input: expand(".mf/snakemake/job-{job}", job=JOBS)
    output: touch(".mf/snakemake/results-@results")
    shell: "{MF:q} run --file {PIPELINE:q} --profile {PROFILE:q}"


# Cells are no outputs: Snakemake removes those of a job that fails, and a finished cell stays.
rule cells:
    input: ancient(PIPELINE), ancient(FILES)
    output: touch(".mf/snakemake/job-{job}")
    params: cells=lambda wildcards: JOBS[wildcards.job]["cells"]
    threads: 1
    resources:
        mem_mb=lambda wildcards: JOBS[wildcards.job]["mem_mb"],
        runtime=lambda wildcards: JOBS[wildcards.job]["minutes"],
    shell: "{MF:q} cells run --file {PIPELINE:q} --profile {PROFILE:q} --threads {threads} {params.cells}"
"#;

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(name: &str, seconds: Option<f64>, memory: u64) -> ListedCell {
        ListedCell {
            key: Hash::of(name.as_bytes()),
            stage: "grid".to_owned(),
            kind: "training".to_owned(),
            label: name.to_owned(),
            cost: 1.0,
            seconds,
            memory,
            kept: false,
        }
    }

    fn labels<'a>(groups: &[Group<'a>]) -> Vec<Vec<&'a str>> {
        let names =
            |group: &Group<'a>| group.cells.iter().map(|cell| cell.label.as_str()).collect();
        groups.iter().map(names).collect()
    }

    #[test]
    fn long_cells_are_alone_and_short_ones_fill_jobs() {
        let cells = [
            cell("day", Some(86_400.0), 1),
            cell("unknown", None, 1),
            cell("a", Some(400.0), 1),
            cell("b", Some(300.0), 1),
            cell("c", Some(290.0), 1),
            cell("d", Some(280.0), 1),
        ];
        let dealt = groups(&cells, 600.0);
        assert_eq!(
            labels(&dealt),
            [vec!["unknown"], vec!["day"], vec!["a", "d"], vec!["b", "c"]],
            "1270 s are two jobs of 600 s"
        );
    }

    #[test]
    fn jobs_take_about_as_long_as_asked_or_longer_whatever_the_order() {
        let time = |n: u32| f64::from(n * 37 % 101);
        let mut cells: Vec<ListedCell> = (1..=400)
            .map(|n| cell(&n.to_string(), Some(time(n)), 1))
            .collect();
        let forth = groups(&cells, 600.0);
        let seconds: Vec<f64> = forth.iter().filter_map(|group| group.seconds).collect();
        assert!(
            seconds
                .iter()
                .all(|seconds| (550.0..800.0).contains(seconds)),
            "{seconds:?}"
        );
        let all: BTreeSet<&str> = labels(&forth).into_iter().flatten().collect();
        assert_eq!(all.len(), 400);
        let forth: Vec<String> = forth.iter().map(Group::name).collect();
        cells.reverse();
        let back: Vec<String> = groups(&cells, 600.0).iter().map(Group::name).collect();
        assert_eq!(forth, back);
    }

    #[test]
    fn a_job_asks_for_what_its_cells_need_and_more() {
        let cells = [
            cell("a", Some(60.0), 5_000_000),
            cell("b", Some(40.0), 7_000_001),
        ];
        let group = &groups(&cells, 600.0)[0];
        assert_eq!(group.megabytes(), 8 + PROGRAM);
        assert_eq!(group.minutes(), 8, "1.5 times 100 s, and 5 minutes");
        assert!(groups(&[], 600.0).is_empty());
    }
}
