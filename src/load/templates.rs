//! Renders the templates of project files and profiles.

use super::LoadRequest;
use crate::diag::Diagnostic;
use crate::project::Profile;
use crate::source::Span;
use crate::value::Value;

/// What templates in settings may use.
pub struct Templates;

impl Templates {
    pub fn new(_: &LoadRequest) -> Templates {
        Templates
    }

    /// A text of the project file; `profile` is what `target` shows.
    pub fn project(&self, text: &str, span: Span, _profile: Option<&Profile>) -> Result<Value, Diagnostic> {
        Err(Diagnostic::error("template", format!("templates in settings are not rendered yet: `{text}`"))
            .at(span))
    }

    /// A text of a package's project file.
    pub fn package(&self, text: &str, span: Span, profile: Option<&Profile>) -> Result<Value, Diagnostic> {
        self.project(text, span, profile)
    }

    /// A text of profiles.yml or packages.yml, which may read secrets.
    pub fn secret(&self, text: &str, span: Span) -> Result<Value, Diagnostic> {
        self.project(text, span, None)
    }
}
