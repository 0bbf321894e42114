//! How a file is read: the profile, values that are tried, strictness.

/// How `pipeline.toml` is read; by default under the profile `default`, without changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadOptions {
    /// The profile.
    pub profile: String,
    /// Parameters that are tried without editing the file, each as `STAGE.KEY[.KEY...]=VALUE` in TOML, where a bare word
    /// is a string. They count above the profile. Results are then published into `runs/trial`.
    pub set: Vec<String>,
    /// Whether warnings are errors.
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
