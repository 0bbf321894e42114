//! The answer of `mf depth`, and its text.

use serde::Serialize;

use super::network::{self, Traced};
use crate::commands::number::{layers, percent, short};
use crate::commands::trained::Trained;
use crate::terminal::{Align, TextTable, paragraph};

/// Multiples of xi, and where they are from.
const MULTIPLES: [(f64, &str); 5] = [
    (1.0, ""),
    (2.0, ""),
    (4.0, "line in figure 3 of the paper"),
    (6.0, "line in figure 3; also Schoenholz et al. 2017"),
    (9.0, "line in figure 3 of the paper"),
];

/// What `mf depth` prints.
#[derive(Debug, Serialize)]
pub(super) struct Shown {
    pub(super) name: String,
    /// Of a block-scaled format: the format of its elements, which the numbers are of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) elements: Option<&'static str>,
    pub(super) states: u64,
    pub(super) sigma_w: f64,
    pub(super) one_minus_chi: f64,
    pub(super) depth_scale: f64,
    /// xi at the best weight gain.
    pub(super) best_depth_scale: f64,
    pub(super) depths: Vec<Depth>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) trained: Option<Trained>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remark: Option<String>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub(super) network: Option<network::Shown>,
    /// The stream block by block, the start first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) trajectory: Vec<Traced>,
}

#[derive(Debug, Serialize)]
pub(super) struct Depth {
    multiple: f64,
    layers: f64,
    /// The factor on a small correlation.
    left: f64,
}

/// What was measured, in words.
fn sentence(trained: &Trained) -> String {
    match trained {
        Trained::Measured {
            layers: depth,
            ratio,
            learning_time,
            scatter,
        } => format!(
            "By the law of equal steps on MNIST half of the test images are right up to {} layers, {ratio:.2} xi (learning time \
             {learning_time:.0}; measured depths scatter by {} about it; number formats differ, see docs/training.md).",
            layers(*depth),
            percent(*scatter)
        ),
        Trained::NotMeasured { because } => {
            format!("How deep such networks can be trained was not measured: {because}.")
        }
    }
}

impl Shown {
    pub(super) fn new(
        name: String,
        states: u64,
        sigma_w: f64,
        (one_minus_chi, depth_scale): (f64, f64),
        best_depth_scale: f64,
    ) -> Self {
        let depths = MULTIPLES.iter().map(|(multiple, _)| Depth {
            multiple: *multiple,
            layers: multiple * depth_scale,
            left: libm::exp(-multiple),
        });
        Self {
            name,
            elements: None,
            states,
            sigma_w,
            one_minus_chi,
            depth_scale,
            best_depth_scale,
            depths: depths.collect(),
            trained: None,
            remark: None,
            network: None,
            trajectory: Vec::new(),
        }
    }

    pub(super) fn text(&self) -> String {
        let mut lines = self.headline();
        lines.push(String::new());
        lines.push(match &self.network {
            Some(network) => network.text(&self.trajectory),
            None => self.table(),
        });
        let trained = self.trained.iter().map(sentence);
        let sentences = trained.chain(self.remark.clone());
        lines.extend(sentences.map(|sentence| format!("\n{}", paragraph(&sentence))));
        lines.join("\n")
    }

    /// What has which xi.
    fn headline(&self) -> Vec<String> {
        let name = match self.elements {
            Some(element) => format!("elements of {} ({element})", self.name),
            None => self.name.clone(),
        };
        let name = format!("{name}, {} values", self.states);
        let chain = match self.network {
            Some(_) => "a chain has ",
            None => "",
        };
        if let Some(token) = self
            .network
            .as_ref()
            .and_then(|network| network.token.as_ref())
        {
            return vec![
                paragraph(&format!(
                    "{name}, scaled by the largest of the {} units of each token: {chain}xi = {} layers",
                    token.units,
                    layers(token.depth_scale)
                )),
                format!(
                    "({} layers at one constant scale, the best one)",
                    layers(self.depth_scale)
                ),
            ];
        }
        let mut lines = vec![paragraph(&format!(
            "{name}: {chain}xi = {} layers at sigma_w = {}",
            layers(self.depth_scale),
            short(self.sigma_w)
        ))];
        if self.depth_scale < self.best_depth_scale {
            lines.push(format!(
                "({:.1} % of the {} layers at the best gain)",
                100.0 * self.depth_scale / self.best_depth_scale,
                layers(self.best_depth_scale)
            ));
        }
        lines
    }

    /// Depths in units of xi.
    fn table(&self) -> String {
        let mut table = TextTable::new(&[
            ("layers", Align::Right),
            ("", Align::Right),
            ("left", Align::Right),
            ("", Align::Left),
        ]);
        for (depth, (_, meaning)) in self.depths.iter().zip(MULTIPLES) {
            table.row([
                layers(depth.layers),
                format!("{} xi", depth.multiple),
                percent(depth.left),
                meaning.to_owned(),
            ]);
        }
        table.render()
    }
}
