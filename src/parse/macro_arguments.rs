//! The arguments that YAML describes for a macro against those that it takes: dbt's behavior flag
//! `validate_macro_args`.

use std::sync::Arc;

use crate::diag::{Diagnostic, Sink};
use crate::manifest::{Macro, MacroArgument, StrMap};
use crate::value::Str;

/// Types of arguments, and how many types each takes in brackets.
const TYPES: [(&str, usize); 12] = [
    ("str", 0),
    ("string", 0),
    ("bool", 0),
    ("int", 0),
    ("integer", 0),
    ("float", 0),
    ("any", 0),
    ("list", 1),
    ("dict", 2),
    ("optional", 1),
    ("relation", 0),
    ("column", 0),
];

/// Warns of what does not fit, and gives macros without a description the names of their parameters.
pub fn validate(macros: &mut StrMap<Arc<Macro>>, sink: &Sink) {
    for entry in macros.values_mut() {
        if !entry.arguments.is_empty() {
            warn(entry, sink);
        } else if !entry.parameters.is_empty() {
            let named = |name: &Str| MacroArgument { name: name.clone(), ..MacroArgument::default() };
            let mut settled = (**entry).clone();
            settled.arguments = settled.parameters.iter().map(named).collect();
            *entry = Arc::new(settled);
        }
    }
}

fn warn(entry: &Macro, sink: &Sink) {
    let name = &entry.name;
    let mut found = vec![];
    for (taken, described) in entry.parameters.iter().zip(&entry.arguments) {
        if *taken != described.name {
            found.push(format!(
                "Argument {} in yaml for macro {name} does not match the jinja definition.",
                described.name
            ));
        }
    }
    if entry.parameters.len() != entry.arguments.len() {
        found.push(format!(
            "The number of arguments in the yaml for macro {name} does not match the jinja definition."
        ));
    }
    for argument in &entry.arguments {
        let written = argument.kind.as_deref().unwrap_or_default().replace([' ', '\t'], "");
        if !written.is_empty() && rest_of_type(&written) != Some("") {
            found.push(format!(
                "Argument {} in the yaml for macro {name} has an invalid type.",
                argument.name
            ));
        }
    }
    for message in found {
        sink.push(
            Diagnostic::warning("macro-arguments", message)
                .event("InvalidMacroAnnotation")
                .data("macro_unique_id", entry.unique_id.clone())
                .data("macro_file_path", entry.original_file_path.clone()),
        );
    }
}

/// What follows the type that a text begins with; none when it begins with none.
fn rest_of_type(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(text.len());
    let (_, takes) = TYPES.iter().find(|(name, _)| *name == &text[..end])?;
    let mut rest = &text[end..];
    for index in 0..*takes {
        rest = rest_of_type(rest.strip_prefix(if index == 0 { '[' } else { ',' })?)?;
    }
    if *takes > 0 { rest.strip_prefix(']') } else { Some(rest) }
}

#[cfg(test)]
mod tests {
    use super::rest_of_type;

    #[test]
    fn types_nest() {
        for good in ["string", "list[int]", "dict[str,list[any]]", "optional[relation]"] {
            assert_eq!(rest_of_type(good), Some(""), "{good}");
        }
        for bad in ["text", "int[int]", "list", "dict[str]", "list[int"] {
            assert_ne!(rest_of_type(bad), Some(""), "{bad}");
        }
    }
}
