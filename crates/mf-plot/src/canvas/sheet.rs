//! The sheet: the drawing as SVG.
//!
//! Coordinates are whole numbers on a grid of [`GRID`] units to the point; the view box of the SVG scales them back.
//! Text is drawn as outlines, with each glyph defined once, so the file looks the same everywhere and needs no font; an
//! `aria-label` keeps it readable. The name of a definition depends only on its content, so several files can be
//! embedded in one page. Consecutive elements with the same style are written as one path.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use plotters_backend::{BackendColor, BackendCoord};

use crate::error::PlotError;
use crate::geometry::{GRID, grid};
use crate::text::Block;
use crate::text::font::{EM, Glyph, Style, fonts};
use crate::theme;

/// A rectangle on the grid: two opposite corners, the upper left first.
pub(crate) type Frame = [BackendCoord; 2];

/// How a line is drawn, in grid units.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dashes {
    /// Strokes and gaps in turn; empty for a solid line.
    pub(crate) lengths: Vec<f64>,
    /// How far into them a line begins.
    pub(crate) offset: f64,
}

/// A drawing in progress.
pub(crate) struct Sheet {
    /// Width and height in points.
    size: (f64, f64),
    body: String,
    /// The current path, to which the next element of the same style is added: its attributes and its data.
    path: (String, String),
    glyphs: BTreeSet<Glyph>,
    clips: BTreeSet<Frame>,
}

/// `write!` to a String cannot fail, so this macro ignores its result.
macro_rules! put {
    ($out:expr, $($part:tt)*) => {
        let _ = write!($out, $($part)*);
    };
}

impl Sheet {
    /// A white sheet of a size in points.
    pub(crate) fn new(width: f64, height: f64) -> Self {
        Sheet {
            size: (width, height),
            body: String::new(),
            path: Default::default(),
            glyphs: BTreeSet::new(),
            clips: BTreeSet::new(),
        }
    }

    /// Width and height on the grid.
    pub(crate) fn size(&self) -> (i32, i32) {
        (grid(self.size.0), grid(self.size.1))
    }

    /// The drawing as an SVG file.
    pub(crate) fn into_svg(mut self, title: &str, description: &str) -> Result<String, PlotError> {
        self.end_path();
        let ((width, height), (across, down)) = (self.size, self.size());
        let mut svg = String::new();
        put!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}pt\" height=\"{height}pt\" viewBox=\"0 0 {across} {down}\" role=\"img\" aria-label=\"{}\">\n",
            escaped(title)
        );
        put!(svg, "<title>{}</title>\n", escaped(title));
        if !description.is_empty() {
            put!(svg, "<desc>{}</desc>\n", escaped(description));
        }
        svg.push_str("<defs>\n");
        for clip in &self.clips {
            let [(left, top), (right, bottom)] = *clip;
            put!(
                svg,
                "<clipPath id=\"{}\"><path d=\"M{left} {top}H{right}V{bottom}H{left}Z\"/></clipPath>\n",
                clip_name(clip)
            );
        }
        for glyph in &self.glyphs {
            put!(
                svg,
                "<path id=\"{}\" d=\"{}\"/>\n",
                glyph_name(*glyph),
                fonts()?.outline(*glyph)
            );
        }
        put!(
            svg,
            "</defs>\n<path fill=\"{}\" d=\"M0 0H{across}V{down}H0Z\"/>\n",
            hex(theme::PAPER)
        );
        svg.push_str(&self.body);
        svg.push_str("</svg>\n");
        Ok(svg)
    }

    /// A line through points.
    pub(crate) fn stroke(
        &mut self,
        points: &[BackendCoord],
        color: BackendColor,
        width: u32,
        dashes: &Dashes,
        clip: Option<Frame>,
    ) {
        let Some(path) = path_data(points) else {
            return;
        };
        let mut look = format!(
            "fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\"",
            hex(color)
        );
        if !dashes.lengths.is_empty() {
            let lengths: Vec<String> = dashes.lengths.iter().map(|length| short(*length)).collect();
            put!(look, " stroke-dasharray=\"{}\"", lengths.join(" "));
            if dashes.offset != 0.0 {
                put!(look, " stroke-dashoffset=\"{}\"", short(dashes.offset));
            }
        }
        if points.len() > 2 {
            look.push_str(" stroke-linejoin=\"round\"");
        }
        self.clip(&mut look, clip, points.iter());
        self.put_path(look, &path, color.alpha);
    }

    /// The area within closed outlines, without an edge; an outline within another is a hole.
    pub(crate) fn area(
        &mut self,
        outlines: &[Vec<BackendCoord>],
        color: BackendColor,
        clip: Option<Frame>,
    ) {
        let path: String = outlines
            .iter()
            .filter_map(|outline| path_data(outline).map(|path| path + "Z"))
            .collect();
        let mut look = format!("fill=\"{}\"", hex(color));
        if color.alpha < 1.0 {
            put!(look, " fill-opacity=\"{}\"", short(color.alpha));
        }
        self.clip(&mut look, clip, outlines.iter().flatten());
        self.put_path(look, &path, color.alpha);
    }

    /// A filled circle.
    pub(crate) fn disc(&mut self, center: BackendCoord, radius: u32, color: BackendColor) {
        self.circle(center, radius, &format!("fill=\"{}\"", hex(color)));
    }

    /// A circle's outline.
    pub(crate) fn ring(
        &mut self,
        center: BackendCoord,
        radius: u32,
        color: BackendColor,
        width: u32,
    ) {
        let color = hex(color);
        let look = format!("fill=\"none\" stroke=\"{color}\" stroke-width=\"{width}\"");
        self.circle(center, radius, &look);
    }

    fn circle(&mut self, (x, y): BackendCoord, radius: u32, look: &str) {
        self.end_path();
        put!(
            self.body,
            "<circle {look} cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>\n"
        );
    }

    /// A PNG image stretched over a rectangle, its pixels sharp or smooth.
    pub(crate) fn picture(
        &mut self,
        corners: Frame,
        png: &[u8],
        smooth: bool,
        clip: Option<Frame>,
    ) {
        self.end_path();
        let [(left, top), (right, bottom)] = corners;
        let mut look = format!(
            "x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\"",
            right.saturating_sub(left),
            bottom.saturating_sub(top)
        );
        if !smooth {
            look.push_str(" image-rendering=\"optimizeSpeed\" style=\"image-rendering:pixelated\"");
        }
        self.clip(&mut look, clip, corners.iter());
        let encoded = BASE64_STANDARD.encode(png);
        put!(
            self.body,
            "<image {look} href=\"data:image/png;base64,{encoded}\"/>\n"
        );
    }

    /// A text whose first baseline starts at a point and runs in a direction (a vector of length 1), over a halo
    /// (color, and width in grid units) if there is one.
    pub(crate) fn text(
        &mut self,
        block: &Block,
        (x, y): BackendCoord,
        (across, down): (f64, f64),
        color: BackendColor,
        halo: Option<(BackendColor, f64)>,
    ) -> Result<(), PlotError> {
        self.end_path();
        let scale = block.size * GRID / EM;
        let part = |part: f64| (part * scale * 1e6).round() / 1e6 + 0.0;
        let matrix = format!(
            "{} {} {} {} {x} {y}",
            part(across),
            part(down),
            part(down),
            part(-across)
        );
        // The halo of a letter would cover the letter before it, so all halos are drawn first.
        if let Some((halo, width)) = halo {
            let (ink, width) = (hex(halo), short(width / scale));
            put!(
                self.body,
                "<g aria-hidden=\"true\" fill=\"{ink}\" stroke=\"{ink}\" stroke-width=\"{width}\" stroke-linejoin=\"round\" transform=\"matrix({matrix})\">"
            );
            self.put_glyphs(block)?;
        }
        put!(
            self.body,
            "<g role=\"img\" aria-label=\"{}\" fill=\"{}\" transform=\"matrix({matrix})\">",
            escaped(&block.plain),
            hex(color)
        );
        self.put_glyphs(block)
    }

    /// The glyphs of a text, and the end of its group.
    fn put_glyphs(&mut self, block: &Block) -> Result<(), PlotError> {
        for (row, line) in block.lines.iter().enumerate() {
            let drop = row as f64 * block.leading() / block.size * EM;
            for placed in &line.glyphs {
                // A space has no outline.
                if fonts()?.ink(placed.glyph).is_none() {
                    continue;
                }
                self.glyphs.insert(placed.glyph);
                let (x, y) = (placed.x.round(), (placed.y - drop).round());
                put!(self.body, "<use href=\"#{}\"", glyph_name(placed.glyph));
                if placed.scale != 1.0 {
                    let scale = (placed.scale * 1000.0).round() / 1000.0;
                    put!(
                        self.body,
                        " transform=\"matrix({scale} 0 0 {scale} {x} {y})\""
                    );
                } else {
                    if x != 0.0 {
                        put!(self.body, " x=\"{x}\"");
                    }
                    if y != 0.0 {
                        put!(self.body, " y=\"{y}\"");
                    }
                }
                self.body.push_str("/>");
            }
        }
        self.body.push_str("</g>\n");
        Ok(())
    }

    /// Adds a clip to the attributes of an element, if a point of it is on or beyond the edge of the frame.
    fn clip<'p>(
        &mut self,
        look: &mut String,
        clip: Option<Frame>,
        mut points: impl Iterator<Item = &'p BackendCoord>,
    ) {
        let Some(clip) = clip else { return };
        let [(left, top), (right, bottom)] = clip;
        // Half the width of a line along the edge would be outside.
        let inside = |(x, y): &BackendCoord| left < *x && *x < right && top < *y && *y < bottom;
        if points.any(|point| !inside(point)) {
            put!(look, " clip-path=\"url(#{})\"", clip_name(&clip));
            self.clips.insert(clip);
        }
    }

    /// Adds a path to the one before if it has the same style. Transparent paths are not joined, as overlapping colours
    /// add up.
    fn put_path(&mut self, look: String, path: &str, alpha: f64) {
        if path.is_empty() {
            return;
        }
        if self.path.0 != look || alpha < 1.0 {
            self.end_path();
            self.path.0 = look;
        }
        self.path.1.push_str(path);
    }

    fn end_path(&mut self) {
        let (look, path) = std::mem::take(&mut self.path);
        if !path.is_empty() {
            put!(self.body, "<path {look} d=\"{path}\"/>\n");
        }
    }
}

/// A colour as SVG writes it.
fn hex(color: BackendColor) -> String {
    let (red, green, blue) = color.rgb;
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// A number with at most two decimals.
fn short(number: f64) -> String {
    ((number * 100.0).round() / 100.0).to_string()
}

/// Special characters of XML and their codes; `&` first.
const ESCAPES: [(&str, &str); 4] = [
    ("&", "&amp;"),
    ("<", "&lt;"),
    (">", "&gt;"),
    ("\"", "&quot;"),
];

fn escaped(text: &str) -> String {
    let escape = |text: String, (sign, code): &(&str, &str)| text.replace(sign, code);
    ESCAPES.iter().fold(text.to_owned(), escape)
}

/// The description in an SVG file of [`Sheet::into_svg`]; empty if it has none.
pub(crate) fn description(svg: &str) -> String {
    let text = svg.split_once("<desc>").map_or("", |(_, rest)| rest);
    let text = text.split_once("</desc>").map_or("", |(text, _)| text);
    let unescape = |text: String, (sign, code): &(&str, &str)| text.replace(code, sign);
    ESCAPES.iter().rev().fold(text.to_owned(), unescape)
}

fn glyph_name(glyph: Glyph) -> String {
    let style = match glyph.style {
        Style::Regular => 'r',
        Style::Italic => 'i',
        Style::Math => 'm',
    };
    format!("{style}{}", glyph.index)
}

fn clip_name([(left, top), (right, bottom)]: &Frame) -> String {
    format!("c{left}-{top}-{right}-{bottom}")
}

/// Path data in steps from point to point; none for fewer than two points.
fn path_data(points: &[BackendCoord]) -> Option<String> {
    let (first, rest) = points.split_first()?;
    let mut path = format!("M{} {}", first.0, first.1);
    let mut at = *first;
    for point in rest {
        let (dx, dy) = (point.0.saturating_sub(at.0), point.1.saturating_sub(at.1));
        at = *point;
        match (dx, dy) {
            (0, 0) => {}
            (dx, 0) => {
                put!(path, "h{dx}");
            }
            (0, dy) => {
                put!(path, "v{dy}");
            }
            (dx, dy) => {
                put!(path, "l{dx}{}{dy}", if dy < 0 { "" } else { " " });
            }
        }
    }
    (!rest.is_empty()).then_some(path)
}
