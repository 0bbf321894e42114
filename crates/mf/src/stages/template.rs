//! Numbers of stages in the texts of figures: `${stage.number:.3}` is the number with three decimals.

/// The two forms of a placeholder, for error messages.
pub(crate) const SYNTAX: &str = "`${stage.number:.3}` (three decimals), `${stage.number:+.3}` (a space after the sign, as in + 0.705)";

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text that is kept as it is.
    Text(String),
    /// A number of a stage.
    Number {
        /// The number's reference, `stage.number`.
        reference: String,
        /// How it is written.
        format: Format,
    },
}

/// How a number is written: how many decimals, and whether a sign and a space are always in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Format {
    decimals: usize,
    sign_apart: bool,
}

impl Format {
    /// The number as text, with the minus sign U+2212, which is as wide as a plus sign.
    pub(crate) fn write(self, value: f64) -> String {
        let digits = format!("{:.*}", self.decimals, value.abs());
        match (self.sign_apart, value < 0.0) {
            (true, true) => format!("− {digits}"),
            (true, false) => format!("+ {digits}"),
            (false, true) => format!("−{digits}"),
            (false, false) => digits,
        }
    }
}

/// The most decimals: an f64 has about 17 significant digits.
const DECIMALS_MAX: usize = 17;

/// Splits a text at its placeholders.
///
/// # Errors
/// A message that names the first placeholder that is not of a form of [`SYNTAX`].
pub(crate) fn parse(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (inside, tail) = after
            .split_once('}')
            .ok_or_else(|| format!("`${{{after}` has no closing brace `}}`"))?;
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(
            number(inside).ok_or_else(|| {
                format!("`${{{inside}}}` is not `stage.number` with its decimals")
            })?,
        );
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(pieces)
}

/// The placeholder between `${` and `}`; none if it has another form.
fn number(inside: &str) -> Option<Piece> {
    let (reference, format) = inside.split_once(':')?;
    let (stage, name) = reference.split_once('.')?;
    let (sign_apart, format) = format
        .strip_prefix('+')
        .map_or((false, format), |rest| (true, rest));
    let decimals = format
        .strip_prefix('.')?
        .parse()
        .ok()
        .filter(|&d| d <= DECIMALS_MAX)?;
    let named = !stage.is_empty() && !name.is_empty();
    named.then(|| Piece::Number {
        reference: reference.to_owned(),
        format: Format {
            decimals,
            sign_apart,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_between_texts() {
        let pieces = parse("slope ${fit.slope:.3} ln N ${fit.intercept:+.2}").unwrap();
        let format = |decimals, sign_apart| Format {
            decimals,
            sign_apart,
        };
        let number = |name: &str, format| Piece::Number {
            reference: format!("fit.{name}"),
            format,
        };
        assert_eq!(
            pieces,
            [
                Piece::Text("slope ".into()),
                number("slope", format(3, false)),
                Piece::Text(" ln N ".into()),
                number("intercept", format(2, true)),
            ]
        );
    }

    #[test]
    fn braces_of_markup_are_text() {
        assert_eq!(parse("χ_{max}").unwrap(), [Piece::Text("χ_{max}".into())]);
    }

    #[test]
    fn a_wrong_placeholder_is_named() {
        for wrong in [
            "${fit.slope}",
            "${slope:.3}",
            "${fit.slope:3}",
            "${fit.slope:.99}",
        ] {
            assert!(parse(wrong).unwrap_err().contains(wrong), "{wrong}");
        }
        assert!(
            parse("${fit.slope:.3")
                .unwrap_err()
                .contains("closing brace")
        );
    }

    #[test]
    fn numbers_have_the_minus_sign_of_typography() {
        let format = |decimals, sign_apart| Format {
            decimals,
            sign_apart,
        };
        assert_eq!(format(2, false).write(-1.816), "−1.82");
        assert_eq!(format(3, true).write(0.70525), "+ 0.705");
        assert_eq!(format(1, true).write(-2.0), "− 2.0");
    }
}
