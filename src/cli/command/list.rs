//! `list`: the resources of the project, one a line.
//!
//! <https://docs.getdbt.com/reference/commands/list>

use std::io::Write;

use super::artifacts::write_manifest;
use super::project::{open, request, select_request};
use super::{Exit, Outcome};
use crate::cli::parse::usage;
use crate::cli::session::Session;
use crate::event::{CompiledNodes, Event, EventKind};
use crate::manifest::NodeId;
use crate::report::listing::{ListingForm, listing};
use crate::report::summary::found_line;
use crate::selector;

pub fn run(session: &Session) -> Outcome {
    let flags = &session.flags.selection;
    let mut wanted = request(session);
    if !flags.models.is_empty() {
        if !flags.select.is_empty() {
            return Err(usage("`--models` and `--select` exclude each other")
                .note("\"models\" and \"select\" are mutually exclusive arguments"));
        }
        if !flags.resource_types.is_empty() {
            return Err(usage("`--models` and `--resource-type` exclude each other")
                .note("\"models\" and \"resource_type\" are mutually exclusive arguments"));
        }
        wanted.resource_types = vec!["model".into()];
    }
    let Some(opened) = open(session)? else { return Ok(Exit::Stopped) };
    write_manifest(session, &opened, &CompiledNodes::default())?;
    session.emit(Event::new(EventKind::FoundStats { stat_line: found_line(&opened.graph.manifest) }));
    let selected = select_request(session, &opened, selector::Command::List, &wanted)?;
    let output = &session.flags.output;
    let form = ListingForm::parse(&output.format).unwrap_or(ListingForm::Selector);
    let ids: Vec<NodeId> = selected.iter().collect();
    let lines = listing(&opened.graph, &ids, form, &output.keys);
    if &*session.flags.log.format == "json" {
        lines.into_iter().for_each(|line| session.emit(Event::print(line)));
        return Ok(Exit::Fine);
    }
    let mut text = lines.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    // A closed pipe is no reason to fail.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(Exit::Fine)
}
