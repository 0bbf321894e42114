//! Input files that are refused: the message names the file, line, column, value and what is allowed.

#![allow(clippy::unwrap_used, clippy::panic)] // tests

use std::path::Path;

use mf_data::{DataError, Expect, Table, files};

fn expect() -> Vec<Expect> {
    vec![
        Expect::u64("states"),
        Expect::f64("error").within(0.0..=1.0),
    ]
}

/// The message after the file's name, for an input read as states and error.
fn refusal(bytes: &[u8]) -> String {
    let error = Table::from_csv_as(bytes, "input.csv", &expect()).unwrap_err();
    let message = error.to_string();
    message
        .strip_prefix("input.csv")
        .unwrap_or_else(|| panic!("the file is not named first: {message}"))
        .to_owned()
}

#[test]
fn ragged_row() {
    assert_eq!(
        refusal(b"states,error\n4,0.1\n8,0.03,7\n"),
        ", line 3: 3 cells where the header has 2; add or remove cells, or quote a cell that holds a comma"
    );
}

#[test]
fn line_numbers_count_notes_blank_lines_and_quoted_line_ends() {
    assert!(
        refusal(b"# note\nstates,error\n\n4,\"0.1\n\"\n").starts_with(", line 4, column `error`")
    );
    assert!(
        refusal(b"states,error,x\n4,0.1,\"a\nb\"\n8,y,c\n")
            .starts_with(", line 4, column `error`: `y`")
    );
    assert!(
        refusal(b"states,error\r\n4,0.1\r\n8,z\r\n").starts_with(", line 3, column `error`: `z`")
    );
}

#[test]
fn wrong_type_in_a_cell() {
    assert_eq!(
        refusal(b"states,error\n4,0.1\n8,abc\n"),
        ", line 3, column `error`: `abc` is not allowed; expected a finite number from 0 to 1"
    );
    assert_eq!(
        refusal(b"states,error\n4.5,0.1\n"),
        ", line 2, column `states`: `4.5` is not allowed; expected a whole number"
    );
    assert!(refusal(b"states,error\n-4,0.1\n").contains("`-4` is not allowed"));
    assert!(refusal(b"states,error\n4,\n").contains("`` is not allowed"));
}

#[test]
fn value_out_of_range() {
    assert!(
        refusal(b"states,error\n4,1.5\n")
            .contains("`1.5` is not allowed; expected a finite number from 0 to 1")
    );
}

#[test]
fn nan_and_infinity_only_where_allowed() {
    assert!(refusal(b"states,error\n4,NaN\n").contains("line 2, column `error`: `NaN`"));
    assert!(refusal(b"states,error\n4,inf\n").contains("`inf`"));
    let expect = [Expect::f64("error").or_not_finite()];
    let table = Table::from_csv_as(b"states,error\n4,NaN\n", "input.csv", &expect).unwrap();
    assert!(table.f64("error").unwrap()[0].is_nan());
}

#[test]
fn missing_column_names_the_nearest() {
    assert_eq!(
        refusal(b"states,eror\n4,0.1\n"),
        " has no column `error`; it has `states`, `eror`; did you mean `eror`?"
    );
}

#[test]
fn duplicate_column() {
    assert_eq!(
        refusal(b"states,error,states\n4,0.1,4\n"),
        " has two columns named `states` (columns 1 and 3); rename one"
    );
}

#[test]
fn empty_file_and_header_alone() {
    assert!(refusal(b"").starts_with(" is empty; it needs a header line"));
    assert!(refusal(b"# only a note\n\n").starts_with(" is empty"));
    assert!(refusal(b"states,error\n").starts_with(" has no rows below its header"));
}

#[test]
fn not_utf8() {
    assert_eq!(
        refusal(b"states,error\n4,0.1\n8,\xff\n"),
        ", line 3: byte 0xff is not UTF-8 text; save the file as UTF-8"
    );
}

#[test]
fn quotes_that_do_not_close() {
    assert!(
        refusal(b"states,error\n4,\"0.1\n").starts_with(", line 2: a quoted cell does not end")
    );
    assert!(
        refusal(b"states,error\n4,\"0.1\"x\n")
            .starts_with(", line 2: text follows a closing quote")
    );
}

#[test]
fn missing_file() {
    let error = files::read(Path::new("no/such/file.csv")).unwrap_err();
    assert!(matches!(error, DataError::Read { .. }));
    assert!(
        error
            .to_string()
            .starts_with("cannot read no/such/file.csv: ")
    );
    assert!(
        error
            .to_string()
            .ends_with("check the name, or create the file first")
    );
}

#[test]
fn a_folder_is_not_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let error = files::read(folder.path()).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("it is a folder; name a file in it")
    );
}

/// A path that cannot be read is not reported as absent. The system refuses links in a circle to every user, root
/// included.
#[cfg(unix)]
#[test]
fn an_unreadable_path_is_not_absent() {
    let folder = tempfile::tempdir().unwrap();
    let circle = folder.path().join("circle");
    std::os::unix::fs::symlink("circle", &circle).unwrap();
    let below = circle.join("file.csv");
    let errors = [
        files::read_if_there(&below).map(drop).unwrap_err(),
        files::file_type(&below).map(drop).unwrap_err(),
        files::entries(&below).map(drop).unwrap_err(),
    ];
    for error in errors {
        let message = error.to_string();
        let named = format!("cannot read {}: ", below.display());
        assert!(message.starts_with(&named), "{message}");
    }
    assert!(files::list(folder.path()).is_err());
}

#[test]
fn paths_below_a_file_or_a_missing_folder_are_absent() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    files::write_atomic(&file, b"x").unwrap();
    for path in [file.join("a.csv"), folder.path().join("no/a.csv")] {
        assert_eq!(files::read_if_there(&path).unwrap(), None);
        assert!(files::file_type(&path).unwrap().is_none());
        assert!(files::entries(&path).unwrap().is_empty());
    }
    assert_eq!(files::read_if_there(&file).unwrap().unwrap(), b"x");
}
