//! Why a fingerprint cannot be made.

use std::path::PathBuf;

/// Why a fingerprint cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    /// A file or folder that cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// A manifest or a lock file that is not what it should be.
    #[error("{} is not a manifest or a lock file of Cargo: {message}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// A source that cannot be read as Rust.
    #[error("{} is not Rust: {message}", path.display())]
    Rust {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// No crate of the workspace has this name.
    #[error("the workspace has no crate `{name}`; it has {known}")]
    Crate {
        /// The name.
        name: String,
        /// The names there are.
        known: String,
    },
    /// No module of the crate has this name.
    #[error("there is no module `{name}`; there are {known}")]
    Module {
        /// The name.
        name: String,
        /// The names there are.
        known: String,
    },
}
