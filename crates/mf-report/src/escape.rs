//! Texts, JSON and SVG as they may be inside HTML.

/// A text as it may be in an element, or in an attribute between double quotes.
pub(crate) fn text(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
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
