//! A report as HTML.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::report::{Claim, Figure, Report};

const STYLE: &str = include_str!("../assets/report.css");
const SCRIPT: &str = include_str!("../assets/report.js");

impl Report {
    /// The page.
    ///
    /// # Errors
    /// A number that is not finite among the formats.
    pub fn html(&self) -> Result<String, serde_json::Error> {
        page(self)
    }
}

fn page(report: &Report) -> Result<String, serde_json::Error> {
    // `</` would end the element that holds the table.
    let formats = serde_json::to_string(&report.formats)?.replace("</", "<\\/");
    let claims: String = report.claims.iter().map(claim).collect();
    let figures: String = report.figures.iter().map(figure).collect();
    let contents: String = report
        .figures
        .iter()
        .map(|figure| format!("<li><a href=\"#{0}\">{0}</a></li>\n", escape(&figure.name)))
        .collect();
    Ok(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n\
         <body>\n<a class=\"skip\" href=\"#main\">To the results</a>\n<header>\n<h1>{title}</h1>\n<p>{summary}.</p>\n\
         <nav aria-label=\"Sections\"><a href=\"#claims\">Claims</a> <a href=\"#figures\">Figures</a> \
         <a href=\"#formats\">Number formats</a></nav>\n</header>\n<main id=\"main\">\n\
         <section id=\"claims\" aria-labelledby=\"claims-title\">\n<h2 id=\"claims-title\">Claims</h2>\n{FILTER}\
         <div class=\"scroll\" role=\"region\" aria-labelledby=\"claims-title\" tabindex=\"0\">\n<table>\n<thead><tr>\
         <th scope=\"col\">claim</th><th scope=\"col\">source</th><th scope=\"col\" class=\"n\">reference</th><th scope=\"col\" class=\"n\">ours</th>\
         <th scope=\"col\" class=\"n\">difference</th><th scope=\"col\" class=\"n\">tolerance</th>\
         <th scope=\"col\">verdict</th></tr></thead>\n<tbody>\n{claims}</tbody>\n</table>\n</div>\n</section>\n{EXPLORER}\
         <section id=\"figures\" aria-labelledby=\"figures-title\">\n<h2 id=\"figures-title\">Figures</h2>\n\
         <ul class=\"contents\">\n{contents}</ul>\n{figures}</section>\n</main>\n<footer><p>{made}</p></footer>\n\
         <script type=\"application/json\" id=\"formats-data\">{formats}</script>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        title = escape(&report.title),
        summary = escape(&report.summary),
        made = escape(&report.made),
    ))
}

/// Shown by the script: without one there is nothing to filter with.
const FILTER: &str = r#"<form class="controls" id="filter" hidden>
<label>Find <input type="search" id="words" placeholder="a word"></label>
<fieldset><legend>Verdict</legend>
<label><input type="radio" name="verdict" value="" checked> all</label>
<label><input type="radio" name="verdict" value="holds"> holds</label>
<label><input type="radio" name="verdict" value="differs"> differs, explained</label>
<label><input type="radio" name="verdict" value="fails"> fails or missing</label>
</fieldset>
<output id="found" aria-live="polite"></output>
</form>
"#;

const EXPLORER: &str = r#"<section id="formats" aria-labelledby="formats-title">
<h2 id="formats-title">Number formats</h2>
<p>How deep a network carries signals whose activations are numbers of a format, at the format's best scale; and how to start it.</p>
<noscript><p>The explorer needs a script. <a href="../data/tables/formats/formats.csv">The table</a> has the same numbers.</p></noscript>
<form class="controls" id="explorer" hidden>
<label>Format <select id="format"></select></label>
<label>Layers <input type="number" id="depth" min="1" step="1" value="100"></label>
<label>Fan-in <input type="number" id="fan-in" min="1" step="1" value="1024"></label>
</form>
<div id="answer" aria-live="polite"></div>
</section>
"#;

fn claim(claim: &Claim) -> String {
    let mut rows = claim.rows.iter();
    let mut cells = ["", "", ""].map(str::to_owned);
    let mut label = String::new();
    if let Some(row) = rows.next() {
        cells = [&row.reference, &row.ours, &row.difference].map(|text| escape(text));
        if claim.rows.len() > 1 {
            label = format!(
                " <small>({} rows, worst {})</small>",
                claim.rows.len(),
                escape(&row.key)
            );
        }
    }
    let class = claim.verdict.split([',', ' ']).next().unwrap_or_default();
    let mark = match class {
        "holds" => "✓",
        "differs" => "≈",
        _ => "✗",
    };
    let reasons: String = claim
        .reasons
        .iter()
        .map(|reason| format!("<li>{}</li>", escape(reason)))
        .collect();
    let [reference, ours, difference] = cells;
    format!(
        "<tr id=\"claim-{name}\" data-verdict=\"{class}\"><th scope=\"row\"><details><summary><code>{name}</code>{label}</summary>\
         <p>{about}</p><ul><li>of {of}</li><li>reference: {place}</li>{reasons}</ul></details></th>\
         <td class=\"source\" data-label=\"source\">{source}</td><td class=\"n\" data-label=\"reference\">{reference}</td><td class=\"n\" data-label=\"ours\">{ours}</td>\
         <td class=\"n\" data-label=\"difference\">{difference}</td><td class=\"n\" data-label=\"tolerance\">{tolerance}</td>\
         <td class=\"verdict {class}\"><span aria-hidden=\"true\">{mark}</span> {verdict}</td></tr>\n",
        name = escape(&claim.name),
        about = escape(&claim.about),
        of = escape(&claim.of),
        source = escape(&claim.source),
        place = escape(&claim.place),
        tolerance = escape(&claim.tolerance),
        verdict = escape(&claim.verdict),
    )
}

fn figure(figure: &Figure) -> String {
    let links: Vec<String> = figure
        .links
        .iter()
        .map(|link| {
            format!(
                "<a href=\"{}\">{}</a>",
                escape(&link.path),
                escape(&link.text)
            )
        })
        .collect();
    format!(
        "<article id=\"{name}\" aria-labelledby=\"{name}-title\">\n<h3 id=\"{name}-title\">{name}</h3>\n<figure>\
         <div class=\"picture\" tabindex=\"0\" role=\"group\" aria-label=\"{name}: arrow keys read its values\"><img alt=\"{description}\" src=\"data:image/svg+xml;base64,{svg}\">\
         <output class=\"reading\" aria-live=\"polite\" hidden></output></div>\
         <script type=\"application/json\" class=\"readings\">{readings}</script><figcaption>{about}</figcaption></figure>\n<p class=\"links\">{links}</p>\n\
         <details><summary>Where it comes from</summary><pre tabindex=\"0\">{provenance}</pre></details>\n</article>\n",
        name = escape(&figure.name),
        about = escape(&figure.about),
        description = escape(&figure.description),
        svg = STANDARD.encode(&figure.svg),
        readings = figure.readings.replace("</", "<\\/"),
        links = links.join(" · "),
        provenance = escape(&figure.provenance),
    )
}

/// Text as it may stand in an element or an attribute.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Format, Link, Row};

    fn report() -> Report {
        Report {
            title: "A <title> & more".into(),
            made: "profile default".into(),
            summary: "1 claims: 1 hold".into(),
            claims: vec![Claim {
                name: "exponent".into(),
                about: "the \"slope\"".into(),
                of: "fit.exponent, line 3".into(),
                source: "paper".into(),
                place: "paper: abstract".into(),
                tolerance: "0.01".into(),
                reasons: vec!["its digits".into()],
                verdict: "differs, explained".into(),
                rows: vec![Row {
                    key: String::new(),
                    reference: "1.82".into(),
                    ours: "1.816".into(),
                    difference: "-0.004".into(),
                }],
            }],
            figures: vec![Figure {
                name: "figure-2".into(),
                about: "a figure".into(),
                description: "a line that <falls>".into(),
                svg: b"<svg/>".to_vec(),
                readings: "[]".into(),
                links: vec![Link {
                    path: "../data/a.csv".into(),
                    text: "a.csv".into(),
                }],
                provenance: "line <1>".into(),
            }],
            formats: vec![Format {
                name: "</script>".into(),
                bits: 4,
                states: 15,
                depth_scale: 77.0,
                reach: 2.5,
                sigma_w: 1.0,
                slope: 1.0,
                off: vec![(1.0, 77.0)],
            }],
        }
    }

    #[test]
    fn texts_are_escaped() {
        let page = report().html().unwrap();
        assert!(page.contains("A &lt;title&gt; &amp; more"));
        assert!(page.contains("the &quot;slope&quot;"));
        assert!(page.contains("line &lt;1&gt;"));
        assert!(page.contains("alt=\"a line that &lt;falls&gt;\""));
        // The three scripts end; the name of the format does not end one.
        assert_eq!(page.matches("</script>").count(), 3);
    }

    #[test]
    fn the_page_needs_nothing_else() {
        let page = report().html().unwrap();
        for outside in ["http://", "https://", "src=\"/", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("data:image/svg+xml;base64,PHN2Zy8+"));
    }

    #[test]
    fn a_verdict_is_told_by_a_word_and_a_mark() {
        let page = report().html().unwrap();
        assert!(page.contains("≈</span> differs, explained"));
        assert!(page.contains("data-verdict=\"differs\""));
    }
}
