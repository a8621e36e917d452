//! `doc`: descriptions are templates that may quote docs blocks.
//! <https://docs.getdbt.com/reference/dbt-jinja-functions/doc>

use std::sync::{Arc, LazyLock, Mutex};

use minijinja::Value as Jinja;
use minijinja::value::Value as JinjaValue;
use regex::Regex;

use super::function::Arguments;
use super::{NodeContext, YamlScope};
use crate::diag::Diagnostic;
use crate::jinja::engine::{Scope, Undefined};
use crate::jinja::errors::diagnostic;
use crate::manifest::written;
use crate::source::SourceMap;
use crate::value::Str;

/// Finds a docs block by name and package: its unique id and text.
pub type FindDoc<'a> = dyn Fn(&str, Option<&str>) -> Option<(Str, Str)> + 'a;

/// Renders a description. The blocks that `doc` may name are looked up before rendering, because
/// template functions outlive borrowed tables.
///
/// # Errors
/// Template errors, and docs blocks that do not exist.
pub fn render(
    text: &str,
    context: &Arc<NodeContext>,
    find: &FindDoc<'_>,
    sources: &SourceMap,
) -> Result<(String, Vec<Str>), Diagnostic> {
    // The first pass asks for the names, the second renders with their texts.
    let asked = Arc::new(Mutex::new(Vec::<(Option<String>, String)>::new()));
    let recorder = asked.clone();
    let record = super::function::function("doc", move |_, args| {
        recorder.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(doc_args(&args)?);
        Ok(JinjaValue::from(""))
    });
    let run = |doc: Jinja| {
        let scope: Arc<dyn Scope> = Arc::new(DocScope { doc, inner: YamlScope(context.clone()) });
        context.run.engine.render_str("description", text, scope, Undefined::Strict).map_err(|error| {
            let part = error.at.as_ref().and_then(|at| text.get(at.span.clone()));
            let place = part.and_then(|part| written::in_yaml(text, part, sources));
            let found = diagnostic(&error, sources, None);
            let place = found.span.or(place);
            found.at(place)
        })
    };
    run(record)?;
    let names = std::mem::take(&mut *asked.lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
    let mut found = vec![];
    for (package, name) in names {
        match find(&name, package.as_deref()) {
            Some((id, contents)) => found.push(((package, name), id, contents)),
            None => {
                return Err(Diagnostic::error(
                    "missing-doc",
                    match &package {
                        Some(package) => {
                            format!("Documentation for '{name}' not found in package '{package}'")
                        }
                        None => format!("Documentation for '{name}' not found"),
                    },
                )
                .data("name", name.as_str())
                .at(written::in_yaml(text, &name, sources)));
            }
        }
    }
    // dbt counts a block only where it is printed as it is.
    let bare = printed_blocks(text);
    let counts = |(_, name): &(Option<String>, String)| bare.iter().any(|call| call.contains(&**name));
    let used: Vec<Str> =
        found.iter().filter(|(names, _, _)| counts(names)).map(|(_, id, _)| id.clone()).collect();
    let answer = super::function::function("doc", move |_, args| {
        let asked = doc_args(&args)?;
        let text =
            found.iter().find(|(names, _, _)| *names == asked).map(|(_, _, contents)| contents.clone());
        Ok(JinjaValue::from(text.as_deref().unwrap_or_default()))
    });
    Ok((run(answer)?, used))
}

/// The arguments of each `{{ doc(…) }}` in a text.
fn printed_blocks(text: &str) -> Vec<&str> {
    static CALL: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\{\{[-+]?\s*doc\s*\(([^()]*)\)\s*[-+]?\}\}").ok());
    let Some(call) = &*CALL else { return vec![] };
    call.captures_iter(text).filter_map(|found| found.get(1)).map(|inner| inner.as_str()).collect()
}

fn doc_args(args: &Arguments) -> Result<(Option<String>, String), minijinja::Error> {
    match args.positional.as_slice() {
        [name] => Ok((None, name.to_string())),
        [package, name] => Ok((Some(package.to_string()), name.to_string())),
        other => Err(minijinja::Error::new(
            minijinja::ErrorKind::InvalidOperation,
            format!("doc() takes at most two arguments ({} given)", other.len()),
        )),
    }
}

struct DocScope {
    doc: Jinja,
    inner: YamlScope,
}

impl Scope for DocScope {
    fn get(&self, name: &str) -> Option<Jinja> {
        if name == "doc" { Some(self.doc.clone()) } else { self.inner.get(name) }
    }
}
