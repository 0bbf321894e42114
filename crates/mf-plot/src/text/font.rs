//! The fonts: the glyphs of letters, their widths and outlines.
//!
//! New Computer Modern, as in the manuscript: upright, italic, and mathematical signs; all have 1000 units to the em.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use ttf_parser::gpos::{PairAdjustment, PositioningSubtable};
use ttf_parser::{Face, GlyphId, OutlineBuilder, Tag, name_id};

use crate::error::PlotError;

/// Font units to the em.
pub(crate) const EM: f64 = 1000.0;
/// Height of capitals and figures above the baseline, in font units.
pub(crate) const CAP_HEIGHT: f64 = 683.0;
/// Depth of descenders below the baseline, in font units.
pub(crate) const DESCENT: f64 = 206.0;

/// PostScript names, in the order of [`Style`].
const NAMES: [&str; 3] = ["NewCM10-Regular", "NewCM10-Italic", "NewCMMath-Regular"];

/// One of the fonts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Style {
    /// Upright text.
    Regular = 0,
    /// Italic text.
    Italic = 1,
    /// Signs that the text fonts lack.
    Math = 2,
}

/// A glyph of one of the fonts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Glyph {
    /// The font.
    pub(crate) style: Style,
    /// The glyph's index in it.
    pub(crate) index: u16,
}

/// Extent of a glyph's ink around its origin on the baseline, y up, in font units.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ink {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
    pub(crate) top: f64,
}

/// The fonts, ready to measure.
pub(crate) struct Fonts {
    faces: [Face<'static>; 3],
}

/// The fonts; an error names the one that is missing or cannot be read.
pub(crate) fn fonts() -> Result<&'static Fonts, PlotError> {
    static FONTS: LazyLock<Result<Fonts, &'static str>> = LazyLock::new(|| {
        let [regular, italic, math] = NAMES.map(|name| face(name).ok_or(name));
        Ok(Fonts {
            faces: [regular?, italic?, math?],
        })
    });
    FONTS.as_ref().map_err(|font| PlotError::Font { font })
}

fn face(name: &str) -> Option<Face<'static>> {
    let named = |face: &Face<'_>| {
        let mut names = face.names().into_iter();
        names.any(|entry| {
            entry.name_id == name_id::POST_SCRIPT_NAME && entry.to_string().as_deref() == Some(name)
        })
    };
    typst_assets::fonts()
        .filter_map(|bytes| Face::parse(bytes, 0).ok())
        .find(named)
}

impl Fonts {
    fn face(&self, style: Style) -> &Face<'static> {
        &self.faces[style as usize]
    }

    /// The glyph of a letter; signs that the text fonts lack come from the mathematical one, upright.
    pub(crate) fn glyph(&self, letter: char, italic: bool) -> Option<Glyph> {
        let text = if italic {
            Style::Italic
        } else {
            Style::Regular
        };
        [text, Style::Math].into_iter().find_map(|style| {
            let index = self.face(style).glyph_index(letter)?.0;
            Some(Glyph { style, index })
        })
    }

    /// Advance width in font units.
    pub(crate) fn advance(&self, glyph: Glyph) -> f64 {
        f64::from(
            self.face(glyph.style)
                .glyph_hor_advance(GlyphId(glyph.index))
                .unwrap_or(0),
        )
    }

    /// Extent of the ink; nothing for a space.
    pub(crate) fn ink(&self, glyph: Glyph) -> Option<Ink> {
        let bounds = self
            .face(glyph.style)
            .glyph_bounding_box(GlyphId(glyph.index))?;
        Some(Ink {
            left: f64::from(bounds.x_min),
            right: f64::from(bounds.x_max),
            bottom: f64::from(bounds.y_min),
            top: f64::from(bounds.y_max),
        })
    }

    /// The kerning (GPOS pair adjustment) of the font between two glyphs, in font units.
    pub(crate) fn kerning(&self, left: Glyph, right: Glyph) -> f64 {
        if left.style != right.style {
            return 0.0;
        }
        let Some(table) = self.face(left.style).tables().gpos else {
            return 0.0;
        };
        // Latin and Greek letters have separate pairs.
        let scripts = [b"latn", b"grek"].map(Tag::from_bytes).into_iter();
        let languages = scripts.filter_map(|script| table.scripts.find(script)?.default_language);
        let features = languages
            .flat_map(|language| language.feature_indices)
            .filter_map(|index| table.features.get(index))
            .filter(|feature| feature.tag == Tag::from_bytes(b"kern"));
        let lookups: BTreeSet<u16> = features
            .flat_map(|feature| feature.lookup_indices)
            .collect();
        let adjustments = lookups.into_iter().filter_map(|index| {
            let subtables = table.lookups.get(index)?.subtables;
            let mut subtables = subtables.into_iter::<PositioningSubtable>();
            subtables.find_map(|subtable| match subtable {
                PositioningSubtable::Pair(pair) => {
                    pair_adjustment(pair, GlyphId(left.index), GlyphId(right.index))
                }
                _ => None,
            })
        });
        adjustments.map(f64::from).sum()
    }

    /// The outline as SVG path data, y up, in font units.
    pub(crate) fn outline(&self, glyph: Glyph) -> String {
        let mut path = PathData::default();
        // A glyph without ink has no outline; that is not an error.
        let _ = self
            .face(glyph.style)
            .outline_glyph(GlyphId(glyph.index), &mut path);
        path.data
    }
}

/// The change of the advance of the first glyph, if this subtable has the pair.
fn pair_adjustment(pair: PairAdjustment<'_>, left: GlyphId, right: GlyphId) -> Option<i16> {
    let index = pair.coverage().get(left)?;
    match pair {
        PairAdjustment::Format1 { sets, .. } => Some(sets.get(index)?.get(right)?.0.x_advance),
        PairAdjustment::Format2 {
            classes, matrix, ..
        } => Some(
            matrix
                .get((classes.0.get(left), classes.1.get(right)))?
                .0
                .x_advance,
        ),
    }
}

/// Collects an outline, rounded to halves of a font unit.
#[derive(Default)]
struct PathData {
    data: String,
}

impl PathData {
    fn push(&mut self, command: char, numbers: &[f32]) {
        self.data.push(command);
        for (place, number) in numbers.iter().enumerate() {
            let number = (number * 2.0).round() / 2.0;
            let separator = if place > 0 && number >= 0.0 { " " } else { "" };
            // Writing to a String cannot fail.
            let _ = write!(self.data, "{separator}{number}");
        }
    }
}

impl OutlineBuilder for PathData {
    fn move_to(&mut self, x: f32, y: f32) {
        self.push('M', &[x, y]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.push('L', &[x, y]);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.push('Q', &[x1, y1, x, y]);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.push('C', &[x1, y1, x2, y2, x, y]);
    }

    fn close(&mut self) {
        self.data.push('Z');
    }
}
