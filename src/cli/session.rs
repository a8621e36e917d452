//! What a command works with.

use std::path::Path;
use std::sync::Arc;

use super::resolve::Surroundings;
use crate::diag::Sink;
use crate::event::{Event, EventKind, Level};
use crate::flags::Flags;
use crate::invocation::Invocation;
use crate::jinja::context::{Message, Messages};
use crate::load::LoadRequest;
use crate::report::log::{Reporter, Told};
use crate::source::SourceMap;

/// One invocation of a command.
pub struct Session<'a> {
    pub flags: Flags,
    pub surroundings: Surroundings,
    pub invocation: Arc<Invocation>,
    pub sources: &'a SourceMap,
    pub sink: &'a Sink,
    pub reporter: Arc<Reporter>,
}

impl Session<'_> {
    pub fn load_request(&self) -> LoadRequest<'_> {
        LoadRequest {
            flags: &self.flags,
            env: &self.surroundings.env,
            invocation: &self.invocation,
            messages: self.template_messages(),
        }
    }

    /// Tells that something happened.
    pub fn emit(&self, event: Event) {
        self.reporter.emit(&event);
    }

    /// A line of talk, under dbt's name for its event.
    pub fn say(&self, event: &'static str, text: impl Into<String>) {
        self.emit(Event::message(event, text));
    }

    /// Tells that an artifact was written, under dbt's name of its kind.
    pub fn wrote(&self, kind: &'static str, path: &Path) {
        let shown = path.display().to_string();
        let event = Event::message("ArtifactWritten", format!("Wrote artifact {kind} to {shown}"));
        self.emit(event.data("artifact_type", kind).data("artifact_path", shown.as_str()));
    }

    /// Shows what the stages have found so far; tells whether an error is among it.
    pub fn report(&self) -> bool {
        self.reporter.report(self.sink.drain())
    }

    /// Where templates send what they have to say.
    pub fn template_messages(&self) -> Messages {
        let reporter = self.reporter.clone();
        let prints = self.flags.log.print;
        Arc::new(move |message| {
            let (node, event) = match message {
                Message::Print { .. } if !prints => return,
                Message::Print { text, .. } => (None, Event::print(text)),
                Message::Log { text: msg, info: true, node } => {
                    (Some(node), Event::new(EventKind::JinjaLogInfo { msg }))
                }
                Message::Log { text: msg, node, .. } => {
                    (Some(node), Event::new(EventKind::JinjaLogDebug { msg }).level(Level::Debug))
                }
                Message::Warn { text: msg, node } => {
                    (Some(node), Event::new(EventKind::JinjaLogWarning { msg }))
                }
            };
            reporter.tell(Told { node, event });
        })
    }
}
