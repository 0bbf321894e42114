//! Documents: every project has them. `[document.KIND]` gives them parameters.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Known, Resolver, node, refused};
use crate::kinds::reads::Reads;
use crate::kinds::registry::StageKind;
use crate::project::claim::{Claim, Ours};
use crate::project::node::{Node, NodeRole, Source};
use crate::spec::tree::Node as Toml;
use crate::spec::validate::validate;
use crate::words::diagnostic::Diagnostic;
use crate::words::text::{did_you_mean, list};

impl Resolver<'_> {
    /// The documents of a project with this title.
    pub(super) fn documents(
        &mut self,
        title: &str,
        claims: &[Claim],
        known: &Known<'_>,
    ) -> Vec<Node> {
        let (mut documents, mut problems) = (Vec::new(), Vec::new());
        for kind in self.registry.documents() {
            match self.document(kind.as_ref(), title, claims, known) {
                Ok(document) => documents.extend(document),
                Err(problem) => problems.push(*problem),
            }
        }
        self.problems.extend(problems);
        documents
    }

    /// A document; none if a file that it needs is not there.
    fn document(
        &self,
        kind: &dyn StageKind,
        title: &str,
        claims: &[Claim],
        known: &Known<'_>,
    ) -> Result<Option<Node>, Box<Diagnostic>> {
        let nodes = known.nodes;
        let path = ["document", kind.name()].map(str::to_owned);
        let item = self
            .tree
            .get("document")
            .and_then(|all| all.get(kind.name()));
        let definition = &self.schema["$defs"][path.join(".")];
        if item
            .is_some_and(|item| !validate(item, definition, &self.schema["$defs"], &[]).is_empty())
        {
            // The validation of the file has reported it.
            return Ok(None);
        }
        let mut params = json!({ "title": title, "profile": self.profile });
        if let (Value::Object(params), Some(Value::Object(own))) =
            (&mut params, item.map(Toml::json))
        {
            params.extend(own);
        }
        let item = item.unwrap_or(&self.tree);
        let what = format!("document `{}`", kind.name());
        let broken = |message: String| Box::new(Diagnostic::new(format!("{what}: {message}")));
        let stage = kind
            .prepare(params)
            .map_err(|error| refused(&error, item, &path, &what))?;
        let files = stage.files();
        let [ending] = files.as_slice() else {
            return Err(broken(
                "its kind does not make one file; correct the kind".to_owned(),
            ));
        };
        let place = |problem: Box<Diagnostic>, name: &str| {
            let found = item.find_text(&|text| text == name);
            let (keys, place) = found.unwrap_or((Vec::new(), item));
            let key: Vec<String> = path.iter().cloned().chain(keys).collect();
            Box::new(
                problem
                    .at(place.span.clone())
                    .key(key.join("."))
                    .value(name),
            )
        };
        let mut sources = Vec::new();
        for reads in stage.reads() {
            match reads {
                Reads::Verdicts => sources.extend(judged_by(claims)),
                Reads::Tables => sources.extend(stages(nodes).flat_map(tables)),
                Reads::Numbers => sources.extend(stages(nodes).filter_map(numbers)),
                Reads::Settings => sources.push(Source::Settings),
                Reads::Figures(endings) => {
                    sources.extend(figures(nodes).flat_map(|figure| drawings(figure, endings)));
                }
                Reads::Origins => sources.extend(figures(nodes).map(|figure| Source::Origin {
                    figure: figure.name.clone(),
                })),
                Reads::File(path) if self.root.join(path).is_file() => {
                    sources.push(Source::File(path.to_owned()));
                }
                Reads::File(_) => return Ok(None),
                Reads::Named(path) if self.root.join(&path).is_file() => {
                    sources.push(Source::File(path));
                }
                Reads::Named(path) => {
                    let missing = Diagnostic::new(format!("there is no file `{path}`"));
                    let help = "write its path from the folder of pipeline.toml";
                    let missing = missing.help(Some(help.to_owned()));
                    return Err(place(missing.into(), &path));
                }
                Reads::Files { folder, endings } => {
                    sources.extend(self.files(folder, endings).map_err(broken)?);
                }
                Reads::Output(name) => {
                    let found = self.reference(&name, known);
                    sources.extend(found.map_err(|problem| place(problem, &name))?);
                }
                Reads::Claim(name) => self.named("claim", &name).map_err(|p| place(p, &name))?,
                Reads::Figure(name) => self.named("figure", &name).map_err(|p| place(p, &name))?,
            }
        }
        let name = format!("{}.{ending}", kind.name());
        let about = kind.about().to_owned();
        let mut document = node(NodeRole::Document, &name, about, kind, stage, 0);
        document.inputs = sources
            .into_iter()
            .map(|source| (source.to_string(), source))
            .collect::<BTreeMap<_, _>>();
        Ok(Some(document))
    }

    /// Whether there is an item of this name.
    fn named(&self, list_name: &str, name: &str) -> Result<(), Box<Diagnostic>> {
        let items = self.items(list_name);
        let names: Vec<&str> = items
            .iter()
            .filter_map(|(_, item)| item.text("name"))
            .collect();
        if names.contains(&name) {
            return Ok(());
        }
        let unknown = Diagnostic::new(format!("there is no {list_name} `{name}`"));
        Err(unknown
            .allowed(list(&names))
            .help(did_you_mean(name, names.iter().copied()))
            .into())
    }

    /// The files of a folder with these endings.
    fn files(&self, folder: &str, endings: &[&str]) -> Result<Vec<Source>, String> {
        let paths = mf_data::files::list(&self.root.join(folder));
        let paths = paths.map_err(|error| error.to_string())?.into_iter();
        let name = |path: std::path::PathBuf| {
            let ending = path.extension()?.to_str()?;
            let name = path.file_name()?.to_str()?;
            let wanted = endings.contains(&ending);
            wanted.then(|| Source::File(format!("{folder}/{name}")))
        };
        Ok(paths.filter_map(name).collect())
    }
}

/// The claims, with the results and files that they are judged by.
fn judged_by(claims: &[Claim]) -> Vec<Source> {
    let mut sources = vec![Source::Claims];
    for claim in claims {
        let stage = claim.stage.clone();
        sources.push(match claim.ours {
            Ours::Number => Source::Numbers { stage },
            Ours::Cell { .. } | Ours::Column { .. } => Source::Table {
                stage,
                table: claim.output.clone(),
            },
        });
        let effect = claim.effect().map(|(stage, _)| stage.to_owned());
        sources.extend(effect.map(|stage| Source::Numbers { stage }));
        let file = claim.reference_file();
        sources.extend(file.map(|file| Source::File(file.to_owned())));
    }
    sources
}

fn stages(nodes: &[Node]) -> impl Iterator<Item = &Node> {
    nodes.iter().filter(|node| node.role == NodeRole::Stage)
}

fn figures(nodes: &[Node]) -> impl Iterator<Item = &Node> {
    nodes.iter().filter(|node| node.role == NodeRole::Figure)
}

fn tables(node: &Node) -> Vec<Source> {
    let tables = node.stage.tables().into_iter();
    let table = |table| Source::Table {
        stage: node.name.clone(),
        table,
    };
    tables.map(table).collect()
}

fn numbers(node: &Node) -> Option<Source> {
    let stage = node.name.clone();
    (!node.stage.numbers().is_empty()).then_some(Source::Numbers { stage })
}

fn drawings(figure: &Node, endings: &[&str]) -> Vec<Source> {
    let made = figure.stage.files().into_iter();
    let wanted = made.filter(|ending| endings.contains(&ending.as_str()));
    let drawing = |ending| Source::Drawing {
        figure: figure.name.clone(),
        ending,
    };
    wanted.map(drawing).collect()
}
