//! The schema for editors: of `pipeline.toml` as it is written, where names of shared values, placeholders of a matrix and
//! defaults take the place of values.

use serde_json::{Map, Value, json};

use crate::kinds::registry::Registry;
use crate::spec::schema;
use crate::spec::types::NAME_PATTERN;

/// The first character of a text that takes the place of a value: the name of a shared value, or a placeholder.
const STANDS_FOR: &str = "^[@{]";

/// [`NAME_PATTERN`] with placeholders.
const NAME_STANDS_FOR: &str = r"^([a-z0-9-]|\{[a-z0-9-]+\})+$";

/// The JSON Schema (draft 2020-12) of `pipeline.toml` for these kinds and families: editors complete and check the file
/// by it. [`crate::Pipeline::load`] checks more, after it has written out shared values, matrices and defaults.
#[must_use]
pub fn schema(registry: &Registry) -> Value {
    let mut root = schema::schema(registry);
    let mut kinds = Map::new();
    for kind in registry.stages() {
        let params = format!("#/$defs/stage.{}", kind.name());
        kinds.insert(kind.name().to_owned(), json!({ "$ref": params }));
    }
    kinds.insert("figure".to_owned(), json!({ "type": "object" }));
    let defaults = &mut root["properties"]["defaults"];
    defaults["properties"] = Value::Object(kinds);
    defaults["additionalProperties"] = json!(false);
    if let Some(defs) = root["$defs"].as_object_mut() {
        for (name, definition) in defs.iter_mut() {
            open(definition);
            take_matrix(name, definition);
        }
        take_each(defs);
        defs.insert("matrix".to_owned(), matrix());
        let name = json!({ "type": "string", "pattern": STANDS_FOR });
        defs.insert("stands-for".to_owned(), name);
    }
    root
}

/// `matrix = { key = [value] }` or `[{ key = value }]`
fn matrix() -> Value {
    json!({
        "description": "Repeats the item: for all combinations of `{ key = [value, value] }`, or for each of \
                        `[{ key = value }, { key = value }]`. `{key}` in any text of the item is replaced by the value; a \
                        text that is `{key}` alone becomes the value itself.",
        "anyOf": [
            { "type": "object", "additionalProperties": { "type": ["array", "string"] } },
            { "type": "array", "items": { "type": ["object", "string"] } },
            { "$ref": "#/$defs/stands-for" },
        ],
    })
}

/// Lets panels say once what all their series have, and series leave it out.
fn take_each(defs: &mut Map<String, Value>) {
    const SERIES: &str = "Series";
    if let Some(series) = defs.get_mut(SERIES).and_then(Value::as_object_mut) {
        series.remove("required");
    }
    let panels = defs
        .get_mut("Panel")
        .and_then(|panel| panel.get_mut("anyOf"));
    for panel in panels.and_then(Value::as_array_mut).into_iter().flatten() {
        if panel["properties"].get("series").is_some() {
            panel["properties"]["each"] = json!({
                "description": "What all series of the panel have, unless they say otherwise.",
                "$ref": format!("#/$defs/{SERIES}"),
            });
        }
    }
}

/// Lets an item have a matrix, and leave out what defaults or its format give.
fn take_matrix(name: &str, definition: &mut Value) {
    let known = if name.starts_with("quantizer.") {
        json!(true)
    } else {
        json!({ "$ref": "#/$defs/matrix" })
    };
    match name {
        "stage" | "claim" => definition["properties"]["matrix"] = known,
        "figure" => {
            definition["properties"]["matrix"] = known;
            definition["required"] = json!(["name"]);
        }
        "quantizer" => {
            definition["properties"]["matrix"] = known;
            definition["then"]["properties"]["matrix"] = json!(true);
        }
        _ if name.starts_with("quantizer.") => definition["properties"]["matrix"] = known,
        _ => {}
    }
    let Some(words) = definition.as_object_mut() else {
        return;
    };
    if name.starts_with("stage.") {
        words.remove("required");
    }
    if name.starts_with("quantizer")
        && let Some(Value::Array(required)) = words.get_mut("required")
    {
        required.retain(|key| key != "name");
    }
    let cases = words.get_mut("allOf").and_then(Value::as_array_mut);
    for case in cases.into_iter().flatten() {
        if let Some(then) = case["then"].as_object_mut() {
            then.remove("required");
        }
    }
}

/// Accepts names of shared values and placeholders where the schema asks for something else than a text.
fn open(schema: &mut Value) {
    let Value::Object(words) = schema else { return };
    words.remove("format"); // widths of numbers: the bounds say the same
    for (word, value) in words.iter_mut() {
        match (word.as_str(), value) {
            ("properties", Value::Object(values)) => values.values_mut().for_each(open),
            ("oneOf" | "anyOf" | "allOf" | "prefixItems", Value::Array(values)) => {
                values.iter_mut().for_each(open);
            }
            ("items" | "additionalProperties" | "then" | "else", value) => open(value),
            _ => {}
        }
    }
    // Several of the branches may take the same text.
    if let Some(branches) = words.remove("oneOf") {
        words.insert("anyOf".to_owned(), branches);
    }
    let stands_for = json!({ "$ref": "#/$defs/stands-for" });
    if let Some(Value::Array(branches)) = words.get_mut("anyOf")
        && branches.iter().all(|branch| branch.get("const").is_some())
    {
        branches.push(stands_for);
        return;
    }
    if let Some(names) = words.remove("enum") {
        words.remove("type");
        let branches = json!([{ "type": "string", "enum": names }, stands_for]);
        words.insert("anyOf".to_owned(), branches);
        return;
    }
    if words.get("pattern") == Some(&json!(NAME_PATTERN)) {
        words.insert("pattern".to_owned(), json!(NAME_STANDS_FOR));
    }
    let kinds = match words.get("type") {
        Some(Value::String(kind)) => vec![json!(kind)],
        Some(Value::Array(kinds)) => kinds.clone(),
        _ => return,
    };
    if words.contains_key("const") {
        return;
    }
    let mut kinds: Vec<Value> = kinds.into_iter().filter(|kind| kind != "null").collect();
    if !kinds.contains(&json!("string")) {
        kinds.push(json!("string"));
        words.insert("pattern".to_owned(), json!(STANDS_FOR));
    }
    let kinds = match kinds.as_slice() {
        [kind] => kind.clone(),
        kinds => json!(kinds),
    };
    words.insert("type".to_owned(), kinds);
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::kinds::job::Job;
    use crate::kinds::registry::TypedStage;
    use crate::spec::tree::parse;
    use crate::spec::validate::validate;
    use crate::words::error::BoxError;
    use crate::words::outputs::Outputs;

    /// Parameters of every shape: a number, a list, a choice of words and of tables.
    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Shapes {
        number: f64,
        list: Vec<u32>,
        choice: Choice,
        word: Option<Word>,
    }

    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    enum Choice {
        Exact,
        Scan { points: u32 },
    }

    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    enum Word {
        One,
        Two,
    }

    impl TypedStage for Shapes {
        const KIND: &'static str = "shapes";
        const ABOUT: &'static str = "Parameters of every shape.";

        fn run(&self, _: &Job<'_>) -> Result<Outputs, BoxError> {
            Ok(Outputs::new())
        }
    }

    /// The problems of a file as an editor sees it.
    fn problems(items: &str) -> Vec<String> {
        let mut registry = Registry::new();
        registry.stage::<Shapes>(&[]).figure::<Shapes>(&[]);
        let schema = schema(&registry);
        let source = format!("[project]\ntitle = \"t\"\nseed = 1\n{items}");
        let (tree, syntax) = parse(&source);
        assert!(syntax.is_empty());
        let problems = validate(&tree, &schema, &schema["$defs"], &[]);
        problems
            .into_iter()
            .map(|problem| problem.message)
            .collect()
    }

    #[test]
    fn what_stands_for_a_value_is_accepted_everywhere() {
        let written = "
            [shared]
            n = 3
            all = { a = 1 }
            [defaults.shapes]
            number = \"@n\"
            [defaults.figure]
            list = [1]
            [[quantizer]]
            format = \"{format}\"
            matrix = { format = [\"a\"] }
            [[stage]]
            matrix = [{ n = 1 }, \"@all\"]
            name = \"a-{n}\"
            kind = \"shapes\"
            with = \"@all\"
            [[stage]]
            name = \"b\"
            kind = \"shapes\"
            matrix = { n = \"@all\", m = [1, { a = 2 }] }
            with = { number = \"{n}\", list = [\"@n\", 2], choice = { scan = { points = \"@n\" } }, word = \"{m}\" }
            [[figure]]
            name = \"{n}\"
            matrix = { n = [1] }
            list = \"@n\"
            choice = \"@n\"
            [[claim]]
            matrix = \"@all\"
            name = \"c\"
            of = \"a-1.x\"
            row = { n = \"{n}\" }
            reference = \"{reference}\"
            source = \"@source\"
            tolerance = \"printed\"
            differs = { within = \"{n}\", reason = \"@why\" }";
        assert_eq!(problems(written), Vec::<String>::new());
    }

    #[test]
    fn mistakes_are_still_seen() {
        let stage = |with: &str| {
            problems(&format!(
                "[[stage]]\nname = \"a\"\nkind = \"shapes\"\nwith = {with}"
            ))
        };
        assert_eq!(
            stage("{ numbr = 1 }"),
            ["unknown key `numbr` in `stage.a.with`"]
        );
        assert_eq!(
            stage("{ choice = { scn = 1 } }"),
            ["unknown key `scn` in `stage.a.with.choice`"]
        );
        assert_eq!(stage("{ list = 3 }").len(), 1);
        assert_eq!(stage("{ number = true }").len(), 1);
        let figure = "[[figure]]\nname = \"a\"\nnumbr = 1";
        assert_eq!(problems(figure), ["unknown key `numbr` in `figure.a`"]);
        let unknown = "[defaults.shape]\nnumber = 1";
        assert_eq!(problems(unknown), ["unknown key `shape` in `defaults`"]);
    }

    #[test]
    fn a_text_that_stands_for_no_value_is_none() {
        let mut registry = Registry::new();
        registry.stage::<Shapes>(&[]);
        let schema = schema(&registry);
        let number = &schema["$defs"]["stage.shapes"]["properties"]["number"];
        assert_eq!(
            number,
            &json!({ "type": ["number", "string"], "pattern": "^[@{]" })
        );
        let word = &schema["$defs"]["Word"]["anyOf"];
        assert_eq!(word[0]["enum"], json!(["one", "two"]));
        assert_eq!(word[1], json!({ "$ref": "#/$defs/stands-for" }));
        assert_eq!(schema["$defs"]["stands-for"]["pattern"], "^[@{]");
    }

    /// The file and the schema of the repository.
    #[test]
    fn the_published_schema_takes_the_published_file() {
        let read = |name: &str| {
            let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
            String::from_utf8(mf_data::files::read(&root.join(name)).unwrap()).unwrap()
        };
        let schema: Value = serde_json::from_str(&read("pipeline.schema.json")).unwrap();
        let problems = |file: &str| {
            let problems = validate(&parse(file).0, &schema, &schema["$defs"], &[]);
            problems
                .into_iter()
                .map(|problem| problem.message)
                .collect::<Vec<_>>()
        };
        let file = read("pipeline.toml");
        assert_eq!(problems(&file), Vec::<String>::new());
        let wrong = file.replacen("title = ", "titel = ", 1);
        assert_eq!(problems(&wrong), ["unknown key `titel` in `project`"]);
    }
}
