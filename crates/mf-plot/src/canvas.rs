//! The one drawing behind both files: a sheet of SVG that plotters draws on.
//!
//! Coordinates are whole numbers on a grid of [`GRID`] units to the point, which the SVG's view box scales back.
//! Text is drawn as outlines, each glyph defined once, so the file looks the same everywhere and needs no font;
//! an `aria-label` keeps it readable. Names of definitions come from what they define: files may stand side by side
//! in one page.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use plotters_backend::{BackendColor, BackendCoord};

use crate::font::{EM, Fonts, Glyph, Style};
use crate::reading::Reading;
use crate::spec::Marker;
use crate::text::Block;
use crate::theme;

/// Grid units to the point.
pub(crate) const GRID: f64 = 20.0;

/// Points to grid units.
pub(crate) fn grid(points: f64) -> i32 {
    (points * GRID).round() as i32
}

/// A rectangle in points, y down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Rect {
    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(crate) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub(crate) fn grown(&self, by: f64) -> Rect {
        Rect {
            left: self.left - by,
            top: self.top - by,
            right: self.right + by,
            bottom: self.bottom + by,
        }
    }

    /// The four sides.
    pub(crate) fn edges(&self) -> [[(f64, f64); 2]; 4] {
        let Rect {
            left,
            top,
            right,
            bottom,
        } = *self;
        [
            [(left, top), (right, top)],
            [(right, top), (right, bottom)],
            [(right, bottom), (left, bottom)],
            [(left, bottom), (left, top)],
        ]
    }

    /// The same rectangle on the grid: left, top, right, bottom.
    pub(crate) fn on_grid(&self) -> [i32; 4] {
        [self.left, self.top, self.right, self.bottom].map(grid)
    }
}

/// How a line is drawn; lengths in points.
#[derive(Clone)]
pub(crate) struct Pen {
    pub(crate) color: BackendColor,
    pub(crate) width: f64,
    /// Strokes and gaps in turn; empty for a solid line.
    pub(crate) dashes: Vec<f64>,
    /// How far into the dashes a line begins.
    pub(crate) dash_offset: f64,
}

impl Pen {
    pub(crate) fn dashed(color: BackendColor, width: f64, dashes: Vec<f64>) -> Self {
        Pen {
            color,
            width,
            dashes,
            dash_offset: 0.0,
        }
    }

    /// The pen that draws an edge around what this one draws, if it goes first.
    pub(crate) fn casing(&self, color: BackendColor, edge: f64) -> Self {
        let longer = |(index, length): (usize, &f64)| {
            if index % 2 == 0 {
                length + 2.0 * edge
            } else {
                length - 2.0 * edge
            }
        };
        Pen {
            color,
            width: self.width + 2.0 * edge,
            dashes: self.dashes.iter().enumerate().map(longer).collect(),
            dash_offset: if self.dashes.is_empty() { 0.0 } else { edge },
        }
    }

    pub(crate) fn solid(color: BackendColor, width: f64) -> Self {
        Pen::dashed(color, width, Vec::new())
    }
}

/// How points are drawn; size in points.
#[derive(Clone, Copy)]
pub(crate) struct Dot {
    pub(crate) color: BackendColor,
    pub(crate) marker: Marker,
    pub(crate) size: f64,
}

impl Dot {
    /// The point that draws an edge around this one, if it goes first.
    pub(crate) fn casing(&self, color: BackendColor, edge: f64) -> Self {
        Dot {
            color,
            size: self.size + 2.0 * edge,
            ..*self
        }
    }
}

/// The drawing under way.
pub(crate) struct Sheet<'a> {
    fonts: &'a Fonts,
    size: (f64, f64),
    body: String,
    glyphs: BTreeSet<Glyph>,
    markers: BTreeSet<(Marker, i32)>,
    clips: BTreeSet<[i32; 4]>,
    /// The names of x and y in the panel that is drawn, if they have any: those that it shares with others, too.
    pub(crate) axis_names: [Option<String>; 2],
    /// What the charts say at their points.
    pub(crate) readings: Vec<Reading>,
    /// Pictures with more pixels than the PNG has, and what takes their place there, both in base64.
    pub(crate) fitted: Vec<(String, String)>,
}

/// Writing to a String can't fail, so results of `write!` are dropped in this macro only.
macro_rules! put {
    ($out:expr, $($part:tt)*) => {
        let _ = write!($out, $($part)*);
    };
}

impl<'a> Sheet<'a> {
    /// A white sheet of a size in points.
    pub(crate) fn new(fonts: &'a Fonts, width: f64, height: f64) -> Self {
        Sheet {
            fonts,
            size: (width, height),
            body: String::new(),
            glyphs: BTreeSet::new(),
            markers: BTreeSet::new(),
            clips: BTreeSet::new(),
            axis_names: [None, None],
            readings: Vec::new(),
            fitted: Vec::new(),
        }
    }

    /// Width and height in points.
    pub(crate) fn size(&self) -> (f64, f64) {
        self.size
    }

    /// The fonts that texts are set with.
    pub(crate) fn fonts(&self) -> &'a Fonts {
        self.fonts
    }

    /// The drawing as an SVG file.
    pub(crate) fn into_svg(self, title: &str, description: &str) -> String {
        let (width, height) = self.size;
        let (across, down) = (grid(width), grid(height));
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
            let [left, top, right, bottom] = *clip;
            put!(
                svg,
                "<clipPath id=\"{}\"><path d=\"M{left} {top}H{right}V{bottom}H{left}Z\"/></clipPath>\n",
                clip_name(clip)
            );
        }
        for (marker, size) in &self.markers {
            put!(
                svg,
                "<path id=\"{}\" d=\"{}\"/>\n",
                marker_name(*marker, *size),
                marker_path(*marker, f64::from(*size))
            );
        }
        for glyph in &self.glyphs {
            put!(
                svg,
                "<path id=\"{}\" d=\"{}\"/>\n",
                glyph_name(*glyph),
                self.fonts.outline(*glyph)
            );
        }
        put!(
            svg,
            "</defs>\n<path fill=\"{}\" d=\"M0 0H{across}V{down}H0Z\"/>\n",
            hex(theme::PAPER)
        );
        svg.push_str(&self.body);
        svg.push_str("</svg>\n");
        svg
    }

    /// A text whose first baseline starts at (x, y) in points.
    pub(crate) fn text(&mut self, block: &Block, x: f64, y: f64, color: BackendColor) {
        let scale = block.size * GRID / EM;
        self.text_group(
            block,
            color,
            &format!("{scale} 0 0 {} {} {}", -scale, grid(x), grid(y)),
        );
    }

    /// A text that reads upward, its first baseline starting at (x, y) in points.
    pub(crate) fn text_upward(&mut self, block: &Block, x: f64, y: f64, color: BackendColor) {
        let scale = block.size * GRID / EM;
        self.text_group(
            block,
            color,
            &format!("0 {} {} 0 {} {}", -scale, -scale, grid(x), grid(y)),
        );
    }

    /// A text of one line that reads along a direction (a vector of length 1), its middle at (x, y) in points, with a
    /// halo of a color that reaches so many points around its letters.
    pub(crate) fn text_along(
        &mut self,
        block: &Block,
        (x, y): (f64, f64),
        (across, down): (f64, f64),
        color: BackendColor,
        (halo, reach): (BackendColor, f64),
    ) {
        let scale = block.size * GRID / EM;
        let (back, drop) = (block.width / 2.0, block.cap_height() / 2.0);
        let (x, y) = (
            x - back * across - drop * down,
            y - back * down + drop * across,
        );
        let part = |part: f64| (part * scale * 1e6).round() / 1e6 + 0.0;
        let matrix = format!(
            "{} {} {} {} {} {}",
            part(across),
            part(down),
            part(down),
            part(-across),
            grid(x),
            grid(y)
        );
        // The halo of one letter would cover the letter before it, so all halos go first.
        let (ink, width) = (hex(halo), short(2.0 * reach * GRID / scale));
        put!(
            self.body,
            "<g aria-hidden=\"true\" fill=\"{ink}\" stroke=\"{ink}\" stroke-width=\"{width}\" stroke-linejoin=\"round\" transform=\"matrix({matrix})\">"
        );
        self.put_glyphs(block);
        self.text_group(block, color, &matrix);
    }

    fn text_group(&mut self, block: &Block, color: BackendColor, matrix: &str) {
        put!(
            self.body,
            "<g role=\"img\" aria-label=\"{}\" fill=\"{}\" transform=\"matrix({matrix})\">",
            escaped(&block.plain),
            hex(color)
        );
        self.put_glyphs(block);
    }

    /// The glyphs of a text, and the end of its group.
    fn put_glyphs(&mut self, block: &Block) {
        for (row, line) in block.lines.iter().enumerate() {
            let drop = row as f64 * block.leading() / block.size * EM;
            for placed in &line.glyphs {
                // A space has no ink.
                if self.fonts.ink(placed.glyph).is_none() {
                    continue;
                }
                self.glyphs.insert(placed.glyph);
                let (x, y) = (placed.x.round(), (placed.y - drop).round());
                put!(self.body, "<use href=\"#{}\"", glyph_name(placed.glyph));
                if placed.scale != 1.0 {
                    let scale = (placed.scale * 1000.0).round() / 1000.0;
                    put!(
                        self.body,
                        " transform=\"translate({x} {y})scale({scale})\"/>"
                    );
                } else if y == 0.0 {
                    put!(self.body, " x=\"{x}\"/>");
                } else {
                    put!(self.body, " x=\"{x}\" y=\"{y}\"/>");
                }
            }
        }
        self.body.push_str("</g>\n");
    }

    /// A line through points of the grid; if one lies outside `clip`, what lies outside is not shown.
    pub(crate) fn curve(&mut self, points: &[BackendCoord], pen: &Pen, clip: Option<&Rect>) {
        let clip = clip.map(Rect::on_grid);
        self.stroke(points, pen, clip.filter(|clip| leaves(points.iter(), clip)));
    }

    /// A line through points of the grid; nothing of it is shown outside `clip`, not half its width either.
    pub(crate) fn curve_within(&mut self, points: &[BackendCoord], pen: &Pen, clip: &Rect) {
        self.stroke(points, pen, Some(clip.on_grid()));
    }

    fn stroke(&mut self, points: &[BackendCoord], pen: &Pen, clip: Option<[i32; 4]>) {
        let Some(path) = path_data(points) else {
            return;
        };
        put!(
            self.body,
            "<path fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"",
            hex(pen.color),
            short(pen.width * GRID)
        );
        if !pen.dashes.is_empty() {
            let dashes: Vec<String> = pen
                .dashes
                .iter()
                .map(|length| short(length * GRID))
                .collect();
            put!(self.body, " stroke-dasharray=\"{}\"", dashes.join(" "));
            if pen.dash_offset != 0.0 {
                let offset = short(pen.dash_offset * GRID);
                put!(self.body, " stroke-dashoffset=\"{offset}\"");
            }
        }
        if points.len() > 2 {
            self.body.push_str(" stroke-linejoin=\"round\"");
        }
        if let Some(clip) = clip {
            self.clip(clip);
        }
        put!(self.body, " d=\"{path}\"/>\n");
    }

    /// Marks at points of the grid.
    pub(crate) fn dots(&mut self, points: &[BackendCoord], dot: &Dot) {
        if points.is_empty() {
            return;
        }
        let color = hex(dot.color);
        let (fill, stroke, width) = match dot.marker {
            Marker::Plus | Marker::Cross => ("none".to_owned(), color, theme::MARKER_STROKE),
            Marker::OpenCircle | Marker::OpenSquare => {
                (hex(theme::PAPER), color, theme::MARKER_STROKE)
            }
            // Where points crowd, their white edges would be all that shows.
            _ if crowded(points, dot.size) => (color.clone(), color, 0.0),
            _ => (color, hex(theme::PAPER), theme::MARKER_EDGE),
        };
        let size = grid(dot.size);
        self.markers.insert((dot.marker, size));
        put!(self.body, "<g fill=\"{fill}\"");
        if width > 0.0 {
            put!(
                self.body,
                " stroke=\"{stroke}\" stroke-width=\"{}\"",
                short(width * GRID)
            );
        }
        self.body.push('>');
        let name = marker_name(dot.marker, size);
        for (x, y) in points {
            put!(self.body, "<use href=\"#{name}\" x=\"{x}\" y=\"{y}\"/>");
        }
        self.body.push_str("</g>\n");
    }

    /// Filled marks without edges at points of the grid.
    pub(crate) fn flat_dots(&mut self, points: &[BackendCoord], dot: &Dot) {
        if points.is_empty() {
            return;
        }
        let size = grid(dot.size);
        let name = marker_name(dot.marker, size);
        self.markers.insert((dot.marker, size));
        put!(self.body, "<g fill=\"{}\">", hex(dot.color));
        for (x, y) in points {
            put!(self.body, "<use href=\"#{name}\" x=\"{x}\" y=\"{y}\"/>");
        }
        self.body.push_str("</g>\n");
    }

    /// One straight line between two places in points.
    pub(crate) fn line(&mut self, ends: [(f64, f64); 2], pen: &Pen) {
        self.curve(&ends.map(|(x, y)| (grid(x), grid(y))), pen, None);
    }

    /// One mark at a place in points.
    pub(crate) fn dot(&mut self, (x, y): (f64, f64), dot: &Dot) {
        self.dots(&[(grid(x), grid(y))], dot);
    }

    /// Marks at points of the grid, each in a colour of its own; without white edges, so that where points crowd
    /// it is their colours that show.
    pub(crate) fn colored_dots(&mut self, points: &[(BackendCoord, BackendColor)], dot: &Dot) {
        let (colored, fill) = match dot.marker {
            Marker::Plus | Marker::Cross => ("stroke", Some("none".to_owned())),
            Marker::OpenCircle | Marker::OpenSquare => ("stroke", Some(hex(theme::PAPER))),
            _ => ("fill", None),
        };
        self.body.push_str("<g");
        if let Some(fill) = fill {
            let width = short(theme::MARKER_STROKE * GRID);
            put!(self.body, " fill=\"{fill}\" stroke-width=\"{width}\"");
        }
        self.body.push('>');
        let size = grid(dot.size);
        let name = marker_name(dot.marker, size);
        for ((x, y), color) in points {
            self.markers.insert((dot.marker, size));
            put!(
                self.body,
                "<use href=\"#{name}\" x=\"{x}\" y=\"{y}\" {colored}=\"{}\"/>",
                hex(*color)
            );
        }
        self.body.push_str("</g>\n");
    }

    /// A line through points of the grid in the colours of its points: each colour reaches half way to the next.
    pub(crate) fn colored_curve(
        &mut self,
        points: &[(BackendCoord, BackendColor)],
        pen: &Pen,
        clip: &Rect,
    ) {
        let clip = clip.on_grid();
        self.clips.insert(clip);
        put!(
            self.body,
            "<g fill=\"none\" stroke-width=\"{}\" stroke-linecap=\"round\" stroke-linejoin=\"round\" clip-path=\"url(#{})\">",
            short(pen.width * GRID),
            clip_name(&clip)
        );
        let half_way = |a: BackendCoord, b: BackendCoord| {
            let middle = |a: i32, b: i32| a.saturating_add(b.saturating_sub(a) / 2);
            (middle(a.0, b.0), middle(a.1, b.1))
        };
        for (index, (place, color)) in points.iter().enumerate() {
            let other = |index: usize| points.get(index).map(|(other, _)| half_way(*place, *other));
            let before = index.checked_sub(1).and_then(other);
            let piece: Vec<BackendCoord> = [before, Some(*place), other(index + 1)]
                .into_iter()
                .flatten()
                .collect();
            if let Some(path) = path_data(&piece) {
                put!(self.body, "<path stroke=\"{}\" d=\"{path}\"/>", hex(*color));
            }
        }
        self.body.push_str("</g>\n");
    }

    /// A PNG picture stretched over a rectangle, its pixels sharp; what lies outside `clip` is not shown. `fitted` takes its
    /// place where the sheet becomes pixels.
    pub(crate) fn image(&mut self, rect: &Rect, png: &[u8], fitted: Option<&[u8]>, clip: &Rect) {
        let [left, top, right, bottom] = rect.on_grid();
        put!(
            self.body,
            "<image x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" image-rendering=\"optimizeSpeed\" style=\"image-rendering:pixelated\"",
            right.saturating_sub(left),
            bottom.saturating_sub(top)
        );
        let frame = clip.on_grid();
        if left < frame[0] || top < frame[1] || right > frame[2] || bottom > frame[3] {
            put!(self.body, " clip-path=\"url(#{})\"", clip_name(&frame));
            self.clips.insert(frame);
        }
        let encoded = BASE64_STANDARD.encode(png);
        put!(self.body, " href=\"data:image/png;base64,{encoded}\"/>\n");
        if let Some(fitted) = fitted {
            self.fitted.push((encoded, BASE64_STANDARD.encode(fitted)));
        }
    }

    /// A filled rectangle without an edge.
    pub(crate) fn area(&mut self, rect: &Rect, color: BackendColor, opacity: f64) {
        let [left, top, right, bottom] = rect.on_grid();
        put!(self.body, "<path fill=\"{}\"", hex(color));
        if opacity < 1.0 {
            put!(self.body, " fill-opacity=\"{}\"", short(opacity));
        }
        put!(
            self.body,
            " d=\"M{left} {top}H{right}V{bottom}H{left}Z\"/>\n"
        );
    }

    /// A filled polygon without an edge, its corners on the grid.
    pub(crate) fn polygon(&mut self, corners: &[BackendCoord], color: BackendColor) {
        if let Some(path) = path_data(corners) {
            let (fill, opacity) = (hex(color), short(color.alpha));
            put!(
                self.body,
                "<path fill=\"{fill}\" fill-opacity=\"{opacity}\" d=\"{path}Z\"/>\n"
            );
        }
    }

    /// Areas within closed outlines on the grid, without edges; what lies outside `clip` is not shown.
    ///
    /// One path holds them all, so that no seam shows where two touch.
    pub(crate) fn areas(
        &mut self,
        outlines: &[Vec<BackendCoord>],
        color: BackendColor,
        opacity: f64,
        clip: &Rect,
    ) {
        let path: String = outlines
            .iter()
            .filter_map(|outline| path_data(outline).map(|path| path + "Z"))
            .collect();
        if path.is_empty() {
            return;
        }
        put!(self.body, "<path fill=\"{}\"", hex(color));
        if opacity < 1.0 {
            put!(self.body, " fill-opacity=\"{}\"", short(opacity));
        }
        let clip = clip.on_grid();
        if leaves(outlines.iter().flatten(), &clip) {
            self.clip(clip);
        }
        put!(self.body, " d=\"{path}\"/>\n");
    }

    /// Clips the element that is being written.
    fn clip(&mut self, clip: [i32; 4]) {
        put!(self.body, " clip-path=\"url(#{})\"", clip_name(&clip));
        self.clips.insert(clip);
    }

    /// Several unconnected strokes of one pen, from and to in points.
    pub(crate) fn strokes(&mut self, strokes: &[[(f64, f64); 2]], pen: &Pen) {
        if strokes.is_empty() {
            return;
        }
        let pieces = strokes
            .iter()
            .map(|stroke| stroke.map(|(x, y)| (grid(x), grid(y))));
        let path: String = pieces.filter_map(|stroke| path_data(&stroke)).collect();
        put!(
            self.body,
            "<path fill=\"none\" stroke=\"{}\" stroke-width=\"{}\" d=\"{path}\"/>\n",
            hex(pen.color),
            short(pen.width * GRID)
        );
    }
}

/// Whether a point lies outside a rectangle on the grid.
fn leaves<'p>(mut points: impl Iterator<Item = &'p BackendCoord>, rect: &[i32; 4]) -> bool {
    let [left, top, right, bottom] = *rect;
    points.any(|(x, y)| !(left..=right).contains(x) || !(top..=bottom).contains(y))
}

/// Whether every third point or more covers half of the one before it.
fn crowded(points: &[BackendCoord], size: f64) -> bool {
    let near = size * GRID / 2.0;
    let covers = points.iter().zip(points.iter().skip(1)).filter(|(a, b)| {
        let (across, down) = (
            f64::from(a.0) - f64::from(b.0),
            f64::from(a.1) - f64::from(b.1),
        );
        across * across + down * down < near * near
    });
    3 * covers.count() > points.len()
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

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn glyph_name(glyph: Glyph) -> String {
    let style = match glyph.style {
        Style::Regular => 'r',
        Style::Italic => 'i',
        Style::Math => 'm',
    };
    format!("{style}{}", glyph.index)
}

fn clip_name(clip: &[i32; 4]) -> String {
    let [left, top, right, bottom] = clip;
    format!("c{left}-{top}-{right}-{bottom}")
}

fn marker_name(marker: Marker, size: i32) -> String {
    let name = match marker {
        Marker::Circle => "circle",
        Marker::Square => "square",
        Marker::Triangle => "triangle",
        Marker::Diamond => "diamond",
        Marker::TriangleDown => "triangle-down",
        Marker::OpenCircle => "open-circle",
        Marker::OpenSquare => "open-square",
        Marker::Plus => "plus",
        Marker::Cross => "cross",
    };
    format!("{name}{size}")
}

/// Outline of a marker around the origin; a circle's diameter is `size`, the others have about its area.
fn marker_path(marker: Marker, size: f64) -> String {
    let reach = |part: f64| (part * size).round() as i32;
    match marker {
        Marker::Circle | Marker::OpenCircle => {
            let r = reach(0.5);
            format!(
                "M{} 0a{r} {r} 0 1 0 {} 0a{r} {r} 0 1 0 {} 0Z",
                -r,
                2 * r,
                -2 * r
            )
        }
        Marker::Square | Marker::OpenSquare => {
            let a = reach(0.445);
            format!("M{} {}H{a}V{a}H{}Z", -a, -a, -a)
        }
        Marker::Diamond => {
            let a = reach(0.63);
            format!("M0 {}L{a} 0L0 {a}L{} 0Z", -a, -a)
        }
        Marker::Triangle => {
            let (tip, foot, half) = (reach(0.68), reach(0.4), reach(0.6));
            format!("M0 {}L{half} {foot}H{}Z", -tip, -half)
        }
        Marker::TriangleDown => {
            let (tip, foot, half) = (reach(0.68), reach(0.4), reach(0.6));
            format!("M0 {tip}L{half} {}H{}Z", -foot, -half)
        }
        Marker::Plus => {
            let a = reach(0.6);
            format!("M{} 0H{a}M0 {}V{a}", -a, -a)
        }
        Marker::Cross => {
            let a = reach(0.45);
            format!("M{} {}L{a} {a}M{} {a}L{a} {}", -a, -a, -a, -a)
        }
    }
}

/// Path data in steps from point to point; none if there is nothing to join.
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
