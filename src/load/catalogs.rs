//! catalogs.yml: the catalogs that tables are written to, in warehouses that have several.
//! <https://docs.getdbt.com/docs/mesh/iceberg/about-catalogs>

use super::contract::Checked;
use super::render::{self, Render};
use super::{LoadRequest, read_yaml};
use crate::adapter::dialect::dialect;
use crate::diag::{Diagnostic, Sink, nearest};
use crate::source::{SourceMap, Span};
use crate::value::Map;
use crate::yaml::Yaml;

const FILE: &str = "catalogs.yml";
/// The commands that read the file.
const COMMANDS: [&str; 7] = ["build", "compile", "parse", "run", "seed", "snapshot", "test"];
const CATALOG_KEYS: [&str; 3] = ["name", "active_write_integration", "write_integrations"];
const INTEGRATION_KEYS: [&str; 7] = [
    "name",
    "catalog_type",
    "external_volume",
    "table_format",
    "catalog_name",
    "file_format",
    "adapter_properties",
];

/// Reads and checks the file, where there is one and the command reads it: for each catalog the entry of
/// its active write integration.
pub fn read(
    request: &LoadRequest,
    adapter: &str,
    render: Render,
    (sources, sink): (&SourceMap, &Sink),
) -> Checked<Map> {
    let path = request.flags.project_dir.join(FILE);
    if !COMMANDS.contains(&&*request.flags.which) || !path.is_file() {
        return Ok(Map::default());
    }
    let Some(tree) = read_yaml(&path, FILE, sources, sink)? else {
        return Err(Diagnostic::error("invalid-catalogs", format!("`{FILE}` is empty")));
    };
    let Some(list) = tree.get("catalogs") else { return Ok(Map::default()) };
    let list = render::tree(list, &mut vec![], &|_| false, render)?;
    let catalogs = list.as_list().ok_or_else(|| {
        invalid(format!("`catalogs` must be a list, but it is {}", list.type_name()), list.span)
    })?;
    let known = dialect(adapter).map(|dialect| dialect.catalog_types()).unwrap_or_default();
    let active = catalogs.iter().map(active_integration).collect::<Checked<Vec<&Yaml>>>()?;
    let mut found = Map::default();
    for (catalog, integration) in catalogs.iter().zip(active) {
        let kind = required(integration, "catalog_type", "an integration")?;
        if !known.iter().any(|known| known.eq_ignore_ascii_case(kind)) {
            let message = format!("the adapter `{adapter}` has no catalogs of the type `{kind}`");
            return Err(invalid(message, span_of(integration, "catalog_type"))
                .help(
                    "catalogs are for warehouses that keep tables in several, such as Snowflake and BigQuery",
                )
                .note(format!("Catalog type is not supported. Expected one of: {}", known.join(", "))));
        }
        let name = required(catalog, "name", "a catalog")?;
        if found.contains_key(name) {
            return Err(invalid(format!("two catalogs are called `{name}`"), span_of(catalog, "name"))
                .note(format!("Catalog already exists: {name}.")));
        }
        found.insert(name.into(), integration.to_value());
    }
    Ok(found)
}

/// The integration of a catalog that is written to.
fn active_integration(catalog: &Yaml) -> Checked<&Yaml> {
    let name = required(catalog, "name", "a catalog")?;
    no_other_keys(catalog, &CATALOG_KEYS)?;
    let integrations = catalog.get("write_integrations").and_then(Yaml::as_list).unwrap_or_default();
    let mut known: Vec<&str> = vec![];
    for integration in integrations {
        let own = required(integration, "name", "an integration")?;
        no_other_keys(integration, &INTEGRATION_KEYS)?;
        if known.contains(&own) {
            let message = format!("the catalog `{name}` has two `write_integrations` called `{own}`");
            let error = invalid(message, span_of(integration, "name")).help("rename one, or remove it");
            return Err(error.note(format!(
                "Catalog '{name}' cannot have multiple 'write_integrations' with the same name: '{own}'."
            )));
        }
        known.push(own);
    }
    let wanted = catalog.get("active_write_integration").and_then(Yaml::as_str).filter(|own| !own.is_empty());
    match (wanted, integrations) {
        (None, [only]) => Ok(only),
        (None, _) => Err(invalid(
            format!("the catalog `{name}` does not say which of its `write_integrations` it writes to"),
            catalog.span,
        )
        .help("name it as `active_write_integration`")
        .note(format!(
            "Catalog '{name}' must specify an 'active_write_integration' when multiple 'write_integrations' are provided."
        ))),
        (Some(wanted), _) => {
            let place = known.iter().position(|own| *own == wanted);
            place.and_then(|place| integrations.get(place)).ok_or_else(|| {
                let error = invalid(
                    format!("the catalog `{name}` has no integration `{wanted}`"),
                    span_of(catalog, "active_write_integration"),
                );
                let error = match nearest(wanted, known.iter().copied()) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error,
                };
                error.note(format!(
                    "Catalog '{name}' must specify an 'active_write_integration' from its set of defined \
                     'write_integrations'"
                ))
            })
        }
    }
}

/// The text under a key that must be there.
fn required<'y>(entry: &'y Yaml, key: &str, what: &str) -> Checked<&'y str> {
    let text = entry.get(key).and_then(Yaml::as_str);
    text.ok_or_else(|| invalid(format!("{what} needs a text as its `{key}`"), span_of(entry, key)))
}

fn no_other_keys(entry: &Yaml, known: &[&'static str]) -> Checked<()> {
    let entries = entry.as_map().unwrap_or_default();
    let Some(other) = entries.iter().find(|entry| !known.contains(&&*entry.key)) else { return Ok(()) };
    let error = invalid(format!("unknown key `{}`", other.key), other.key_span);
    Err(match nearest(&other.key, known.iter().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(format!("known keys: {}", known.join(", "))),
    })
}

fn span_of(entry: &Yaml, key: &str) -> Span {
    entry.get(key).map_or(entry.span, |value| value.span)
}

fn invalid(message: String, span: impl Into<Option<Span>>) -> Diagnostic {
    Diagnostic::error("invalid-catalogs", message).at(span)
}
