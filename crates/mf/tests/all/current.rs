//! What is committed agrees with itself: the schema with the code, pages with tables, figures and `pipeline.toml`.

use crate::common;

use crate::common::numerals::{Allowed, Prose, markdown};
use crate::common::{Project, files, root, text};

#[test]
fn the_schema_is_current() {
    let schema = Project::small().mf(&["schema"]).with_code(0).out;
    assert!(
        schema == text("pipeline.schema.json"),
        "pipeline.schema.json is stale: run `make docs` and commit it"
    );
}

/// The names of the figures of `pipeline.toml`, in their order.
fn figures() -> Vec<String> {
    let file = text("pipeline.toml");
    let items = file.split("[[figure]]\nname = \"").skip(1);
    let names: Vec<String> = items
        .filter_map(|item| item.split('"').next())
        .map(str::to_owned)
        .collect();
    assert!(names.len() > 10, "{names:?}");
    names
}

/// Readers who can't see a figure have its description.
#[test]
fn every_figure_is_described() {
    for name in figures() {
        let svg = text(&format!("figures/{name}.svg"));
        assert!(svg.contains("<desc>"), "{name} has no description");
    }
}

#[test]
fn the_page_of_figures_lists_all_of_them() {
    let page = text("docs/figures.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| [<img"));
    let listed: Vec<&str> = rows
        .filter_map(|row| row.split_once("](../figures/")?.1.split_once(".svg)"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(listed, figures());
}

/// A page of this repository.
struct Page {
    path: String,
    text: String,
    prose: Prose,
}

impl Page {
    fn new(path: &str) -> Self {
        let text = text(path);
        Self {
            path: path.to_owned(),
            prose: markdown(&text),
            text,
        }
    }

    /// The pages at the root and those in `docs`.
    fn all() -> Vec<Self> {
        let root_pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];
        let docs = files(&root().join("docs")).into_iter();
        let docs = docs.map(|path| format!("docs/{}", path.file_name().unwrap().display()));
        let all: Vec<String> = root_pages
            .map(str::to_owned)
            .into_iter()
            .chain(docs)
            .collect();
        all.iter().map(|path| Self::new(path)).collect()
    }

    /// The path from the root of what this page links to.
    fn target(&self, link: &str) -> String {
        match (self.path.rsplit_once('/'), link.strip_prefix("../")) {
            (Some(_), Some(above)) => above.to_owned(),
            (Some((folder, _)), None) => format!("{folder}/{link}"),
            (None, _) => link.to_owned(),
        }
    }

    /// Fails unless the page has the sentence, with whatever line breaks.
    fn says(&self, sentence: impl AsRef<str>) {
        let (path, sentence) = (&self.path, sentence.as_ref());
        assert!(
            self.prose.says(sentence),
            "{path} does not say what the tables say: {sentence}"
        );
    }

    /// Fails if the page has a number that is in no sentence checked by `says`, and not on the list.
    fn has_no_other_number(&self) {
        let allowed = Allowed::of(&self.path);
        let others = self.prose.others(&allowed, "check its sentence here");
        let problems = [others, allowed.unused()].concat();
        assert!(problems.is_empty(), "\n{}", problems.join("\n"));
    }
}

/// The alternative text of a picture, in Markdown or HTML, is the description of the figure.
#[test]
fn the_pictures_of_the_pages_are_described() {
    let mut count = 0;
    for page in Page::all() {
        let markdown = page.text.lines();
        let markdown = markdown.filter_map(|line| line.strip_prefix("![")?.split_once("]("));
        let markdown = markdown.map(|(alt, rest)| (alt, rest.split(')').next().unwrap()));
        let html = page.text.split("<img src=\"").skip(1);
        let html = html.map(|picture| {
            let (source, rest) = picture.split_once('"').unwrap();
            let (_, alt) = rest.split_once("alt=\"").unwrap();
            (alt.split('"').next().unwrap(), source)
        });
        for (alt, source) in markdown.chain(html) {
            let figure = page.target(source).replace(".png", ".svg");
            let description = mf_plot::description(&text(&figure));
            assert_eq!(alt, description, "{figure} in {}", page.path);
            count += 1;
        }
    }
    assert!(count > figures().len(), "{count} pictures");
}

/// Written by a run, and not in git.
const REPORT: &str = "paper/report.html";

#[test]
fn links_of_the_pages_lead_to_files() {
    for page in Page::all() {
        let links = page.text.split("](").skip(1);
        let links = links.map(|rest| rest.split([')', '#']).next().unwrap());
        for link in links.filter(|link| !link.is_empty() && !link.contains("://")) {
            let target = page.target(link);
            let there = root().join(&target).exists() || target == REPORT;
            assert!(
                there,
                "{} links to {target}, which does not exist",
                page.path
            );
        }
    }
}

/// A newcomer finds every page from the first one.
#[test]
fn the_readme_links_to_every_page() {
    let readme = text("README.md");
    for page in Page::all().iter().skip(1) {
        let link = format!("]({})", page.path);
        assert!(
            readme.contains(&link),
            "README.md has no link to {}",
            page.path
        );
    }
}

/// The figure and the claim that CONTRIBUTING.md adds, in a project with the paper's numbers of states: the figure is drawn, the
/// claim holds.
#[test]
fn the_recipes_of_figures_and_claims_work() {
    let page = text("CONTRIBUTING.md");
    let recipe = |item: &str| {
        let head = format!("[[{item}]]\n");
        let (_, rest) = page.split_once(&format!("```toml\n{head}")).unwrap();
        head + rest.split_once("```").unwrap().0
    };
    let file = text("pipeline.toml");
    let (_, states) = file.split_once("\nfigure-2-states = ").unwrap();
    let pipeline = [common::SMALL, &recipe("figure"), &recipe("claim")].join("\n");
    let pipeline = pipeline
        .replace("[4, 8, 16, 32]", states.lines().next().unwrap())
        .replace("optimum-exact.", "optimum.")
        .replace("tradeoff-exact.", "fit.");
    let project = Project::new(&pipeline);
    project.mf(&["run", "my-figure"]).with_code(0);
    assert!(project.path("figures/my-figure.svg").exists());
    project
        .mf(&["reproduce"])
        .with_code(0)
        .saying(&["my-claim"]);
}

/// A published table of this repository.
struct Results(mf_data::Table);

impl Results {
    fn of(table: &str) -> Self {
        Self::at(&format!("data/tables/{table}.parquet"), table)
    }

    /// A table that another profile has published.
    fn published(profile: &str, table: &str) -> Self {
        let path = format!("runs/{profile}/data/tables/{table}.parquet");
        Self::at(&path, table)
    }

    fn at(path: &str, table: &str) -> Self {
        let path = root().join(path);
        let bytes = mf_data::files::read(&path).unwrap();
        Self(mf_data::Table::from_parquet(&bytes, table).unwrap())
    }

    /// The cells of a column in the rows where other columns have these values.
    fn cells(&self, column: &str, row: &[(&str, &str)]) -> Vec<f64> {
        let same = |found: &str, wanted: &str| match (found.parse::<f64>(), wanted.parse::<f64>()) {
            (Ok(found), Ok(wanted)) => (found - wanted).abs() < 1e-9,
            _ => found == wanted,
        };
        let fits = |at: usize| {
            row.iter()
                .all(|(name, wanted)| same(&self.0.text(name).unwrap()[at], wanted))
        };
        let values = self.0.f64(column).unwrap().into_iter().enumerate();
        values.filter(|(at, _)| fits(*at)).map(|(_, x)| x).collect()
    }

    /// The only one of these cells.
    fn cell(&self, column: &str, row: &[(&str, &str)]) -> f64 {
        let cells = self.cells(column, row);
        assert_eq!(cells.len(), 1, "{row:?} in column {column}");
        cells[0]
    }
}

/// A number of a stage of this repository.
fn number(stage: &str, name: &str) -> f64 {
    number_of("data/tables", stage, name)
}

fn number_of(tables: &str, stage: &str, name: &str) -> f64 {
    let numbers = text(&format!("{tables}/{stage}/numbers.json"));
    let numbers: serde_json::Value = serde_json::from_str(&numbers).unwrap();
    let mut numbers = numbers.as_array().unwrap().iter();
    let found = numbers.find(|number| number["name"] == name).unwrap();
    found["value"].as_f64().unwrap()
}

/// A parameter of a stage under the default profile, or the one that all stages of its kind have.
fn setting(stage: &str, key: &str) -> serde_json::Value {
    let pipeline: toml::Table = text("pipeline.toml").parse().unwrap();
    let mut stages = pipeline["stage"].as_array().unwrap().iter();
    let stage = stages.find(|item| item["name"].as_str() == Some(stage));
    let stage = stage.unwrap();
    let own = stage.get("with").and_then(|with| with.get(key));
    let kind = stage["kind"].as_str().unwrap();
    let value = own.unwrap_or_else(|| &pipeline["defaults"][kind][key]);
    let shared = value.as_str().and_then(|name| name.strip_prefix('@'));
    let value = shared.map_or(value, |name| &pipeline["shared"][name]);
    serde_json::to_value(value).unwrap()
}

/// The least and the largest of a list of numbers, or of a range of them, among the parameters of a stage.
fn ends(stage: &str, key: &str) -> [serde_json::Value; 2] {
    let items = setting(stage, key);
    let items = items.as_array().unwrap();
    let [first, last] = [items.first(), items.last()].map(|item| item.unwrap().clone());
    [
        first.get("from").cloned().unwrap_or(first),
        last.get("to").cloned().unwrap_or(last),
    ]
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

/// A number as it is written in a text, with a minus sign.
fn signed(value: f64, digits: usize) -> String {
    format!("{value:.digits$}").replace('-', "−")
}

/// The cells of a claim's row in `paper/results.md`: reference, ours, difference, tolerance, verdict.
fn claim(name: &str) -> [String; 5] {
    let page = text("paper/results.md");
    let rows = page.lines().filter(|row| row.starts_with("| "));
    let mut rows = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    let row = rows.find(|row| row[1].split(' ').next() == Some(name));
    let row = row.unwrap_or_else(|| panic!("{name} is not a claim of paper/results.md"));
    [2, 3, 4, 5, 6].map(|at| row[at].replace('-', "−"))
}

fn reference(name: &str) -> String {
    claim(name)[0].clone()
}

/// `59 claims: 46 hold, 13 differ and are explained, 0 fail`, as a sentence.
fn verdicts() -> String {
    let page = text("paper/results.md");
    let line = page
        .lines()
        .find(|line| line.contains(" claims: "))
        .unwrap();
    let (claims, counts) = line.split_once(" claims: ").unwrap();
    let (others, fail) = counts.rsplit_once(", ").unwrap();
    format!("Of {claims} claims {others}, and {fail}.")
}

/// A lifetime of the circle in networks of width 1000: `56.2 ± 0.4, not 59.5`.
fn lifetime(gain: &str, level: &str) -> String {
    let row = [("gain", gain), ("level", level), ("width", "1000")];
    let table = Results::of("lifetimes/lifetimes");
    let [ours, error, theory] = ["lifetime", "error", "theory"].map(|name| table.cell(name, &row));
    format!("{ours:.1} ± {error:.1}, not {theory:.1}")
}

/// The range of a column over the numbers of accumulators.
fn single_precision(fit: &str, column: &str) -> String {
    let values = Results::of(&format!("single-precision/{fit}")).cells(column, &[]);
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.into_iter().fold(f64::NEG_INFINITY, f64::max);
    format!("from {} to {}", signed(least, 4), signed(most, 4))
}

/// A column of the fit of the spacing with sums in six accumulators.
fn six_accumulators(column: &str) -> f64 {
    Results::of("single-precision/spacing").cell(column, &[("accumulators", "6")])
}

/// How many numbers of accumulators take the larger of two spacings at 515 states, and of how many. No other state separates
/// the two groups of slopes.
fn larger_spacing() -> (usize, usize) {
    let taken = Results::of("single-precision/optima").cells("spacing", &[("states", "515")]);
    let slopes = Results::of("single-precision/spacing").cells("slope", &[]);
    let least = taken.iter().copied().fold(f64::INFINITY, f64::min);
    for (spacing, slope) in taken.iter().zip(&slopes) {
        assert_eq!(*spacing > least, *slope > -0.88);
    }
    let larger = taken.iter().filter(|spacing| **spacing > least).count();
    (larger, taken.len())
}

/// Decay rates were measured for this many quantizers at width 1000; all agree within three standard errors.
fn decay_rates_agree() -> usize {
    let tables = ["decay", "formats-decay", "formats-decay-fp8"];
    let deviations =
        tables.map(|stage| Results::of(&format!("{stage}/rates")).cells("deviation", &[]));
    let deviations = deviations.concat();
    assert!(deviations.iter().all(|deviation| deviation.abs() <= 3.0));
    deviations.len()
}

#[test]
fn the_readme_is_current() {
    let page = Page::new("README.md");
    let grids = [
        "trainability",
        "depth-grid",
        "learning-times",
        "gain-grid",
        "starts",
        "formats-grid",
        "formats-grid-fp8",
        "light-grid",
        "light-grid-fast",
        "skip-grid",
        "skip-grid-int4",
        "skip-grid-fashion",
        "skip-grid-fashion-int4",
    ];
    let networks: f64 = grids.iter().map(|stage| number(stage, "networks")).sum();
    page.says(format!("trains {networks} networks"));
    page.says(verdicts());

    let [exponent, error] = ["exponent", "slope-error"].map(|name| number("tradeoff-exact", name));
    page.says(format!(
        "It is {exponent:.3} ± {error:.3} at the exact optima"
    ));
    page.says(format!(
        "{} values of N",
        Results::of("optimum-exact/optima").0.rows()
    ));
    page.says(format!(
        "from N = 10⁶ to 10⁹ the fit on ln N gives {:.3}",
        number("tradeoff-far", "exponent")
    ));
    page.says(format!(
        "the limit is {:.0}",
        number("log-law-far", "exponent")
    ));
    page.says(format!(
        "The slope of the best spacing is {}; the authors' notebook prints {} ± {}.",
        signed(number("spacing-exact", "slope"), 3),
        reference("spacing-slope"),
        reference("spacing-slope-error")
    ));
    page.says(format!(
        "Figure 3 is trained at width {}, and at the paper's width only up to 40 of its {} layers",
        setting("trainability", "width"),
        ends("trainability", "layers")[1]
    ));
    let at_one_width = number_with_error("exponent-at-one-time", "slope");
    page.says(format!(
        "At width {} and one learning time trainable depth grows less than ξ: the exponent of the depth in N + 1 is {at_one_width}, and its points bend",
        setting("trainability", "width")
    ));
    page.says(format!(
        "Trained depths of 3 to 16 states, over three widths, follow a law that is proportional to ξ at infinite width, to {:.1} % of the logarithm (root mean square; at most {:.0} %). If the power of ξ is fitted, it is {}, or {} \
         if the power of the width is fitted as well",
        100.0 * published("residual"),
        100.0 * published("residual-most"),
        published_with_error("xi-power"),
        published_with_error("free-xi-power")
    ));
    page.says(format!(
        "networks of width {} lose",
        setting("manifold", "width")
    ));
    let [_, levels] = ends("law-max", "states");
    page.says(format!(
        "Max's table of 1960 has errors of 8, 16 and {levels} unequal levels that are below the least ones possible."
    ));
    page.says(format!(
        "a circle of {} inputs is down to one half at layer {}.",
        setting("lifetimes", "points"),
        lifetime("0.0", "0.5")
    ));
    page.says(format!(
        "all ten lifetimes agree with theory within {:.1} standard errors",
        number("lifetimes-limit", "largest-deviation")
    ));
    let (larger, all) = larger_spacing();
    page.says(format!(
        "Of {all} ways to sum in single precision, {larger} give {} and the others {}",
        signed(six_accumulators("slope"), 3),
        signed(number("spacing-authors", "slope"), 3)
    ));
    assert_eq!(decay_rates_agree(), 10);
    page.says("The decay rates of ten quantizers in random networks agree with theory within 3 standard errors; for");
    let fp8 = Results::of("formats-decay-fp8/rates");
    page.says(format!(
        "the error, {:.4}, is larger than 1 − χ, {:.4}",
        fp8.cell("error", &[]),
        1.0 - fp8.cell("chi", &[])
    ));
    page.says(format!(
        "{:.1} % of variances and correlations do; the farthest, the variance of nf4, is {:.1} standard errors away",
        100.0 * number("layers", "share-within-3"),
        number("layers", "largest-deviation")
    ));

    networks_on_the_first_page(&page);
    kernels_on_the_first_page(&page);

    let formats = Results::of("formats/formats");
    let int4 = |column| formats.cell(column, &[("format", "int4")]);
    let (xi, sigma_w) = (int4("depth_scale"), int4("sigma_w"));
    page.says(format!(
        "int4, {} values: xi = {xi:.1} layers at sigma_w = {sigma_w:.6}",
        int4("states")
    ));
    page.says(format!("{} formats", formats.0.rows()));
    let equal = Results::of("quantizers/optima").cell("depth_scale", &[("quantizer", "uniform-8")]);
    let best = formats.cell("depth_scale", &[("format", "lloyd-max-3-bit")]);
    page.says("for 100 layers to be at most 4 xi, xi must be 25.0 or more");
    page.says(format!(
        "levels, equal steps 8 (xi {equal:.1}) optimal (Lloyd-Max) 8 (xi {best:.1})"
    ));
    page.has_no_other_number();
}

/// What the README says of networks with skip paths.
fn networks_on_the_first_page(page: &Page) {
    page.says(format!(
        "at {} only {:.1} % of correlations are within 3 standard errors.",
        range_of("network-signals-narrow", "widths"),
        100.0 * number("network-signals-narrow", "share-within-3")
    ));
    let [least, most] = missing_variance("256");
    page.says(format!(
        "Variances of chains of int4, fp4 and 16 states are {least:.1} to {most:.1} % below theory after 32 blocks at width 256."
    ));
    page.says(format!(
        "no one multiple of ξ: {:.2} in ternary chains, {:.2} in int4 ones, which are about a third less deep",
        own_multiple("ternary", "chain"),
        own_multiple("int4", "chain")
    ));
    for law in ["data/tables", "runs/depth/data/tables"] {
        let [_, depth] = law_at_trained(&law_in(law, "depth-law"), "int4", "chain");
        let share = trained_depth("int4", "chain", "full-precision", "depth") / depth;
        assert!((0.65..0.69).contains(&share), "{law}: {share}");
    }
    page.says(format!(
        "({} correlations at infinite width: p = {:.2})",
        number("network-signals-limit", "groups"),
        number("network-signals-limit", "p-value")
    ));
    let accuracies = |network, blocks| {
        ["skip-grid", "skip-grid-fashion"]
            .map(|grid| {
                let row = [
                    ("network", network),
                    ("weights", "int2, mean"),
                    ("layers", blocks),
                ];
                accuracies(grid, &row)
            })
            .concat()
    };
    assert!(
        accuracies("pre-norm", "200")
            .iter()
            .all(|accuracy| *accuracy > 0.7)
    );
    assert!(
        accuracies("chain", "50")
            .iter()
            .all(|accuracy| *accuracy < 0.12)
    );
    page.says("Pre-norm networks of ternary activations and weights train up to 200 blocks, where chains of 50 do not");
}

/// The least and the largest of a list among the parameters of a stage: `32 to 128`.
fn range_of(stage: &str, key: &str) -> String {
    let [least, most] = ends(stage, key);
    format!("{least} to {most}")
}

#[test]
fn the_page_of_results_is_current() {
    let page = Page::new("docs/results.md");
    let [exponent, error] = ["exponent", "slope-error"].map(|name| number("tradeoff-exact", name));
    page.says(format!(
        "over the paper's {} values of N",
        Results::of("optimum-exact/optima").0.rows()
    ));
    page.says(format!(
        "gives {exponent:.3} ± {error:.3} at the exact optima, and {:.3} by the authors' recipe",
        number("tradeoff-authors", "exponent")
    ));
    let far = number("tradeoff-far", "exponent");
    page.says(format!(
        "From N = 10⁶ to 10⁹ the fit on ln N gives {far:.3}"
    ));
    page.says(format!("from N = 10⁶ to 10⁹ the exponent is {far:.3}"));
    page.says(format!(
        "from N = 10³ to 10⁹, the exponent is {:.3} and that power {:.2}:",
        number("log-law-far", "exponent"),
        number("log-law-far", "log-power")
    ));
    page.says(format!(
        "the same data give {:.3}",
        number("tradeoff-on-n", "exponent")
    ));
    page.says(verdicts());

    let spacing = |recipe: &str, name| number(&format!("spacing-{recipe}"), name);
    page.says(format!(
        "prints the slope {} ± {} and the intercept {}; the exact optima have {} and {}.",
        reference("spacing-slope"),
        reference("spacing-slope-error"),
        reference("spacing-intercept"),
        signed(spacing("exact", "slope"), 4),
        signed(spacing("exact", "intercept"), 4)
    ));
    page.says(format!(
        "it gives {} and {}.",
        signed(spacing("authors", "slope"), 4),
        signed(spacing("authors", "intercept"), 4)
    ));
    page.says(format!(
        "With sums in 1 to {} accumulators the slope is {}, and the intercept {}",
        setting("single-precision", "accumulators"),
        single_precision("spacing", "slope"),
        single_precision("spacing", "intercept")
    ));
    assert_eq!(
        [
            signed(six_accumulators("slope"), 4),
            signed(six_accumulators("intercept"), 4),
            format!("{:.5}", six_accumulators("slope_error")),
            format!("{:.5}", six_accumulators("r_squared")),
        ],
        [
            "spacing-slope",
            "spacing-intercept",
            "spacing-slope-error",
            "spacing-r-squared"
        ]
        .map(reference)
    );
    page.says("With 6 accumulators the slope, its error, the intercept and R² are the printed ones, to every printed digit;");
    let tradeoff = Results::of("single-precision/tradeoff").cells("slope", &[]);
    let printed = reference("tradeoff-slope-authors");
    page.says(format!(
        "but then the fit below is {}, not {printed}.",
        signed(tradeoff[5], 4)
    ));
    assert!(tradeoff.iter().all(|slope| signed(*slope, 4) != printed));
    let (larger, all) = larger_spacing();
    page.says(format!(
        "near {} for {larger} of these numbers, those that take the larger of two spacings at N = 515, and near {} for the others.",
        signed(six_accumulators("slope"), 3),
        signed(number("spacing-authors", "slope"), 3)
    ));
    assert_eq!(setting("single-precision", "accumulators"), all);
    page.says(format!(
        "It is {} in double precision, and the notebook prints {} ± {}.",
        signed(number("tradeoff-authors", "slope"), 4),
        reference("tradeoff-slope-authors"),
        reference("tradeoff-slope-error")
    ));
    page.says(format!(
        "single precision it is {}, by the number of accumulators",
        single_precision("tradeoff", "slope")
    ));
    let [printed, least, ..] = claim("max-1960-nonuniform-32");
    page.says(format!(
        "at 32 he prints {printed}, and the least one is {least}."
    ));
    for levels in ["8", "16", "32"] {
        let verdict = &claim(&format!("max-1960-nonuniform-{levels}"))[4];
        assert!(verdict.starts_with("differs, not explained"), "{levels}");
    }
    let uniform = setting("max-1960", "states");
    let uniform: Vec<String> = uniform
        .as_array()
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    let [first @ .., last] = &uniform[..] else {
        panic!("{uniform:?}")
    };
    page.says(format!(
        "uniform quantizers of {} and {last} levels",
        first.join(", ")
    ));
    let scan = setting("single-precision", "scan")["points"].as_f64();
    let scan = layers(scan.unwrap());
    page.says(format!("a scan of {scan} spacings"));
    page.says(format!(
        "has it at width {}",
        setting("trainability", "width")
    ));

    let lifetimes = Results::of("lifetimes/lifetimes");
    page.says(format!(
        "circles of {} inputs",
        setting("lifetimes", "points")
    ));
    let xi = lifetimes.cells("depth_scale", &[("gain", "0.0")])[0];
    let width = &setting("lifetimes", "widths")[0];
    page.says(format!(
        "with ξ = {xi:.0}, networks of width {width} lose the circle faster than infinite width does: its size is 0.5 Q* at layer {}, and 0.1 Q* at layer {}.",
        lifetime("0.0", "0.5"),
        lifetime("0.0", "0.1")
    ));
    page.says(format!(
        "At 0.2 above it they keep it longer: it is 0.1 Q* at layer {}.",
        lifetime("0.2", "0.1")
    ));
    let mut off = lifetimes.cells("deviation", &[("width", "1000")]);
    off.sort_by(|a, b| b.abs().total_cmp(&a.abs()));
    assert_eq!((off.len(), off[2] > 0.0), (10, true));
    page.says(format!(
        "The other seven values of this width are within {:.1} standard errors.",
        off[3].abs()
    ));
    let limits = |name| number("lifetimes-limit", name);
    assert_eq!(setting("lifetimes", "widths").as_array().unwrap().len(), 3);
    page.says(format!(
        "From three widths, by a straight line in 1/width, both lifetimes agree with theory at all five gains within {:.1} standard errors",
        limits("largest-deviation")
    ));
    page.says(format!(
        "χ² is {:.1} for {} values.",
        limits("chi-square"),
        limits("groups")
    ));
    let noise = [
        "decay/spread",
        "formats-decay/spread",
        "formats-decay-fp8/spread",
    ]
    .map(|table| Results::of(table).cells("deviation", &[]));
    let noise = noise.concat();
    assert_eq!(noise.len(), 10);
    page.says(format!(
        "At width {} the noise of correlations is within {:.1} standard errors of its law of first order in 1/width for ten quantizers;",
        setting("decay", "widths")[0],
        noise.iter().fold(0.0, |most: f64, off| most.max(off.abs()))
    ));
    let many = Results::of("noise/spread");
    let below = |quantizer| -many.cell("deviation", &[("quantizer", quantizer), ("width", "1200")]);
    page.says(format!(
        "with more networks, at width 1200, fp4 is {:.1} and nf4 {:.1} standard errors below it.",
        below("fp4-e2m1"),
        below("nf4")
    ));
    let limits = Results::of("noise-limit/limits");
    let relative = limits.cells("error", &[]).into_iter();
    let relative = relative.zip(limits.cells("theory", &[]));
    let mut relative: Vec<f64> = relative
        .map(|(error, theory)| 100.0 * error / theory)
        .collect();
    relative.sort_by(f64::total_cmp);
    page.says(format!(
        "for eight quantizers within {:.1} standard errors, which are {:.0} to {:.0} % of the noise",
        number("noise-limit", "largest-deviation"),
        relative[0],
        relative[7]
    ));
    assert_eq!(decay_rates_agree(), 10);
    page.says("The decay rates of ten quantizers agree with theory within 3 standard errors (ternary is that of three states at another scale).");
    page.says(format!(
        "{:.1} % agree within 3 standard errors; the farthest, the variance of nf4 at its best gain, is {:.1} away",
        100.0 * number("layers", "share-within-3"),
        number("layers", "largest-deviation")
    ));
    let of_width = claim("finite-width")[3].clone();
    page.says(format!(
        "(0.035 before, {} now)",
        of_width.split(' ').next().unwrap()
    ));
    page.has_no_other_number();
}

/// A number of a stage with its standard error, to two digits.
fn number_with_error(stage: &str, name: &str) -> String {
    let [value, error] =
        [name.to_owned(), format!("{name}-error")].map(|name| number(stage, &name));
    format!("{value:.2} ± {error:.2}")
}

/// A number of the law of trainable depth under the profile `depth`.
fn published(name: &str) -> f64 {
    number_of("runs/depth/data/tables", "depth-law", name)
}

fn published_with_error(name: &str) -> String {
    let error = published(&format!("{name}-error"));
    format!("{:.2} ± {error:.2}", published(name))
}

#[test]
fn the_compiled_law_is_the_published_one() {
    let same = text("runs/depth/data/tables/depth-law/numbers.json")
        == text("crates/mf/src/commands/trained.json");
    assert!(
        same,
        "crates/mf/src/commands/trained.json is stale: run `make depth` and commit it"
    );
}

/// The sentences on the law of trainable depth.
fn law_of_depth(page: &Page) {
    let law = |name| number("depth-law", name);
    let both = |name| number_with_error("depth-law", name);
    page.says(format!(
        "depth = ({:.2} ln T − {:.2}) / (1/ξ + {:.2}/√width)",
        law("slope"),
        -law("intercept"),
        law("loss")
    ));
    page.says(format!(
        "It was fitted to {} depths, for T from {} to {} and ξ from {:.1} to {:.0} layers",
        law("points"),
        law("time-least"),
        law("time-most"),
        law("xi-least"),
        law("xi-most")
    ));
    let rows = Results::of("trainable-depth/depths").0.rows() as f64;
    assert_eq!(rows - law("points"), 3.0, "at three more");
    page.says(format!(
        "The residuals of the logarithm are {:.1} % (root mean square) and at most {:.0} %.",
        100.0 * law("residual"),
        100.0 * law("residual-most")
    ));
    page.says(format!(
        "(coefficient of (ln T)²: {:.3} ± {:.3}), and all four depths of 8 states are below the law.",
        law("left-in-time"),
        law("left-in-time-error")
    ));
    let depths = Results::of("depth-law/depths");
    let of_eight = depths.cells("residual", &[("states", "8")]);
    assert!(of_eight.len() == 4 && of_eight.iter().all(|residual| *residual < 0.0));
    let at_times = Results::of("depth-at-times/depths");
    let times_the_law = |time: &str| {
        let [xi, depth] =
            ["depth_scale", "depth"].map(|column| at_times.cell(column, &[("time", time)]));
        let width = setting("learning-times", "width").as_f64().unwrap();
        depth / law_of("depth-law").depth(xi, width, time.parse().unwrap())
    };
    page.says(format!(
        "With T from {} to {} they are within {:.1} % of the law",
        law("time-least"),
        law("held-out-time-most"),
        100.0 * libm::expm1(law("held-out-residual-most"))
    ));
    page.says(format!(
        "Below T = {} the law fails: depths are {:.1} times (T = 250) and {:.1} times (T = 500) what it says.",
        law("time-least"),
        times_the_law("250"),
        times_the_law("500")
    ));
    page.says("Networks of 4 states were trained at two other speeds, over two seeds");
    page.says(format!(
        "It grows by {} of it, with 1/(1/ξ + {:.2}/√width) as depth scale.",
        both("slope"),
        law("loss")
    ));
    let width = setting("depth-grid", "width").as_f64().unwrap();
    page.says(format!(
        "At width {width} a loss of {:.3} a layer is added to 1/ξ. So at this width the exponent of the depth in N + 1 is {}, and the \
         points bend ({} ± {:.2}).",
        law("loss") / width.sqrt(),
        number_with_error("exponent-at-one-time", "slope"),
        signed(number("exponent-at-one-time", "bend"), 2),
        number("exponent-at-one-time", "bend-error")
    ));
    page.says(format!(
        "this width alone gives {}. The exponent in N + 1 is then {}. It excludes neither the {:.2} of ξ over the {} fitted depths",
        both("xi-power"),
        both("exponent"),
        law("xi-exponent"),
        law("points")
    ));
    page.says(format!("At width {width} the depths follow one law"));
    let [least, most] = ends("depth-grid", "states");
    let [from, to] = ends("depth-grid", "depth-scales");
    page.says(format!(
        "Networks of {least} to {most} states were trained at one speed, rate × width × layers = 20, from {from} ξ to {to} ξ, over three seeds."
    ));
    page.says("The profile `depth` has widths 128, 256 and 512");
    page.says(format!(
        "with {} depths. Its residuals of the logarithm are {:.1} % and \
         at most {:.0} % (16 states at width 512, T = 8000). It has {} for the time and {} for the width. The power of ξ is {}, and the exponent \
         in N + 1 is {}: the {:.2} of ξ is within one standard error, 1.82 is not within two. That needs the form of the law: if the power of the width is free, too, it is {}, not 1/2, and the power of ξ is {}, which excludes neither.",
        published("points"),
        100.0 * published("residual"),
        100.0 * published("residual-most"),
        published_with_error("slope"),
        published_with_error("loss"),
        published_with_error("xi-power"),
        published_with_error("exponent"),
        published("xi-exponent"),
        published_with_error("free-width-power"),
        published_with_error("free-xi-power")
    ));
    let apart = |of: f64| (published("exponent") - of).abs() / published("exponent-error");
    assert!(apart(published("xi-exponent")) < 1.0 && apart(1.82) > 2.0);
    let formats = Results::of("formats-depth/depths");
    let less = |name: &str| {
        let [xi, depth] =
            ["depth_scale", "depth"].map(|column| formats.cell(column, &[("quantizer", name)]));
        let width = setting("formats-grid", "width").as_f64().unwrap();
        let rates = setting("formats-grid", "learning-rates");
        let rates = rates.as_array().unwrap().iter();
        let mut below = rates.filter(|rate| rate["from-layers"].as_f64().unwrap() <= depth);
        let rate = below.next_back().unwrap()["rate"].as_f64().unwrap();
        let time = rate * width * depth * formats.cell("step", &[("quantizer", name)]);
        100.0 * (1.0 - depth / law_of("depth-law").depth(xi, width, time))
    };
    page.says(format!(
        "int4 is {:.0} % deeper than the law; fp4 is {:.0} %, nf4 {:.0} % and ternary {:.0} % less deep.",
        -less("int4"),
        less("fp4-e2m1"),
        less("nf4"),
        less("ternary")
    ));
}

/// The law that a stage found.
fn law_of(stage: &str) -> mf_fit::DepthLaw {
    law_in("data/tables", stage)
}

/// The same with the folder of the tables.
fn law_in(tables: &str, stage: &str) -> mf_fit::DepthLaw {
    let number = |name| number_of(tables, stage, name);
    mf_fit::DepthLaw {
        intercept: number("intercept"),
        slope: number("slope"),
        loss: number("loss"),
    }
}

/// Where the accuracy of networks of a gain falls through a level after 400 steps, in units of the depth scale of that gain.
fn crossing_at_gain(gain: &str, level: f64) -> Option<f64> {
    let runs = Results::of("gain-grid/runs");
    let at = |column| runs.cells(column, &[("gain", gain), ("step", "400")]);
    let layers: Vec<f64> = at("layers").into_iter().map(libm::log).collect();
    let depth = mf_fit::last_crossing(&layers, &at("accuracy"), level).unwrap();
    depth.map(|depth| libm::exp(depth) / at("depth_scale")[0])
}

#[test]
fn the_page_of_training_is_current() {
    let page = Page::new("docs/training.md");
    let ([least, most], [shallowest, deepest]) = (
        ends("trainability", "states"),
        ends("trainability", "layers"),
    );
    page.says(format!("fails, for {least} to {most} states"));
    page.says(format!(
        "perceptrons of {least} to {most} states and {shallowest} to {deepest} layers"
    ));
    page.says(format!("at width {}.", setting("trainability", "width")));
    page.says(format!(
        "After {} steps accuracy",
        setting("band-depth", "step")
    ));
    let [shallow, _] = ends("starts", "layers");
    page.says(format!("leave networks of {shallow} layers"));
    page.says(format!(
        "({} states, one network a point)",
        ends("gain-grid", "states")[0]
    ));
    let bands = Results::of("band-depth/depths");
    let fallen: Vec<f64> = bands.cells("depth", &[]);
    let states = bands.cells("states", &[]);
    let most_states = states
        .iter()
        .zip(&fallen)
        .filter(|(_, depth)| depth.is_finite());
    let most_states = most_states.map(|(states, _)| *states).fold(0.0, f64::max);
    let ratios = bands.cells("ratio", &[]);
    let with_ratio =
        |wanted: f64| states[ratios.iter().position(|ratio| *ratio == wanted).unwrap()];
    let [least, most] = ["ratio-least", "ratio-most"].map(|name| number("band-depth", name));
    page.says(format!(
        "falls below 25 % between {least:.1} ξ and {most:.1} ξ for N = 3 to {most_states} (one network a point): \
         the most at N = {}, the least at N = {}.",
        with_ratio(most),
        with_ratio(least)
    ));
    let xi = bands.cell(
        "depth_scale",
        &[("states", &(most_states + 1.0).to_string())],
    );
    page.says(format!(
        "Networks of {} states and more stay above 25 % up to 200 layers, the deepest that were trained; this is {:.1} ξ or less.",
        most_states + 1.0,
        200.0 / xi
    ));

    law_of_depth(&page);
    the_authors_own_run(&page);
    at_the_papers_width(&page);

    let starts = Results::of("start-curves/groups");
    let start = |states, from| {
        let row = [("states", states), ("start", from), ("step", "2000")];
        (100.0 * starts.cell("mean", &row)).round()
    };
    let at = |from| [start("16", from), start("4", from)];
    let ([many, few], [best_many, best_few]) = (at("fan-in-uniform"), at("mean-field"));
    page.says(format!(
        "at {many} % (16 states) and {few} % (4 states) after 2,000 steps."
    ));
    page.says(format!("they are at {best_many} % and {best_few} %"));

    let half = |gain| crossing_at_gain(gain, 0.5).unwrap();
    page.says(format!(
        "accuracy falls through one half at {:.1} ξ at 0.9 of the best gain, at {:.1} ξ at 1.1, and at {:.1} ξ at 1.5",
        half("0.9"),
        half("1.1"),
        half("1.5")
    ));
    let [first, last] =
        [3.5 / 3.0, 1.5].map(|gain| crossing_at_gain(&gain.to_string(), 0.25).unwrap());
    page.says(format!(
        "From {:.2} of the best gain on, it falls below 25 % between {first:.1} ξ and {last:.1} ξ.",
        3.5 / 3.0
    ));
    let shallow = [3.1 / 3.0, 1.1].map(|gain| crossing_at_gain(&gain.to_string(), 0.25));
    assert_eq!(shallow, [None, None], "at 1.03 and 1.1");
    let gains = Results::of("gain-map/groups");
    let lowest = gains.cell(
        "mean",
        &[("gain", "1.1"), ("layers", "60"), ("step", "400")],
    );
    page.says(format!(
        "At 1.03 and 1.1 it stays above ({:.2} % at 1.1) up to 60 layers",
        100.0 * lowest
    ));
    page.has_no_other_number();
}

/// The sentences on the authors' own run.
fn the_authors_own_run(page: &Page) {
    let ours = |name| number("light-agreement", name);
    assert_eq!((ours("compared"), ours("seeds")), (36.0, 4.0));
    let [few, many] = ends("light-grid", "states");
    let [shallowest, deepest] = ends("light-grid", "layers");
    page.says(format!(
        "width {}, {few}, 7 and {many} states, {shallowest} to {deepest} layers, after 100 and 200 steps.",
        setting("light-grid", "width")
    ));
    page.says("36 accuracies relative to");
    page.says("We trained the same grid over four seeds");
    page.says("With four seeds the test is weak");
    page.says(format!(
        "It is {:.3}. One more run of ours would be expected at {:.3}, so theirs does not differ detectably (p = {:.2}; the limit was 0.01, set before). \
         Our own runs are {:.3} to {:.3} from the mean of the others.",
        ours("distance"),
        ours("expected-distance"),
        ours("p-value"),
        ours("own-least"),
        ours("own-most")
    ));
    page.says(format!(
        "they scatter like {:.1} independent cells",
        ours("freedom")
    ));
    let cells = Results::of("light-agreement/cells");
    let difference = |step| {
        cells.cell(
            "difference",
            &[("states", "7"), ("layers", "35"), ("step", step)],
        )
    };
    assert_eq!(-difference("100"), ours("largest-difference"));
    page.says(format!(
        "The largest difference is {:.2}, at 7 states, 35 layers and 100 steps; there theirs is lower, and after 200 steps by {:.2}.",
        -difference("100"),
        -difference("200")
    ));
    page.says(format!(
        "It notices a systematic difference of {:.2} (root mean square) in half of the cases.",
        ours("noticed")
    ));
    page.says(format!(
        "one run of ours with it is at {:.3} (p = {:.2}).",
        number("light-agreement-fast", "distance"),
        number("light-agreement-fast", "p-value")
    ));
}

/// Figure 3 at the paper's width, and what it costs.
fn at_the_papers_width(page: &Page) {
    let pipeline: toml::Table = text("pipeline.toml").parse().unwrap();
    let of_profile =
        |profile: &str, key: &str| pipeline["profile"][profile]["trainability"][key].clone();
    let layers_of = |grid: toml::Value| -> Vec<f64> {
        let layers = grid.as_array().unwrap().iter();
        layers
            .map(|layers| layers.as_integer().unwrap() as f64)
            .collect()
    };
    let width = of_profile("wide", "width").as_integer().unwrap();
    let wide = layers_of(of_profile("wide", "layers"));
    let whole: Vec<f64> = setting("trainability", "layers")
        .as_array()
        .unwrap()
        .iter()
        .map(|layers| layers.as_f64().unwrap())
        .collect();
    let [least, most] = ends("trainability", "states").map(|n| n.as_f64().unwrap());
    let states = most - least + 1.0;
    let deepest = wide.last().unwrap();
    page.says(format!(
        "paper's width, {width}, up to {deepest} of the {} layers: {} of {} networks.",
        whole.last().unwrap(),
        states * wide.len() as f64,
        states * whole.len() as f64
    ));

    let [narrow, bands] = [
        Results::of("band-depth/depths"),
        Results::published("wide", "band-depth/depths"),
    ];
    let ratio = |table: &Results, n: f64| table.cell("ratio", &[("states", &n.to_string())]);
    let fallen = bands.cells("states", &[]).into_iter();
    let fallen = fallen.filter(|n| ratio(&bands, *n).is_finite());
    let fallen = fallen.map(|n| {
        let own = ratio(&bands, n);
        format!(
            "N = {n}, at {own:.1} ξ (width {}: {:.1} ξ)",
            setting("trainability", "width"),
            ratio(&narrow, n)
        )
    });
    page.says(format!(
        "After 400 steps accuracy falls below 25 % for {}, and stays above for more states.",
        fallen.collect::<Vec<_>>().join(" and ")
    ));
    let row = [("states", "6"), ("layers", "40"), ("step", "400")];
    let accuracy = [
        Results::published("wide", "trainability-map/groups"),
        Results::of("trainability-map/groups"),
    ]
    .map(|table| (100.0 * table.cell("mean", &row)).round());
    page.says(format!(
        "Networks of 6 states and 40 layers are at {} % ({} %).",
        accuracy[0], accuracy[1]
    ));

    let folder = root().join("data/cells/wide/training-grid");
    let mut times: Vec<f64> = mf_data::files::list(&folder)
        .unwrap()
        .iter()
        .map(|path| {
            let cell = mf_data::files::read(path).unwrap();
            let cell: serde_json::Value = serde_json::from_slice(&cell).unwrap();
            let layers = cell["content"]["recipe"]["model"]["layers"].as_f64();
            cell["content"]["made"]["seconds"].as_f64().unwrap() / layers.unwrap()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let half = times.len() / 2;
    let median = f64::midpoint(times[half], times[times.len() - half - 1]);
    page.says(format!(
        "takes {median:.1} seconds of a core for each of its layers and 400 steps"
    ));
    let full = layers_of(of_profile("paper", "layers"));
    let steps = layers_of(of_profile("paper", "steps")).pop().unwrap();
    page.says(format!("{} depths and {} steps", full.len(), layers(steps)));
    for (what, depths, times_400) in [
        ("`wide`, all ten depths of figure 3", &whole, 1.0),
        ("`paper`, figure 3", &full, steps / 400.0),
    ] {
        let hours = states * depths.iter().sum::<f64>() * median * times_400 / 3600.0;
        // No more cores than networks: the deepest network alone takes its time.
        let deepest = depths.last().unwrap() * median * times_400 / 3600.0;
        let on = |cores: f64| (hours / cores).max(deepest);
        page.says(format!(
            "| {what} | {} | {:.1} h | {:.1} h | {:.1} h |",
            states * depths.len() as f64,
            on(2.0),
            on(16.0),
            on(64.0)
        ));
    }
    // Measured: a step of 200 layers takes 29.6 ms.
    let step = 29.6e-3 / 200.0;
    page.says(format!(
        "At {:.3} ms for each layer and step the full grid of `paper`, figure 3, is {:.1} h of one such GPU.",
        1e3 * step,
        states * full.iter().sum::<f64>() * steps * step / 3600.0
    ));
}

#[test]
fn the_page_of_formats_is_current() {
    let page = Page::new("docs/formats.md");
    let formats = Results::of("formats/formats");
    let format = |name, column| layers(formats.cell(column, &[("format", name)]));
    let xi = |name| format(name, "depth_scale");
    let half = |name| format(name, "depth_scale_half");
    page.says(format!("{} named formats", formats.0.rows()));
    page.says(format!("# {} formats", formats.0.rows()));
    page.says(format!("xi is {} layers", xi("int4")));
    for name in [
        "int4",
        "fp4-e2m1",
        "nf4",
        "int6",
        "fp6-e2m3",
        "fp8-e5m2",
        "fp8-e4m3fn",
        "int8",
    ] {
        page.says(format!(
            "| {} | {} | {} | {} | {} |",
            name.replace("-e", " e"),
            format(name, "bits"),
            xi(name),
            half(name),
            format(name, "depth_scale_double")
        ));
    }
    let ternary = ["depth_scale", "depth_scale_half", "depth_scale_double"];
    let [ternary, low, high] = ternary.map(|column| formats.cell(column, &[("format", "ternary")]));
    page.says(format!(
        "| ternary | 2 | {ternary:.2} | {low:.2} | {high:.2} |"
    ));
    let of = |name| formats.cell("depth_scale", &[("format", name)]);
    assert!(of("fp6-e2m3") > 3.0 * of("fp8-e5m2"));
    page.says(format!(
        "fp6 e2m3 ({} layers) is larger than that of int6 ({}), and over 3 times that of fp8 e5m2 ({}).",
        xi("fp6-e2m3"),
        xi("int6"),
        xi("fp8-e5m2")
    ));
    let powers = formats.cells("depth_scale", &[("family", "power-of-two")]);
    let most = powers.into_iter().fold(0.0, f64::max);
    page.says(format!("a power-of-two format ends at {most:.0} layers"));
    page.says(format!(
        "fp4 e2m1 falls from {} to {} layers at half of it, fp6 e2m3 from {} to {}, int4 from {} to {}.",
        xi("fp4-e2m1"),
        half("fp4-e2m1"),
        xi("fp6-e2m3"),
        half("fp6-e2m3"),
        xi("int4"),
        half("int4")
    ));

    // Biases help these formats and no other.
    let [own, biased] =
        ["depth_scale", "biased_depth_scale"].map(|column| formats.cells(column, &[]));
    let names = formats.0.text("format").unwrap();
    let rows = names.iter().zip(own.iter().zip(&biased));
    let helped: Vec<&String> = rows
        .filter(|(_, (own, biased))| **biased > **own * (1.0 + 1e-9))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(helped, ["relu4", "relu8"]);
    let relu4 = |column| formats.cell(column, &[("format", "relu4")]);
    page.says(format!(
        "rectifiers of 4 bits ({:.1} layers instead of {:.1}) and of 8 bits ({} instead of {}), and no other format",
        relu4("biased_depth_scale"),
        relu4("depth_scale"),
        format("relu8", "biased_depth_scale"),
        xi("relu8")
    ));

    assert!(number("formats-decay", "largest-deviation") <= 3.0);
    let fp8 = Results::of("formats-decay-fp8/rates");
    let blocks = Results::of("block-formats/blocks");
    let size = |name| blocks.cell("block", &[("format", name)]);
    let sizes = [size("nvfp4"), size("mxfp4")];
    page.says(format!(
        "each block of {} or {} numbers",
        sizes[0], sizes[1]
    ));
    page.says(format!(
        "the error, {:.4}, is larger than 1 − χ, {:.4}.",
        fp8.cell("error", &[]),
        1.0 - fp8.cell("chi", &[])
    ));

    page.says(format!(
        "as it says within {:.1} standard errors",
        number("block-formats", "largest-deviation")
    ));
    for (name, digits) in [("nvfp4", 0), ("mxfp4", 1)] {
        let at = |column| blocks.cell(column, &[("format", name)]);
        let (size, own, ideal) = (at("block"), at("depth_scale"), at("ideal_depth_scale"));
        page.says(format!(
            "| {name} | fp4 e2m1 | {size} | {own:.digits$} | {ideal:.digits$} |"
        ));
    }
    let mxfp8 = |column| layers(blocks.cell(column, &[("format", "mxfp8-e4m3")]));
    page.says(format!(
        "| mxfp8 e4m3 | fp8 e4m3fn | {} | {} | {} |",
        mxfp8("block"),
        mxfp8("depth_scale"),
        mxfp8("ideal_depth_scale")
    ));

    let trained = Results::of("formats-depth/depths");
    let trained = |name| trained.cell("ratio", &[("quantizer", name)]);
    page.says(format!(
        "at {:.1} ξ (ternary), {:.1} ξ (int4), {:.1} ξ (fp4) and {:.1} ξ (nf4).",
        trained("ternary"),
        trained("int4"),
        trained("fp4-e2m1"),
        trained("nf4")
    ));
    let fp8 = Results::of("formats-grid-fp8/runs");
    let deep = fp8.cells("accuracy", &[("layers", "217")]);
    assert!(deep.iter().all(|accuracy| *accuracy < 0.5), "{deep:?}");
    page.says(format!("ξ = {}, is the best of them", xi("fp8-e5m2")));
    let depths = Results::of("formats-grid-fp8/runs").cells("layers", &[]);
    let (least, most) = (depths.first().unwrap(), depths.last().unwrap());
    page.says(format!("trained ({least} to {most} layers)"));
    page.says(format!(
        "The width of {} or",
        setting("formats-grid-fp8", "width")
    ));
    let rates = setting("formats-grid", "learning-rates");
    let rates = rates.as_array().unwrap();
    let [high, low] = [&rates[0], rates.last().unwrap()];
    page.says(format!(
        "from {} below {} layers to {} from {} on",
        high["rate"], rates[1]["from-layers"], low["rate"], low["from-layers"]
    ));
    page.says(format!(
        "before 217 layers, {:.1} ξ",
        217.0 / of("fp8-e5m2")
    ));
    page.has_no_other_number();
}

#[test]
fn the_page_of_networks_is_current() {
    let page = Page::new("docs/networks.md");
    the_limits_of_the_theory_of_networks(&page);
    the_laws_of_networks(&page);
    random_networks(&page);
    trained_networks(&page);
    accuracies_of_networks(&page);
    page.has_no_other_number();
}

/// A column of the law of a small signal.
fn law(quantizer: &str, network: &str, column: &str) -> f64 {
    let row = [("quantizer", quantizer), ("network", network)];
    Results::of("networks/laws").cell(column, &row)
}

/// The grid of the profile `networks` with these activations on MNIST.
fn grid_of(quantizer: &str) -> &'static str {
    if quantizer == "int4" {
        "skip-grid-int4"
    } else {
        "skip-grid"
    }
}

/// A column of trainable depth in the profile `networks`.
fn trained_depth(quantizer: &str, network: &str, weights: &str, column: &str) -> f64 {
    let table = format!("{}-depth/depths", grid_of(quantizer));
    let row = [("network", network), ("weights", weights)];
    Results::published("networks", &table).cell(column, &row)
}

/// Trainable depth in units of the depth scale of the network itself.
fn own_multiple(quantizer: &str, network: &str) -> f64 {
    trained_depth(quantizer, network, "full-precision", "depth")
        / law(quantizer, network, "depth_scale")
}

/// Width, steps and learning rate of trained networks of blocks.
fn block_grids() -> [f64; 3] {
    let pipeline: toml::Table = text("pipeline.toml").parse().unwrap();
    let grids = &pipeline["defaults"]["block-grid"];
    let [width, steps] = [&grids["width"], &grids["steps"][0]].map(|x| x.as_integer().unwrap());
    let rate = grids["learning-rates"][0]["rate"].as_float().unwrap();
    [width as f64, steps as f64, rate]
}

/// The learning time at the depth that was trained, and the depth that a law gives for it and for ξ of the network.
fn law_at_trained(law_of_depth: &mf_fit::DepthLaw, quantizer: &str, network: &str) -> [f64; 2] {
    let [width, steps, rate] = block_grids();
    let xi = law(quantizer, network, "depth_scale");
    let depth = trained_depth(quantizer, network, "full-precision", "depth");
    let time = rate * width * steps * depth;
    [time, law_of_depth.depth(xi, width, time)]
}

/// By how many percent the variances of chains of int4, fp4 and 16 states are below theory after 32 blocks: the least and the
/// largest.
fn missing_variance(width: &str) -> [f64; 2] {
    let signals = Results::of("network-signals/signals");
    let missing = ["int4", "fp4-e2m1", "uniform-16"].map(|quantizer| {
        let row = [
            ("quantizer", quantizer),
            ("network", "chain"),
            ("width", width),
            ("block", "32"),
        ];
        100.0 * (1.0 - signals.cell("variance", &row))
    });
    [least(&missing), most(&missing)]
}

/// Test accuracies of the networks of a grid of the profile `networks`.
fn accuracies(grid: &str, row: &[(&str, &str)]) -> Vec<f64> {
    Results::published("networks", &format!("{grid}/runs")).cells("accuracy", row)
}

/// The mean and the variance of it.
fn mean_and_variance(values: &[f64]) -> [f64; 2] {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
    [mean, squares / (count - 1.0) / count]
}

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn most(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn the_limits_of_the_theory_of_networks(page: &Page) {
    let stage = "network-signals-narrow";
    let narrow = Results::of(&format!("{stage}/signals"));
    let cells = |column| narrow.cells(column, &[]);
    let (deviations, widths) = (cells("deviation"), cells("width"));
    let quantizers = narrow.0.text("quantizer").unwrap();
    let outside: Vec<usize> = (0..deviations.len())
        .filter(|at| deviations[*at].abs() > 3.0)
        .collect();
    let unmeasured = deviations.iter().filter(|x| x.is_nan()).count();
    assert_eq!(unmeasured, 1);
    for &at in &outside {
        assert!(quantizers[at] == "uniform-16" && deviations[at] < 0.0);
    }
    let narrowest = outside.iter().filter(|at| widths[**at] == 32.0).count();
    let share = number(stage, "share-within-3");
    let all = deviations.len();
    assert_eq!(
        (share * all as f64).round() as usize,
        all - outside.len() - 1
    );
    page.says(format!(
        "At widths of {} it ends: {:.1} % of {all} correlations are within 3 standard errors.",
        range_of(stage, "widths"),
        100.0 * share
    ));
    page.says(format!(
        "The other {} have 16 states and are below theory, {narrowest} of them at width 32.",
        outside.len()
    ));
    let farthest = (0..all).find(|at| deviations[*at] == least(&deviations));
    let farthest = farthest.unwrap();
    assert_eq!(narrow.0.text("network").unwrap()[farthest], "chain");
    assert_eq!([widths[farthest], cells("block")[farthest]], [32.0, 32.0]);
    page.says(format!(
        "a chain of width 32: after 32 blocks its correlation is {:.3} ± {:.3}, not {:.3}.",
        cells("correlation")[farthest],
        cells("error")[farthest],
        cells("theory")[farthest]
    ));

    variances_of_chains(page, &narrow);

    // The farthest variance of a quantized stream, at one width or at all.
    let signals = Results::of("network-signals/signals");
    let excess = |quantizer: &str, width: Option<&str>| {
        let row = [("network", "quantized-stream"), ("quantizer", quantizer)];
        let row: Vec<_> = row
            .into_iter()
            .chain(width.map(|width| ("width", width)))
            .collect();
        let theory = signals.cells("variance_theory", &row);
        assert!(theory.iter().all(|variance| *variance == 1.0));
        100.0 * (most(&signals.cells("variance", &row)) - 1.0)
    };
    for (quantizer, least) in [("uniform-3", 3.5), ("uniform-4", 2.6)] {
        for width in ["256", "512", "1024"] {
            assert!(
                excess(quantizer, Some(width)) > least,
                "{quantizer} {width}"
            );
        }
    }
    page.says(format!(
        "Networks of 3 states have up to {:.1} % more and of 4 states {:.1} %, at widths {} alike; those of int4 up to {:.1} %, of 16 states {:.1} % and of fp4 {:.1} %.",
        excess("uniform-3", None),
        excess("uniform-4", None),
        range_of("network-signals", "widths"),
        excess("int4", None),
        excess("uniform-16", None),
        excess("fp4-e2m1", None)
    ));

    multiples_of_the_depth_scale(page);
    let ternary = Results::of("formats-depth/depths").cell("ratio", &[("quantizer", "ternary")]);
    page.says(format!("fall at {ternary:.1} ξ, with"));
}

/// Variances of chains at finite width, in percent below theory and in standard errors.
fn variances_of_chains(page: &Page, narrow: &Results) {
    let farthest = |table: &Results, row: &[(&str, &str)]| {
        let [theory, variance, error] =
            ["variance_theory", "variance", "variance_error"].map(|name| table.cells(name, row));
        assert!(theory.iter().all(|variance| *variance == 1.0));
        let deviations = (0..theory.len()).map(|at| (variance[at] - theory[at]) / error[at]);
        -least(&deviations.collect::<Vec<f64>>())
    };
    let signals = Results::of("network-signals/signals");
    let at = |width| {
        let row = [("network", "chain"), ("width", width), ("block", "32")];
        farthest(&signals, &row)
    };
    let [[least_256, most_256], [least_1024, most_1024]] = ["256", "1024"].map(missing_variance);
    page.says(format!(
        "of int4, fp4 and 16 states is below 1, that of theory, at finite width: after 32 blocks by {least_256:.1} to {most_256:.1} % at width 256 \
         (up to {:.1} standard errors) and by {least_1024:.1} to {most_1024:.1} % at width 1024 (up to {:.1}).",
        at("256"),
        at("1024")
    ));
    let of_16 = |width| {
        let row = [
            ("quantizer", "uniform-16"),
            ("network", "chain"),
            ("width", width),
            ("block", "32"),
        ];
        100.0 * (1.0 - narrow.cell("variance", &row))
    };
    page.says(format!(
        "For 16 states it is {:.0} % below at width 32 and {:.0} % at width 128.",
        of_16("32"),
        of_16("128")
    ));
    let rounded = Results::of("network-weights/signals");
    let row = [
        ("quantizer", "uniform-4"),
        ("network", "chain"),
        ("block", "16"),
    ];
    let apart = farthest(&rounded, &row);
    assert_eq!(apart, farthest(&rounded, &[("network", "chain")]));
    page.says(format!(
        "With weights of three levels, at width {}, that of 4 states is {:.1} % below after 16 blocks ({apart:.1} standard errors).",
        ends("network-weights", "widths")[0],
        100.0 * (1.0 - rounded.cell("variance", &row))
    ));
}

/// Trained depth in units of ξ, and beside the law of trainable depth.
fn multiples_of_the_depth_scale(page: &Page) {
    page.says(format!(
        "at {:.2} (chain) and {:.2} (post-norm) times their own ξ with ternary activations, but at {:.2} and {:.2} times it with int4.",
        own_multiple("ternary", "chain"),
        own_multiple("ternary", "post-norm"),
        own_multiple("int4", "chain"),
        own_multiple("int4", "post-norm")
    ));
    let [width, steps, rate] = block_grids();
    page.says(format!(
        "This is one learning rate, {rate}, one width, {width}, and {steps} steps."
    ));

    let beside = |quantizer, network| {
        let [time, depth] = law_at_trained(&law_of("depth-law"), quantizer, network);
        let trained = trained_depth(quantizer, network, "full-precision", "depth");
        (time, depth, trained, 100.0 * (trained / depth - 1.0))
    };
    let (chain_time, chain_law, chain, chain_more) = beside("int4", "chain");
    let (post_time, post_law, post, post_more) = beside("int4", "post-norm");
    let fit = |name| number("depth-law", name);
    page.says(format!(
        "it gives {chain_law:.0} blocks for chains and {post_law:.0} for post-norm. Trained are {chain:.0} and {post:.0}: {:.0} % and {:.0} % less, \
         where the residuals of its fit are at most {:.0} %. It was fitted up to T = {} and ξ = {:.0}; here T is {} and {}, and ξ of post-norm is {:.0}.",
        -chain_more,
        -post_more,
        100.0 * fit("residual-most"),
        layers(fit("time-most")),
        fit("xi-most"),
        layers(chain_time),
        layers(post_time),
        law("int4", "post-norm", "depth_scale")
    ));
    let [(.., chain_more), (.., post_more)] =
        ["chain", "post-norm"].map(|network| beside("ternary", network));
    page.says(format!(
        "Ternary chains are {chain_more:.0} % deeper than it says, ternary post-norm networks {:.0} % less deep.",
        -post_more
    ));
}

fn the_laws_of_networks(page: &Page) {
    let formats = ["ternary", "int4", "fp8-e4m3fn"];
    for (network, title, block) in [
        ("chain", "chain", "h' = B(h)"),
        (
            "quantized-stream",
            "quantized stream",
            "h' = q(norm(h + B(norm(h))))",
        ),
        ("post-norm", "post-norm", "h' = norm(h + B(h))"),
    ] {
        let [ternary, int4, fp8] = formats.map(|format| law(format, network, "depth_scale"));
        page.says(format!(
            "| {title} | {block} | ξ = {ternary:.2} | ξ = {int4:.1} | ξ = {} |",
            layers(fp8)
        ));
        let half = formats.map(|format| layers(law(format, network, "half")));
        page.says(format!("| {title} | {} |", half.join(" | ")));
    }
    let [ternary, int4, fp8] = formats.map(|format| law(format, "pre-norm", "exponent"));
    page.says(format!(
        "| pre-norm | h' = h + B(norm(h)) | p = {ternary:.4} | p = {int4:.4} | p = {fp8:.4} |"
    ));
    let [ternary, int4, beyond] = formats.map(|format| law(format, "pre-norm", "half"));
    // Half is left where the variance has grown by 2^(1/p): beyond 2^1024, the end of double precision.
    assert!(beyond.is_nan() && 1.0 / fp8 > 1024.0);
    page.says(format!(
        "| pre-norm | {ternary} | {:.1} · 10²³ | more than 10³⁰⁰ |",
        int4 / 1e23
    ));
    page.says(format!(
        "times 1/Γ(1 + χ), {:.2} for ternary.",
        1.0 / libm::tgamma(2.0 - law("ternary", "pre-norm", "exponent"))
    ));
    let rows = Results::of("networks/laws").0.rows();
    page.says(format!("has {} formats.", rows / 4));
}

fn random_networks(page: &Page) {
    let signals = |name| number("network-signals", name);
    let limit = |name| number("network-signals-limit", name);
    page.says("were simulated at widths 256, 512 and 1024, with");
    page.says("Five quantizers in four networks");
    assert_eq!(
        setting("network-signals", "widths"),
        serde_json::json!([256, 512, 1024])
    );
    page.says(format!(
        "Of {} correlations {:.1} % are within 3 standard errors; the farthest is {:.1} away. Extrapolated to infinite width χ² is {:.1} for {} values (p = {:.2}).",
        signals("cells"),
        100.0 * signals("share-within-3"),
        signals("largest-deviation"),
        limit("chi-square"),
        limit("groups"),
        limit("p-value")
    ));
    page.says("over 7 to 127 blocks at width 1024");
    let own = Results::of("power-3/signals");
    let blocks = own.cells("block", &[]);
    assert_eq!([least(&blocks), most(&blocks)], [7.0, 127.0]);
    assert!(own.cells("width", &[]).iter().all(|width| *width == 1024.0));
    let optima = Results::of("quantizers/optima");
    let error = |states| {
        let quantizer = if states == 2 {
            "sign".to_owned()
        } else {
            format!("uniform-{states}")
        };
        optima.cell("one_minus_chi", &[("quantizer", &quantizer)])
    };
    let powers = [2, 3, 4, 8].map(|states| {
        let fit = |name| number(&format!("power-{states}-law"), name);
        let (power, wide, expected) = (fit("exponent"), fit("slope-error"), error(states));
        let signals = Results::of(&format!("power-{states}/signals"));
        let [variances, theory] =
            ["variance_theory", "theory"].map(|column| signals.cells(column, &[]));
        let theory = -mf_fit::power_law(&variances, &theory).unwrap().slope;
        page.says(format!(
            "| {states} | {power:.3} ± {wide:.3} | {theory:.3} | {expected:.3} |"
        ));
        // In standard errors: from theory over these blocks, and from the limit.
        [theory, expected].map(|reference| ((power - reference) / wide).abs())
    });
    let [others @ .., [from_theory, from_limit]] = powers;
    let others = others.map(|[from_theory, _]| from_theory);
    assert!(most(&others) < from_theory && powers.iter().all(|power| power[1] <= from_limit));
    let fit = |name| number("power-8-law", name);
    assert_eq!(fit("slope-error"), fit("slope-error-residuals"));
    let scatter = fit("slope-error") / fit("slope-error-measured");
    page.says(format!(
        "it is {from_theory:.1} standard errors from theory over these blocks, which start at a correlation of {}, and {from_limit:.1} from 1 − χ, \
         the limit of small correlations and many blocks.",
        setting("power-{states}", "start")
    ));
    page.says(format!(
        "by the errors of the points alone the power is {:.1} and {:.1} standard errors away. The other powers are within {:.1} of theory over these blocks.",
        scatter * from_theory,
        scatter * from_limit,
        up(most(&others))
    ));
    page.says("That of 8 states is the farthest:");
    let signals = Results::of("power-8/signals");
    let theory = mf_fit::power_law(
        &signals.cells("variance_theory", &[]),
        &signals.cells("theory", &[]),
    );
    page.says(format!(
        "networks of 8 states** is {:.3} ± {:.3}, and theory over the same blocks has {:.3} (",
        fit("exponent"),
        fit("slope-error"),
        -theory.unwrap().slope
    ));

    let rounded = |name| number("network-weights", name);
    page.says(format!(
        "networks of width {} with weights of three levels the correlations are as theory says: χ² is {:.1} for {} values (p = {:.2}).",
        ends("network-weights", "widths")[0],
        rounded("chi-square"),
        rounded("values"),
        rounded("p-value")
    ));
}

/// Names of weights, and what the page calls them.
const WEIGHTS: [(&str, &str); 3] = [
    ("full-precision", "full precision"),
    ("int2, mean", "three levels"),
    ("int4, row", "int4"),
];

/// The four grids of the profile `networks`: images and activations.
const GRIDS: [(&str, &str, &str); 4] = [
    ("skip-grid", "MNIST", "ternary"),
    ("skip-grid-int4", "MNIST", "int4"),
    ("skip-grid-fashion", "Fashion-MNIST", "ternary"),
    ("skip-grid-fashion-int4", "Fashion-MNIST", "int4"),
];

fn trained_networks(page: &Page) {
    let tables = "runs/networks/data/tables";
    let networks = GRIDS.map(|(grid, ..)| number_of(tables, grid, "networks"));
    let networks: f64 = networks.iter().sum();
    let runs = Results::published("networks", "skip-grid/runs");
    let blocks = runs.cells("layers", &[]);
    page.says(format!(
        "has {networks} networks of width {}: three networks, ternary and int4 activations, three kinds of weights, {} to {} blocks,",
        runs.cells("width", &[])[0],
        least(&blocks),
        most(&blocks)
    ));
    assert_eq!(most(&runs.cells("seed", &[])), 3.0);
    page.says("four seeds. The first");
    let images: toml::Table = text("pipeline.toml").parse().unwrap();
    let images = images["defaults"]["block-grid"]["test-images"].as_integer();
    page.says(format!(
        "that of the first {} test images.",
        layers(images.unwrap() as f64)
    ));
    let cells = files(&root().join("data/cells/networks"));
    assert_eq!(cells.len() as f64, networks);
    let seconds: f64 = cells
        .iter()
        .map(|path| {
            let cell = mf_data::files::read(path).unwrap();
            let cell: serde_json::Value = serde_json::from_slice(&cell).unwrap();
            cell["content"]["made"]["seconds"].as_f64().unwrap()
        })
        .sum();
    page.says(format!(
        "The {networks} networks took {:.0} minutes of one processor;",
        seconds / 60.0
    ));

    for quantizer in ["ternary", "int4"] {
        for (weights, title) in WEIGHTS {
            let depth = |network| {
                let of = |column| trained_depth(quantizer, network, weights, column);
                format!("{:.1} ± {:.1}", of("depth"), of("error"))
            };
            assert_eq!(trained_depth(quantizer, "pre-norm", weights, "seeds"), 0.0);
            page.says(format!(
                "| {quantizer} | {title} | {} | {} | beyond 200 |",
                depth("chain"),
                depth("post-norm")
            ));
            let partial = (quantizer, title) == ("int4", "three levels");
            for (network, seeds) in [
                ("chain", 4.0),
                ("post-norm", if partial { 2.0 } else { 4.0 }),
            ] {
                let found = trained_depth(quantizer, network, weights, "seeds");
                assert_eq!(found, seeds, "{network} {quantizer} {title}");
            }
        }
    }
    page.says(format!(
        "two of four seeds stay above one half up to 200 blocks; {:.1} is the mean of the other two, so it is too low, and its error is over two seeds.",
        trained_depth("int4", "post-norm", "int2, mean", "depth")
    ));
    for network in ["chain", "post-norm"] {
        let of = |weights, column| trained_depth("int4", network, weights, column);
        let [before, after] = ["full-precision", "int4, row"]
            .map(|weights| [of(weights, "depth"), of(weights, "error")]);
        let wide = libm::hypot(before[1], after[1]);
        assert!((after[0] - before[0]).abs() < wide, "{network}");
    }
    let chain = |quantizer, weights| trained_depth(quantizer, "chain", weights, "depth");
    page.says(format!(
        "cost depth: {:.1} blocks, not {:.1}.",
        chain("ternary", "int2, mean"),
        chain("ternary", "full-precision")
    ));
    page.says(format!(
        "full precision, {:.0} blocks, not {:.0}.",
        chain("int4", "int2, mean"),
        chain("int4", "full-precision")
    ));
}

fn accuracies_of_networks(page: &Page) {
    let mean = |grid, network, weights, blocks| {
        let row = [
            ("network", network),
            ("weights", weights),
            ("layers", blocks),
        ];
        mean_and_variance(&accuracies(grid, &row))
    };
    for (grid, images, activations) in GRIDS {
        let [shallow, deep] =
            ["5", "200"].map(|blocks| 100.0 * mean(grid, "pre-norm", "full-precision", blocks)[0]);
        page.says(format!(
            "| {images} | {activations} | {shallow:.1} % | {deep:.1} % |"
        ));
    }

    // All seeds and weights of both sets of images.
    let all = |activations, network, blocks: &[&str]| {
        let grids = GRIDS.into_iter().filter(|grid| grid.2 == activations);
        let cells = grids.flat_map(|(grid, ..)| {
            blocks.iter().flat_map(move |blocks| {
                accuracies(grid, &[("network", network), ("layers", blocks)])
            })
        });
        cells.map(|accuracy| 100.0 * accuracy).collect::<Vec<f64>>()
    };
    let deep = ["50", "100", "200"];
    page.says(format!(
        "Ternary chains of 50 to 200 blocks are at {:.2} % or less, and pre-norm networks at {:.2} % or more.",
        most(&all("ternary", "chain", &deep)),
        least(&all("ternary", "pre-norm", &deep))
    ));
    page.says(format!(
        "At 200 blocks int4 chains are at {:.2} % or less, and pre-norm networks at {:.2} % or more.",
        most(&all("int4", "chain", &deep[2..])),
        least(&all("int4", "pre-norm", &deep[2..]))
    ));

    // How much rounded weights change, in points and in standard errors.
    let changes = |weights| {
        let own = GRIDS.map(|(grid, ..)| {
            let [before, wide] = mean(grid, "pre-norm", "full-precision", "200");
            let [after, own] = mean(grid, "pre-norm", weights, "200");
            let change = after - before;
            (100.0 * change, change.abs() / (wide + own).sqrt())
        });
        let points = own.map(|(points, _)| points);
        let deviation = most(&own.map(|(_, deviation)| deviation));
        format!(
            "by {} to {:.1} points, at most {:.1} standard errors",
            signed(least(&points), 1),
            most(&points),
            up(deviation)
        )
    };
    page.says(format!("of 200 blocks {};", changes("int2, mean")));
    page.says(format!("(by rows) {}.", changes("int4, row")));

    // Weights of three levels beside full precision, int4 activations: on both sets of images, and in standard errors.
    let higher = |network, blocks| {
        let own = ["skip-grid-int4", "skip-grid-fashion-int4"].map(|grid| {
            let [after, own] = mean(grid, network, "int2, mean", blocks);
            let [before, wide] = mean(grid, network, "full-precision", blocks);
            [
                100.0 * after,
                100.0 * before,
                (after - before) / (own + wide).sqrt(),
            ]
        });
        let [
            [mnist, below, apart],
            [fashion, below_fashion, apart_fashion],
        ] = own;
        format!(
            "{mnist:.1} %, not {below:.1} %, on MNIST, and {fashion:.1} %, not {below_fashion:.1} %, on Fashion-MNIST \
             ({apart:.1} and {apart_fashion:.1} standard errors)."
        )
    };
    page.says(format!(
        "The accuracy at 100 blocks is higher too: {}",
        higher("chain", "100")
    ));
    page.says(format!(
        "So is that of post-norm networks of int4 activations at 200 blocks: {}",
        higher("post-norm", "200")
    ));
}

/// A bound with one digit after the point.
fn up(value: f64) -> f64 {
    (10.0 * value).ceil() / 10.0
}

/// A block of a page that shows a session is what the commands print, but for lines that are left out (`...`).
#[test]
fn the_outputs_on_the_pages_are_those_of_the_commands() {
    for page in ["README.md", "docs/networks.md"] {
        let count = outputs_are_current(&text(page));
        assert!(count >= 2, "{count} outputs on {page}");
    }
}

/// Fails unless the commands print what the page shows; the number of these.
fn outputs_are_current(page: &str) -> usize {
    let mut count = 0;
    for block in page.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for shown in block.split("$ mf ").skip(1) {
            let (command, output) = shown.split_once('\n').unwrap();
            let lines: Vec<&str> = output.lines().filter(|line| *line != "...").collect();
            if lines.is_empty() || lines.iter().any(|line| line.starts_with("$ ")) {
                continue;
            }
            let command = command.split('#').next().unwrap();
            let words: Vec<&str> = command.split_whitespace().collect();
            let printed = Project::none().mf(&words).with_code(0).out;
            for line in lines {
                assert!(
                    printed.lines().any(|own| own == line),
                    "mf {command} does not print: {line}"
                );
            }
            count += 1;
        }
    }
    count
}

#[test]
fn the_page_of_kernels_is_current() {
    let page = Page::new("docs/kernels.md");
    kernels_become_the_same(&page);
    regression_with_kernels(&page);
    first_steps(&page);
    page.has_no_other_number();
}

fn kernels_become_the_same(page: &Page) {
    let (kernels, decay) = (Results::of("kernels/kernels"), Results::of("kernels/decay"));
    let mut folds = Vec::new();
    for states in ["2", "4", "8", "16", "32"] {
        let fold = |kernel| decay.cell("fold", &[("states", states), ("kernel", kernel)]);
        let mixed = |column| kernels.cells(column, &[("states", states), ("kernel", "mixed")]);
        let (conditions, depths) = (mixed("condition"), mixed("depth_scale"));
        page.says(format!(
            "| {states} | {:.1} | {:.4} | {:.3} | {:.3} | {:.3} | {:.0} to {:.2} |",
            depths[0],
            fold("covariance"),
            fold("surrogate"),
            fold("mixed"),
            fold("exact"),
            conditions[0],
            conditions[conditions.len() - 1],
        ));
        folds.extend(["surrogate", "mixed", "exact"].map(fold));
    }
    page.says(format!(
        "From 2 to 6 ξ they fall by a factor of e every {:.2} to {:.2} ξ.",
        least(&folds),
        most(&folds)
    ));
    let mut apart = Vec::new();
    for kernel in ["surrogate", "mixed"] {
        for states in ["2", "4", "16"] {
            let theory = reference(&format!("kernel-spread-{kernel}-{states}"))
                .parse::<f64>()
                .unwrap();
            let found = decay.cell("fold", &[("states", states), ("kernel", kernel)]);
            apart.push((found - theory).abs());
        }
    }
    page.says("Surrogate and mixed kernels of 2, 4 and 16 states do so");
    page.says("theory of small correlations says, within 0.006 ξ.");
    assert!(most(&apart) < 0.006, "{apart:?}");
    let firsts = ["2", "4", "8", "16", "32"]
        .map(|states| least(&kernels.cells("depth", &[("states", states)])));
    page.says(
        "The least depth is one layer for 2 states, 0.45 ξ, and 0.25 to 0.27 ξ for the others.",
    );
    let rounded = firsts.map(|depth| format!("{depth:.2}"));
    assert_eq!(rounded, ["0.45", "0.25", "0.27", "0.26", "0.25"]);
    let [images, some] = ["images", "condition-images"].map(|key| setting("kernels", key));
    page.says(format!("over pairs of {images} images of MNIST"));
    page.says(format!("the mixed kernel of {some} images"));
    let window = setting("kernels", "window");
    page.says(format!(
        "fitted from {} to {} ξ",
        window["from"], window["to"]
    ));
}

fn kernels_on_the_first_page(page: &Page) {
    let decay = Results::of("kernels/decay");
    let folds = |kernel| decay.cells("fold", &[("kernel", kernel)]);
    let covariance = folds("covariance").into_iter();
    let covariance: Vec<String> = covariance.map(|fold| format!("{fold:.3}")).collect();
    assert!(
        covariance.iter().all(|fold| *fold == covariance[0]),
        "{covariance:?}"
    );
    let tangent: Vec<f64> = ["surrogate", "mixed", "exact"]
        .into_iter()
        .flat_map(folds)
        .collect();
    page.says(format!(
        "every {} ξ for 2 to 32 states, and that of tangent kernels every {:.2} to {:.2} ξ.",
        covariance[0],
        least(&tangent),
        most(&tangent)
    ));
    page.says("From 2 to 6 ξ the spread of their covariances falls by a factor of e");
    let far = up(number("first-steps", "largest-deviation"));
    page.says(format!(
        "{} changes are within {far:.1} standard errors, which at 3 ξ are half as large as the changes or larger.",
        number("first-steps", "cells")
    ));
    page.says("Ten steps of real chains");
    let changes = Results::of("first-steps/changes");
    let column = |name| changes.cells(name, &[]);
    let (depths, errors, all) = (column("depth"), column("error"), column("change"));
    let deepest = (0..depths.len()).filter(|index| depths[*index] > 2.5);
    let shares = deepest.map(|index| errors[index] / all[index].abs());
    assert!(least(&shares.collect::<Vec<_>>()) > 0.5);
    let [narrow, wide] = ["first-steps", "first-steps-wide"].map(|stage| setting(stage, "width"));
    page.says(format!(
        "In deep chains of width {narrow} the loss of training images falls by less than the kernel says, and at width {wide} the gap is smaller"
    ));
    let wrong = wrong_at_the_largest_depth();
    page.says(format!(
        "regression with the kernels of chains of 8 ξ, from outputs of 0, has {:.2} to {:.2} wrong classes of MNIST, and chance is 0.9.",
        least(&wrong),
        most(&wrong)
    ));
    let wrong_depths = ["4", "8", "16", "32", "2"].map(|states| {
        Results::of("kernel-regression/reach")
            .cell("wrong_depth", &[("states", states), ("kernel", "mixed")])
    });
    page.says(format!(
        "comes within 5 % of chance at {:.2} to {:.2} ξ for 4 to 32 states, and at {:.2} ξ for 2.",
        least(&wrong_depths[..4]),
        most(&wrong_depths[..4]),
        wrong_depths[4]
    ));
}

/// The shares of wrong classes of regression with the mixed kernel at the largest depth, for each number of states and set of images.
fn wrong_at_the_largest_depth() -> Vec<f64> {
    let errors = Results::of("kernel-regression/errors");
    let of = |states| {
        let row = [("states", states), ("kernel", "mixed")];
        let blocks = errors.cells("layers", &row);
        let wrong = errors.cells("wrong", &row);
        let all = blocks.iter().zip(wrong);
        let last = all.filter(|(own, _)| **own == most(&blocks));
        last.map(|(_, wrong)| wrong).collect::<Vec<_>>()
    };
    ["2", "4", "8", "16", "32"]
        .into_iter()
        .flat_map(of)
        .collect()
}

fn regression_with_kernels(page: &Page) {
    let (errors, reach) = (
        Results::of("kernel-regression/errors"),
        Results::of("kernel-regression/reach"),
    );
    let all = wrong_at_the_largest_depth();
    for (states, wrong) in ["2", "4", "8", "16", "32"].into_iter().zip(all.chunks(2)) {
        let row = [("states", states), ("kernel", "mixed")];
        let depth = |depth, error| {
            let [depth, error] = [depth, error].map(|column| reach.cell(column, &row));
            format!("{depth:.2} ± {error:.2} ξ")
        };
        page.says(format!(
            "| {states} | {} | {} | {:.2} and {:.2} |",
            depth("wrong_depth", "wrong_error"),
            depth("depth", "error"),
            wrong[0],
            wrong[1]
        ));
    }
    let other = |claim: &str| reference(claim).parse::<f64>().unwrap();
    page.says(format!(
        "with every number of layers, has {:.2}, {:.2} and 6.27 ξ for the squared error of 2, 4 and 16 states.",
        other("kernel-chance-2"),
        other("kernel-chance-4")
    ));
    page.says(format!(
        "With 40 drawn networks for each set of images it has {:.2} and {:.2} ξ for the wrong classes of 2 and 4 states.",
        other("kernel-wrong-2"),
        other("kernel-wrong-4")
    ));
    other_regression(page, &errors);
    let depth = ends("kernel-regression", "depths")[1].clone();
    page.says(format!(
        "at {depth} ξ the share of wrong classes is {:.2} to {:.2}, and chance is 0.9.",
        least(&all),
        most(&all)
    ));
    assert_eq!(setting("kernel-regression", "training"), 1000);
    assert_eq!(setting("kernel-regression", "test"), 1000);
    assert_eq!(setting("kernel-regression", "parts"), 2);
    let level = setting("kernel-regression", "level").as_f64().unwrap();
    page.says("with the mixed kernel on 1,000 images, tested on 1,000 others");
    page.says(format!(
        "depths at which errors come to {:.0} % of chance,",
        100.0 * level
    ));
    page.says(format!("at the largest depth, {depth} ξ, for each set"));
    let skip = Results::of("kernel-regression-skip/errors");
    let of = |column, network, blocks, part| {
        let row = [
            ("network", network),
            ("kernel", "mixed"),
            ("layers", blocks),
            ("part", part),
        ];
        skip.cell(column, &row)
    };
    let left = |network, blocks, part| of("squared_error", network, blocks, part);
    let pair = |network, blocks| [left(network, blocks, "0"), left(network, blocks, "1")];
    let [deep, flat, post] = [
        pair("pre-norm", "63"),
        pair("pre-norm", "4"),
        pair("post-norm", "63"),
    ];
    page.says(format!(
        "With skip paths and 4 states, at 63 blocks the squared error of the two sets is {:.2} and {:.2} of chance in pre-norm, hardly more than with 4 blocks ({:.2} and {:.2}), and {:.2} and {:.2} in post-norm networks.",
        deep[0], deep[1], flat[0], flat[1], post[0], post[1]
    ));
    let wrong = ["0", "1"].map(|part| of("wrong_from_random", "pre-norm", "63", part));
    page.says(format!(
        "The share of wrong classes from random outputs is {:.2} and {:.2} there in pre-norm.",
        wrong[0], wrong[1]
    ));
    let skip_reach = Results::of("kernel-regression-skip/reach");
    let row = [("network", "post-norm"), ("kernel", "mixed")];
    page.says(format!(
        "In post-norm networks it comes to {:.0} % of chance at {:.2} ± {:.2} ξ of a chain.",
        100.0 * level,
        skip_reach.cell("wrong_depth", &row),
        skip_reach.cell("wrong_error", &row)
    ));
    let row = [("network", "pre-norm"), ("kernel", "mixed")];
    assert_eq!(skip_reach.cell("wrong_parts", &row), 0.0);
    let singular = [&errors, &skip].map(|errors| most(&errors.cells("singular", &[])));
    assert_eq!(singular, [0.0, 0.0]);
}

/// The regressions of the other program, beside ours.
fn other_regression(page: &Page, errors: &Results) {
    // Its last printed digit.
    const PRINTED: f64 = 1e-8;
    let file = text("data/reference/kernels/kernel_regression.csv");
    let mut deviations = Vec::new();
    for line in file
        .lines()
        .skip_while(|line| !line.starts_with("states"))
        .skip(1)
    {
        let cells: Vec<&str> = line.split(',').collect();
        let row = [
            ("states", cells[0]),
            ("kernel", cells[1]),
            ("part", cells[2]),
            ("layers", cells[3]),
        ];
        let theirs: Vec<f64> = cells[5..]
            .iter()
            .map(|cell| cell.parse().unwrap())
            .collect();
        assert_eq!(errors.cell("wrong", &row), theirs[0], "{line}");
        assert!(
            (errors.cell("squared_error", &row) - theirs[1]).abs() < PRINTED,
            "{line}"
        );
        if cells[1] == "mixed" {
            let off = errors.cell("wrong_from_random", &row) - theirs[2];
            deviations.push(off / theirs[3]);
        }
    }
    let squares: f64 = deviations.iter().map(|off| off * off).sum();
    let sizes: Vec<f64> = deviations.iter().map(|off| off.abs()).collect();
    page.says(format!(
        "Its {} shares of wrong classes over drawn networks are at most {:.1} standard errors from ours (chi-square {squares:.1}).",
        deviations.len(),
        most(&sizes)
    ));
}

fn first_steps(page: &Page) {
    let [width, images, tests, seeds, steps] =
        ["width", "training", "test", "seeds", "steps"].map(|key| setting("first-steps", key));
    assert_eq!((seeds.as_u64(), steps.as_u64()), (Some(16), Some(10)));
    page.says(format!(
        "Networks of width {width} take ten steps of gradient descent on {images} images."
    ));
    page.says(format!("how the loss of {tests} test images changes"));
    for (stage, rows) in [
        (
            "first-steps",
            [("3", "chain"), ("4", "chain"), ("8", "chain")].as_slice(),
        ),
        ("first-steps-skip", &[("4", "pre-norm"), ("4", "post-norm")]),
    ] {
        let changes = Results::of(&format!("{stage}/changes"));
        for (states, network) in rows {
            let row = [("states", *states), ("network", *network)];
            let column = |name| changes.cells(name, &row);
            let (blocks, depths, all) = (column("layers"), column("depth"), column("change"));
            let (errors, predicted) = (column("error"), column("predicted"));
            for index in 0..all.len() {
                page.says(format!(
                    "| {states}, {network} | {} | {:.2} ξ | {} ± {:.3} | {} |",
                    blocks[index],
                    depths[index],
                    signed(all[index], 3),
                    errors[index],
                    signed(predicted[index], 3)
                ));
            }
            if *network == "chain" {
                let last = all.len() - 1;
                assert!(all[last].abs() < 3.0 * errors[last], "{states}");
            }
        }
    }
    training_images(page);
    let [cells, skip] = ["first-steps", "first-steps-skip"].map(|stage| number(stage, "cells"));
    let [far, skip_far] =
        ["first-steps", "first-steps-skip"].map(|stage| number(stage, "largest-deviation"));
    page.says(format!(
        "All {} changes are within {:.1} standard errors of the kernel.",
        cells + skip,
        up(far.max(skip_far))
    ));
    let deepest = &ends("first-steps", "depths")[1];
    page.says(format!(
        "At {deepest} ξ, what ten steps teach chains of width {width} is less than three standard errors over {seeds} networks."
    ));
    let more = setting("first-steps-skip", "seeds");
    page.says(format!(
        "with its standard error over {seeds} networks, with skip paths over {more}, in nats"
    ));
}

/// The loss of training images in chains, over that of the kernel.
fn training_images(page: &Page) {
    let changes = Results::of("first-steps/changes");
    let shares = |changes: &Results| {
        let column = |name| changes.cells(name, &[("states", "3")]);
        let (ratios, errors) = (column("training_ratio"), column("training_ratio_error"));
        let [third, last] = [3, 4].map(|at| format!("{:.2} ± {:.2}", ratios[at], errors[at]));
        format!("{third} and {last}")
    };
    let depths = changes.cells("depth", &[("states", "3")]);
    page.says(format!(
        "by {} of it with 3 states at {:.1} and {:.1} ξ.",
        shares(&changes),
        depths[3],
        depths[4]
    ));
    let narrow = setting("first-steps", "width");
    page.says(format!(
        "In deep chains of width {narrow} the loss of the training images falls by less than the kernel says:"
    ));
    let wide = Results::of("first-steps-wide/changes");
    let [width, seeds] = ["width", "seeds"].map(|key| setting("first-steps-wide", key));
    page.says(format!("At width {width} these two are {}.", shares(&wide)));
    let deviations = wide.cells("deviation", &[]);
    let largest = deviations
        .iter()
        .fold(0.0, |most: f64, off| most.max(off.abs()));
    assert_eq!(deviations.len(), 5);
    page.says(format!(
        "Those of {seeds} chains of 3 states and width {width}, at the same five depths, are within {largest:.1}."
    ));
    let all = changes.cells("training_ratio", &[]);
    let below = all.iter().filter(|ratio| **ratio < 1.0).count();
    page.says(format!("Of {} such ratios {below} are below 1.", all.len()));
}
