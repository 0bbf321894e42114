//! The section of figures: each with its values, its files and where it comes from.

use crate::escape::{json, powers, svg, text};
use crate::report::{Figure, Link};

/// The script shows it; without scripts it stays hidden.
const CONTROLS: &str = r#"<form class="controls" id="page-search" hidden>
<label>Find <input type="search" id="page-figure-words" placeholder="a word"></label>
<output id="page-figures-found" aria-live="polite"></output>
</form>
"#;

/// The section.
pub(crate) fn section(figures: &[Figure]) -> String {
    let contents: String = figures
        .iter()
        .map(|figure| {
            format!(
                "<li><a href=\"#figure-{0}\">{0}</a></li>\n",
                text(&figure.name)
            )
        })
        .collect();
    let figures: String = figures.iter().map(article).collect();
    format!(
        "<section id=\"page-figures\" aria-labelledby=\"page-figures-title\">\n<h2 id=\"page-figures-title\">Figures</h2>\n\
         <p>Point at a figure to read its values, or use the slider below it: arrow keys go from value to value, Page Up and \
         Page Down from curve to curve.</p>\n{CONTROLS}\
         <ul class=\"contents\">\n{contents}</ul>\n{figures}</section>\n"
    )
}

/// The drawing with its description.
pub(crate) fn image(figure: &Figure) -> String {
    format!(
        "<img alt=\"{}\" src='{}'>",
        text(&figure.description),
        svg(&figure.svg)
    )
}

fn article(figure: &Figure) -> String {
    let links: Vec<String> = figure.links.iter().map(link).collect();
    format!(
        "<article id=\"figure-{name}\" aria-label=\"{name}\">\n\
         <h3>{name} <a class=\"anchor\" href=\"#figure-{name}\" aria-label=\"Link to the figure {name}\">#</a></h3>\n\
         <figure><div class=\"picture\">{image}</div>\n\
         <label class=\"values\" hidden>Values of {name} <input type=\"range\" min=\"0\" step=\"1\" value=\"0\"></label>\n\
         <script type=\"application/json\">{readings}</script><figcaption>{about}</figcaption></figure>\n\
         <p class=\"links\">{links}</p>\n\
         <details><summary>Where it comes from</summary><pre tabindex=\"0\">{provenance}</pre></details>\n</article>\n",
        name = text(&figure.name),
        image = image(figure),
        about = powers(&figure.about),
        readings = json(&figure.readings),
        links = links.join(" · "),
        provenance = text(&figure.provenance),
    )
}

fn link(link: &Link) -> String {
    format!("<a href=\"{}\">{}</a>", text(&link.path), text(&link.text))
}
