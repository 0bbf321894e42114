//! No result is typed by hand: each number of the manuscript, of `pipeline.toml`, of the report and of the pages is quoted, a
//! setting, or on the list `numerals.toml` with its reason. The pages with results are checked in `current.rs`.

use crate::common::numerals;

use crate::common::numerals::{Allowed, Prose, markdown};
use crate::common::{files, root, text};
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use typst_syntax::{SyntaxKind, SyntaxNode};

const MANUSCRIPT: &str = "paper/paper.typ";
const PIPELINE: &str = "pipeline.toml";
const REPORT: &str = "crates/mf-report";

/// Fails with all problems.
fn none(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// The numbers of a manuscript that are typed by hand.
fn of_manuscript(source: &str, allowed: &Allowed) -> Vec<String> {
    let remedy = "quote it by #ours, #number, #cell or #setting";
    let mut reading = Reading {
        source,
        hidden: vec![false; source.len()],
        literals: Vec::new(),
    };
    reading.markup(&typst_syntax::parse(source), 0);
    let literals = reading.literals.iter().map(|&at| {
        let line = source[..at].lines().count();
        let code = source[at..]
            .split(['\n', ' ', ')', ',', ';'])
            .next()
            .unwrap_or_default();
        format!("{MANUSCRIPT}:{line}: `{code}` in code is typed by hand: {remedy}")
    });
    let literals: Vec<String> = literals.collect();
    let prose = Prose::new(source, &reading.hidden, 1);
    [prose.others(allowed, remedy), literals].concat()
}

/// A walk through the syntax tree of a manuscript.
struct Reading<'a> {
    source: &'a str,
    /// Whether a byte is code, a name or a comment.
    hidden: Vec<bool>,
    /// Numbers in code that are more than an argument.
    literals: Vec<usize>,
}

impl Reading<'_> {
    /// Text and mathematics: what follows `#` is code.
    fn markup(&mut self, node: &SyntaxNode, mut at: usize) {
        use SyntaxKind::{BlockComment, Hash, Label, LineComment, Link, Raw, Ref};
        let mut after_hash = false;
        for child in node.children() {
            let range = at..at + child.len();
            if after_hash {
                self.hidden[range].fill(true);
                self.code(child, at, false);
            } else if [BlockComment, Label, LineComment, Link, Raw, Ref].contains(&child.kind()) {
                self.hidden[range].fill(true);
            } else {
                self.markup(child, at);
                // A displayed equation is a formula: one digit there is a part of it.
                let own = &self.source[range.clone()];
                if child.kind() == SyntaxKind::Equation && own.starts_with("$ ") {
                    let digits = numerals::numerals(own).into_iter();
                    for digit in digits.filter(|digit| digit.len() == 1) {
                        self.hidden[range.start + digit.start] = true;
                    }
                }
            }
            after_hash = child.kind() == Hash;
            at += child.len();
        }
    }

    /// Code: blocks of content and equations are read as text. A number is an argument (not the first, which is a value), a
    /// named value, a length, 0 or 1.
    fn code(&mut self, node: &SyntaxNode, mut at: usize, argument: bool) {
        use SyntaxKind::{
            Args, Comma, ContentBlock, Equation, Float, Int, Keyed, LeftParen, Named, Space, Str,
        };
        let end = at + node.len();
        match node.kind() {
            ContentBlock | Equation => {
                self.hidden[at..end].fill(false);
                return self.markup(node, at);
            }
            Int | Float if !argument && !["0", "1"].contains(&&self.source[at..end]) => {
                self.literals.push(at);
            }
            Str if !argument && !numerals::numerals(&self.source[at..end]).is_empty() => {
                self.literals.push(at);
            }
            _ => {}
        }
        let named = [Named, Keyed].contains(&node.kind());
        let mut first = true;
        for child in node.children() {
            let trivial = [Comma, LeftParen, Space].contains(&child.kind());
            let argument = named || node.kind() == Args && (!first || child.kind() == Str);
            self.code(child, at, argument);
            first &= trivial;
            at += child.len();
        }
    }
}

#[test]
fn the_manuscript_quotes_its_numbers() {
    let allowed = Allowed::of(MANUSCRIPT);
    let found = of_manuscript(&text(MANUSCRIPT), &allowed);
    none(&[found, allowed.unused()].concat());
}

/// Keys of `pipeline.toml` whose texts readers see. The sources of references (`by`, `place`) have years and volumes.
const TEXTS: [&str; 10] = [
    "about",
    "description",
    "question",
    "text",
    "title",
    "titles",
    "label",
    "labels",
    "group-name",
    "reason",
];

/// The numbers in texts of `pipeline.toml` that are typed by hand. A number that is a value of the same item, or of a stage
/// that it reads, is a setting.
fn of_pipeline(source: &str, allowed: &Allowed) -> Vec<String> {
    let pipeline = Pipeline {
        source,
        root: DeTable::parse(source).unwrap().into_inner(),
    };
    let mut problems = Vec::new();
    for (key, value) in &pipeline.root {
        let shared = key.get_ref() == "shared";
        let items: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            DeValue::Table(values) if shared => values.values().collect(),
            _ => vec![value],
        };
        for item in items {
            let mut settings = Vec::new();
            pipeline.settings(item.get_ref(), &mut settings, 0);
            let seen = shared
                && item
                    .get_ref()
                    .as_str()
                    .is_some_and(|text| text.contains(' '));
            pipeline.texts(item, seen, &mut |text, line| {
                let known = |number: &str, rest: &str| {
                    let value = numerals::value(number);
                    let share = rest.starts_with(" %").then_some(value / 100.0);
                    let same = |x: f64, setting: f64| (x - setting.abs()).abs() <= 1e-9 * x;
                    let is = |x: f64| settings.iter().any(|&setting| same(x, setting));
                    is(value) || share.is_some_and(is)
                };
                let prose = Prose::new(text, &quotes(text), line);
                let remedy = "quote it by ${stage.number:.2}";
                problems.extend(prose.others_but(allowed, remedy, known));
            });
        }
    }
    problems
}

/// What `${...}` and `{...}` hide.
fn quotes(text: &str) -> Vec<bool> {
    let mut hidden = vec![false; text.len()];
    let mut from = 0;
    while let Some(start) = text[from..].find('{').map(|start| from + start) {
        let end = text[start..]
            .find('}')
            .map_or(text.len(), |end| start + end + 1);
        // Braces after _, ^ or ~ are markup.
        if !text[..start].ends_with(['_', '^', '~']) {
            hidden[start..end].fill(true);
        }
        from = end;
    }
    hidden
}

struct Pipeline<'a> {
    source: &'a str,
    root: DeTable<'a>,
}

impl Pipeline<'_> {
    /// The numbers of an item: its own, the lengths of its lists, numbers in names (`uniform-16`), and those of the shared
    /// values that it names and of the stages whose tables it reads.
    fn settings(&self, value: &DeValue<'_>, found: &mut Vec<f64>, depth: usize) {
        // A stage reads a stage that reads a stage: a few steps are enough.
        if depth > 12 {
            return;
        }
        let mut all = |values: &mut dyn Iterator<Item = &Spanned<DeValue<'_>>>| {
            values.for_each(|value| self.settings(value.get_ref(), found, depth + 1));
        };
        match value {
            DeValue::Array(items) => {
                all(&mut items.iter());
                found.push(items.len() as f64);
            }
            DeValue::Table(table) => all(&mut table.values()),
            DeValue::String(text) => {
                let shared = text
                    .strip_prefix('@')
                    .and_then(|name| self.root.get("shared")?.get_ref().get(name));
                all(&mut shared.into_iter());
                all(&mut self.stages_of(text).into_iter());
                // Numbers that the text quotes belong to stages, too.
                for quote in text.split("${").skip(1) {
                    let name = quote.split(':').next().unwrap_or_default();
                    all(&mut self.stages_of(name).into_iter());
                }
                if !text.contains(' ') {
                    let numbers = text.split(|c: char| !c.is_ascii_digit());
                    found.extend(numbers.filter_map(|number| number.parse::<f64>().ok()));
                }
            }
            DeValue::Integer(number) => found.push(numerals::value(number.as_str())),
            DeValue::Float(number) => found.push(numerals::value(number.as_str())),
            _ => {}
        }
    }

    /// The stage, and the defaults of its kind, that `stage.table` or `stage.number` names. A name with a brace (`law-{family}`)
    /// is that of all stages that it fits.
    fn stages_of(&self, text: &str) -> Vec<&Spanned<DeValue<'_>>> {
        let Some((wanted, _)) = text.split_once('.').filter(|_| !text.contains(' ')) else {
            return Vec::new();
        };
        let fits = |name: &str| {
            let (before, after) = name.split_once('{').unwrap_or((name, ""));
            let after = after.split_once('}').map_or("", |(_, after)| after);
            let exact = !name.contains('{') && name != wanted;
            !exact && wanted.starts_with(before) && wanted.ends_with(after)
        };
        let stages = self
            .root
            .get("stage")
            .and_then(|stages| stages.get_ref().as_array());
        let mut found = Vec::new();
        for stage in stages.into_iter().flatten() {
            let text = |key: &str| stage.get_ref().get(key)?.get_ref().as_str();
            if text("name").is_some_and(fits) {
                found.push(stage);
                found.extend(
                    text("kind").and_then(|kind| self.root.get("defaults")?.get_ref().get(kind)),
                );
            }
        }
        found
    }

    /// Every text of an item that readers see, with its line.
    fn texts(&self, value: &Spanned<DeValue<'_>>, seen: bool, visit: &mut impl FnMut(&str, usize)) {
        match value.get_ref() {
            DeValue::String(text) if seen && !text.starts_with('@') => {
                visit(text, self.source[..value.span().start].split('\n').count());
            }
            DeValue::Array(items) => items.iter().for_each(|item| self.texts(item, seen, visit)),
            DeValue::Table(table) => {
                for (key, item) in table {
                    self.texts(item, TEXTS.contains(&key.get_ref().as_ref()), visit);
                }
            }
            _ => {}
        }
    }
}

#[test]
fn the_texts_of_the_pipeline_quote_their_numbers() {
    let allowed = Allowed::of(PIPELINE);
    let found = of_pipeline(&text(PIPELINE), &allowed);
    none(&[found, allowed.unused()].concat());
}

/// Sentences in the code of the report: its texts with a space, without what is filled in.
#[test]
fn the_report_quotes_its_numbers() {
    let allowed = Allowed::of(REPORT);
    let mut problems = Vec::new();
    let folders = ["src", "assets"].map(|folder| files(&root().join(REPORT).join(folder)));
    let sources = folders
        .concat()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end != "css"));
    for path in sources {
        let source = String::from_utf8(mf_data::files::read(&path).unwrap()).unwrap();
        let shown = source.split("#[cfg(test)]").next().unwrap();
        for (index, line) in shown
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            let texts = line
                .split(['"', '`'])
                .skip(1)
                .step_by(2)
                .filter(|text| text.contains(' '));
            for text in texts {
                let mut hidden = quotes(text);
                let tags = text.match_indices('<');
                let tags =
                    tags.map(|(at, _)| at..text[at..].find('>').map_or(text.len(), |end| at + end));
                tags.for_each(|tag| hidden[tag].fill(true));
                problems
                    .extend(Prose::new(text, &hidden, index + 1).others(&allowed, "fill it in"));
            }
        }
    }
    none(&[problems, allowed.unused()].concat());
}

/// Pages without results: every number is on the list. Two pages are left out: `docs/commands.md` is printed by `mf` and
/// compared by a test, and `docs/speed.md` has times of one machine, which `make bench` prints.
#[test]
fn the_other_pages_have_listed_numbers_only() {
    let pages = [
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "docs/clusters.md",
        "docs/figures.md",
        "docs/pipeline.md",
    ];
    let problems = pages.map(|page| {
        let allowed = Allowed::of(page);
        let found = markdown(&text(page)).others(&allowed, "check its sentence in current.rs");
        [found, allowed.unused()].concat()
    });
    none(&problems.concat());
}

/// What a new number in a text is reported as.
#[test]
fn a_new_number_is_found() {
    let paper = |addition: &str| {
        let source = text(MANUSCRIPT) + addition;
        of_manuscript(&source, &Allowed::of(MANUSCRIPT))
    };
    let last = text(MANUSCRIPT).lines().count() + 1;
    for (addition, number) in [
        ("The accuracy is 0.83 at this depth.", "0.83"),
        ("It falls to 17 % there.", "17"),
        ("This holds for $N = 11$ alone.", "11"),
        ("$ chi = 0.91 $", "0.91"),
        ("It is #fixed(0.91, 2).", "0.91"),
        (
            "It is #number(\"layers.cells\", digits: 2) of #(48 / 2).",
            "48",
        ),
        ("It is #{ let x = \"0.91\"; x }.", "\"0.91\""),
        ("#figure(table([a], [3.7]), caption: [None.])", "3.7"),
        ("We see seven networks of this kind.", "seven"),
    ] {
        let found = paper(addition);
        let place = format!("{MANUSCRIPT}:{last}: `{number}`");
        assert!(
            found.iter().any(|problem| problem.starts_with(&place)),
            "{addition}: {found:?}"
        );
        assert!(
            found
                .iter()
                .all(|problem| problem.contains("quote it by #ours")),
            "{found:?}"
        );
    }
    assert_eq!(
        paper("It is #ours(\"exponent\", digits: 3), as @figure2 and int4 show in $C_2$."),
        [""; 0]
    );

    let pipeline = text(PIPELINE).replacen(
        "description = \"\"\"",
        "description = \"\"\"It rises to 0.617. ",
        1,
    );
    let found = of_pipeline(&pipeline, &Allowed::of(PIPELINE));
    assert!(
        found.len() == 1 && found[0].contains("`0.617`") && found[0].contains("${stage.number"),
        "{found:?}"
    );

    let page = format!("{}\nIt takes 93 seconds.\n", text("docs/clusters.md"));
    let found = markdown(&page).others(&Allowed::of("docs/clusters.md"), "check it");
    let place = format!("docs/clusters.md:{}: `93`", page.lines().count());
    assert!(
        found.len() == 1 && found[0].starts_with(&place),
        "{found:?}"
    );
}
