//! `--version`.

use crate::adapter::dialect::DIALECTS;
use crate::invocation::DBT_VERSION;

/// The answer to `--version`. Called as `dbt`, in the form that tools around dbt read.
pub fn text(program: &str) -> String {
    let own = format!("headwater {} (matches dbt {DBT_VERSION})\n", env!("CARGO_PKG_VERSION"));
    if program != "dbt" {
        return own;
    }
    let mut text = format!(
        "Core:\n  - installed: {DBT_VERSION}\n  - latest:    {DBT_VERSION} - Up to date!\n\nPlugins:\n"
    );
    for dialect in DIALECTS {
        text += &format!("  - {}: {DBT_VERSION} - Up to date!\n", dialect.type_name());
    }
    format!("{text}\n{own}\n")
}
