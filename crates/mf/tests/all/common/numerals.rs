//! Numbers in texts: those that are neither quoted, nor checked against a table, nor on the list `numerals.toml`.
//!
//! A number is written in digits, or is a word from two to twelve before a noun that is counted (`ten seeds`). The rule can't
//! see: other words (half, twice, a third, one, most), a word with an adjective before its noun, a power such as N^2 (one
//! digit), and whether a listed phrase is still true.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;

use super::text;

const LIST: &str = "crates/mf/tests/numerals.toml";

/// Number words, and nouns that are counted.
const WORDS: [&str; 11] = [
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
];
const COUNTED: [&str; 17] = [
    "standard",
    "seeds",
    "layers",
    "networks",
    "quantizers",
    "widths",
    "formats",
    "claims",
    "depths",
    "steps",
    "ξ",
    "minutes",
    "hours",
    "seconds",
    "days",
    "decades",
    "percent",
];

/// The phrases with numbers that a file may have: settings, named constants, names. Each has its reason.
pub(crate) struct Allowed {
    file: String,
    /// Each phrase, and whether it was seen.
    phrases: RefCell<BTreeMap<String, bool>>,
}

impl Allowed {
    /// The phrases of `numerals.toml` for a file, and those for all files.
    pub(crate) fn of(file: &str) -> Self {
        let list: toml::Table = text(LIST).parse().unwrap();
        let phrases = |section: &str, seen: bool| {
            let own = list.get(section).and_then(toml::Value::as_table);
            let own: Vec<(String, bool)> = own
                .into_iter()
                .flatten()
                .map(|(phrase, reason)| {
                    let reason = reason.as_str().unwrap_or_default();
                    assert!(!reason.is_empty(), "{LIST}: say what `{phrase}` is");
                    (phrase.clone(), seen)
                })
                .collect();
            own
        };
        let all = phrases(file, false)
            .into_iter()
            .chain(phrases("everywhere", true));
        Self {
            file: file.to_owned(),
            phrases: RefCell::new(all.collect()),
        }
    }

    /// The phrases of the file alone that no text had.
    pub(crate) fn unused(&self) -> Vec<String> {
        let phrases = self.phrases.borrow();
        let unused = phrases.iter().filter(|(_, seen)| !**seen);
        let file = &self.file;
        unused
            .map(|(phrase, _)| {
                format!("{file} does not have `{phrase}` any more: take it off {LIST}")
            })
            .collect()
    }
}

/// A text with the parts that readers don't see as prose (code, names, targets of links).
pub(crate) struct Prose {
    /// The text, with one space for every white space.
    flat: String,
    /// The line of each byte of `flat`, from 1.
    lines: Vec<usize>,
    /// Whether a byte of `flat` is hidden, or quoted.
    done: RefCell<Vec<bool>>,
}

impl Prose {
    /// `hidden` has a flag for each byte of `source`; the first line of `source` has the number `first`.
    pub(crate) fn new(source: &str, hidden: &[bool], first: usize) -> Self {
        let (mut flat, mut lines, mut done) = (String::new(), Vec::new(), Vec::new());
        let mut line = first;
        for (at, c) in source.char_indices() {
            if !(c.is_whitespace() && flat.ends_with(' ')) {
                flat.push(if c.is_whitespace() { ' ' } else { c });
                lines.resize(flat.len(), line);
                done.resize(flat.len(), hidden[at]);
            }
            line += usize::from(c == '\n');
        }
        Self {
            flat,
            lines,
            done: RefCell::new(done),
        }
    }

    /// Whether the text has the sentence, whose numbers are then quoted.
    pub(crate) fn says(&self, sentence: &str) -> bool {
        let sentence = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut done = self.done.borrow_mut();
        let mut found = false;
        for (at, same) in self.flat.match_indices(&sentence) {
            done[at..at + same.len()].fill(true);
            found = true;
        }
        found
    }

    /// Each number that is neither quoted nor on the list, with the remedy.
    pub(crate) fn others(&self, allowed: &Allowed, remedy: &str) -> Vec<String> {
        self.others_but(allowed, remedy, |_, _| false)
    }

    /// The same, without the numbers for which `known` holds: of their text and what follows it.
    pub(crate) fn others_but(
        &self,
        allowed: &Allowed,
        remedy: &str,
        known: impl Fn(&str, &str) -> bool,
    ) -> Vec<String> {
        let mut done = self.done.borrow().clone();
        for (phrase, seen) in allowed.phrases.borrow_mut().iter_mut() {
            for (at, same) in self.flat.match_indices(phrase.as_str()) {
                let range = at..at + same.len();
                if self.stands_alone(&range) {
                    *seen |= !done[range.clone()].iter().all(|done| *done);
                    done[range].fill(true);
                }
            }
        }
        let numbers = numerals(&self.flat).into_iter().chain(counts(&self.flat));
        let open = numbers.filter(|range| !done[range.start]);
        let open = open.filter(|range| !known(&self.flat[range.clone()], &self.flat[range.end..]));
        open.map(|range| {
            let (file, line) = (&allowed.file, self.lines[range.start]);
            let around = self.flat[self.flat.floor_char_boundary(range.start.saturating_sub(30))
                ..self.flat.ceil_char_boundary((range.end + 20).min(self.flat.len()))].trim();
            let number = &self.flat[range];
            format!("{file}:{line}: `{number}` is typed by hand (… {around} …): {remedy}, or say in {LIST} what it is")
        }).collect()
    }

    /// Whether neither a letter nor a digit continues the range.
    fn stands_alone(&self, range: &Range<usize>) -> bool {
        let before = self.flat[..range.start].chars().next_back();
        let first = self.flat[range.clone()].chars().next();
        let (last, rest) = (
            self.flat[range.clone()].chars().next_back(),
            &self.flat[range.end..],
        );
        let starts = !first.is_some_and(char::is_alphanumeric)
            || !before.is_some_and(|c| c.is_alphanumeric() || c == '.');
        let ends = !last.is_some_and(char::is_alphanumeric)
            || !(rest.starts_with(char::is_alphanumeric) || decimal(rest));
        starts && ends
    }
}

/// Whether a number goes on: with a point or a comma and a digit.
fn decimal(rest: &str) -> bool {
    let mut rest = rest.chars();
    matches!(rest.next(), Some('.' | ',')) && rest.next().is_some_and(|c| c.is_ascii_digit())
}

/// Numbers in digits, with a power of ten (`10^9`, `3e-7`). Digits in a word that begins with a letter (`int4`, `x86-64`, `n_2`)
/// are a name, and one digit as a power of a symbol (`N^2`) is a part of a formula.
pub(crate) fn numerals(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..]
        .find(|c: char| c.is_ascii_digit())
        .map(|from| at + from)
    {
        let mut end = digits(text, start);
        let sign = text[end..].find(|c: char| !"^e-−".contains(c)).unwrap_or(0);
        if sign > 0 && text[end + sign..].starts_with(|c: char| c.is_ascii_digit()) {
            end = digits(text, end + sign);
        }
        let word =
            text[..start].trim_end_matches(|c: char| c.is_alphanumeric() || "_-".contains(c));
        let name = text[word.len()..start].contains(char::is_alphabetic);
        let power = end == start + 1 && text[..start].ends_with('^');
        if !name && !power {
            found.push(start..end);
        }
        at = end;
    }
    found
}

/// The end of the digits from `start` on, with points and commas between them, and a power in raised digits.
fn digits(text: &str, start: usize) -> usize {
    let mut end = start;
    while text[end..].starts_with(|c: char| c.is_ascii_digit()) || decimal(&text[end..]) {
        end += 1;
    }
    end + text[end..]
        .find(|c: char| !"⁻⁰¹²³⁴⁵⁶⁷⁸⁹".contains(c))
        .unwrap_or(0)
}

/// The value of a number in digits or of a number word.
pub(crate) fn value(number: &str) -> f64 {
    if let Some(place) = WORDS.iter().position(|word| *word == number.to_lowercase()) {
        return (place + 2) as f64;
    }
    let number = number.replace(',', "").replace("10^", "1e");
    number.parse().unwrap_or(f64::NAN)
}

/// Number words before a noun that is counted.
fn counts(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    let is = |range: &Range<usize>, among: &[&str]| {
        among.contains(&text[range.clone()].to_lowercase().as_str())
    };
    let pairs = words
        .windows(2)
        .filter(|pair| is(&pair[0], &WORDS) && is(&pair[1], &COUNTED));
    pairs.map(|pair| pair[0].clone()).collect()
}

/// A Markdown page. Hidden are code, but for the comments beside commands; targets of links; descriptions of pictures, which
/// are those of `pipeline.toml`; and tags.
pub(crate) fn markdown(source: &str) -> Prose {
    let mut hidden = vec![false; source.len()];
    let mut at = 0;
    let mut fence = None;
    for line in source.split_inclusive('\n') {
        let range = at..at + line.len();
        let tag = line.trim_start().strip_prefix("```");
        match (tag, fence) {
            (Some(language), None) => fence = Some(language.trim()),
            (Some(_), Some(_)) => fence = None,
            (None, Some("console")) if line.starts_with("$ ") => {
                let comment = line.find(" # ").unwrap_or(line.len());
                hidden[at..at + comment].fill(true);
            }
            (None, Some(_)) => hidden[range].fill(true),
            (None, None) => {
                // The number of an item of a list.
                let item = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
                if item.starts_with(". ") {
                    hidden[at..at + line.len() - item.len()].fill(true);
                }
                for (open, close) in [("![", ")"), ("](", ")"), ("`", "`"), ("<", ">")] {
                    let mut from = 0;
                    while let Some(start) = line[from..].find(open).map(|start| from + start) {
                        let inside = start + open.len();
                        let end = line[inside..]
                            .find(close)
                            .map_or(line.len(), |end| inside + end + close.len());
                        hidden[at + start..at + end].fill(true);
                        from = end;
                    }
                }
            }
        }
        at += line.len();
    }
    Prose::new(source, &hidden, 1)
}
