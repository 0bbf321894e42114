//! Input files that are read: kinds, notes, quoting, units.

#![allow(clippy::unwrap_used)] // tests

use std::path::Path;

use mf_data::{Expect, Kind, Table, files};

fn any(text: &str) -> Table {
    Table::from_csv(text.as_bytes(), "input.csv").unwrap()
}

fn reference(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/reference");
    files::read(&folder.join(name)).unwrap()
}

#[test]
fn kinds_are_the_narrowest_that_fit_every_cell() {
    let table = any("a,b,c\n1,1,1\n2,2.5,x\n");
    let kinds: Vec<Kind> = table.fields().iter().map(|field| field.kind).collect();
    assert_eq!(kinds, [Kind::U64, Kind::F64, Kind::Text]);
    assert_eq!(table.f64("a").unwrap(), [1.0, 2.0]);
    assert_eq!(table.f64("b").unwrap(), [1.0, 2.5]);
    assert_eq!(table.text("b").unwrap(), ["1", "2.5"]);
    assert_eq!(table.text("c").unwrap(), ["1", "x"]);
    assert_eq!(
        table.f64("c").unwrap_err().to_string(),
        "column `c` holds text, not numbers (row 2: `x`); name another column or correct the value"
    );
    assert!(
        table
            .u64("b")
            .unwrap_err()
            .to_string()
            .contains("(row 2: `2.5`)")
    );
}

#[test]
fn notes_are_kept_and_blank_lines_skipped() {
    let table = any("# from a book\n\nn\n#second\n7\n\n8\n");
    assert_eq!(table.notes(), ["from a book", "second"]);
    assert_eq!(table.u64("n").unwrap(), [7, 8]);
}

#[test]
fn byte_order_mark_carriage_returns_blanks_and_quotes() {
    let table = any("\u{feff}name , n\r\n\"a, \"\"b\"\"\r\nc\", 4\r\nplain , 5\r\n");
    assert_eq!(table.text("name").unwrap(), ["a, \"b\"\r\nc", "plain"]);
    assert_eq!(table.u64("n").unwrap(), [4, 5]);
}

#[test]
fn last_line_needs_no_end() {
    assert_eq!(any("n\n7").u64("n").unwrap(), [7]);
}

#[test]
fn expected_columns_come_in_the_order_asked_for_with_their_units() {
    let name = "authors_optimal_spacing_even.csv";
    let table = Table::from_csv_as(
        &reference(name),
        name,
        &[
            Expect::f64("spacing")
                .within(0.0..=2.0)
                .unit("sqrt(Q*)")
                .about("best spacing"),
            Expect::u64("levels").within(2.0..),
        ],
    )
    .unwrap();
    assert_eq!(table.rows(), 34);
    assert_eq!(table.fields()[0].unit, "sqrt(Q*)");
    assert_eq!(table.fields()[1].name, "levels");
    assert_eq!(table.u64("levels").unwrap()[33], 1024);
}

#[test]
fn reference_files_are_read_with_their_source() {
    for name in ["max_1960_uniform.csv", "max_1960_nonuniform.csv"] {
        let table = Table::from_csv(&reference(name), name).unwrap();
        assert_eq!(table.u64("states").unwrap(), [4, 8, 16, 32]);
        assert!(table.notes().iter().any(|note| note.contains("Max")));
    }
}
