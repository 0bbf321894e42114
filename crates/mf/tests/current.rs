//! What is generated and committed is what this code makes.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Project, root, text};

#[test]
fn the_schema_is_current() {
    let schema = Project::small().mf(&["schema"]).with_code(0).out;
    assert!(
        schema == text("pipeline.schema.json"),
        "pipeline.schema.json is stale: run `make schema` and commit it"
    );
}

/// What is seen in a figure is said for readers who can't see it.
#[test]
fn every_figure_is_described() {
    let file = text("pipeline.toml");
    let names = file.split("[[figure]]\nname = \"").skip(1);
    let names: Vec<&str> = names.filter_map(|rest| rest.split('"').next()).collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        let svg = text(&format!("figures/{name}.svg"));
        assert!(svg.contains("<desc>"), "{name} has no description");
    }
}

/// The README says of its pictures what the figures say themselves.
#[test]
fn the_pictures_of_the_readme_are_described() {
    let readme = text("README.md");
    let mut count = 0;
    for picture in readme.split("![").skip(1) {
        let (said, path) = picture.split_once("](").unwrap();
        let path = path.split(')').next().unwrap().replace(".png", ".svg");
        assert_eq!(said, mf_plot::description(&text(&path)), "{path}");
        count += 1;
    }
    assert!(count >= 3, "{count} pictures");
}

/// The rows of the tables of claims of a page, without code marks, each behind the source that heads its references.
fn claims(page: &str) -> Vec<String> {
    let mut rows = Vec::new();
    let mut source = None;
    for line in page.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        source = match cells.as_slice() {
            ["", "claim", source, ..] => Some((*source).to_owned()),
            [""] | [_] => None,
            _ => source,
        };
        if let Some(source) = source.as_ref().filter(|_| !line.starts_with("| ---"))
            && !line.starts_with("| claim")
        {
            rows.push(format!("{source}: {}", line.replace('`', "")));
        }
    }
    rows
}

#[test]
fn the_tables_of_the_readme_are_current() {
    let (told, all) = (
        claims(&text("README.md")),
        claims(&text("paper/results.md")),
    );
    assert!(
        told.len() >= 5,
        "README.md tells only {} of the verdicts",
        told.len()
    );
    for row in told {
        assert!(
            all.contains(&row),
            "README.md and paper/results.md disagree: {row}"
        );
    }
}

/// A published table of this repository.
struct Results(mf_data::Table);

impl Results {
    fn of(table: &str) -> Self {
        let path = root().join(format!("data/tables/{table}.parquet"));
        let bytes = mf_data::files::read(&path).unwrap();
        Self(mf_data::Table::from_parquet(&bytes, table).unwrap())
    }

    /// The one cell of a column in the row where other columns have these values.
    fn cell(&self, column: &str, row: &[(&str, &str)]) -> f64 {
        let same = |found: &str, wanted: &str| match (found.parse::<f64>(), wanted.parse::<f64>()) {
            (Ok(found), Ok(wanted)) => found == wanted,
            _ => found == wanted,
        };
        let fits = |at: usize| {
            row.iter()
                .all(|(name, wanted)| same(&self.0.text(name).unwrap()[at], wanted))
        };
        let found: Vec<usize> = (0..self.0.rows()).filter(|at| fits(*at)).collect();
        assert_eq!(found.len(), 1, "{row:?} in column {column}");
        self.0.f64(column).unwrap()[found[0]]
    }
}

/// A number of a stage of this repository.
fn number(stage: &str, name: &str) -> f64 {
    let numbers: serde_json::Value =
        serde_json::from_str(&text(&format!("data/tables/{stage}/numbers.json"))).unwrap();
    let mut numbers = numbers.as_array().unwrap().iter();
    numbers.find(|number| number["name"] == name).unwrap()["value"]
        .as_f64()
        .unwrap()
}

/// Whole numbers from 1,000 on with a comma.
fn layers(depth: f64) -> String {
    let whole = depth.round() as u64;
    if whole < 1000 {
        whole.to_string()
    } else {
        format!("{},{:03}", whole / 1000, whole % 1000)
    }
}

/// What the README says of results in sentences, made of the tables.
#[test]
fn the_sentences_of_the_readme_are_current() {
    let readme: String = text("README.md")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let lifetimes = Results::of("manifold/lifetimes");
    let at_best = |column| lifetimes.cell(column, &[("gain", "0.0"), ("level", "0.5")]);
    let depths = Results::of("trainable-depth/depths");
    let ratio = |states| depths.cell("ratio", &[("states", states)]);
    let starts = Results::of("start-curves/groups");
    let start = |states, from| {
        let row = [("states", states), ("start", from), ("step", "2000")];
        (100.0 * starts.cell("mean", &row)).round()
    };
    let formats = Results::of("formats/formats");
    let format = |name, column| layers(formats.cell(column, &[("format", name)]));
    let xi = |name| format(name, "depth_scale");
    let half = |name| format(name, "depth_scale_half");
    let trained = Results::of("formats-depth/depths");
    let trained = |name| trained.cell("ratio", &[("quantizer", name)]);
    let fp8 = Results::of("formats-decay-fp8/rates");
    let blocks = Results::of("block-formats/blocks");
    let block = |name, column| layers(blocks.cell(column, &[("format", name)]));
    let bands = Results::of("band-depth/depths").0;
    let bands = bands
        .f64("states")
        .unwrap()
        .into_iter()
        .zip(bands.f64("depth").unwrap());
    let most_states = bands
        .filter(|(_, depth)| depth.is_finite())
        .map(|(n, _)| n)
        .fold(0.0, f64::max);
    for sentence in [
        format!(
            "gives {:.3} ± {:.3} at the exact optima",
            number("tradeoff-exact", "exponent"),
            number("tradeoff-exact", "slope-error")
        ),
        format!(
            "the same fit gives {:.3}",
            number("tradeoff-far", "exponent")
        ),
        format!(
            "half of it is left at layer {:.1} ± {:.1}, not {:.1}",
            at_best("lifetime"),
            at_best("error"),
            at_best("theory")
        ),
        format!("at ξ = {:.0}, networks", at_best("depth_scale")),
        format!(
            "falls below 25 % between {:.1} ξ and {:.1} ξ for N = 3 to {}",
            number("band-depth", "ratio-least"),
            number("band-depth", "ratio-most"),
            most_states
        ),
        format!(
            "through one half at {:.2} ξ in the mean over ten N",
            number("trainable-depth", "ratio")
        ),
        format!(
            "it is {:.1} at N = 3, {:.1} at N = 7 and {:.1} at N = 16",
            ratio("3"),
            ratio("7"),
            ratio("16")
        ),
        format!(
            "the exponent on N + 1 is {:.2} ± {:.2}",
            number("trainable-depth", "exponent"),
            number("trainable-depth", "exponent-error")
        ),
        format!(
            "the {:.2} that ξ itself has",
            number("trainable-depth", "xi-exponent")
        ),
        format!(
            "at {} % (16 states) and {} % (4 states)",
            start("16", "fan-in-uniform"),
            start("4", "fan-in-uniform")
        ),
        format!(
            "they are at {} % and {} %",
            start("16", "mean-field"),
            start("4", "mean-field")
        ),
        format!(
            "fp6 e2m3 ({} layers) carries deeper than int6 ({})",
            xi("fp6-e2m3"),
            xi("int6")
        ),
        format!(
            "fp4 e2m1 falls from {} to {} layers at half of it, fp6 e2m3 from {} to {}, int4 from {} to {}",
            xi("fp4-e2m1"),
            half("fp4-e2m1"),
            xi("fp6-e2m3"),
            half("fp6-e2m3"),
            xi("int4"),
            half("int4")
        ),
        format!(
            "8 bits ({} instead of {})",
            format("relu8", "biased_depth_scale"),
            xi("relu8")
        ),
        format!(
            "the error, {:.4}, is larger than 1 − χ, {:.4}",
            fp8.cell("error", &[]),
            1.0 - fp8.cell("chi", &[])
        ),
        format!(
            "as it says within {:.1} standard errors",
            number("block-formats", "largest-deviation")
        ),
        format!(
            "constant scale ({} layers instead of {})",
            block("nvfp4", "depth_scale"),
            block("nvfp4", "ideal_depth_scale")
        ),
        format!(
            "mxfp8 e4m3 less deep ({} instead of {})",
            block("mxfp8-e4m3", "depth_scale"),
            block("mxfp8-e4m3", "ideal_depth_scale")
        ),
        format!(
            "at {:.1} ξ (ternary), {:.1} ξ (int4), {:.1} ξ (fp4) and {:.1} ξ (nf4)",
            trained("ternary"),
            trained("int4"),
            trained("fp4-e2m1"),
            trained("nf4")
        ),
        format!(
            "at {:.1} ξ with 0.004 and at {:.1} ξ with 0.001",
            trained("ternary"),
            ratio("3")
        ),
    ] {
        assert!(
            readme.contains(&sentence),
            "README.md does not say what the tables say: {sentence}"
        );
    }
}

/// Only quantized rectifiers gain by biases, and not all of them: what the README says so.
#[test]
fn biases_help_the_formats_that_the_readme_names() {
    let formats = Results::of("formats/formats");
    let names = formats.0.text("format").unwrap();
    let [own, biased] =
        ["depth_scale", "biased_depth_scale"].map(|column| formats.0.f64(column).unwrap());
    let helped: Vec<&String> = (0..names.len())
        .filter(|at| biased[*at] > own[*at] * (1.0 + 1e-9))
        .map(|at| &names[at])
        .collect();
    assert_eq!(helped, ["relu4", "relu8"]);
}
