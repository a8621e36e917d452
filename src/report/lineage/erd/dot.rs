//! Graphviz: a table an entity, with crow's feet at the lines' ends.

use super::super::{dot_string, xml_text};
use super::{Attribute, Erd};

pub fn write(erd: &Erd) -> String {
    let mut out = String::from(
        "digraph erd {\n  rankdir=LR;\n  node [shape=plain, fontname=\"Helvetica\", fontsize=10];\n  edge \
         [dir=both, color=\"#666666\", fontname=\"Helvetica\", fontsize=9];\n",
    );
    let names = erd.plain_names();
    for (name, entity) in names.iter().zip(&erd.entities) {
        let mut rows =
            format!("<tr><td colspan=\"3\" bgcolor=\"#dae8fc\"><b>{}</b></td></tr>", xml_text(&entity.name));
        for column in &entity.columns {
            rows += &row(column);
        }
        out += &format!(
            "  {} [label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\" cellpadding=\"3\">{rows}</table>>];\n",
            dot_string(name),
        );
    }
    for link in &erd.links {
        let parent = if link.required { "teetee" } else { "teeodot" };
        let child = if link.one { "teeodot" } else { "crowodot" };
        out += &format!(
            "  {} -> {} [arrowtail={parent}, arrowhead={child}, label={}];\n",
            dot_string(&names[link.parent]),
            dot_string(&names[link.child]),
            dot_string(&link.label()),
        );
    }
    out + "}\n"
}

fn row(column: &Attribute) -> String {
    let keys = [
        (column.primary_key, "PK"),
        (column.foreign_key, "FK"),
        (column.unique && !column.primary_key, "UK"),
    ];
    let keys: Vec<&str> = keys.into_iter().filter(|(holds, _)| *holds).map(|(_, key)| key).collect();
    let cell = |text: &str| format!("<td align=\"left\">{}</td>", xml_text(text));
    let data_type = column.data_type.as_deref().unwrap_or_default();
    format!("<tr>{}{}{}</tr>", cell(&keys.join(", ")), cell(&column.name), cell(data_type))
}
