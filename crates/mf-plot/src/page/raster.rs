//! The drawing as pixels.

use resvg::{tiny_skia, usvg};

use crate::error::PlotError;
use crate::geometry::pixels;

/// Rasterizes an SVG whose size is given in points.
pub(crate) fn png(svg: &str, width: f64, height: f64) -> Result<Vec<u8>, PlotError> {
    let failed = |reason: String| PlotError::Raster { reason };
    let tree = usvg::Tree::from_str(svg, &usvg::Options::default())
        .map_err(|error| failed(error.to_string()))?;
    let (across, down) = (pixels(width), pixels(height));
    let mut pixmap = tiny_skia::Pixmap::new(across, down).ok_or_else(|| {
        failed(format!(
            "an image of {across} x {down} pixels is not possible"
        ))
    })?;
    let scale = tiny_skia::Transform::from_scale(
        across as f32 / tree.size().width(),
        down as f32 / tree.size().height(),
    );
    resvg::render(&tree, scale, &mut pixmap.as_mut());
    pixmap
        .encode_png()
        .map_err(|error| failed(error.to_string()))
}
