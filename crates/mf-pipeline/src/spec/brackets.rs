//! Quotes and brackets: headers of tables, and what is opened and not closed.

use std::ops::Range;

/// The name in a line that is a header with a bare key, and whether its brackets are double.
pub(crate) fn header(line: &str) -> Option<(&str, bool)> {
    let line = line.split('#').next()?.trim();
    let inside = line.strip_prefix('[')?.strip_suffix(']')?;
    let double = inside
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    let name = double.unwrap_or(inside).trim();
    let is_bare = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    is_bare.then_some((name, double.is_some()))
}

/// The quotes or the bracket that a text of TOML opens and does not close: a string in single quotes ends on its line, a
/// bracket before the next header.
pub(crate) fn unclosed(source: &str) -> Option<Range<usize>> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let last = |open: &[(usize, char)]| open.last().map(|(at, _)| *at..at + 1);
    let mut at = 0;
    while let Some(next) = source.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = source.get(at..).unwrap_or_default();
        let line = rest.lines().next().unwrap_or_default();
        let begins = source
            .get(..at)
            .is_none_or(|b| b.is_empty() || b.ends_with('\n'));
        if begins && !open.is_empty() && header(line).is_some() {
            return last(&open);
        }
        at += match next {
            '#' => line.len(),
            '"' | '\'' => match string(rest) {
                Ok(length) => length,
                Err(quotes) => return Some(at..at + quotes),
            },
            '[' | '{' => {
                open.push((at, next));
                1
            }
            ']' | '}' => {
                let own = if next == ']' { '[' } else { '{' };
                match open.pop() {
                    Some((place, other)) if other != own => return Some(place..place + 1),
                    _ => 1,
                }
            }
            other => other.len_utf8(),
        };
    }
    last(&open)
}

/// The length of the string that a text begins with; that of its quotes if it does not end.
fn string(text: &str) -> Result<usize, usize> {
    let quote = if text.starts_with('"') { "\"" } else { "'" };
    let three = quote.repeat(3);
    let quotes = if text.starts_with(&three) {
        &three
    } else {
        quote
    };
    let mut at = quotes.len();
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(quotes) {
            let more = rest.get(quotes.len()..).unwrap_or_default();
            // `""""` ends in a quote that is a part of the string.
            let own = more.bytes().take_while(|byte| quote.as_bytes() == [*byte]);
            let own = if quotes.len() == 3 {
                own.take(2).count()
            } else {
                0
            };
            return Ok(at + quotes.len() + own);
        }
        let mut letters = rest.chars();
        at += match letters.next() {
            Some('\n') if quotes.len() == 1 => break,
            Some('\\') if quote == "\"" => 1 + letters.next().map_or(0, char::len_utf8),
            letter => letter.map_or(1, char::len_utf8),
        };
    }
    Err(quotes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_closed_is_found_where_it_opens() {
        for (source, open) in [
            (
                "a = \"x\\\"\"\nb = 'y\\'\nc = [1, { d = \"\" }] # [\n[[e]]\n",
                None,
            ),
            ("a = \"\"\"x \"y\" \\\"\"\"\"\"\"\nb = '''\n[z\n'''\n", None),
            ("a = \"x\nb = 1", Some(4..5)),
            ("a = 'it''s\nb = 1", Some(8..9)),
            ("a = 1\nb = \"\"\"x\n\"\nc", Some(10..13)),
            ("a = [1, { b = 2 ]\n", Some(8..9)),
            ("a = { b = [1]\n[[c]]\nd = { }", Some(4..5)),
            ("a = [[1]\nb = 2", Some(4..5)),
        ] {
            assert_eq!(unclosed(source), open, "{source}");
        }
    }
}
