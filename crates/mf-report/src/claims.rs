//! The section of claims: a table that the script sorts and filters.

use crate::escape::{powers, text};
use crate::report::{Claim, Row};

/// The columns: heading, and whether it is of numbers.
const COLUMNS: [(&str, bool); 7] = [
    ("claim", false),
    ("source", false),
    ("reference", true),
    ("ours", true),
    ("difference", true),
    ("tolerance", true),
    ("verdict", false),
];

/// The script shows it; without scripts it stays hidden.
const CONTROLS: &str = r#"<form class="controls" id="page-filter" hidden>
<label>Find <input type="search" id="page-words" placeholder="a word"></label>
<label class="sort">Sort by <select id="page-sort"><option value="">their own order</option></select></label>
<fieldset><legend>Verdict</legend>
<label><input type="radio" name="verdict" value="" checked> all</label>
<label><input type="radio" name="verdict" value="holds"> holds</label>
<label><input type="radio" name="verdict" value="differs"> differs</label>
<label><input type="radio" name="verdict" value="fails"> fails or missing</label>
</fieldset>
<output id="page-found" aria-live="polite"></output>
</form>
"#;

/// The section.
pub(crate) fn section(claims: &[Claim]) -> String {
    let heads: String = COLUMNS
        .iter()
        .map(|(name, number)| {
            let class = if *number { " class=\"n\"" } else { "" };
            format!("<th scope=\"col\"{class}>{name}</th>")
        })
        .collect();
    let rows: String = claims.iter().map(row).collect();
    format!(
        "<section id=\"page-claims\" aria-labelledby=\"page-claims-title\">\n<h2 id=\"page-claims-title\">Claims</h2>\n\
         <p>Each claim compares a number of ours with a reference. A claim of many values shows the one that is farthest off; \
         open it to see all, with the reason for the tolerance.</p>\n{CONTROLS}\
         <div class=\"scroll\" role=\"region\" aria-labelledby=\"page-claims-title\" tabindex=\"0\">\n\
         <table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n</section>\n"
    )
}

/// The class of a verdict, which is its first word, and a sign for it.
pub(crate) fn sign(claim: &Claim) -> (&str, &'static str) {
    let class = claim.verdict.split([',', ' ']).next().unwrap_or_default();
    let sign = match class {
        "holds" => "✓",
        "differs" => "≈",
        _ => "✗",
    };
    (class, sign)
}

/// The row of a claim that its line in the table shows.
pub(crate) fn shown(claim: &Claim) -> Option<&Row> {
    claim.rows.get(claim.worst?)
}

fn row(claim: &Claim) -> String {
    let (class, sign) = sign(claim);
    let [reference, ours, difference] = shown(claim).map_or_else(Default::default, |row| {
        [&row.reference, &row.ours, &row.difference].map(|cell| text(cell))
    });
    let worst = shown(claim).filter(|_| claim.rows.len() > 1).map(|row| {
        let (count, key) = (claim.rows.len(), text(&row.key));
        format!(" <small>({count} values; farthest off: {key})</small>")
    });
    let reasons: String = claim
        .reasons
        .iter()
        .map(|reason| format!("<li>{}</li>", powers(reason)))
        .collect();
    format!(
        "<tr id=\"claim-{name}\" data-verdict=\"{class}\"><th scope=\"row\"><details><summary><code>{name}</code>{worst}</summary>\
         <p>{about}</p><ul><li>ours: {of}</li><li>reference: {place}</li>{reasons}</ul>{all}</details>\
         <a class=\"anchor\" href=\"#claim-{name}\" aria-label=\"Link to the claim {name}\">#</a></th>\
         <td class=\"source\" data-label=\"source\">{source}</td><td class=\"n\" data-label=\"reference\">{reference}</td>\
         <td class=\"n\" data-label=\"ours\">{ours}</td><td class=\"n\" data-label=\"difference\">{difference}</td>\
         <td class=\"n\" data-label=\"tolerance\">{tolerance}</td>\
         <td class=\"verdict {class}\"><span aria-hidden=\"true\">{sign}</span> {verdict}</td></tr>\n",
        name = text(&claim.name),
        worst = worst.unwrap_or_default(),
        about = powers(&claim.about),
        of = text(&claim.of),
        source = text(&claim.source),
        place = text(&claim.place),
        all = all_rows(claim),
        tolerance = text(&claim.tolerance),
        verdict = text(&claim.verdict),
    )
}

/// All rows of a claim of several values.
fn all_rows(claim: &Claim) -> String {
    if claim.rows.len() < 2 {
        return String::new();
    }
    let rows = claim.rows.iter().enumerate().map(|(index, row)| {
        let class = if claim.worst == Some(index) {
            " class=\"worst\""
        } else {
            ""
        };
        let [key, reference, ours, difference] =
            [&row.key, &row.reference, &row.ours, &row.difference].map(|cell| text(cell));
        format!("<tr{class}><td>{key}<td>{reference}<td>{ours}<td>{difference}\n")
    });
    format!(
        "<table class=\"rows\"><thead><tr><th scope=\"col\">key<th scope=\"col\">reference<th scope=\"col\">ours<th scope=\"col\">difference</thead>\
         <tbody>\n{}</tbody></table>",
        rows.collect::<String>()
    )
}
