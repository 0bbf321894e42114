//! Files are written whole or not at all.

#![allow(clippy::unwrap_used)] // tests
#![allow(clippy::disallowed_methods)] // looks at the folder behind the crate's back

use std::fs;
use std::path::Path;

use mf_data::{DataError, files};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn replaces_a_file_and_leaves_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    files::write_atomic(&path, b"old").unwrap();
    files::write_atomic(&path, b"new").unwrap();
    assert_eq!(files::read(&path).unwrap(), b"new");
    assert_eq!(names(folder.path()), ["a.csv"]);
}

#[test]
fn a_missing_folder_is_named_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("no/a.csv");
    let error = files::write_atomic(&path, b"x").unwrap_err();
    assert!(matches!(&error, DataError::Write { path: p, .. } if *p == path));
    assert!(
        error
            .to_string()
            .ends_with("its folder does not exist; create it first")
    );
    files::create_folder(&folder.path().join("no")).unwrap();
    files::write_atomic(&path, b"x").unwrap();
}

#[test]
fn a_folder_in_the_way_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    files::create_folder(&path).unwrap();
    let error = files::write_atomic(&path, b"x").unwrap_err();
    assert!(error.to_string().contains("there is a folder of this name"));
    assert_eq!(names(folder.path()), ["a.csv"]);
}

#[test]
fn a_file_in_place_of_the_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    files::write_atomic(&file, b"x").unwrap();
    let error = files::write_atomic(&file.join("a.csv"), b"x").unwrap_err();
    assert!(
        error.to_string().contains("a part of the path is a file"),
        "{error}"
    );
    let error = files::create_folder(&file).unwrap_err();
    assert!(
        error.to_string().contains("a part of the path is a file"),
        "{error}"
    );
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_an_error_and_stays_empty() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    // The superuser may write anywhere, so there is nothing to refuse.
    let superuser = fs::write(folder.path().join("probe"), b"").is_ok();
    let result = files::write_atomic(&folder.path().join("a.csv"), b"x");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    if !superuser {
        assert!(
            result
                .unwrap_err()
                .to_string()
                .contains("make its folder writable")
        );
        assert!(names(folder.path()).is_empty());
    }
}

#[cfg(unix)]
#[test]
fn new_files_have_ordinary_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (ours, plain) = (folder.path().join("ours"), folder.path().join("plain"));
    files::write_atomic(&ours, b"x").unwrap();
    fs::write(&plain, b"x").unwrap();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&ours), mode(&plain));
}
