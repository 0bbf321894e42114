//! The examples of CONTRIBUTING.md run as they are printed there.

use crate::common;

use crate::common::{Project, text};

/// The first fenced block of `language` in CONTRIBUTING.md.
fn example(language: &str) -> String {
    let page = text("CONTRIBUTING.md");
    let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("\n```").unwrap().0.to_owned()
}

#[test]
fn a_quantizer_by_its_format() {
    let declared = "\n[[quantizer]]\nname = \"four\"\nformat = \"nf4\"\n";
    let project = Project::new(&(common::SMALL.to_owned() + declared));
    project.mf(&["run"]).with_code(0);
    let table = project.read("data/tables/quantizers/optima.csv");
    // 1 - chi to the digits of theory section 8, rounded down.
    let row = table
        .lines()
        .find(|row| row.starts_with("four,codebook,16,"));
    assert!(row.unwrap().contains(",0.00989931"), "{table}");
    project
        .mf(&["quantizer", "show", "four"])
        .with_code(0)
        .saying(&["format nf4", "QLoRA", "xi          100.5"]);
    project
        .mf(&["explain", "four"])
        .with_code(0)
        .saying(&["{\"format\":\"nf4\"}", "stage    quantizers"]);
    Project::new(&(common::SMALL.to_owned() + &declared.replace("nf4", "nf5")))
        .mf(&["plan"])
        .with_code(2)
        .complaining_of(&[
            "unknown format `nf5`",
            "did you mean `nf4`?",
            "format = \"nf5\"",
        ]);
}

#[test]
fn a_quantizer_by_its_levels() {
    let project = Project::new(&(common::SMALL.to_owned() + &example("toml")));
    project.mf(&["run"]).with_code(0);
    let table = project.read("data/tables/quantizers/optima.csv");
    assert!(table.contains("my-format,codebook,5"), "{table}");
    project
        .mf(&["quantizer", "show", "my-format"])
        .with_code(0)
        .saying(&["xi", "sigma_w"]);
}

/// What stands once there is written out.
#[test]
fn a_stage_of_a_matrix_with_defaults() {
    let page = text("CONTRIBUTING.md");
    let (_, rest) = page.split_once("```toml\n[shared]").unwrap();
    let stages = rest.split_once("\n```").unwrap().0;
    Project::new(&format!("{}\n[shared]{stages}\n", common::SMALL))
        .mf(&["plan", "law-lloyd-max", "law-uniform"])
        .with_code(0)
        .saying(&["law-lloyd-max  error-laws", "law-uniform    error-laws"]);
}
