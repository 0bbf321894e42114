//! Reading and writing files: whole or not at all, with errors that name the file and the remedy.

#![allow(clippy::disallowed_methods)] // the other crates must use this module

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::end::point;
use crate::error::DataError;

/// How the names of temporary files begin.
const TEMPORARY: &str = ".writing-";

/// The bytes of a file.
///
/// # Errors
/// [`DataError::Read`] with the remedy if the file is missing, is a folder, or may not be read.
pub fn read(path: &Path) -> Result<Vec<u8>, DataError> {
    fs::read(path).map_err(|error| read_error(path, &error))
}

/// The bytes of a file, or `None` if there is none.
///
/// # Errors
/// [`DataError::Read`] if there is something that cannot be read, or if the system does not say whether there is.
pub fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, DataError> {
    if_there(path, fs::read(path))
}

/// The result of `reader` on a file, or `None` if there is no such file.
///
/// # Errors
/// As [`read_if_there`].
pub fn read_with<T>(
    path: &Path,
    reader: impl FnOnce(&mut fs::File) -> io::Result<T>,
) -> Result<Option<T>, DataError> {
    if_there(
        path,
        fs::File::open(path).and_then(|mut file| reader(&mut file)),
    )
}

/// The type of the file or folder at a path, links followed; `None` if there is nothing.
///
/// # Errors
/// [`DataError::Read`] if the system does not say, as for a folder that may not be searched or links in a circle.
pub fn file_type(path: &Path) -> Result<Option<fs::FileType>, DataError> {
    let found = fs::metadata(path).map(|metadata| metadata.file_type());
    if_there(path, found)
}

/// Writes a file whole: to a temporary file in the same folder, to the disk, then renamed over `path`.
/// A reader of `path` sees the old file or the new one; an interrupted write leaves the old one.
///
/// # Errors
/// [`DataError::Write`] with the remedy if the folder is missing or read-only, or the disk is full.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<(), DataError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // The message for renaming a file over a folder differs between systems, so this gives the same one everywhere.
    if path.is_dir() {
        return Err(write_error(path, &ErrorKind::IsADirectory.into()));
    }
    let mut file = temporary(folder).map_err(|error| write_error(path, &error))?;
    let (head, tail) = bytes.split_at(bytes.len() / 2);
    file.write_all(head)
        .inspect(|()| point())
        .and_then(|()| file.write_all(tail))
        .and_then(|()| file.as_file().sync_all())
        .map_err(|error| write_error(path, &error))?;
    point();
    file.persist(path)
        .map_err(|error| write_error(path, &error.error))?;
    point();
    Ok(())
}

/// Whether a file is a temporary file of [`write_atomic`], by its name.
#[must_use]
pub fn is_temporary(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with(TEMPORARY))
}

/// The time since a file was last written; `None` if it is gone, or was written in the future.
///
/// # Errors
/// [`DataError::Read`] if the system does not say.
pub fn age(path: &Path) -> Result<Option<Duration>, DataError> {
    let written = fs::metadata(path).and_then(|metadata| metadata.modified());
    Ok(if_there(path, written)?.and_then(|written| written.elapsed().ok()))
}

/// The files of a folder, sorted by their names; none if there is no such folder.
///
/// # Errors
/// [`DataError::Read`] if the folder cannot be read.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    of_type(folder, fs::FileType::is_file)
}

/// The folders of a folder, sorted by their names; none if there is no such folder.
///
/// # Errors
/// [`DataError::Read`] if the folder cannot be read.
pub fn folders(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    of_type(folder, fs::FileType::is_dir)
}

fn of_type(
    folder: &Path,
    wanted: impl Fn(&fs::FileType) -> bool,
) -> Result<Vec<PathBuf>, DataError> {
    let mut found = Vec::new();
    for path in entries(folder)? {
        if file_type(&path)?.is_some_and(|found| wanted(&found)) {
            found.push(path);
        }
    }
    Ok(found)
}

/// Everything in a folder, files and folders, sorted by their names; none if there is no such folder.
///
/// # Errors
/// [`DataError::Read`] if the folder cannot be read.
pub fn entries(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let Some(entries) = if_there(folder, fs::read_dir(folder))? else {
        return Ok(Vec::new());
    };
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|error| read_error(folder, &error))?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Creates a folder and the folders above it. It is not an error if the folder exists.
///
/// # Errors
/// [`DataError::Write`] with the remedy.
pub fn create_folder(path: &Path) -> Result<(), DataError> {
    fs::create_dir_all(path).map_err(|error| write_error(path, &error))
}

/// A temporary file with the permissions of an ordinary new file (the umask applies).
fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// The result, or `None` if the error says that nothing is there. Any other error is returned.
fn if_there<T>(path: &Path, found: io::Result<T>) -> Result<Option<T>, DataError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(read_error(path, &error)),
    }
}

fn read_error(path: &Path, error: &io::Error) -> DataError {
    DataError::Read {
        path: path.to_owned(),
        reason: reason(error),
        remedy: read_remedy(error).to_owned(),
    }
}

fn write_error(path: &Path, error: &io::Error) -> DataError {
    DataError::Write {
        path: path.to_owned(),
        reason: reason(error),
        remedy: write_remedy(error).to_owned(),
    }
}

/// The message for the kind of error, without the path that tempfile adds.
fn reason(error: &io::Error) -> String {
    error.kind().to_string()
}

fn read_remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound => "check the name, or create the file first",
        ErrorKind::PermissionDenied => {
            "make it readable (chmod +r), and the folders above it searchable (chmod +x)"
        }
        ErrorKind::IsADirectory => "it is a folder; name a file in it",
        _ => "check the disk and try again",
    }
}

fn write_remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound => "its folder does not exist; create it first",
        ErrorKind::PermissionDenied => "make its folder writable (chmod +w), or choose another one",
        ErrorKind::ReadOnlyFilesystem => "the file system is read-only; choose another folder",
        ErrorKind::StorageFull => "the disk is full; free some space and run again",
        ErrorKind::QuotaExceeded => "the disk quota is used up; free some space and run again",
        ErrorKind::FileTooLarge => {
            "the file would be larger than is allowed; raise the limit (ulimit -f) or make it smaller"
        }
        ErrorKind::IsADirectory => "there is a folder of this name; move it away",
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            "a part of the path is a file, not a folder; move it away"
        }
        _ => "check the disk and try again",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: ErrorKind) -> String {
        write_error(Path::new("out/a.csv"), &kind.into()).to_string()
    }

    #[test]
    fn write_errors_name_the_file_and_the_remedy() {
        let cases = [
            (ErrorKind::StorageFull, "free some space"),
            (ErrorKind::QuotaExceeded, "free some space"),
            (ErrorKind::FileTooLarge, "ulimit -f"),
            (ErrorKind::PermissionDenied, "chmod +w"),
            (ErrorKind::ReadOnlyFilesystem, "read-only"),
            (ErrorKind::NotFound, "create it first"),
            (ErrorKind::NotADirectory, "move it away"),
            (ErrorKind::Other, "try again"),
        ];
        for (kind, remedy) in cases {
            let text = message(kind);
            assert!(text.starts_with("cannot write out/a.csv: "), "{text}");
            assert!(text.contains(remedy), "{text}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_error_code_of_a_full_disk_is_recognized() {
        let enospc = io::Error::from_raw_os_error(28);
        assert!(
            write_error(Path::new("a"), &enospc)
                .to_string()
                .contains("disk is full")
        );
    }
}
