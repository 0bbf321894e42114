//! One style for every figure: sizes, inks, palettes. Lengths are in points.
//!
//! Colours can be distinguished in grey print and by readers who see no red, no green or no blue;
//! `tests/theme/apart.rs` measures it. The palette has the hues of Okabe and Ito, "Color Universal Design" (2008),
//! without yellow, which is too faint on white; each has another lightness. The sequential map is viridis (van der Walt
//! and Smith, 2015), without the part that is too faint on white. The diverging map is RdBu of ColorBrewer (Brewer
//! 2002), from blue to red, with both arms equally light. The cyclic map is twilight (Bechtold 2018) with 0.88 of its
//! lightness, so that its palest part is visible on white.

use plotters_backend::BackendColor;

use crate::spec::{ColorMap, Dash, Marker};

/// Size of tick labels, legends and notes.
pub(crate) const TEXT: f64 = 8.0;
/// Size of axis labels and panel titles.
pub(crate) const LABEL: f64 = 9.0;
/// Distance of baselines, as a multiple of the text's size.
pub(crate) const LEADING: f64 = 1.25;

/// White border of the page.
pub(crate) const PAGE_MARGIN: f64 = 3.0;
/// Between two panels.
pub(crate) const PANEL_GAP: f64 = 10.0;
/// Between the frame and the tick labels.
pub(crate) const TICK_LABEL_GAP: f64 = 3.5;
/// Between the tick labels and the axis label.
pub(crate) const AXIS_LABEL_GAP: f64 = 4.0;
/// Between the frame and the texts in its corners.
pub(crate) const CORNER_GAP: f64 = 7.0;
/// Between the letters of two neighbouring tick labels, at least.
pub(crate) const TICK_LABEL_SPACE: f64 = 6.0;

/// Width of the frame and of the ticks.
pub(crate) const FRAME_WIDTH: f64 = 0.6;
/// Length of labelled ticks, inward.
pub(crate) const MAJOR_TICK: f64 = 3.2;
/// Length of ticks that point outward.
pub(crate) const OUTWARD_TICK: f64 = 2.2;
/// Between ticks that point outward and their labels.
pub(crate) const OUTWARD_TICK_GAP: f64 = 2.0;
/// Length of ticks without labels.
pub(crate) const MINOR_TICK: f64 = 1.7;
/// Width of a line of data.
pub(crate) const LINE_WIDTH: f64 = 1.1;
/// Width of a reference line.
pub(crate) const REFERENCE_WIDTH: f64 = 0.7;
/// Width of a leader from a name to its point.
pub(crate) const LEADER_WIDTH: f64 = 0.4;
/// Width of the line between two bands.
pub(crate) const LEVEL_WIDTH: f64 = 0.35;
/// Width of an error bar.
pub(crate) const ERROR_WIDTH: f64 = 0.7;
/// Diameter of the dot at a node of a surface.
pub(crate) const NODE_SIZE: f64 = 1.2;
/// Its dark edge.
pub(crate) const NODE_EDGE: f64 = 0.3;
/// Side of the cross at a node that diverged.
pub(crate) const CROSS_SIZE: f64 = 3.6;
/// Width of its strokes.
pub(crate) const CROSS_WIDTH: f64 = 1.0;
/// Edge around lines and points over bands.
pub(crate) const CASING: f64 = 0.55;
/// Width of the halo around names on lines.
pub(crate) const HALO: f64 = 0.9;
/// Diameter of a point of data.
pub(crate) const MARKER_SIZE: f64 = 4.0;
/// White edge between points that touch.
pub(crate) const MARKER_EDGE: f64 = 0.35;
/// Stroke of markers that are drawn as outlines or strokes.
pub(crate) const MARKER_STROKE: f64 = 0.8;

/// Length of a line's sample in a legend.
pub(crate) const SAMPLE: f64 = 17.0;
/// Between a sample and its name.
pub(crate) const SAMPLE_GAP: f64 = 4.0;
/// Width of a colour bar.
pub(crate) const BAR_WIDTH: f64 = 8.0;
/// Between the frame and a bar.
pub(crate) const SIDE_GAP: f64 = 7.0;

const fn rgb(red: u8, green: u8, blue: u8) -> BackendColor {
    BackendColor {
        alpha: 1.0,
        rgb: (red, green, blue),
    }
}

/// Letters, frame and ticks.
pub(crate) const INK: BackendColor = rgb(26, 26, 26);
/// Reference lines, leaders and their names.
pub(crate) const SOFT_INK: BackendColor = rgb(90, 90, 90);
/// Shaded bands.
pub(crate) const SHADE: BackendColor = rgb(232, 236, 241);
/// Paper.
pub(crate) const PAPER: BackendColor = rgb(255, 255, 255);
/// Cells and points without a value.
pub(crate) const MISSING: BackendColor = rgb(178, 178, 178);
/// The line between two bands.
pub(crate) const LEVEL: BackendColor = rgb(236, 222, 214);
/// Hatching where bands have no value.
pub(crate) const HATCH: BackendColor = rgb(240, 240, 240);
/// Crosses at nodes that diverged, on any band: the yellow of Okabe and Ito.
pub(crate) const WARNING: BackendColor = rgb(240, 228, 66);
/// Opacity of a ribbon around a line.
const RIBBON: f64 = 0.22;
/// Opacity of the paper behind legends and notes.
pub(crate) const VEIL: f64 = 0.85;

/// Six hues in steps of 12 of the lightness L*, from purple (16) to sky blue (78); then grey, with a lightness between
/// two of them, and black.
const PALETTE: [BackendColor; 8] = [
    rgb(0, 58, 168),    // blue
    rgb(185, 42, 0),    // vermilion
    rgb(3, 145, 114),   // bluish green
    rgb(82, 0, 58),     // reddish purple
    rgb(228, 138, 6),   // orange
    rgb(105, 202, 255), // sky blue
    rgb(142, 142, 142), // grey
    rgb(0, 0, 0),       // black
];

const MARKERS: [Marker; 8] = [
    Marker::Circle,
    Marker::Square,
    Marker::Triangle,
    Marker::Diamond,
    Marker::TriangleDown,
    Marker::OpenCircle,
    Marker::OpenSquare,
    Marker::Cross,
];

const DASHES: [Dash; 4] = [Dash::Solid, Dash::Dashed, Dash::DashDot, Dash::Dotted];

/// The number of colours of `color`.
pub(crate) const COLORS: usize = PALETTE.len();

/// The colour of the palette; after the last one it starts again.
pub(crate) fn color(index: usize) -> BackendColor {
    PALETTE[index % PALETTE.len()]
}

/// The shape of the points of a colour.
pub(crate) fn marker(index: usize) -> Marker {
    MARKERS[index % MARKERS.len()]
}

/// The dashes of a panel's lines, in turn.
pub(crate) fn dash(index: usize) -> Dash {
    DASHES[index % DASHES.len()]
}

/// The colour of a ribbon around a line.
pub(crate) fn ribbon(line: BackendColor) -> BackendColor {
    BackendColor {
        alpha: RIBBON,
        ..line
    }
}

/// Lengths of strokes and gaps for a line of this width; none for a solid line.
pub(crate) fn dashes(dash: Dash, width: f64) -> Vec<f64> {
    let unit = 0.4 + 0.6 * width;
    let pattern: &[f64] = match dash {
        Dash::Solid => &[],
        Dash::Dashed => &[4.5, 2.5],
        Dash::Dotted => &[1.2, 1.8],
        Dash::DashDot => &[5.0, 1.8, 1.2, 1.8],
    };
    pattern.iter().map(|length| length * unit).collect()
}

/// viridis at 0, 1/16, ..., 12/16; above, thin lines are too faint on white.
const VIRIDIS: [(u8, u8, u8); 13] = [
    (68, 1, 84),
    (72, 24, 106),
    (71, 45, 123),
    (66, 64, 134),
    (59, 82, 139),
    (51, 99, 141),
    (44, 114, 142),
    (38, 130, 142),
    (33, 145, 140),
    (31, 160, 136),
    (40, 174, 128),
    (63, 188, 115),
    (94, 201, 98),
];

/// RdBu at 0, 1/10, ..., 1, from blue to red. Colours at the same distance from the middle are given the mean of their
/// L* (a change of 2.1 at most).
const RD_BU: [(u8, u8, u8); 11] = [
    (5, 48, 97),
    (23, 97, 166),
    (62, 143, 191),
    (143, 194, 219),
    (209, 229, 240),
    (247, 247, 247),
    (253, 219, 199),
    (247, 168, 133),
    (218, 100, 80),
    (184, 32, 47),
    (103, 0, 31),
];

/// twilight at 0, 1/16, ..., 1, times 0.88.
const TWILIGHT: [(u8, u8, u8); 17] = [
    (199, 191, 199),
    (171, 181, 186),
    (130, 158, 175),
    (101, 133, 170),
    (86, 104, 164),
    (83, 71, 152),
    (79, 37, 126),
    (61, 17, 81),
    (42, 17, 49),
    (65, 17, 58),
    (102, 26, 69),
    (134, 46, 70),
    (157, 76, 72),
    (171, 109, 87),
    (179, 143, 119),
    (190, 174, 166),
    (199, 191, 199),
];

/// Black, dark red, brick, red: the bands of the paper's figure 3, in shades whose lightness L* rises in even steps from 0 to 65.
const EMBERS: [(u8, u8, u8); 8] = [
    (0, 0, 0),
    (45, 18, 13),
    (81, 27, 20),
    (118, 38, 23),
    (153, 54, 34),
    (186, 72, 48),
    (217, 94, 74),
    (244, 120, 95),
];

/// The colour of one of a number of bands, the lowest first.
pub(crate) fn band(index: usize, count: usize) -> BackendColor {
    between(&EMBERS, index as f64 / (count.max(2) - 1) as f64)
}

/// The sequential map at `t` in [0, 1], dark to light.
pub(crate) fn ramp(t: f64) -> BackendColor {
    mapped(ColorMap::Sequential, t)
}

/// A colour map at `t` in [0, 1].
pub(crate) fn mapped(map: ColorMap, t: f64) -> BackendColor {
    let t = t.clamp(0.0, 1.0);
    match map {
        ColorMap::Sequential => between(&VIRIDIS, t),
        ColorMap::Diverging => between(&RD_BU, t),
        ColorMap::Cyclic => between(&TWILIGHT, t),
    }
}

/// Linear interpolation between the colours of a table, at `t` in [0, 1].
fn between(table: &[(u8, u8, u8)], t: f64) -> BackendColor {
    let place = t * (table.len() - 1) as f64;
    let below = (place.floor() as usize).min(table.len() - 2);
    let part = place - below as f64;
    let (from, to) = (table[below], table[below + 1]);
    let mix = |a: u8, b: u8| (f64::from(a) + part * (f64::from(b) - f64::from(a))).round() as u8;
    rgb(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

/// Outside `src`, so that a change of this test does not count as a change of the code of figures.
#[cfg(test)]
#[path = "../tests/theme/apart.rs"]
mod apart;
