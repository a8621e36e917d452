//! Renders the templates of project files, profiles.yml and packages.yml.

use std::sync::Arc;

use super::LoadRequest;
use super::render::Text;
use crate::diag::Diagnostic;
use crate::jinja::engine::{Engine, JinjaError, Undefined, from_jinja, is_undefined};
use crate::jinja::settings::{Settings, Target, reveal_value};
use crate::project::Profile;
use crate::source::Span;
use crate::value::{Map, Value};

/// Renders with what an invocation knows.
pub struct Templates<'a> {
    engine: Engine,
    request: LoadRequest<'a>,
}

impl<'a> Templates<'a> {
    pub fn new(request: &LoadRequest<'a>) -> Templates<'a> {
        Templates { engine: Engine::new(), request: request.clone() }
    }

    /// A text of the project file. Without a profile every key of `target` is empty.
    pub fn project(&self, text: &Text, profile: Option<&Profile>) -> Result<Value, Diagnostic> {
        self.render(text, self.settings(profile, self.request.flags.vars.clone()))
    }

    /// A text of a package's project file: packages do not see `--vars`.
    pub fn package(&self, text: &Text, profile: Option<&Profile>) -> Result<Value, Diagnostic> {
        self.render(text, self.settings(profile, Map::default()))
    }

    /// A text of profiles.yml or packages.yml, which may read secrets.
    pub fn secret(&self, text: &Text) -> Result<Value, Diagnostic> {
        let mut settings = self.settings(None, self.request.flags.vars.clone());
        settings.target = Target::None;
        settings.secrets = true;
        match self.render(text, settings) {
            Ok(value) => Ok(reveal_value(value, self.request.env)),
            // Passwords may hold braces by chance.
            Err(_) if text.path.iter().any(|key| &**key == "password") => Ok(Value::str(text.text)),
            Err(error) => Err(error),
        }
    }

    fn settings(&self, profile: Option<&Profile>, vars: Map) -> Settings {
        Settings {
            env: self.request.env.clone(),
            invocation: self.request.invocation.clone(),
            vars,
            require_vars: &*self.request.flags.which != "deps",
            target: profile.map_or(Target::Blank, |profile| Target::Known(profile.target.clone())),
            flags: self.request.flags.template.clone(),
            secrets: false,
            messages: self.request.messages.clone(),
        }
    }

    fn render(&self, text: &Text, settings: Settings) -> Result<Value, Diagnostic> {
        self.engine
            .render_native("<settings>", text.text, Arc::new(settings), Undefined::Strict)
            // An undefined name is empty text, as where it is printed.
            .and_then(|value| if is_undefined(&value) { Ok(Value::str("")) } else { from_jinja(&value) })
            .map_err(|error| failed(&error, text))
    }
}

fn failed(error: &JinjaError, text: &Text) -> Diagnostic {
    let span = error.at.as_ref().and_then(|at| within(text, at.span.start, at.span.end)).unwrap_or(text.span);
    let (first, rest) = error.message.split_once('\n').unwrap_or((&error.message, ""));
    let diagnostic = Diagnostic::error("template", first.trim_end_matches(':').to_string())
        .at(span)
        .note(format!("Could not render {}: {first}", text.text.trim()));
    if rest.is_empty() { diagnostic } else { diagnostic.note(rest) }
}

/// The place of a part of the text, when the text stands in the file as it is, in quotes or not.
fn within(text: &Text, start: usize, end: usize) -> Option<Span> {
    let quotes = ((text.span.end - text.span.start) as usize).checked_sub(text.text.len())?;
    let base = text.span.start as usize
        + match quotes {
            0 => 0,
            2 => 1,
            _ => return None,
        };
    Some(Span::new(text.span.file, base + start, base + end))
}
