//! Manuscripts that can be typeset, and errors with their places.
#![allow(clippy::unwrap_used)]

use mf_paper::{Manuscript, PaperError};

fn manuscript(files: &[(&str, &str)]) -> Manuscript {
    let mut manuscript = Manuscript::new("paper/paper.typ");
    for (path, text) in files {
        manuscript.add(*path, text.as_bytes().to_vec());
    }
    manuscript
}

fn refused(files: &[(&str, &str)]) -> PaperError {
    manuscript(files).compile().unwrap_err()
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let files = [(
        "paper/paper.typ",
        "= A title\nText, $x^2$.\n#pagebreak()\nMore.",
    )];
    let first = manuscript(&files).compile().unwrap();
    assert_eq!(first.pages, 2);
    assert!(first.warnings.is_empty(), "{:?}", first.warnings);
    assert_eq!(manuscript(&files).compile().unwrap(), first);
    let other = manuscript(&[("paper/paper.typ", "Other.")])
        .compile()
        .unwrap();
    assert_ne!(other.bytes, first.bytes);
}

#[test]
fn an_error_has_its_line() {
    let error = refused(&[("paper/paper.typ", "fine\n\n#let = 3")]);
    assert!(
        error.problems[0].place.starts_with("paper/paper.typ:3:"),
        "{error}"
    );
}

#[test]
fn an_error_in_a_function_has_the_place_of_the_call() {
    let error = refused(&[
        (
            "paper/paper.typ",
            "#import \"template.typ\": *\n\ntext #number(\"exponnt\")",
        ),
        (
            "paper/template.typ",
            "#let number(name) = assert(false, message: \"no claim \" + name)",
        ),
    ]);
    let problem = &error.problems[0];
    assert!(problem.place.starts_with("paper/paper.typ:3:"), "{error}");
    assert!(problem.message.contains("no claim exponnt"), "{error}");
}

#[test]
fn files_that_are_missing_are_named() {
    let error = refused(&[("paper/paper.typ", "#image(\"../figures/no.svg\")")]);
    assert!(error.to_string().contains("figures/no.svg"), "{error}");
    let error = refused(&[]);
    assert!(error.to_string().contains("paper/paper.typ"), "{error}");
}

#[test]
fn packages_are_refused_with_the_reason() {
    let error = refused(&[("paper/paper.typ", "#import \"@preview/cetz:0.1.0\"")]);
    assert!(error.to_string().contains("without a network"), "{error}");
    assert!(
        error.problems[0].place.starts_with("paper/paper.typ:1:"),
        "{error}"
    );
}
