//! What a command works with.

use std::io::Write;
use std::sync::Arc;

use super::resolve::Surroundings;
use crate::diag::Sink;
use crate::event::{Event, EventKind, Level};
use crate::flags::Flags;
use crate::invocation::Invocation;
use crate::load::LoadRequest;
use crate::source::SourceMap;

/// One invocation of a command.
pub struct Session<'a> {
    pub flags: Flags,
    pub surroundings: Surroundings,
    pub invocation: Arc<Invocation>,
    pub sources: &'a SourceMap,
    pub sink: &'a Sink,
}

impl Session<'_> {
    pub fn load_request(&self) -> LoadRequest<'_> {
        LoadRequest { flags: &self.flags, env: &self.surroundings.env, invocation: &self.invocation }
    }

    /// Tells that something happened.
    pub fn emit(&self, event: Event) {
        let level = if self.flags.log.debug { Level::Debug } else { Level::Info };
        if event.level < level || (self.flags.log.quiet && event.level < Level::Error) {
            return;
        }
        if let EventKind::Message(message) = &event.kind {
            let mut stderr = std::io::stderr().lock();
            // Nobody is left to tell when stderr is closed.
            let _ = writeln!(stderr, "{}  {}", event.at.format("%H:%M:%S"), message.text);
        }
    }

    /// A line of talk, under dbt's name for its event.
    pub fn say(&self, event: &'static str, text: impl Into<String>) {
        self.emit(Event::message(event, text));
    }
}
