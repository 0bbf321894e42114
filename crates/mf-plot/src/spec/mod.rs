//! The specification of a figure, as in `pipeline.toml`.
//!
//! Every type is read with serde (unknown keys are errors) and has a JSON schema; the comments below are the
//! descriptions in the schema. Lengths are in points (1/72 inch).
//!
//! # Text
//! Titles, labels and notes have a small markup: `_x` or `_{max}` subscript, `^2` or `^{1.82}` superscript, `*N*`
//! italic, `~{Δ}` a tilde over its argument, `\n` a new line where a text may have several, and a backslash before
//! `_ ^ * ~ { } \` for the sign itself. Greek letters and signs (χ ξ σ − × · ≤ ±) are written as they are.

pub(crate) mod check;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One figure: panels on a white page.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Figure {
    /// Width in points (1/72 inch). A text column of most conference papers is 397 points wide.
    #[serde(default = "default_width")]
    pub width: f64,
    /// Height in points.
    #[serde(default = "default_height")]
    pub height: f64,
    /// A description of the figure in plain words, for readers who cannot see it: the `<desc>` of the SVG.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The arrangement of the panels.
    #[serde(default)]
    pub layout: Layout,
    /// Whether the panels of a row share their y axis and those of a column their x axis. Then only the first panel of
    /// a row and the lowest of a column show tick labels and axis labels, and a panel without an axis uses theirs. Axes
    /// that share their labels must have the same ends. A name in the legend of one panel is not repeated in the panels
    /// after it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub share: bool,
    /// Repeats all panels for the values of a column: the first panel for every value, then the second one, and so on.
    /// With `layout = { columns = N }` for N values each panel gives a row. Titles are above the first row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facet: Option<Facet>,
    /// Only these rows, in all panels whose tables have the column, unless a panel has its own filter for it.
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub filter: BTreeMap<String, Filter>,
    /// The panels, in reading order. At least one.
    pub panels: Vec<Panel>,
}

fn default_width() -> f64 {
    397.0
}

fn default_height() -> f64 {
    260.0
}

/// Panels that differ only in the value of a column.
///
/// In each copy, `column = value` filters every series, cells and surface whose table has the column and whose own
/// `where` does not name it. All others are the same in all copies.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Facet {
    /// The column.
    pub column: String,
    /// The values of the column; each gives a copy.
    #[schemars(length(min = 1))]
    pub values: Vec<Value>,
    /// The titles of the copies (markup); the title of a panel itself has priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub titles: Option<Titles>,
}

/// The titles of copies of a panel.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Titles {
    /// A text for all copies, in which `{}` is replaced by the value: "{} steps".
    Each(String),
    /// A list with a text for each value.
    List(Vec<String>),
}

/// The arrangement of the panels of a figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// One above the other, frames aligned.
    #[default]
    Stacked,
    /// All in one row, frames aligned.
    SideBySide,
    /// A grid of this many columns, filled row by row.
    Columns(usize),
}

/// One panel; `chart` is its kind.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(tag = "chart", rename_all = "kebab-case")]
pub enum Panel {
    /// Points and lines over two numeric axes.
    Xy(XyPanel),
    /// Values on a regular grid, shown as colours.
    HeatMap(HeatMapPanel),
    /// Values on a rectangular grid, shown as filled bands between levels.
    ContourBands(ContourBandsPanel),
}

impl Panel {
    /// The panel's axes, x first.
    pub(crate) fn axes(&self) -> [&Axis; 2] {
        match self {
            Panel::Xy(panel) => [&panel.x, &panel.y],
            Panel::HeatMap(panel) => [&panel.x, &panel.y],
            Panel::ContourBands(panel) => [&panel.x, &panel.y],
        }
    }

    /// Its points and lines.
    pub(crate) fn series(&self) -> &[Series] {
        match self {
            Panel::Xy(panel) => &panel.series,
            Panel::HeatMap(_) => &[],
            Panel::ContourBands(panel) => &panel.series,
        }
    }

    /// Its title and its facet.
    pub(crate) fn head(&self) -> (Option<&String>, Option<&Facet>) {
        match self {
            Panel::Xy(panel) => (panel.title.as_ref(), panel.facet.as_ref()),
            Panel::HeatMap(panel) => (panel.title.as_ref(), panel.facet.as_ref()),
            Panel::ContourBands(panel) => (panel.title.as_ref(), panel.facet.as_ref()),
        }
    }
}

/// Points and lines over two numeric axes, each linear or logarithmic.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct XyPanel {
    /// Title above the frame (markup), for instance "(a)".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Repeats the panel for the values of a column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facet: Option<Facet>,
    /// Only these rows, for all parts of the panel whose tables have the column, unless their own `where` names it.
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub filter: BTreeMap<String, Filter>,
    /// The horizontal axis.
    #[serde(default)]
    pub x: Axis,
    /// The vertical axis.
    #[serde(default)]
    pub y: Axis,
    /// Whether a unit has the same length on both axes, which must be linear; the ends of one axis are then moved
    /// outward.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub equal: bool,
    /// The place of the legend.
    #[serde(default)]
    pub legend: LegendPlace,
    /// The series, the first one at the bottom. At least one.
    pub series: Vec<Series>,
    /// Shaded bands behind the data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bands: Vec<Band>,
    /// Reference lines at one value of x or of y.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<ReferenceLine>,
    /// Texts in the corners of the panel.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
}

/// Values on a regular grid; the colour of a cell shows its value.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HeatMapPanel {
    /// Title above the frame (markup), for instance "(a)".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Repeats the panel for the values of a column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facet: Option<Facet>,
    /// Only these rows, for all parts of the panel whose tables have the column, unless their own `where` names it.
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub filter: BTreeMap<String, Filter>,
    /// The horizontal axis, linear; by default it ends with the outermost cells.
    #[serde(default)]
    pub x: Axis,
    /// The vertical axis, linear; by default it ends with the outermost cells.
    #[serde(default)]
    pub y: Axis,
    /// The cells.
    pub cells: Cells,
    /// The colours and their meaning.
    #[serde(default)]
    pub colors: Colors,
}

/// The cells of a heat map: a table with one row for each cell, in any order.
///
/// The values of x must be evenly spaced, and so must those of y; they are the middle of each cell. Every cell of the
/// grid must have exactly one row. A cell with the value NaN (empty) is grey.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Cells {
    /// Name of the table.
    pub table: String,
    /// Numeric column along the horizontal axis.
    pub x: String,
    /// Numeric column along the vertical axis.
    pub y: String,
    /// Numeric column of the values that the colours show.
    pub value: String,
    /// Only rows in which the column equals the value, or one of the listed values: `where = { states = 4 }`.
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub filter: BTreeMap<String, Filter>,
}

/// Values on a rectangular grid, shown as filled bands between levels.
///
/// Between nodes the value is interpolated linearly on the drawn axes: on a logarithmic axis, in the logarithm.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ContourBandsPanel {
    /// Title above the frame (markup), for instance "(a)".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Repeats the panel for the values of a column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facet: Option<Facet>,
    /// Only these rows, for all parts of the panel whose tables have the column, unless their own `where` names it.
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub filter: BTreeMap<String, Filter>,
    /// The horizontal axis; by default it ends with the outermost nodes.
    #[serde(default)]
    pub x: Axis,
    /// The vertical axis; by default it ends with the outermost nodes.
    #[serde(default)]
    pub y: Axis,
    /// The surface.
    pub surface: Surface,
    /// The bands and their colours.
    #[serde(default)]
    pub bands: ContourBands,
    /// Whether to draw a dot at each node.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nodes: bool,
    /// Points and lines over the bands. Unlike in a panel of points and lines, they are white with dark edges unless
    /// `color` is given, lines are dashed unless `dash` is given, and names are on the lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<Series>,
}

/// The nodes of a surface: a table with one row for each place of a rectangular grid, in any order.
///
/// Steps may be uneven. Every place of the grid must have exactly one row. Around a value that is NaN (empty) the
/// surface is hatched.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Surface {
    /// Name of the table.
    pub table: String,
    /// Numeric column along the horizontal axis.
    pub x: String,
    /// Numeric column along the vertical axis.
    pub y: String,
    /// Numeric column of the values that the bands show.
    pub value: String,
    /// Column of 0 and 1, or of false and true: nodes to mark with a cross, for trainings that diverged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diverged: Option<String>,
    /// Only rows in which the column equals the value, or one of the listed values: `where = { steps = 100 }`.
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub filter: BTreeMap<String, Filter>,
}

/// Bands of values, and the bar that explains them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ContourBands {
    /// The boundaries between the bands, increasing; a value on a boundary belongs to the band above. At least one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<f64>,
    /// The quantity that the bands show (markup), next to the bar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The format of the levels next to the bar.
    #[serde(default)]
    pub format: LevelFormat,
    /// The place of the bar.
    #[serde(default)]
    pub bar: BarPlace,
}

/// The format of the levels of bands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LevelFormat {
    /// As numbers.
    #[default]
    Plain,
    /// In percent: 0.25 as 25 %.
    Percent,
}

/// Colours: a colour map between two values, and the bar that explains it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Colors {
    /// The colour map.
    #[serde(default)]
    pub map: ColorMap,
    /// The values of the first and the last colour. Values outside have these colours, or on a cyclic map the colour of
    /// the same angle. By default the range encloses all values. A cyclic map needs a range: one full turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[f64; 2]>,
    /// The quantity that the colours show (markup), next to the bar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The values with a tick; by default ticks are chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticks: Option<Vec<f64>>,
    /// Texts for `ticks` instead of their numbers (markup), one for each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tick_labels: Option<Vec<String>>,
    /// The place of the colour bar.
    #[serde(default)]
    pub bar: BarPlace,
}

/// Colours for numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ColorMap {
    /// From dark to light (viridis without its palest end).
    #[default]
    Sequential,
    /// From blue over white to red, white at 0; the range is symmetric.
    Diverging,
    /// A closed circle of colours, for angles (twilight, a little darker).
    Cyclic,
}

/// The place of a colour bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BarPlace {
    /// Right of the panel.
    #[default]
    Panel,
    /// Right of all panels: one bar for all parts with `bar = "shared"`. The first one sets the colours or bands; the
    /// others may give nothing else. Its default range encloses the values of all of them.
    Shared,
}

/// One axis of a panel.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Axis {
    /// The quantity on the axis (markup).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Linear or logarithmic.
    #[serde(default)]
    pub scale: Scale,
    /// The two ends, the lower first; by default they enclose the data with a small margin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[f64; 2]>,
    /// The values with a tick and a plain number, for instance [4, 16, 64]; by default ticks are chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticks: Option<Vec<f64>>,
    /// Texts for `ticks` instead of their numbers (markup), one for each, for instance ["−π", "0", "π"].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tick_labels: Option<Vec<String>>,
    /// Whether the axis is reversed: x from right to left, y from the top down.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reversed: bool,
}

/// The scale of an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Equal lengths for equal differences.
    #[default]
    Linear,
    /// Equal lengths for equal ratios (base 10 ticks); every value must be positive.
    Log,
}

/// Rows of one table, drawn as points, as a line, or as both.
///
/// A row whose x or y is NaN (an empty cell) is left out, and a line has a gap there.
/// An infinite value, or one that is not positive on a logarithmic axis, is an error that names the row.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Series {
    /// Name of the table.
    pub table: String,
    /// Numeric column along the horizontal axis.
    pub x: String,
    /// Numeric column along the vertical axis.
    pub y: String,
    /// Only rows in which the column equals the value, or one of the listed values: `where = { states = [4, 16] }`.
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub filter: BTreeMap<String, Filter>,
    /// Column that splits the rows into one curve for each value, coloured along a ramp in the order of the values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The place of the names of the curves of `group`.
    #[serde(default)]
    pub group_key: GroupKey,
    /// Name of one curve of `group` (markup); `{}` is replaced by the value of the column, for instance "*N* = {}".
    #[serde(default = "default_group_name")]
    pub group_name: String,
    /// The colours of the curves of `group`.
    #[serde(default, skip_serializing_if = "GroupColors::is_default")]
    pub group_colors: GroupColors,
    /// Numeric column of the lower end of a range around each row; together with `high` it gives a ribbon behind the
    /// line. The ribbon has a gap where an end is NaN (empty).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<String>,
    /// Numeric column of the upper end of that range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<String>,
    /// Numeric column of errors, in units of y: a bar from y - error to y + error; no bar where it is NaN (empty).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Points, line, or both.
    #[serde(default)]
    pub mark: Mark,
    /// Name (markup), in the legend or, over bands, on the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Column with a name for each point (plain text, no markup), placed where it covers the least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_column: Option<String>,
    /// Index into the palette (0 blue, 1 vermilion, 2 green, 3 purple, 4 orange, 5 sky blue, 6 grey, 7 black);
    /// by default the index of the series among those without `group`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<usize>,
    /// Numeric column that colours each point; grey where it is NaN. For points without `group`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color_by: Option<String>,
    /// The colours of `color-by` and their meaning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colors: Option<Colors>,
    /// Dashes of the line; by default solid for the first line of the panel, other dashes for each further line, and
    /// solid in groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dash: Option<Dash>,
    /// Shape of the points; by default each colour has another shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marker: Option<Marker>,
    /// Diameter of the points, in points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marker_size: Option<f64>,
}

fn default_group_name() -> String {
    "{}".to_owned()
}

/// A value, or a list of values, to compare the cells of a column with.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Filter {
    /// One value.
    One(Value),
    /// Any of these values.
    AnyOf(Vec<Value>),
}

/// A value to compare a cell with.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Value {
    /// A number, compared as a number.
    Number(f64),
    /// A text, compared letter by letter.
    Text(String),
}

/// The place of the names of the curves of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GroupKey {
    /// In the legend or, over bands, on the lines.
    #[default]
    Legend,
    /// Nowhere.
    None,
}

/// The colours of the curves of a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GroupColors {
    /// From a ramp, in the order of the values of the group.
    #[default]
    Ramp,
    /// From the palette; each curve also has other dashes and markers.
    Palette,
}

impl GroupColors {
    fn is_default(&self) -> bool {
        *self == GroupColors::default()
    }
}

/// Points, line, or both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// One mark for each row.
    #[default]
    Points,
    /// A line through the rows, in their order.
    Line,
    /// Both.
    PointsAndLine,
}

/// Dashes of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Dash {
    /// No gaps.
    #[default]
    Solid,
    /// Dashes.
    Dashed,
    /// Dots.
    Dotted,
    /// Dashes and dots in turn.
    DashDot,
}

/// Shapes of points. All have about the same area.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Marker {
    /// A filled circle.
    #[default]
    Circle,
    /// A filled square.
    Square,
    /// A filled triangle, tip up.
    Triangle,
    /// A filled square on its corner.
    Diamond,
    /// A filled triangle, tip down.
    TriangleDown,
    /// The outline of a circle.
    OpenCircle,
    /// The outline of a square.
    OpenSquare,
    /// A horizontal and a vertical stroke.
    Plus,
    /// Two diagonal strokes.
    Cross,
}

impl Marker {
    /// Whether it is a filled shape, not an outline or strokes.
    pub(crate) fn is_filled(self) -> bool {
        use Marker::{Cross, OpenCircle, OpenSquare, Plus};
        !matches!(self, OpenCircle | OpenSquare | Plus | Cross)
    }
}

/// One of the two axes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AxisName {
    /// The horizontal axis.
    #[default]
    X,
    /// The vertical axis.
    Y,
}

/// A shaded band behind the data, between two values of one axis.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Band {
    /// The axis of `from` and `to`.
    #[serde(default)]
    pub axis: AxisName,
    /// Lower end.
    pub from: f64,
    /// Upper end.
    pub to: f64,
    /// Name of the band (markup), inside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// A line across the panel at one value of an axis.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReferenceLine {
    /// The axis of `at`: `y` for a horizontal line, `x` for a vertical one.
    pub axis: AxisName,
    /// The value.
    pub at: f64,
    /// Name of the line (markup), next to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Dashes of the line.
    #[serde(default = "default_reference_dash")]
    pub dash: Dash,
}

fn default_reference_dash() -> Dash {
    Dash::Dashed
}

/// A text in a corner of the panel.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Note {
    /// The text (markup, may have several lines).
    pub text: String,
    /// Its corner.
    pub corner: Corner,
}

/// A corner of a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Corner {
    /// Upper left.
    TopLeft,
    /// Upper right.
    TopRight,
    /// Lower left.
    BottomLeft,
    /// Lower right.
    BottomRight,
}

/// The place of a legend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LegendPlace {
    /// In the corner where it covers the least.
    #[default]
    Auto,
    /// Upper left.
    TopLeft,
    /// Upper right.
    TopRight,
    /// Lower left.
    BottomLeft,
    /// Lower right.
    BottomRight,
    /// Nowhere.
    None,
}
