//! Documents: every project has them, without lines in `pipeline.toml`; and what they read.

use std::collections::BTreeMap;

use serde_json::json;

use super::{Resolver, node};
use crate::kinds::reads::Reads;
use crate::kinds::registry::StageKind;
use crate::project::claim::{Claim, Ours};
use crate::project::node::{Node, NodeRole, Source};
use crate::words::diagnostic::Diagnostic;

impl Resolver<'_> {
    /// The documents of a project with this title.
    pub(super) fn documents(&mut self, title: &str, nodes: &[Node], claims: &[Claim]) -> Vec<Node> {
        let (mut documents, mut problems) = (Vec::new(), Vec::new());
        for kind in self.registry.documents() {
            match self.document(kind.as_ref(), title, nodes, claims) {
                Ok(document) => documents.extend(document),
                Err(message) => problems.push(Diagnostic::new(format!(
                    "document `{}`: {message}",
                    kind.name()
                ))),
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
        nodes: &[Node],
        claims: &[Claim],
    ) -> Result<Option<Node>, String> {
        let of_project = json!({ "title": title, "profile": self.profile });
        let stage = kind
            .prepare(of_project)
            .map_err(|error| error.to_string())?;
        let files = stage.files();
        let [ending] = files.as_slice() else {
            return Err("its kind does not make one file; correct the kind".to_owned());
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
                Reads::Files { folder, endings } => sources.extend(self.files(folder, endings)?),
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
