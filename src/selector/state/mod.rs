//! Selection by what an earlier run left behind: `state:`, `result:` and `source_status:`.

mod contract;
mod same;

use std::cell::RefCell;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diag::Diagnostic;
use crate::manifest::{Manifest, Node, NodeKind};
use crate::value::Str;

/// An earlier run's artifacts, as far as its folder has them.
#[derive(Debug, Default)]
pub struct PreviousState {
    pub manifest: Option<Manifest>,
    /// Unique id and status of each result.
    pub results: Option<Vec<(Str, Str)>>,
    /// sources.json of the earlier run, and the one that the target folder holds now.
    pub sources: Option<FreshnessState>,
    pub sources_current: Option<FreshnessState>,
    /// `state_modified_compare_more_unrendered_values`: compare what was written, never what it rendered to.
    pub compare_unrendered: bool,
    /// Types of constraints that the warehouse enforces.
    pub enforced_constraints: Vec<Str>,
}

/// Per source its `max_loaded_at`; none for one whose freshness query failed.
pub type FreshnessState = FxHashMap<Str, Option<Str>>;

#[derive(Clone, Copy, PartialEq)]
enum Question {
    New,
    Old,
    Modified,
    Unmodified,
    Body,
    Configs,
    PersistedDescriptions,
    Relation,
    Macros,
    Contract,
}

const QUESTIONS: [(&str, Question); 10] = [
    ("new", Question::New),
    ("old", Question::Old),
    ("modified", Question::Modified),
    ("unmodified", Question::Unmodified),
    ("modified.body", Question::Body),
    ("modified.configs", Question::Configs),
    ("modified.persisted_descriptions", Question::PersistedDescriptions),
    ("modified.relation", Question::Relation),
    ("modified.macros", Question::Macros),
    ("modified.contract", Question::Contract),
];

/// `state:…`, ready to be asked for each node.
pub struct StateCheck<'a> {
    question: Question,
    manifest: &'a Manifest,
    old: &'a Manifest,
    previous: &'a PreviousState,
    /// Macros that changed, or that call one that did.
    changed_macros: FxHashSet<&'a str>,
    /// Names of the generic tests that there are.
    tests: FxHashSet<&'a str>,
    /// Broken contracts and seeds too large to compare.
    diagnostics: RefCell<Vec<Diagnostic>>,
}

impl<'a> StateCheck<'a> {
    /// # Errors
    /// An unknown question, or no earlier manifest to compare with.
    pub fn new(
        text: &str,
        manifest: &'a Manifest,
        previous: Option<&'a PreviousState>,
    ) -> Result<StateCheck<'a>, Diagnostic> {
        let Some((previous, old)) =
            previous.and_then(|previous| Some((previous, previous.manifest.as_ref()?)))
        else {
            return Err(Diagnostic::error(
                "no-state",
                "Got a state selector method, but no comparison manifest",
            )
            .help("name the folder of an earlier run's artifacts with `--state`"));
        };
        let Some((_, question)) = QUESTIONS.iter().find(|(word, _)| *word == text) else {
            let words = QUESTIONS.map(|(word, _)| word);
            return Err(Diagnostic::error("invalid-selector", format!("Got an invalid selector \"{text}\""))
                .help(format!("`state:` takes one of {}", words.join(", "))));
        };
        let check = StateCheck {
            question: *question,
            manifest,
            old,
            previous,
            changed_macros: changed_macros(manifest, old),
            tests: manifest.macros.values().filter_map(|body| body.name.strip_prefix("test_")).collect(),
            diagnostics: RefCell::default(),
        };
        check.look_for_removed_contracts();
        Ok(check)
    }

    pub fn matches(&self, node: &Node) -> bool {
        let old = self.old.get(&node.unique_id);
        match self.question {
            Question::New => old.is_none(),
            Question::Old => old.is_some(),
            Question::Modified => self.is_modified(old, node),
            Question::Unmodified => !self.is_modified(old, node),
            Question::Body => self.differs(old, node, same::body),
            Question::Configs => self.differs(old, node, same::config),
            Question::PersistedDescriptions => self.differs(old, node, same::persisted_descriptions),
            Question::Relation => self.differs(old, node, same::relation),
            Question::Macros => self.macros_changed(node),
            Question::Contract => {
                same::has_contract(node) && old.is_none_or(|old| !self.same_contract(old, node))
            }
        }
    }

    /// Errors and warnings met on the way.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics.into_inner()
    }

    fn is_modified(&self, old: Option<&Node>, node: &Node) -> bool {
        let pair = old.map(|old| self.pair(old, node));
        let content = match (&pair, &node.kind) {
            (Some(pair), _) => {
                // A broken contract is told of whatever else has changed.
                let same_contract = self.same_contract(pair.old, node);
                !same::contents(pair) || !same_contract
            }
            // dbt takes these for unchanged when they are new.
            (
                None,
                NodeKind::Source(_)
                | NodeKind::Exposure(_)
                | NodeKind::Metric(_)
                | NodeKind::SemanticModel(_)
                | NodeKind::SavedQuery(_),
            ) => false,
            (None, _) => true,
        };
        if let Some(pair) = &pair {
            self.diagnostics.borrow_mut().extend(same::seed_warning(pair));
        }
        content || self.macros_changed(node)
    }

    fn differs(&self, old: Option<&Node>, node: &Node, same: fn(&same::Pair) -> Option<bool>) -> bool {
        match old {
            Some(old) => same(&self.pair(old, node)) == Some(false),
            None => same(&self.pair(node, node)).is_some(),
        }
    }

    fn pair<'n>(&'n self, old: &'n Node, new: &'n Node) -> same::Pair<'n> {
        same::Pair {
            old,
            new,
            old_manifest: self.old,
            new_manifest: self.manifest,
            compare_unrendered: self.previous.compare_unrendered,
        }
    }

    fn macros_changed(&self, node: &Node) -> bool {
        if !self.changed_macros.is_empty()
            && node.generic_test().is_some_and(|test| !self.tests.contains(&*test.test_name))
        {
            let (name, file) = (&node.name, &node.original_file_path);
            let message = format!("Node '{name}' (in {file}) depends on a macro or test that does not exist");
            let help = "it was removed or has another name now; packages are installed by `deps`";
            let problem = Diagnostic::error("unknown-macro", message).at(node.span).help(help);
            self.diagnostics.borrow_mut().push(problem);
        }
        !self.changed_macros.is_empty()
            && node.depends_on.macros.iter().any(|unique_id| self.changed_macros.contains(&**unique_id))
    }

    fn same_contract(&self, old: &Node, new: &Node) -> bool {
        let change = contract::compare(old, new, &self.previous.enforced_constraints);
        self.diagnostics.borrow_mut().extend(change.diagnostic);
        change.same
    }

    /// A contracted model that is gone breaks its contract, though it cannot be selected any more.
    fn look_for_removed_contracts(&self) {
        if !matches!(self.question, Question::Modified | Question::Unmodified | Question::Contract) {
            return;
        }
        for (_, old) in self.old.iter() {
            if self.manifest.id_of(&old.unique_id).is_some() {
                continue;
            }
            let disabled = self.manifest.disabled.iter().find(|node| node.unique_id == old.unique_id);
            self.diagnostics.borrow_mut().extend(contract::removed(disabled.unwrap_or(old)));
        }
    }
}

/// Macros whose text differs, that are new or gone, and all that call one of these.
fn changed_macros<'a>(new: &'a Manifest, old: &'a Manifest) -> FxHashSet<&'a str> {
    let changed = new
        .macros
        .iter()
        .filter(|(id, body)| old.macros.get(*id).is_none_or(|old| old.macro_sql != body.macro_sql))
        .map(|(id, _)| &**id);
    let gone = old.macros.keys().filter(|id| !new.macros.contains_key(*id)).map(|id| &**id);
    let mut reached: FxHashSet<&str> = changed.chain(gone).collect();
    if reached.is_empty() {
        return reached;
    }
    let mut callers: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
    for (id, body) in &new.macros {
        for callee in &body.depends_on {
            callers.entry(callee).or_default().push(id);
        }
    }
    let mut frontier: Vec<&str> = reached.iter().copied().collect();
    while let Some(id) = frontier.pop() {
        for caller in callers.get(id).into_iter().flatten() {
            if reached.insert(caller) {
                frontier.push(caller);
            }
        }
    }
    reached
}

/// Unique ids whose earlier result has the status.
///
/// # Errors
/// No earlier results.
pub fn with_result(previous: Option<&PreviousState>, status: &str) -> Result<FxHashSet<Str>, Diagnostic> {
    let results = previous.and_then(|previous| previous.results.as_ref()).ok_or_else(|| {
        Diagnostic::error("no-state", "No comparison run_results")
            .help("name the folder that holds an earlier run's run_results.json with `--state`")
    })?;
    Ok(results.iter().filter(|(_, own)| **own == *status).map(|(unique_id, _)| unique_id.clone()).collect())
}

/// Sources that are `fresher` now than they were.
///
/// # Errors
/// A freshness result that is missing on either side.
pub fn with_source_status(
    previous: Option<&PreviousState>,
    status: &str,
) -> Result<FxHashSet<Str>, Diagnostic> {
    let missing = |which: &str| {
        Diagnostic::error(
            "no-state",
            format!("No {which} state comparison freshness results in sources.json"),
        )
        .help("run `source freshness` first, and name the folder of the earlier one with `--state`")
    };
    let before =
        previous.and_then(|previous| previous.sources.as_ref()).ok_or_else(|| missing("previous"))?;
    let now =
        previous.and_then(|previous| previous.sources_current.as_ref()).ok_or_else(|| missing("current"))?;
    if status != "fresher" {
        return Ok(FxHashSet::default());
    }
    // ISO times of one zone compare as text.
    let fresher = |(unique_id, loaded): &(&Str, &Option<Str>)| match (loaded, before.get(*unique_id)) {
        (None, _) => false,
        (Some(loaded), Some(Some(earlier))) => loaded > earlier,
        (Some(_), Some(None) | None) => true,
    };
    Ok(now.iter().filter(fresher).map(|(unique_id, _)| unique_id.clone()).collect())
}
