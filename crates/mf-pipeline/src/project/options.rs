//! How a file is read: under which profile, with which values tried, how strictly.

/// How `pipeline.toml` is read; by default under the profile `default`, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadOptions {
    /// The profile.
    pub profile: String,
    /// Parameters that are tried without editing the file, each as `STAGE.KEY[.KEY...]=VALUE` in TOML, where a bare word
    /// is a string. They count above the profile. Results are then published into `runs/trial`.
    pub set: Vec<String>,
    /// Whether what is worth a warning is an error.
    pub strict: bool,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            profile: "default".to_owned(),
            set: Vec::new(),
            strict: false,
        }
    }
}
