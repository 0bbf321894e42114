//! The small markup of titles, labels and notes (its signs are listed in [`crate::spec`]).

use crate::error::PlotError;

/// A part of a line of text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    /// A letter.
    Letter { letter: char, italic: bool },
    /// A subscript, a superscript, or both over one another.
    Scripts {
        below: Vec<Piece>,
        above: Vec<Piece>,
    },
    /// Letters under a tilde.
    Tilde(Vec<Piece>),
}

/// Reads one line of markup.
pub(crate) fn parse(text: &str) -> Result<Vec<Piece>, PlotError> {
    let mut reader = Reader {
        text,
        letters: text.chars().peekable(),
        italic: false,
    };
    let pieces = reader.pieces(false)?;
    if reader.italic {
        return Err(reader.error("a * starts italics that no other * ends"));
    }
    Ok(pieces)
}

/// The text without its markup, for readers who cannot see the figure.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => plain.extend(letters.next()),
            '\n' => plain.push(' '),
            '*' | '{' | '}' => {}
            '~' if letters.as_str().starts_with('{') => {}
            _ => plain.push(letter),
        }
    }
    plain
}

/// The markup that shows a text unchanged, for names from data.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '_' | '^' | '*' | '~' | '{' | '}' | '\\') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

struct Reader<'a> {
    text: &'a str,
    letters: std::iter::Peekable<std::str::Chars<'a>>,
    italic: bool,
}

impl Reader<'_> {
    fn error(&self, problem: &str) -> PlotError {
        PlotError::Markup {
            text: self.text.to_owned(),
            problem: problem.to_owned(),
        }
    }

    /// Pieces up to the end of the text, or to the closing brace of a group.
    fn pieces(&mut self, in_group: bool) -> Result<Vec<Piece>, PlotError> {
        let mut pieces = Vec::new();
        loop {
            match self.letters.next() {
                None if in_group => return Err(self.error("a { is not closed by a }")),
                None => return Ok(pieces),
                Some('}') if in_group => return Ok(pieces),
                Some('}') => return Err(self.error("a } has no matching {")),
                Some('{') => return Err(self.error("a { must follow _, ^ or ~")),
                Some('*') => self.italic = !self.italic,
                Some('\\') => pieces.push(self.escaped()?),
                Some('~') if self.letters.peek() == Some(&'{') => {
                    pieces.push(Piece::Tilde(self.argument()?))
                }
                Some('_') => {
                    let argument = self.argument()?;
                    match pieces.last_mut() {
                        Some(Piece::Scripts { below, above })
                            if below.is_empty() && !above.is_empty() =>
                        {
                            *below = argument
                        }
                        _ => pieces.push(Piece::Scripts {
                            below: argument,
                            above: Vec::new(),
                        }),
                    }
                }
                Some('^') => {
                    let argument = self.argument()?;
                    match pieces.last_mut() {
                        Some(Piece::Scripts { below, above })
                            if above.is_empty() && !below.is_empty() =>
                        {
                            *above = argument
                        }
                        _ => pieces.push(Piece::Scripts {
                            below: Vec::new(),
                            above: argument,
                        }),
                    }
                }
                Some(letter) => pieces.push(Piece::Letter {
                    letter,
                    italic: self.italic,
                }),
            }
        }
    }

    /// The argument of a script or tilde: one letter, or a group in braces.
    fn argument(&mut self) -> Result<Vec<Piece>, PlotError> {
        let pieces = match self.letters.next() {
            Some('{') => self.pieces(true)?,
            Some('\\') => vec![self.escaped()?],
            Some(letter) if !matches!(letter, '}' | '*' | '_' | '^' | ' ') => {
                vec![Piece::Letter {
                    letter,
                    italic: self.italic,
                }]
            }
            _ => Vec::new(),
        };
        if pieces.is_empty() {
            return Err(self.error("a _, ^ or ~ has no letter or {group} after it"));
        }
        Ok(pieces)
    }

    fn escaped(&mut self) -> Result<Piece, PlotError> {
        let italic = self.italic;
        let letter = self
            .letters
            .next()
            .ok_or_else(|| self.error("it ends with a backslash"))?;
        Ok(Piece::Letter { letter, italic })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(letter: char) -> Piece {
        Piece::Letter {
            letter,
            italic: false,
        }
    }

    fn problem(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn scripts_take_a_letter_or_a_group() {
        let below = vec![letter('a'), letter('b')];
        assert_eq!(
            parse("x_{ab}").unwrap(),
            [
                letter('x'),
                Piece::Scripts {
                    below,
                    above: vec![]
                }
            ]
        );
        assert_eq!(
            parse("x_i^2").unwrap(),
            [
                letter('x'),
                Piece::Scripts {
                    below: vec![letter('i')],
                    above: vec![letter('2')]
                }
            ]
        );
    }

    #[test]
    fn stars_switch_italics() {
        let italic = Piece::Letter {
            letter: 'N',
            italic: true,
        };
        assert_eq!(parse("*N*+").unwrap(), [italic, letter('+')]);
    }

    #[test]
    fn a_backslash_keeps_a_sign() {
        assert_eq!(parse(r"\_\*").unwrap(), [letter('_'), letter('*')]);
        assert_eq!(parse(&escape("a_b*^~{}\\")).unwrap().len(), 9);
    }

    #[test]
    fn errors_of_markup_are_explained() {
        assert!(problem("*N").contains("no other * ends"));
        assert!(problem("x_{max").contains("not closed"));
        assert!(problem("x}").contains("no matching"));
        assert!(problem("{x}").contains("must follow"));
        assert!(problem("x_").contains("after it"));
        assert!(problem("x\\").contains("ends with a backslash"));
    }

    #[test]
    fn plain_text_has_no_signs_of_markup() {
        assert_eq!(plain(r"ln ~{*Δ*}_{opt}, a\_b"), "ln Δ_opt, a_b");
    }
}
