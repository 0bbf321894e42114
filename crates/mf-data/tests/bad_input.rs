//! Input files that are refused: the message names the file, line, column, value and what is allowed.

#![allow(clippy::unwrap_used, clippy::panic)] // tests

use std::path::{Path, PathBuf};

use mf_data::{DataError, Expect, files, read_csv, read_csv_any};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join("input.csv");
        files::write_atomic(&path, bytes).unwrap();
        path
    }
}

fn expect() -> Vec<Expect> {
    vec![
        Expect::u64("states"),
        Expect::f64("error").within(0.0..=1.0),
    ]
}

/// The message after the file's path, for an input read as states and error.
fn refusal(bytes: &[u8]) -> String {
    let folder = Folder::new();
    let path = folder.file(bytes);
    let message = read_csv(&path, &expect()).unwrap_err().to_string();
    let name = path.display().to_string();
    message
        .strip_prefix(&name)
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
fn lines_are_counted_through_notes_blank_lines_and_quoted_line_ends() {
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
    let folder = Folder::new();
    let path = folder.file(b"states,error\n4,NaN\n");
    let table = read_csv(&path, &[Expect::f64("error").or_not_finite()]).unwrap();
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
    let error = read_csv_any(Path::new("no/such/file.csv")).unwrap_err();
    assert!(matches!(error, DataError::Read { .. }));
    assert!(
        error
            .to_string()
            .starts_with("cannot read no/such/file.csv: ")
    );
    assert!(
        error
            .to_string()
            .ends_with("check the name, or make the file first")
    );
}

#[test]
fn a_folder_is_not_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let error = read_csv_any(folder.path()).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("it is a folder; name a file in it")
    );
}
