//! What moves the fingerprints of this workspace's own kinds, in a copy of its sources.
#![allow(clippy::unwrap_used, clippy::panic, clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use mf_code::{Code, CodeError, LOCKED};

/// A copy of the manifests and sources of this workspace, in a folder of cargo for tests. It is removed with this value.
struct Copy(PathBuf);

impl Drop for Copy {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

impl Copy {
    fn new() -> Self {
        static COPIES: AtomicUsize = AtomicUsize::new(0);
        let number = COPIES.fetch_add(1, Ordering::Relaxed);
        let name = format!("workspace-{}-{number}", std::process::id());
        let copy = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
        fs::create_dir_all(&copy.0).unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for file in ["Cargo.toml", "Cargo.lock"] {
            fs::copy(root.join(file), copy.path(file)).unwrap();
        }
        for entry in fs::read_dir(root.join("crates")).unwrap() {
            let from = entry.unwrap().path();
            let to = copy.path("crates").join(from.file_name().unwrap());
            fs::create_dir_all(&to).unwrap();
            fs::copy(from.join("Cargo.toml"), to.join("Cargo.toml")).unwrap();
            for inside in ["src", "assets"] {
                if from.join(inside).is_dir() {
                    copy_folder(&from.join(inside), &to.join(inside));
                }
            }
        }
        copy
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Replaces one text of a file, which must be there.
    #[track_caller]
    fn edit(&self, file: &str, from: &str, to: &str) {
        let path = self.path(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    }

    /// The fingerprints of the kinds, by their modules.
    fn kinds(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        let code = Code::read(&self.0, &["mf-pipeline"]).unwrap();
        let of = |kind: &&str| {
            let parts = code.of("mf", &format!("stages::{kind}")).unwrap();
            ((*kind).to_owned(), parts)
        };
        KINDS.iter().map(of).collect()
    }
}

/// Some kinds of `mf`: theory, a fit of a table, a simulation, training, tables of formats, figures.
const KINDS: [&str; 6] = [
    "optimal_spacing",
    "over_seeds",
    "manifold",
    "training_grid",
    "number_formats",
    "figure",
];

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(path, target).unwrap();
        }
    }
}

/// The kinds whose fingerprint an edit moves, and in which parts.
#[track_caller]
fn moved(file: &str, from: &str, to: &str) -> Vec<(String, Vec<String>)> {
    let copy = Copy::new();
    let before = copy.kinds();
    copy.edit(file, from, to);
    let mut moved = Vec::new();
    for (kind, after) in copy.kinds() {
        let parts = after
            .iter()
            .filter(|(part, hash)| before[&kind].get(*part) != Some(*hash));
        let parts: Vec<String> = parts.map(|(part, _)| part.clone()).collect();
        if !parts.is_empty() {
            moved.push((kind, parts));
        }
    }
    moved
}

fn names(moved: &[(String, Vec<String>)]) -> Vec<&str> {
    moved.iter().map(|(kind, _)| kind.as_str()).collect()
}

#[test]
fn a_comment_moves_nothing() {
    for (file, from, to) in [
        (
            "crates/mf-core/src/maps/correlation.rs",
            "/// `M(C)`.",
            "/// The map, `M(C)`.",
        ),
        ("crates/mf-train/src/layer.rs", "\n", "\n// A remark.\n"),
        (
            "crates/mf/src/stages/manifold.rs",
            "//! `manifold`:",
            "//! `manifold` is this:",
        ),
    ] {
        assert_eq!(moved(file, from, to), [], "{file}");
    }
}

#[test]
fn a_test_moves_nothing() {
    let tested = (
        "#[cfg(test)]\nmod tests {",
        "#[cfg(test)]\nmod tests {\n    const MORE: u8 = 1;\n",
    );
    assert_eq!(
        moved("crates/mf-fit/src/jackknife.rs", tested.0, tested.1),
        []
    );
}

#[test]
fn a_formula_moves_what_links_it() {
    let found = moved(
        "crates/mf-core/src/activation/hermite.rs",
        "const SERIES_UP_TO: f64 = 0.9;",
        "const SERIES_UP_TO: f64 = 0.8;",
    );
    assert_eq!(
        names(&found),
        [
            "manifold",
            "number_formats",
            "optimal_spacing",
            "over_seeds",
            "training_grid"
        ]
    );
    assert!(
        found.iter().all(|(_, parts)| *parts == ["mf-core"]),
        "{found:?}"
    );
}

#[test]
fn a_simulation_moves_no_training() {
    let found = moved(
        "crates/mf-sim/src/forward.rs",
        "use ",
        "#[expect(unused)]\nuse ",
    );
    let found = names(&found);
    assert!(found.contains(&"manifold"), "{found:?}");
    assert!(
        !found.contains(&"figure") && !found.contains(&"number_formats"),
        "{found:?}"
    );
}

#[test]
fn a_stage_moves_itself_and_what_names_it() {
    let found = moved(
        "crates/mf/src/stages/manifold.rs",
        "const COMPONENTS: usize = 3;",
        "const COMPONENTS: usize = 2;",
    );
    assert_eq!(found, [("manifold".to_owned(), vec!["mf".to_owned()])]);
    let found = moved(
        "crates/mf/src/stages/ensemble.rs",
        "job.workers(usize::MAX,",
        "job.workers(usize::MAX - 1,",
    );
    assert_eq!(names(&found), ["manifold"]);
}

#[test]
fn a_new_format_moves_its_tables() {
    let found = moved(
        "crates/mf-core/src/quantizer/named.rs",
        "format(\"int8\"",
        "format(\"int8-other\"",
    );
    assert!(names(&found).contains(&"number_formats"));
    assert!(!names(&found).contains(&"figure"));
}

#[test]
fn a_file_that_code_includes_moves_what_is_made_with_it() {
    let copy = Copy::new();
    let report = || {
        let code = Code::read(&copy.0, &["mf-pipeline"]).unwrap();
        code.of("mf", "documents::report").unwrap()
    };
    let (before, kinds) = (report(), copy.kinds());
    let style = copy.path("crates/mf-report/assets/report.css");
    let mut bytes = fs::read(&style).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(style, bytes).unwrap();
    assert_ne!(report(), before);
    assert_eq!(copy.kinds(), kinds);
}

#[test]
fn a_locked_version_moves_what_computes_with_it() {
    let copy = Copy::new();
    let before = copy.kinds();
    let text = fs::read_to_string(copy.path("Cargo.lock")).unwrap();
    let at = text.find("name = \"libm\"").unwrap();
    let checksum = at + text[at..].find("checksum = \"").unwrap() + "checksum = \"".len();
    let mut changed = text.clone();
    changed.replace_range(checksum..checksum + 4, "0000");
    fs::write(copy.path("Cargo.lock"), changed).unwrap();
    let after = copy.kinds();
    let locked = |kind: &str| after[kind][LOCKED] != before[kind][LOCKED];
    assert!(locked("optimal_spacing") && locked("manifold") && locked("figure"));
    for (kind, parts) in &after {
        let others = parts.iter().filter(|(part, _)| *part != LOCKED);
        assert!(
            others
                .into_iter()
                .all(|(part, hash)| before[kind][part] == *hash)
        );
    }
}

#[test]
fn the_engine_is_left_out() {
    assert_eq!(
        moved(
            "crates/mf-pipeline/src/words/text.rs",
            "const MOST_NAMES: usize = 24;",
            "const MOST_NAMES: usize = 25;"
        ),
        []
    );
}

#[test]
fn what_is_not_there_is_named() {
    let code = Code::read(Path::new("nowhere"), &[]);
    assert!(matches!(code, Err(CodeError::Read { .. })), "{code:?}");
    let copy = Copy::new();
    let code = Code::read(&copy.0, &[]).unwrap();
    let error = code.of("mf", "stages::none").unwrap_err().to_string();
    assert!(
        error.contains("stages::none") && error.contains("stages::manifold"),
        "{error}"
    );
    let error = code.of("none", "stages::none").unwrap_err().to_string();
    assert!(error.contains("mf-core"), "{error}");
}
