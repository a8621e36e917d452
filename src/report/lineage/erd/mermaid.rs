//! Mermaid: <https://mermaid.js.org/syntax/entityRelationshipDiagram.html>.

use super::super::{mermaid_text, plain};
use super::{Attribute, Erd};

pub fn write(erd: &Erd) -> String {
    let names = erd.plain_names();
    let mut out = String::from("erDiagram\n");
    for (name, entity) in names.iter().zip(&erd.entities) {
        out += &format!("  {}", entity_name(name, &entity.name));
        if entity.columns.is_empty() {
            out.push('\n');
            continue;
        }
        out += " {\n";
        for column in &entity.columns {
            out += &format!("    {}\n", attribute(column));
        }
        out += "  }\n";
    }
    for link in &erd.links {
        let parent = if link.required { "||" } else { "|o" };
        let child = if link.one { "o|" } else { "o{" };
        out += &format!(
            "  {} {parent}--{child} {} : \"{}\"\n",
            names[link.parent],
            names[link.child],
            mermaid_text(&link.label()),
        );
    }
    out
}

/// The plain name, with the full one shown where the two differ.
fn entity_name(plain: &str, full: &str) -> String {
    if plain == full { plain.to_string() } else { format!("{plain}[\"{}\"]", mermaid_text(full)) }
}

fn attribute(column: &Attribute) -> String {
    let data_type = column.data_type.as_deref().map_or_else(|| "unknown".to_string(), type_name);
    let keys = [(column.primary_key, "PK"), (column.foreign_key, "FK"), (is_unique(column), "UK")];
    let keys: Vec<&str> = keys.into_iter().filter(|(holds, _)| *holds).map(|(_, key)| key).collect();
    let mut name = plain(&column.name);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        name.insert(0, '_');
    }
    let mut line = format!("{data_type} {name}");
    if !keys.is_empty() {
        line += &format!(" {}", keys.join(", "));
    }
    if column.required && !column.primary_key {
        line += " \"not null\"";
    }
    line
}

fn is_unique(column: &Attribute) -> bool {
    column.unique && !column.primary_key
}

/// Mermaid takes brackets in a type, but no blank and no comma.
fn type_name(data_type: &str) -> String {
    let mut name: String = data_type
        .trim()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '(' | ')' | '[' | ']') { c } else { '_' })
        .collect();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        name.insert(0, '_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_words() {
        assert_eq!(type_name("decimal(18, 2)"), "decimal(18__2)");
        assert_eq!(type_name("timestamp with time zone"), "timestamp_with_time_zone");
        assert_eq!(type_name(""), "_");
    }
}
