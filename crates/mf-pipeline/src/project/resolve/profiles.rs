//! Profiles: changes of parameters, checked whichever profile is chosen.

use super::Resolver;
use crate::project::DEFAULT_PROFILE;
use crate::project::{RUNS, TRIAL};
use crate::spec::expand::LISTS;
use crate::spec::headers::TABLES;
use crate::spec::lay::lay;
use crate::spec::schema::overrides;
use crate::spec::tree::{Data, Entry, Node as Toml};
use crate::spec::validate::{KEBAB, below, is_kebab, validate};
use crate::words::diagnostic::Diagnostic;
use crate::words::text::{did_you_mean, list};

impl Resolver<'_> {
    /// The names of the profiles. Checks the changes of all of them, and lays those of the chosen one over the items.
    pub(super) fn profiles(&mut self) -> Vec<String> {
        let table = self.tree.get("profile").cloned();
        let entries = table.as_ref().map(Toml::entries).unwrap_or_default();
        let mut names: Vec<String> = entries.iter().map(|entry| entry.key.clone()).collect();
        if !names.iter().any(|name| name == DEFAULT_PROFILE) {
            names.insert(0, DEFAULT_PROFILE.to_owned());
        }
        if let Some(entry) = entries.iter().find(|entry| entry.key == TRIAL) {
            let message = format!("a profile cannot be called `{TRIAL}`");
            let taken = Diagnostic::new(message)
                .at(entry.span.clone())
                .key(format!("profile.{TRIAL}"));
            let help = format!("rename it: `{RUNS}/{TRIAL}` has the results of `mf run --set`");
            self.problems.push(taken.help(Some(help)));
        }
        if !names.iter().any(|name| name == self.profile) {
            let help = did_you_mean(self.profile, names.iter().map(String::as_str));
            let message = format!("there is no profile `{}`", self.profile);
            let missing = Diagnostic::new(message)
                .key("profile")
                .value(self.profile)
                .allowed(list(&names));
            let may_be = is_kebab(self.profile) && self.profile != TRIAL;
            let add = may_be.then(|| format!("add `[profile.{}]`", self.profile));
            self.problems.push(missing.help(help.or(add)));
        }
        // The results of a profile are in a folder of its name.
        for entry in entries.iter().filter(|entry| !is_kebab(&entry.key)) {
            let message = format!("`{}` is not a name of a profile", entry.key);
            let problem = Diagnostic::new(message)
                .at(entry.span.clone())
                .key("profile");
            self.problems.push(problem.allowed(KEBAB));
        }
        let (mut problems, mut changed) = (Vec::new(), Vec::new());
        for profile in entries {
            for entry in profile.node.entries() {
                let path = ["profile", &profile.key, &entry.key].map(str::to_owned);
                match self.laid(&entry.key, &entry.node, &path, &mut problems) {
                    Some(item) if profile.key == self.profile => changed.push((&entry.key, item)),
                    Some(_) => {}
                    None => problems.extend(self.unknown_stage(entry, &path)),
                }
            }
        }
        for (name, item) in changed {
            self.change(name, &item);
        }
        self.problems.extend(problems);
        names
    }

    /// A stage or figure with changes laid over its parameters, checked together; none if there is no such item.
    pub(super) fn laid(
        &self,
        name: &str,
        over: &Toml,
        path: &[String],
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Toml> {
        let of = |list: &str| {
            let items = self.items(list).into_iter();
            let mut named = items.filter(|(_, item)| item.text("name") == Some(name));
            named.next().map(|(_, item)| item)
        };
        let stage = of("stage");
        let item = stage.or_else(|| of("figure"))?;
        if !matches!(over.data, Data::Table(_)) {
            return Some(item.clone()); // reported by the validation of the file
        }
        let nothing = Toml {
            data: Data::Table(Vec::new()),
            span: over.span.clone(),
        };
        let (own, definition) = match stage {
            Some(stage) => (
                stage.get("with").unwrap_or(&nothing),
                format!("stage.{}", stage.text("kind").unwrap_or_default()),
            ),
            None => (item, "figure".to_owned()),
        };
        let laid = lay(own, over, path, problems);
        let defs = &self.schema["$defs"];
        let alone = validate(over, &overrides(self.schema, &definition), defs, path);
        for problem in validate(&laid, &defs[&definition], defs, path) {
            let same = alone.iter().find(|other| other.is_at_place_of(&problem));
            problems.push(match same {
                Some(same) => same.clone(),
                None if problem.message.starts_with("unknown key") => mixed(problem),
                None => problem,
            });
        }
        if let (None, Some(entry)) = (stage, over.entry("name")) {
            let renamed = Diagnostic::new(format!("the name of figure `{name}` cannot be changed"));
            let renamed = renamed.at(entry.span.clone());
            let help = Some("remove it".to_owned());
            problems.push(renamed.key(below(path, "name").join(".")).help(help));
            return Some(item.clone());
        }
        Some(match stage {
            Some(stage) => stage.with_entry("with", &laid.span.clone(), laid),
            None => laid,
        })
    }

    /// Puts a changed stage or figure in the place of that of its name.
    pub(super) fn change(&mut self, name: &str, changed: &Toml) {
        for list in ["stage", "figure"] {
            let is_it = |item: &Toml| item.text("name") == Some(name);
            self.tree = self.tree.with_items(list, |item| {
                vec![if is_it(item) { changed } else { item }.clone()]
            });
        }
    }

    /// A change of something that is not a stage or a figure; nothing while their names are not known.
    pub(super) fn unknown_stage(&self, entry: &Entry, path: &[String]) -> Option<Diagnostic> {
        let (name, names) = (entry.key.as_str(), self.names());
        let is_item = |list: &str| {
            let mut items = self.items(list).into_iter();
            items.any(|(_, item)| item.text("name") == Some(name))
        };
        let shared = self
            .shared
            .as_ref()
            .map_or(&[][..], |shared| shared.node.entries());
        let lists = LISTS.iter().copied();
        let what = match name {
            _ if is_item("claim") => "is a claim, not",
            _ if is_item("quantizer") => "is a quantizer, not",
            _ if shared.iter().any(|entry| entry.key == name) => "is a shared value, not",
            _ if lists.chain(TABLES).any(|key| key == name) => "is a key of the file, not",
            _ => "is not",
        };
        let begins = names.iter().find(|other| other.starts_with(name));
        let near = did_you_mean(name, names.iter().map(String::as_str))
            .or(begins.map(|begins| format!("did you mean `{begins}`?")));
        let form =
            "profiles and `--set` change only parameters of stages and figures: write NAME.KEY";
        let message = format!("`{name}` {what} the name of a stage or a figure");
        let unknown = Diagnostic::new(message)
            .at(entry.span.clone())
            .key(path.join("."))
            .allowed(list(&names))
            .help(near.or(Some(form.to_owned())));
        self.is_named().then_some(unknown)
    }
}

/// The change and the item are tables of different kinds, so that a key of one does not fit the other.
fn mixed(mut problem: Diagnostic) -> Diagnostic {
    problem.message += ": the table that it is laid over is of another kind";
    let help = "tables are laid key by key: use the keys of the item's table, or move that table to `[profile.default]`";
    problem.help(Some(help.to_owned()))
}
