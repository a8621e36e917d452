//! SQL from the command line (`--inline`) as a node of the root project.

use super::nodes::{checksum, fqn_prefix};
use super::{Parser, RawNode};
use crate::jinja::context::Capture;
use crate::manifest::{Language, ResourceType};
use crate::source::Span;

/// dbt's name of the node.
pub const INLINE: &str = "inline_query";

/// dbt's name of the file that SQL without a file comes from; its compiled text lies below it.
const NOWHERE: &str = "from remote system.sql";

impl Parser<'_> {
    /// The node of `--inline`; none when the option is not given. Its mistakes go to the sink.
    pub fn inline_query(&self) -> Option<RawNode> {
        let text = self.flags.output.inline.as_deref()?.trim();
        let package = self.project.root();
        let name = &package.config.name;
        let path = format!("sql/{INLINE}");
        let mut fqn = fqn_prefix(name, &path);
        fqn.push(INLINE.into());
        let file = self.sources.add("--inline", text);
        let mut raw = RawNode {
            package: package.clone(),
            resource_type: ResourceType::SqlOperation,
            unique_id: format!("sql_operation.{name}.{INLINE}").into(),
            name: INLINE.into(),
            path: path.into(),
            original_file_path: NOWHERE.into(),
            fqn,
            raw_code: text.into(),
            language: Language::Sql,
            checksum: checksum(text),
            tags: vec![],
            capture: Capture::default(),
            operation: None,
            span: Some(Span::new(file, 0, 0)),
        };
        match self.capture_code(&raw) {
            Ok(capture) => {
                raw.capture = capture;
                Some(raw)
            }
            Err(problem) => {
                self.sink.push(problem.event("ParseInlineNodeError"));
                None
            }
        }
    }
}
