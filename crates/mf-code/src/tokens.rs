//! The tokens of a source that decide what it computes.

use std::str::FromStr;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The tokens of a source without comments, documentation and what is compiled for tests only; line ends are `\n`.
///
/// # Errors
/// The message of the tokenizer, if the text is not Rust.
pub fn tokens(text: &str) -> Result<TokenStream, String> {
    let text = text.replace("\r\n", "\n");
    let stream = TokenStream::from_str(&text).map_err(|error| error.to_string())?;
    Ok(stripped(stream))
}

/// A text that is the same for the same tokens, however they are laid out.
#[must_use]
pub fn canonical(tokens: &TokenStream) -> String {
    let mut text = String::new();
    write(tokens, &mut text);
    text
}

fn write(tokens: &TokenStream, text: &mut String) {
    for token in tokens.clone() {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("( ", ") "),
                    Delimiter::Brace => ("{ ", "} "),
                    Delimiter::Bracket => ("[ ", "] "),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write(&group.stream(), text);
                text.push_str(close);
            }
            other => {
                text.push_str(&other.to_string());
                text.push(' ');
            }
        }
    }
}

fn stripped(stream: TokenStream) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    let mut tokens = stream.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if !is(&token, '#') {
            kept.push(inside(token));
            continue;
        }
        let inner = tokens.next_if(|next| is(next, '!'));
        let Some(TokenTree::Group(attribute)) = tokens.peek().cloned() else {
            kept.push(token);
            kept.extend(inner);
            continue;
        };
        tokens.next();
        if names(&attribute, &["doc"]) {
            continue;
        }
        if inner.is_none() && names(&attribute, &["cfg", "test"]) {
            skip_item(&mut tokens);
            continue;
        }
        kept.push(token);
        kept.extend(inner);
        kept.push(inside(TokenTree::Group(attribute)));
    }
    kept.into_iter().collect()
}

/// A token; a group is stripped inside.
fn inside(token: TokenTree) -> TokenTree {
    match token {
        TokenTree::Group(group) => Group::new(group.delimiter(), stripped(group.stream())).into(),
        other => other,
    }
}

fn is(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

/// Whether an attribute begins with the first word, and its argument is the second: `doc = ...`, `cfg(test)`.
fn names(attribute: &Group, words: &[&str]) -> bool {
    let mut tokens = attribute.stream().into_iter();
    let mut stream = match tokens.next() {
        Some(TokenTree::Ident(name)) if words.first().is_some_and(|word| name == word) => tokens,
        _ => return false,
    };
    match (words.get(1), stream.next()) {
        (None, _) => true,
        (Some(word), Some(TokenTree::Group(argument))) => argument.stream().to_string() == **word,
        (Some(_), _) => false,
    }
}

/// Skips an item: its attributes, and all up to a semicolon or the end of a block in braces.
fn skip_item(tokens: &mut impl Iterator<Item = TokenTree>) {
    for token in tokens {
        let ends = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            other => is(other, ';'),
        };
        if ends {
            return;
        }
    }
}

/// The paths that a source names, each as its parts; those of a group in braces one by one.
#[must_use]
pub fn paths(tokens: &TokenStream) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    collect(tokens, &mut found);
    found
}

fn collect(stream: &TokenStream, found: &mut Vec<Vec<String>>) {
    let tokens: Vec<TokenTree> = stream.clone().into_iter().collect();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            TokenTree::Group(group) => {
                collect(&group.stream(), found);
                at += 1;
            }
            TokenTree::Ident(first) => {
                let mut path = vec![first.to_string()];
                let mut is_group = false;
                at += 1;
                while separated(&tokens, at) {
                    match tokens.get(at + 2) {
                        Some(TokenTree::Ident(next)) => {
                            path.push(next.to_string());
                            at += 3;
                        }
                        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                            let mut inside = Vec::new();
                            collect(&group.stream(), &mut inside);
                            found.extend(
                                inside
                                    .into_iter()
                                    .map(|tail| path.iter().cloned().chain(tail).collect()),
                            );
                            at += 3;
                            is_group = true;
                            break;
                        }
                        _ => break,
                    }
                }
                if !is_group {
                    found.push(path);
                }
            }
            _ => at += 1,
        }
    }
}

/// Whether there is `::` at a place.
fn separated(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |at: usize| tokens.get(at).is_some_and(|token| is(token, ':'));
    colon(at) && colon(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(source: &str) -> String {
        canonical(&tokens(source).unwrap())
    }

    #[test]
    fn comments_documentation_layout_and_tests_do_not_count() {
        let plain = "fn f(x: f64) -> f64 { x + 1.0 }\nconst N: usize = 3;";
        let dressed = "//! About.\n/// Adds.\nfn f(\n    x: f64, // the number\n) -> f64 {\n    /* so */ x + 1.0\n}\n\
                       const N: usize = 3;\n#[cfg(test)]\n#[allow(dead_code)]\nmod tests { fn g() {} }\n\
                       #[cfg(test)]\nuse std::fmt;";
        assert_eq!(
            text(plain).replace(" , ) ", " ) "),
            text(dressed).replace(", ) ", ") ")
        );
    }

    #[test]
    fn what_computes_counts() {
        let base = text("const PI: f64 = 3.14;");
        for other in [
            "const PI: f64 = 3.15;",
            "const PI: f32 = 3.14;",
            "const Pi: f64 = 3.14;",
            "#[inline] const PI: f64 = 3.14;",
            "#[cfg(unix)] const PI: f64 = 3.14;",
        ] {
            assert_ne!(base, text(other), "{other}");
        }
    }

    #[test]
    fn line_ends_do_not_count_inside_texts_either() {
        assert_eq!(
            text("const A: &str = \"a\r\nb\";"),
            text("const A: &str = \"a\nb\";")
        );
    }

    #[test]
    fn paths_are_taken_apart() {
        let source = "use super::{states::States, gains}; fn f() { crate::families::build(x); libm::exp(1.0) }";
        let found: Vec<String> = paths(&tokens(source).unwrap())
            .into_iter()
            .map(|path| path.join("::"))
            .collect();
        for wanted in [
            "super::states::States",
            "super::gains",
            "crate::families::build",
            "libm::exp",
        ] {
            assert!(
                found.iter().any(|path| path == wanted),
                "{wanted}: {found:?}"
            );
        }
    }
}
