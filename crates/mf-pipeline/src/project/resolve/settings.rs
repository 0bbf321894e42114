//! `--set STAGE.KEY=VALUE`: changes of parameters for one run, laid over those of the profile.

use super::Resolver;
use crate::spec::expand::shared;
use crate::spec::tree;
use crate::words::diagnostic::Diagnostic;

/// How a setting is written, for messages.
const FORM: &str = "STAGE.KEY=VALUE, such as optimum.states=[4, 8]";

impl Resolver<'_> {
    /// Applies the settings to stages and figures, in the order given.
    pub(super) fn settings(&mut self, settings: &[String]) {
        for setting in settings {
            let problems = self.setting(setting);
            self.problems.extend(problems);
        }
    }

    fn setting(&mut self, setting: &str) -> Vec<Diagnostic> {
        let text = as_toml(setting);
        let start = self.problems.append(&text);
        let Some(equals) = text.find('=').map(|place| start + place) else {
            let whole = start..start + text.len();
            return vec![formless("it sets nothing", whole)];
        };
        // White space before it, so that places are those in the problems' text.
        let (tree, syntax) = tree::parse(&(" ".repeat(start) + &text));
        if !syntax.is_empty() {
            return syntax;
        }
        // `"@name"` has the value of `[shared]`.
        let (tree, mut problems, _) = match &self.shared {
            _ if tree.get("shared").is_some() => (tree, Vec::new(), Vec::new()),
            Some(shared) => {
                shared::replace(&tree.with_entry("shared", &shared.span, shared.node.clone()))
            }
            None => shared::replace(&tree),
        };
        for stage in tree.entries() {
            let path = [stage.key.clone()];
            let Some(item) = self.laid(&stage.key, &stage.node, &path, &mut problems) else {
                problems.extend(self.unknown_stage(stage, &path));
                continue;
            };
            let named = stage.node.entries().first();
            if named.is_none_or(|entry| entry.span.start >= equals) {
                problems.push(formless("it names no parameter", stage.span.clone()));
                continue;
            }
            self.change(&stage.key, &item);
        }
        problems
    }
}

/// The setting as TOML: a bare word, or `@name`, is a string.
fn as_toml(setting: &str) -> String {
    let Some((keys, value)) = setting.split_once('=') else {
        return setting.to_owned();
    };
    let word = value.trim();
    let is_word = word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '@')
        && word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-./@".contains(c))
        && !["true", "false", "inf", "nan"].contains(&word);
    if is_word {
        format!("{keys}=\"{word}\"")
    } else {
        setting.to_owned()
    }
}

fn formless(what: &str, span: std::ops::Range<usize>) -> Diagnostic {
    Diagnostic::new(format!("`--set` has the wrong form: {what}"))
        .at(span)
        .allowed(FORM)
}
