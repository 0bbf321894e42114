//! What a figure is made of, as it is written in a specification file.
//!
//! Every type is read with serde (unknown keys are errors) and describes itself as a JSON schema; the
//! comments below are the schema's descriptions. Lengths are in points (1/72 inch), the unit of a paper's page.
//!
//! # Text
//! Titles, labels and notes hold a small markup:
//! `_x` or `_{max}` subscript, `^2` or `^{1.82}` superscript, `*N*` italic, `~{Δ}` a tilde over its argument,
//! `\n` a new line where a text may have several, and a backslash before `_ ^ * ~ { } \` for the sign itself.
//! Greek letters and signs (χ ξ σ − × · ≤ ±) are written as they are.

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
    /// What the figure shows, in plain words, for readers who can't see it: the SVG's `<desc>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How the panels stand to one another.
    #[serde(default)]
    pub layout: Layout,
    /// Whether the panels of a row share their y axis and those of a column their x axis: only the first panel of a
    /// row and the lowest of a column then show tick labels and axis labels, and a panel that leaves an axis out
    /// takes that one's. Axes that share their labels must have the same ends. What the legend of one panel names, those
    /// after it leave out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub share: bool,
    /// Repeats all panels for the values of a column, the first panel for every value, then the second: with
    /// `layout = { columns = N }` for N values each panel makes a row. Titles stand above the first row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facet: Option<Facet>,
    /// Only these rows, in all panels whose tables have the column and that do not filter it themselves.
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

/// Panels that are the same but for the value of a column.
///
/// What a copy draws is filtered by `column = value`: every series, cells and surface whose table has the column and whose
/// own `where` does not name it. Others are drawn in all copies alike.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Facet {
    /// The column.
    pub column: String,
    /// The values of the column, a copy for each.
    #[schemars(length(min = 1))]
    pub values: Vec<Value>,
    /// The titles of the copies (markup); a panel's own title stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub titles: Option<Titles>,
}

/// The titles of copies of a panel.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Titles {
    /// A text for all, in which `{}` stands for the value: "{} steps".
    Each(String),
    /// A text for each value.
    List(Vec<String>),
}

/// How the panels of a figure stand to one another.
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

/// One panel; `chart` says which kind.
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
    /// Only these rows, in all that the panel draws from tables that have the column, unless its own `where` names it.
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub filter: BTreeMap<String, Filter>,
    /// The horizontal axis.
    #[serde(default)]
    pub x: Axis,
    /// The vertical axis.
    #[serde(default)]
    pub y: Axis,
    /// Whether a unit has the same length on both axes, which must be linear; the ends of one are then moved outward.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub equal: bool,
    /// Where the legend of the labelled series stands.
    #[serde(default)]
    pub legend: LegendPlace,
    /// What is drawn, the first at the bottom. At least one.
    pub series: Vec<Series>,
    /// Shaded bands behind the data.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bands: Vec<Band>,
    /// Reference lines at one value of x or of y.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<ReferenceLine>,
    /// Texts in the panel's corners.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
}

/// Values on a regular grid, each cell coloured by its value.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HeatMapPanel {
    /// Title above the frame (markup), for instance "(a)".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Repeats the panel for the values of a column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facet: Option<Facet>,
    /// Only these rows, in all that the panel draws from tables that have the column, unless its own `where` names it.
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub filter: BTreeMap<String, Filter>,
    /// The horizontal axis, linear; by default it ends with the outermost cells.
    #[serde(default)]
    pub x: Axis,
    /// The vertical axis, linear; by default it ends with the outermost cells.
    #[serde(default)]
    pub y: Axis,
    /// What is drawn.
    pub cells: Cells,
    /// What the colours mean.
    #[serde(default)]
    pub colors: Colors,
}

/// The cells of a heat map: a table with one row for each cell, in any order.
///
/// The values of x are evenly spaced, and so are those of y; a cell's middle lies at its x and y. Every cell of the
/// grid has exactly one row. A cell whose value is NaN (empty) is grey.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Cells {
    /// Name of the table.
    pub table: String,
    /// Numeric column along the horizontal axis.
    pub x: String,
    /// Numeric column along the vertical axis.
    pub y: String,
    /// Numeric column that the colours show.
    pub value: String,
    /// Only rows whose column equals the value, or one of the listed values: `where = { states = 4 }`.
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub filter: BTreeMap<String, Filter>,
}

/// Values on a rectangular grid, shown as filled bands between levels.
///
/// Between nodes the value is linear along the axes as they are drawn, along a logarithmic one in the logarithm.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ContourBandsPanel {
    /// Title above the frame (markup), for instance "(a)".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Repeats the panel for the values of a column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facet: Option<Facet>,
    /// Only these rows, in all that the panel draws from tables that have the column, unless its own `where` names it.
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub filter: BTreeMap<String, Filter>,
    /// The horizontal axis; by default it ends with the outermost nodes.
    #[serde(default)]
    pub x: Axis,
    /// The vertical axis; by default it ends with the outermost nodes.
    #[serde(default)]
    pub y: Axis,
    /// What is drawn.
    pub surface: Surface,
    /// The bands and their colours.
    #[serde(default)]
    pub bands: ContourBands,
    /// Whether a dot stands at each node.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nodes: bool,
    /// Points and lines over the bands. Unlike in a panel of points and lines, they are white with dark edges unless
    /// `color` is given, lines are dashed unless `dash` is given, and names stand on the lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<Series>,
}

/// The nodes of a surface: a table with one row for each place of a rectangular grid, in any order.
///
/// Steps may be uneven. Every place of the grid has exactly one row. Where a value is NaN (empty), its surroundings
/// are hatched.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Surface {
    /// Name of the table.
    pub table: String,
    /// Numeric column along the horizontal axis.
    pub x: String,
    /// Numeric column along the vertical axis.
    pub y: String,
    /// Numeric column that the bands show.
    pub value: String,
    /// Column of 0 and 1, or of false and true: nodes to mark with a cross, whatever their value, for trainings that diverged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diverged: Option<String>,
    /// Only rows whose column equals the value, or one of the listed values: `where = { steps = 100 }`.
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub filter: BTreeMap<String, Filter>,
}

/// Bands of values, and the bar that explains them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ContourBands {
    /// The boundaries between the bands, ascending; a value on a boundary belongs to the band above. At least one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<f64>,
    /// What the bands show (markup), set beside the bar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// How the levels are written beside the bar.
    #[serde(default)]
    pub format: LevelFormat,
    /// Where the bar stands.
    #[serde(default)]
    pub bar: BarPlace,
}

/// How the levels of bands are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LevelFormat {
    /// As numbers.
    #[default]
    Plain,
    /// In percent: 0.25 as 25 %.
    Percent,
}

/// What colours mean: a colour map between two values, and the bar that explains it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Colors {
    /// Which colours.
    #[serde(default)]
    pub map: ColorMap,
    /// The values of the first and the last colour; values beyond have these colours, on a cyclic map those of the
    /// same angle. By default all values lie between. A cyclic map needs its range: one full turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[f64; 2]>,
    /// What the colours show (markup), set beside the bar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The values that get a tick; by default ticks are chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticks: Option<Vec<f64>>,
    /// What stands at `ticks` instead of their numbers (markup), one text each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tick_labels: Option<Vec<String>>,
    /// Where the colour bar stands.
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
    /// Round in a circle, for angles (twilight, a little darker).
    Cyclic,
}

/// Where a colour bar stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BarPlace {
    /// Right of the panel.
    #[default]
    Panel,
    /// Right of all panels: one bar for all that say so, whose colours then mean the same. The first says what;
    /// the others may leave everything else out. Its default range holds the values of all of them.
    Shared,
}

/// One axis of a panel.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Axis {
    /// What the axis shows (markup).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Linear or logarithmic.
    #[serde(default)]
    pub scale: Scale,
    /// The two ends, the lower first; by default they enclose the data with a small margin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[f64; 2]>,
    /// The values that get a tick and a plain number, for instance [4, 16, 64]; by default ticks are chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticks: Option<Vec<f64>>,
    /// What stands at `ticks` instead of their numbers (markup), one text each, for instance ["−π", "0", "π"].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tick_labels: Option<Vec<String>>,
    /// Whether the axis runs the other way: x from right to left, y from the top down.
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
    /// Only rows whose column equals the value, or one of the listed values: `where = { states = [4, 16] }`.
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub filter: BTreeMap<String, Filter>,
    /// Column that splits the rows into one curve per value, coloured along a ramp in the order of the values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Where the curves of `group` are named.
    #[serde(default)]
    pub group_key: GroupKey,
    /// Name of one curve of `group` (markup); `{}` stands for the group's value, for instance "*N* = {}".
    #[serde(default = "default_group_name")]
    pub group_name: String,
    /// Where the colours of `group` come from.
    #[serde(default, skip_serializing_if = "GroupColors::is_default")]
    pub group_colors: GroupColors,
    /// Numeric column of the lower end of a range around each row; with `high`, a ribbon behind the line. It has a gap
    /// where either end is NaN (empty).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<String>,
    /// Numeric column of the upper end of that range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<String>,
    /// Numeric column of errors, in units of y: a bar from y - error to y + error; none where it is NaN (empty).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Points, line, or both.
    #[serde(default)]
    pub mark: Mark,
    /// Name (markup), in the legend, or over bands on the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Column with a name for each point, shown letter by letter (no markup) where it covers the least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_column: Option<String>,
    /// Index into the palette (0 blue, 1 vermilion, 2 green, 3 purple, 4 orange, 5 sky blue, 6 grey, 7 black);
    /// by default the series' own place among the series without `group`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<usize>,
    /// Numeric column that colours each point; grey where it is NaN. For points without `group`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color_by: Option<String>,
    /// What the colours of `color-by` mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colors: Option<Colors>,
    /// Dashes of the line; by default solid for the panel's first line, then each line its own, solid in groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dash: Option<Dash>,
    /// Shape of the points; by default a shape of its own for each colour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marker: Option<Marker>,
    /// Diameter of the points, in points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marker_size: Option<f64>,
}

fn default_group_name() -> String {
    "{}".to_owned()
}

/// A value, or a list of values, that a column's cells are compared with.
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

/// Where the curves of a group are named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GroupKey {
    /// In the legend, or over bands on the lines.
    #[default]
    Legend,
    /// Nowhere.
    None,
}

/// Where the colours of the curves of a group come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GroupColors {
    /// From a ramp, in the order of the group's values.
    #[default]
    Ramp,
    /// From the palette, and each curve has dashes and markers of its own.
    Palette,
}

impl GroupColors {
    fn is_default(&self) -> bool {
        *self == GroupColors::default()
    }
}

/// How rows are drawn.
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
    /// A dash and a dot in turn.
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
    /// A circle's outline.
    OpenCircle,
    /// A square's outline.
    OpenSquare,
    /// Two strokes, upright.
    Plus,
    /// Two strokes, diagonal.
    Cross,
}

impl Marker {
    /// Whether it is more than an outline or strokes.
    pub(crate) fn is_filled(self) -> bool {
        use Marker::{Cross, OpenCircle, OpenSquare, Plus};
        !matches!(self, OpenCircle | OpenSquare | Plus | Cross)
    }
}

/// Which of the two axes a value lies on.
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
    /// The axis that `from` and `to` lie on.
    #[serde(default)]
    pub axis: AxisName,
    /// Lower end.
    pub from: f64,
    /// Upper end.
    pub to: f64,
    /// Name of the band (markup), set inside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// A line across the panel at one value of an axis.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReferenceLine {
    /// The axis that `at` lies on: `y` for a horizontal line, `x` for a vertical one.
    pub axis: AxisName,
    /// The value.
    pub at: f64,
    /// Name of the line (markup), set beside it.
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
    /// Where it stands.
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

/// Where a legend stands.
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
