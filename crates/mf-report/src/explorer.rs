//! The section of number formats: a form, and the data that the script answers from.

use crate::escape::json;
use crate::report::{Formats, ReportError};

/// The script shows the form; without scripts it stays hidden.
const FORM: &str = r##"<section id="page-formats" aria-labelledby="page-formats-title">
<h2 id="page-formats-title">Number formats</h2>
<p>How deep can a network be if its activations are numbers of a format? And how must it start?
Choose a format, or type the levels of a quantizer.</p>
<noscript><p>The explorer needs JavaScript. <code>mf depth int4</code> prints the same numbers.</p></noscript>
<form class="controls" id="page-explorer" hidden>
<label>Format <select id="page-format"></select></label>
<label>Layers <input type="number" id="page-depth" min="1" step="1" value="100"></label>
<label>Fan-in <input type="number" id="page-fan-in" min="1" step="1" value="1024"></label>
<button type="button" id="page-edit" hidden>Edit its levels</button>
<a class="anchor" id="page-link" href="#page-formats">Link to this answer</a>
<div id="page-typed" hidden>
<label>Levels <textarea id="page-levels" rows="3" spellcheck="false" aria-describedby="page-levels-help">-1.5 -0.5 0 0.5 1.5</textarea></label>
<p id="page-levels-help">2 to 1024 increasing numbers, with spaces or commas between them.</p>
<label>Thresholds <textarea id="page-thresholds" rows="2" spellcheck="false" aria-describedby="page-thresholds-help"></textarea></label>
<p id="page-thresholds-help">Optional: increasing numbers, one fewer than the levels. Without them the thresholds are half way between the levels.</p>
</div>
</form>
<div id="page-answer" aria-live="polite"></div>
</section>
"##;

/// The section, with its data.
///
/// # Errors
/// [`ReportError::Json`] if the formats cannot be written.
pub(crate) fn section(formats: &Formats) -> Result<String, ReportError> {
    let data = json(&serde_json::to_string(formats)?);
    Ok(format!(
        "{FORM}<script type=\"application/json\" id=\"page-data\">{data}</script>\n"
    ))
}
