//! The drawings themselves, byte for byte.

use crate::common;
use crate::common::banded;
use crate::common::colored;

use std::collections::BTreeMap;
use std::path::Path;

use mf_data::Table;
use mf_plot::render;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

fn drawings() -> [(&'static str, &'static str, BTreeMap<String, Table>); 3] {
    [
        ("small.svg", common::SPEC, common::tables()),
        ("colored.svg", colored::SPEC, colored::tables()),
        ("banded.svg", banded::SPEC, banded::tables()),
    ]
}

#[test]
fn the_same_figure_gives_the_same_bytes() {
    for (_, spec, tables) in drawings() {
        let figure = common::figure(spec);
        assert_eq!(
            render(&figure, &tables).unwrap(),
            render(&figure, &tables).unwrap()
        );
    }
}

/// After an intended change, look at the new drawing and accept it with `MF_UPDATE_GOLDEN=1 cargo test -p mf-plot`.
#[test]
fn the_drawings_have_not_changed() {
    for (name, spec, tables) in drawings() {
        let svg = render(&common::figure(spec), &tables).unwrap().svg;
        let golden = Path::new(GOLDEN).join(name);
        if std::env::var_os("MF_UPDATE_GOLDEN").is_some() {
            mf_data::files::write_atomic(&golden, svg.as_bytes()).unwrap();
        }
        let golden = String::from_utf8(mf_data::files::read(&golden).unwrap()).unwrap();
        for (number, (found, expected)) in svg.lines().zip(golden.lines()).enumerate() {
            assert_eq!(
                found,
                expected,
                "line {} of {name} differs (MF_UPDATE_GOLDEN=1 accepts the new drawing)",
                number + 1
            );
        }
        assert_eq!(
            svg.lines().count(),
            golden.lines().count(),
            "number of lines of {name}"
        );
    }
}
