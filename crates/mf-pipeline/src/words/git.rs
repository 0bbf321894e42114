//! What git says.

use std::path::Path;
use std::process::Command;

/// What git prints in a folder (the current one, if the path is empty), or why it prints nothing.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let mut git = Command::new("git");
    git.args(arguments);
    if !folder.as_os_str().is_empty() {
        git.current_dir(folder);
    }
    let output = git.output().map_err(|error| {
        format!("git can't be run: {error}; install it, or compare two folders")
    })?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    Ok(output.stdout)
}
