//! GraphML: <http://graphml.graphdrawing.org/>.

use super::{Lineage, label, materialized, xml_text};

const KEYS: [&str; 6] = ["name", "resource_type", "package", "path", "materialized", "relation_name"];

pub fn write(lineage: &Lineage<'_>) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n",
    );
    for key in KEYS {
        out += &format!("  <key id=\"{key}\" for=\"node\" attr.name=\"{key}\" attr.type=\"string\"/>\n");
    }
    out += "  <graph id=\"lineage\" edgedefault=\"directed\">\n";
    for node in &lineage.nodes {
        out += &format!("    <node id=\"{}\">\n", xml_text(&node.unique_id));
        let name = label(node);
        let values = [
            Some(&*name),
            Some(node.resource_type.as_str()),
            Some(&*node.package),
            Some(&*node.original_file_path),
            materialized(node),
            node.relation_name.as_deref(),
        ];
        for (key, value) in KEYS.iter().zip(values) {
            if let Some(value) = value {
                out += &format!("      <data key=\"{key}\">{}</data>\n", xml_text(value));
            }
        }
        out += "    </node>\n";
    }
    for (from, to) in &lineage.edges {
        let id = |node: usize| xml_text(&lineage.nodes[node].unique_id);
        out += &format!("    <edge source=\"{}\" target=\"{}\"/>\n", id(*from), id(*to));
    }
    out + "  </graph>\n</graphml>\n"
}
