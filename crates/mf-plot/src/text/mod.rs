//! Typesets text: from markup to glyphs with their places, measured exactly.

pub(crate) mod font;
pub(crate) mod markup;

use crate::error::PlotError;
use crate::text::font::{CAP_HEIGHT, DESCENT, EM, Fonts, Glyph, fonts};
use crate::text::markup::Piece;
use crate::theme::LEADING;

/// Size of scripts, relative to the text.
const SCRIPT: f64 = 0.7;
/// How far a superscript is raised, in font units of its text.
const RAISE: f64 = 335.0;
/// How far a subscript is lowered.
const LOWER: f64 = 170.0;
/// Space after scripts.
const AFTER_SCRIPTS: f64 = 35.0;
/// Clear space between a letter and the tilde above it.
const TILDE_GAP: f64 = 70.0;

/// A glyph with its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlacedGlyph {
    /// The glyph.
    pub(crate) glyph: Glyph,
    /// Right of the line's start, in font units.
    pub(crate) x: f64,
    /// Above the baseline, in font units.
    pub(crate) y: f64,
    /// Size relative to the text.
    pub(crate) scale: f64,
}

/// One typeset line, in font units.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    /// The glyphs.
    pub(crate) glyphs: Vec<PlacedGlyph>,
    /// Advance of the whole line.
    pub(crate) width: f64,
    /// Height of the ink above the baseline, at least that of capitals.
    pub(crate) ascent: f64,
    /// Depth below the baseline, at least that of descenders.
    pub(crate) descent: f64,
}

/// A typeset text of one or more lines, in points.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// The text with its markup.
    pub(crate) text: String,
    /// The text without markup.
    pub(crate) plain: String,
    /// The lines, from the top.
    pub(crate) lines: Vec<Line>,
    /// Size of the text.
    pub(crate) size: f64,
    /// Width of the widest line.
    pub(crate) width: f64,
    /// Above the first baseline.
    pub(crate) ascent: f64,
    /// Below the last baseline.
    pub(crate) descent: f64,
}

impl Block {
    /// From the top of the first line to the bottom of the last.
    pub(crate) fn height(&self) -> f64 {
        self.ascent + self.leading() * (self.lines.len() as f64 - 1.0) + self.descent
    }

    /// Width and height.
    pub(crate) fn extent(&self) -> (f64, f64) {
        (self.width, self.height())
    }

    /// From one baseline to the next.
    pub(crate) fn leading(&self) -> f64 {
        self.size * LEADING
    }

    /// Height of capitals and figures.
    pub(crate) fn cap_height(&self) -> f64 {
        CAP_HEIGHT / EM * self.size
    }
}

/// Typesets a text (markup) at a size in points.
pub(crate) fn set(text: &str, size: f64) -> Result<Block, PlotError> {
    let fonts = fonts()?;
    let lines = text
        .split('\n')
        .map(|line| fonts.line(&markup::parse(line)?, text))
        .collect::<Result<Vec<Line>, PlotError>>()?;
    let points = size / EM;
    let width = lines.iter().map(|line| line.width).fold(0.0, f64::max) * points;
    let ascent = lines.first().map_or(0.0, |line| line.ascent) * points;
    let descent = lines.last().map_or(0.0, |line| line.descent) * points;
    Ok(Block {
        text: text.to_owned(),
        plain: markup::plain(text),
        lines,
        size,
        width,
        ascent,
        descent,
    })
}

/// The same for a text that may be missing.
pub(crate) fn set_if(text: Option<&String>, size: f64) -> Result<Option<Block>, PlotError> {
    text.map(|text| set(text, size)).transpose()
}

impl Fonts {
    /// Typesets one line; `text` is for errors.
    fn line(&self, pieces: &[Piece], text: &str) -> Result<Line, PlotError> {
        let mut line = Line {
            ascent: CAP_HEIGHT,
            descent: DESCENT,
            ..Line::default()
        };
        let mut before: Option<Glyph> = None;
        for piece in pieces {
            match piece {
                Piece::Letter { letter, italic } => {
                    let missing = || PlotError::MissingGlyph {
                        text: text.to_owned(),
                        character: *letter,
                    };
                    let glyph = self.glyph(*letter, *italic).ok_or_else(missing)?;
                    line.width += before.map_or(0.0, |before| self.join(before, glyph));
                    line.glyphs.push(PlacedGlyph {
                        glyph,
                        x: line.width,
                        y: 0.0,
                        scale: 1.0,
                    });
                    line.width += self.advance(glyph);
                    before = Some(glyph);
                }
                Piece::Scripts { below, above } => {
                    let (below, above) = (self.line(below, text)?, self.line(above, text)?);
                    let lean = before.map_or(0.0, |before| self.overhang(before));
                    let end = (line.width + SCRIPT * below.width)
                        .max(line.width + lean + SCRIPT * above.width);
                    let start = line.width;
                    line.add(&below, start, -LOWER, SCRIPT);
                    line.add(&above, start + lean, RAISE, SCRIPT);
                    line.width = end + AFTER_SCRIPTS;
                    before = None;
                }
                Piece::Tilde(argument) => {
                    let argument = self.line(argument, text)?;
                    let tilde = self.glyph('\u{02DC}', false);
                    let tilde = tilde.ok_or_else(|| PlotError::MissingGlyph {
                        text: text.to_owned(),
                        character: '~',
                    })?;
                    let (x, y) = self.above(&argument, tilde);
                    let start = line.width;
                    line.add(&argument, start, 0.0, 1.0);
                    line.glyphs.push(PlacedGlyph {
                        glyph: tilde,
                        x: start + x,
                        y,
                        scale: 1.0,
                    });
                    line.ascent = line
                        .ascent
                        .max(y + self.ink(tilde).map_or(0.0, |ink| ink.top));
                    line.width += argument.width;
                    before = argument.glyphs.last().map(|placed| placed.glyph);
                }
            }
        }
        Ok(line)
    }

    /// Kerning between two letters; between italic and upright ones, the overhang of the slant instead.
    fn join(&self, left: Glyph, right: Glyph) -> f64 {
        if left.style == right.style {
            self.kerning(left, right)
        } else {
            self.overhang(left)
        }
    }

    /// How far the ink of a glyph extends beyond its advance.
    fn overhang(&self, glyph: Glyph) -> f64 {
        self.ink(glyph)
            .map_or(0.0, |ink| (ink.right - self.advance(glyph)).max(0.0))
    }

    /// The place of an accent over a line: centred above its ink.
    fn above(&self, line: &Line, accent: Glyph) -> (f64, f64) {
        let inks = || {
            line.glyphs
                .iter()
                .filter_map(|placed| Some((placed, self.ink(placed.glyph)?)))
        };
        let left = inks()
            .map(|(placed, ink)| placed.x + placed.scale * ink.left)
            .fold(f64::INFINITY, f64::min);
        let right = inks()
            .map(|(placed, ink)| placed.x + placed.scale * ink.right)
            .fold(f64::NEG_INFINITY, f64::max);
        let top = inks()
            .map(|(placed, ink)| placed.y + placed.scale * ink.top)
            .fold(0.0, f64::max);
        let centre = if left < right {
            (left + right) / 2.0
        } else {
            line.width / 2.0
        };
        let accent = self.ink(accent).unwrap_or_default();
        (
            centre - (accent.left + accent.right) / 2.0,
            top + TILDE_GAP - accent.bottom,
        )
    }
}

impl Line {
    /// Adds another line to this one, scaled, with its start at (x, y).
    fn add(&mut self, other: &Line, x: f64, y: f64, scale: f64) {
        if other.glyphs.is_empty() {
            return;
        }
        self.glyphs
            .extend(other.glyphs.iter().map(|placed| PlacedGlyph {
                glyph: placed.glyph,
                x: x + scale * placed.x,
                y: y + scale * placed.y,
                scale: scale * placed.scale,
            }));
        self.ascent = self.ascent.max(y + scale * other.ascent);
        self.descent = self.descent.max(scale * other.descent - y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Widths are sums of whole font units.
    const EXACT: f64 = 1e-9;

    fn width(markup: &str) -> f64 {
        set(markup, EM).unwrap().width
    }

    #[test]
    fn widths_agree_with_harfbuzz() {
        for row in include_str!("../../tests/data/text_widths.csv")
            .lines()
            .skip(1)
        {
            let mut cells = row.splitn(3, ',');
            let (style, expected, text) = (
                cells.next().unwrap(),
                cells.next().unwrap(),
                cells.next().unwrap(),
            );
            let markup = if style == "Italic" {
                format!("*{text}*")
            } else {
                text.to_owned()
            };
            let expected: f64 = expected.parse().unwrap();
            let found = width(&markup);
            assert!(
                (found - expected).abs() < EXACT,
                "{style} \"{text}\": {found}, HarfBuzz {expected}"
            );
        }
    }

    #[test]
    fn every_letter_of_the_markup_has_a_glyph() {
        let letters = (' '..='~')
            .chain('\u{A0}'..='ÿ')
            .chain('α'..='ω')
            .chain(('Α'..='Ω').filter(|c| *c != '\u{3A2}'));
        let signs = "−×·±≤≥≈≠∼∝∞∗√∂∑∫∏→←↔⇒∈∀∃≪≫⊗⋅⟨⟩–—‘’“”…′″†‡ℓϕϵ¹²³";
        let fonts = fonts().unwrap();
        for letter in letters.chain(signs.chars()) {
            assert!(
                fonts.glyph(letter, false).is_some(),
                "no upright '{letter}'"
            );
            assert!(fonts.glyph(letter, true).is_some(), "no italic '{letter}'");
        }
    }

    #[test]
    fn a_missing_glyph_is_named() {
        let error = set("漢 numbers", 8.0).unwrap_err();
        assert!(
            matches!(
                error,
                PlotError::MissingGlyph {
                    character: '漢',
                    ..
                }
            ),
            "{error}"
        );
    }

    #[test]
    fn scripts_are_small_and_stacked() {
        let (alone, with_script, with_both) = (width("o"), width("o^2"), width("o^2_2"));
        assert!((with_script - alone - (SCRIPT * width("2") + AFTER_SCRIPTS)).abs() < EXACT);
        assert!((with_both - with_script).abs() < EXACT);
    }

    #[test]
    fn a_tilde_is_above_its_argument_and_adds_no_width() {
        let block = set("~{*Δ*}", EM).unwrap();
        assert!((block.width - width("*Δ*")).abs() < EXACT);
        assert!(block.ascent > set("*Δ*", EM).unwrap().ascent + TILDE_GAP);
    }

    #[test]
    fn lines_are_below_one_another() {
        let block = set("one\nlonger", 10.0).unwrap();
        assert_eq!(block.lines.len(), 2);
        assert!((block.height() - (block.ascent + LEADING * 10.0 + block.descent)).abs() < EXACT);
    }
}
