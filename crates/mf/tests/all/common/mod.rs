//! A project in a folder of its own, and the binary run in it.

pub(crate) mod numerals;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A file of the workspace as text.
pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| {
        if path.is_dir() {
            files(&path)
        } else {
            vec![path]
        }
    };
    paths.flat_map(below).collect()
}

/// A stage, two claims and a figure: small, and complete.
pub(crate) const SMALL: &str = r#"
[project]
title = "small"
seed = 1

[[quantizer]]
name = "three"
family = "codebook"
levels = [-1.0, 0.0, 1.0]

[[stage]]
name = "optimum"
kind = "optimal-spacing"
with = { recipe = "exact", states = [4, 8, 16, 32] }

[[stage]]
name = "fit"
kind = "power-law"
inputs = { data = "optimum.optima" }
with = { x = "states_plus_one", y = "one_minus_chi" }

[[stage]]
name = "quantizers"
kind = "quantizer-optimum"
quantizers = "all"

[[figure]]
name = "picture"
[[figure.panels]]
chart = "xy"
x = { scale = "log" }
y = { scale = "log" }
[[figure.panels.series]]
table = "optimum.optima"
x = "states"
y = "one_minus_chi"

[[claim]]
name = "exponent"
of = "fit.exponent"
reference = 1.82
source = { by = "a test" }
tolerance = 0.05
reason = "a test"

[[claim]]
name = "three-states"
of = "quantizers.optima"
column = "one_minus_chi"
row = { quantizer = "three" }
reference = 0.1901740392
source = { by = "mpmath" }
tolerance = 1e-10
reason = "ten printed digits"
"#;

/// A folder with a pipeline.toml.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// A folder without a project.
    pub(crate) fn none() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A project with this pipeline.
    pub(crate) fn new(pipeline: &str) -> Self {
        let project = Self::none();
        project.write("pipeline.toml", pipeline);
        project
    }

    /// The small project.
    pub(crate) fn small() -> Self {
        Self::new(SMALL)
    }

    /// The small project with one text replaced.
    pub(crate) fn small_with(from: &str, to: &str) -> Self {
        assert!(SMALL.contains(from), "the small pipeline has no {from}");
        Self::new(&SMALL.replace(from, to))
    }

    /// With a file of the repository.
    pub(crate) fn copy(&self, name: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(root().join(name), path).unwrap();
    }

    /// With the images of MNIST.
    pub(crate) fn with_mnist(self) -> Self {
        self.with_images("mnist")
    }

    /// With the images of a folder of `data`.
    pub(crate) fn with_images(self, set: &str) -> Self {
        for part in [
            "train-images-idx3",
            "train-labels-idx1",
            "t10k-images-idx3",
            "t10k-labels-idx1",
        ] {
            self.copy(&format!("data/{set}/{part}-ubyte.gz"));
        }
        self.copy(&format!("data/{set}/MD5SUMS"));
        self
    }

    /// A path below the project.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, with its folders.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads a file.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Runs `mf` in the project.
    pub(crate) fn mf(&self, arguments: &[&str]) -> Ended {
        let output = self.command().args(arguments).output().unwrap();
        Ended::new(&output)
    }

    /// Runs `mf` in a folder of the project.
    pub(crate) fn mf_in(&self, folder: &str, arguments: &[&str]) -> Ended {
        let mut command = self.command();
        let command = command.current_dir(self.path(folder)).args(arguments);
        Ended::new(&command.output().unwrap())
    }

    /// `mf` in the project, to be run.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mf"));
        command.current_dir(self.folder.path());
        command
    }
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    pub(crate) fn new(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// It ended with this status.
    #[track_caller]
    pub(crate) fn with_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// Its problems say all of this.
    #[track_caller]
    pub(crate) fn complaining_of(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(
                self.err.contains(text),
                "standard error lacks `{text}`:\n{}",
                self.err
            );
        }
        self
    }

    /// Its results say all of this.
    #[track_caller]
    pub(crate) fn saying(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(
                self.out.contains(text),
                "standard output lacks `{text}`:\n{}",
                self.out
            );
        }
        self
    }
}
