//! The message for two nodes that claim one name.

use super::Node;
use crate::diag::Diagnostic;

/// Two nodes with one name.
pub fn duplicate_name(first: &Node, second: &Node) -> Diagnostic {
    let kind =
        if first.resource_type == second.resource_type { first.resource_type.plural() } else { "resources" };
    Diagnostic::error(
        "duplicate-name",
        format!(
            "dbt found two {kind} with the name \"{}\".\n\nSince these resources have the same name,\ndbt will be unable \
             to find the correct resource\nwhen looking for ref(\"{}\").\n\nTo fix this, change the name of one of these \
             resources:\n- {} ({})\n- {} ({})",
            first.name,
            first.name,
            first.unique_id,
            first.original_file_path,
            second.unique_id,
            second.original_file_path
        ),
    )
    .at(second.span)
    .node(&*second.unique_id)
}
