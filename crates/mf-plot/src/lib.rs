//! Tables to figures: one theme, one file per kind of chart, SVG and PNG from one drawing.
