//! Texts, JSON and SVG as they may be inside HTML.

/// A text as it may be in an element, or in an attribute between double quotes.
pub(crate) fn text(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A text as it may be in an element, with numbers behind `^` raised: `N^1.82`, `10^-3`.
pub(crate) fn powers(plain: &str) -> String {
    let mut parts = plain.split('^');
    let mut raised = text(parts.next().unwrap_or_default());
    for part in parts {
        let number = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | '-');
        let end = part.find(|letter| !number(letter)).unwrap_or(part.len());
        let (power, rest) = part.split_at(end);
        // A full stop behind the number ends the sentence.
        let digits = power.trim_end_matches(['.', '-']);
        let (_, stop) = power.split_at(digits.len());
        if digits.is_empty() {
            raised += "^";
        } else {
            raised += &format!("<sup>{digits}</sup>");
        }
        raised += &text(&format!("{stop}{rest}"));
    }
    raised
}

/// JSON as it may be in a `script` element: no `<`, so neither `</script` nor `<!--` can be in it.
pub(crate) fn json(json: &str) -> String {
    json.replace('<', "\\u003c")
}

/// SVG as the address of an image between single quotes: only what would end the address or change it is escaped.
pub(crate) fn svg(svg: &str) -> String {
    let mut address = String::with_capacity(svg.len() + svg.len() / 16);
    address += "data:image/svg+xml,";
    for letter in svg.chars() {
        match letter {
            '%' => address += "%25",
            '#' => address += "%23",
            '\'' => address += "%27",
            '&' => address += "%26",
            '\n' => address += "%0A",
            '\r' => address += "%0D",
            '\t' => address += "%09",
            other => address.push(other),
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_behind_a_caret_are_raised() {
        for (plain, shown) in [
            ("grows as N^1.82.", "grows as N<sup>1.82</sup>."),
            (
                "10^-3 to 10^9, <R^2>",
                "10<sup>-3</sup> to 10<sup>9</sup>, &lt;R<sup>2</sup>&gt;",
            ),
            ("x^n and a caret ^", "x^n and a caret ^"),
        ] {
            assert_eq!(powers(plain), shown);
        }
    }

    #[test]
    fn json_cannot_leave_its_script() {
        let safe = json(r#"{"name":"</script><!--<script>"}"#);
        assert!(!safe.contains('<'));
        let read: serde_json::Value = serde_json::from_str(&safe).unwrap_or_default();
        assert_eq!(read["name"], "</script><!--<script>");
    }

    #[test]
    fn an_address_keeps_every_letter() {
        // As a browser reads it back: percent codes are bytes, line feeds that are not coded get lost.
        let image = "<svg a=\"100%\"\nb='#1b1b1b'>&amp;\tχ</svg>";
        let address = svg(image);
        assert!(!address.contains(['\'', '\n', '\t', '#', '&']));
        let coded = address.trim_start_matches("data:image/svg+xml,");
        let codes = [
            ("%0A", "\n"),
            ("%09", "\t"),
            ("%27", "'"),
            ("%26", "&"),
            ("%23", "#"),
            ("%25", "%"),
        ];
        let read = codes.iter().fold(coded.to_owned(), |text, (code, letter)| {
            text.replace(code, letter)
        });
        assert_eq!(read, image);
    }
}
