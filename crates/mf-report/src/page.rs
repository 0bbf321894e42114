//! The page: its head, its sections, its scripts.
//!
//! Ids of claims begin with `claim-`, those of figures with `figure-`, all others with `page-`: no name of a project can
//! collide with them. The policy of the page lets a browser use one style and three scripts, by their hashes, images that are
//! part of the page, and nothing else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::escape::text;
use crate::report::{Report, ReportError};
use crate::{claims, explorer, figures, opening};

const STYLE: &str = include_str!("../assets/report.css");
const THEORY: &str = include_str!("../assets/theory.js");
const EXPLORER: &str = include_str!("../assets/explorer.js");
const SCRIPT: &str = include_str!("../assets/report.js");

impl Report {
    /// The page.
    ///
    /// # Errors
    /// [`ReportError::Unknown`] if the opening names what is not in the report; [`ReportError::Json`] if a number of the
    /// formats is not finite.
    pub fn html(&self) -> Result<String, ReportError> {
        let policy = format!(
            "default-src 'none'; img-src data:; style-src {}; script-src {} {} {}; base-uri 'none'; form-action 'none'",
            hash(STYLE),
            hash(THEORY),
            hash(EXPLORER),
            hash(SCRIPT)
        );
        Ok(format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n\
             <body>\n<a class=\"skip\" href=\"#page-main\">To the results</a>\n<header>\n<h1>{title}</h1>\n\
             <p>{summary}.</p>\n<nav aria-label=\"Sections\"><a href=\"#page-formats\">Number formats</a> \
             <a href=\"#page-claims\">Claims</a> <a href=\"#page-figures\">Figures</a></nav>\n</header>\n\
             <main id=\"page-main\">\n{opening}{explorer}{claims}{figures}</main>\n<footer><p>{made}</p></footer>\n\
             <script>{THEORY}</script>\n<script>{EXPLORER}</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
            title = text(&self.title),
            summary = text(&self.summary),
            opening = opening::section(self)?,
            explorer = explorer::section(&self.formats)?,
            claims = claims::section(&self.claims),
            figures = figures::section(&self.figures),
            made = text(&self.made),
        ))
    }
}

/// The hash of a style or a script, as a policy names it (W3C, Content Security Policy Level 3, section 2.3.1).
fn hash(source: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(source)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::report::{Claim, Figure, Format, Formats, Link, Opening, Row};

    fn claim(name: &str) -> Claim {
        let row = |key: &str, ours: &str| Row {
            key: key.into(),
            reference: "1.82".into(),
            ours: ours.into(),
            difference: "-0.004".into(),
        };
        Claim {
            name: name.into(),
            about: "the \"slope\"".into(),
            of: "fit.exponent".into(),
            source: "paper".into(),
            place: "paper: abstract".into(),
            tolerance: "0.01".into(),
            reasons: vec!["its digits".into()],
            verdict: "differs, explained".into(),
            rows: vec![row("4", "1.816"), row("6", "1.815"), row("<8>", "1.814")],
            worst: Some(1),
        }
    }

    fn figure(name: &str) -> Figure {
        Figure {
            name: name.into(),
            about: "a figure".into(),
            description: "a line that <falls>".into(),
            svg: "<svg a='#1b1b1b'/>".into(),
            readings: r#"{"panels":[{"title":"</script><!--"}]}"#.into(),
            links: vec![Link {
                path: "../data/a.csv".into(),
                text: "a.csv".into(),
            }],
            provenance: "line <1>".into(),
        }
    }

    fn report() -> Report {
        Report {
            title: "A <title> & more".into(),
            made: "profile default".into(),
            summary: "1 claim: 1 hold".into(),
            opening: Some(Opening {
                question: "Does it hold?".into(),
                text: "In a window.".into(),
                claims: vec!["exponent".into(), "title".into()],
                figure: Some("figure-2".into()),
            }),
            // Names that ids of a page could be made of.
            claims: ["exponent", "title", "figures"].map(claim).into(),
            figures: ["figure-2", "figure-2-title", "claims", "main"]
                .map(figure)
                .into(),
            formats: Formats {
                formats: vec![Format {
                    name: "</script><!--".into(),
                    bits: 4,
                    levels: vec![-1.0, 1.0],
                    thresholds: None,
                    one_minus_slope: 0.36,
                    depth_scale: 2.2,
                    correlation: 0.0,
                    reach: 2.5,
                    sigma_w: 1.0,
                    slope: 1.0,
                }],
                blocks: Vec::new(),
            },
        }
    }

    /// What is between `before` and the next `after`, for every `before`.
    fn between<'p>(page: &'p str, before: &str, after: &str) -> Vec<&'p str> {
        let parts = page.split(before).skip(1);
        parts
            .filter_map(|part| Some(part.split_once(after)?.0))
            .collect()
    }

    #[test]
    fn texts_are_escaped() {
        let page = report().html().unwrap();
        for text in [
            "A &lt;title&gt; &amp; more",
            "the &quot;slope&quot;",
            "line &lt;1&gt;",
            "alt=\"a line that &lt;falls&gt;\"",
        ] {
            assert!(page.contains(text), "{text}");
        }
        // Three scripts, the formats, and the values of four figures: no text ends one of them or begins a comment.
        assert_eq!(page.matches("</script").count(), 8);
        assert_eq!(page.matches("<script").count(), 8);
        assert!(!page.contains("<!--"));
    }

    #[test]
    fn the_page_needs_nothing_else() {
        // The name of SVG is not an address.
        let page = report()
            .html()
            .unwrap()
            .replace("http://www.w3.org/2000/svg", "");
        for outside in ["http://", "https://", "src=\"/", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("src='data:image/svg+xml,<svg a=%27%231b1b1b%27/>'"));
    }

    #[test]
    fn no_two_elements_have_one_id() {
        let page = report().html().unwrap();
        let mut ids = between(&page, " id=\"", "\"");
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
        assert!(ids.iter().all(|id| {
            ["claim-", "figure-", "page-"]
                .iter()
                .any(|own| id.starts_with(own))
        }));
        // Every link within the page leads to one of them.
        for target in between(&page, "href=\"#", "\"") {
            assert!(ids.contains(&target), "{target}");
        }
    }

    #[test]
    fn only_what_is_hashed_may_run() {
        let page = report().html().unwrap();
        let [policy] = between(&page, "Content-Security-Policy\" content=\"", "\"")[..] else {
            panic!("no policy");
        };
        assert!(!policy.contains("unsafe"));
        let code = [
            between(&page, "<style>", "</style>"),
            between(&page, "<script>", "</script>"),
        ]
        .concat();
        assert_eq!(code.len(), 4);
        assert_eq!(policy.matches("sha256-").count(), 4);
        for part in code {
            assert!(policy.contains(&hash(part)));
        }
        // The hash of `alert('Hello, world.');` in the specification (W3C, CSP Level 3, section 8.3).
        let known = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='";
        assert_eq!(hash("alert('Hello, world.');"), known);
        assert!(!page.contains(" style="));
    }

    #[test]
    fn all_rows_of_a_claim_are_shown() {
        let page = report().html().unwrap();
        assert!(page.contains("(3 values; farthest off: 6)"));
        for row in [
            "<tr><td>4<td>1.82<td>1.816<td>-0.004",
            "<tr class=\"worst\"><td>6",
            "<tr><td>&lt;8&gt;",
        ] {
            assert_eq!(page.matches(row).count(), 3, "{row}");
        }
    }

    #[test]
    fn it_opens_with_the_answer() {
        let page = report().html().unwrap();
        let opening = page.find("<p class=\"value\">1.815</p>").unwrap();
        assert!(opening < page.find("id=\"page-formats\"").unwrap());
        assert!(page.contains("≈</span> differs, explained"));
        let without = Report {
            opening: None,
            ..report()
        }
        .html()
        .unwrap();
        assert!(!without.contains("page-opening") && without.contains("1 claim: 1 hold."));
    }

    #[test]
    fn an_opening_names_what_there_is() {
        let mut wrong = report();
        wrong.opening = wrong.opening.map(|opening| Opening {
            figure: Some("figure-9".into()),
            ..opening
        });
        let message = wrong.html().unwrap_err().to_string();
        assert!(
            message.contains("the figure `figure-9`")
                && message.contains("figure-2, figure-2-title"),
            "{message}"
        );
    }

    #[test]
    fn a_verdict_has_a_word_and_a_mark() {
        let page = report().html().unwrap();
        assert!(page.contains("data-verdict=\"differs\""));
    }
}
