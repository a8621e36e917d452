//! Names that need no node: `target`, `log`, `tojson`, `flags`, `context`, `builtins`, …

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, Value as Jinja};
use minijinja::{Error, ErrorKind};
use rustc_hash::FxHashSet;

use super::function::function;
use super::{Message, NodeContext, NodeScope, Phase};
use crate::jinja::engine::{self, Scope, list};
use crate::jinja::errors::nested;
use crate::value::{Map, Value};

/// The dbt release that this build matches; packages check it with `require-dbt-version`.
pub const DBT_VERSION: &str = "1.11.16";

/// Names whose values differ from one invocation to the next.
const FLEETING: [&str; 6] =
    ["invocation_id", "run_started_at", "flags", "invocation_args_dict", "dbt_metadata_envs", "thread_id"];

pub fn get(context: &Arc<NodeContext>, name: &str) -> Option<Jinja> {
    let run = &context.run;
    let own = context.clone();
    if FLEETING.contains(&name) {
        run.observed.fleeting();
    }
    Some(match name {
        "target" | "env" => run.target.clone(),
        "execute" => Jinja::from(context.phase == Phase::Execute),
        "dbt_version" => Jinja::from(DBT_VERSION),
        "project_name" => Jinja::from(&*run.project.root().config.name),
        "invocation_id" => Jinja::from(&*run.invocation_id),
        "run_started_at" => engine::to_jinja(&Value::DateTimeTz(run.run_started_at.fixed_offset())),
        "flags" => engine::to_jinja(&Value::Map(run.flags.clone())),
        "invocation_args_dict" => engine::to_jinja(&Value::Map(run.invocation_args.clone())),
        "dbt_metadata_envs" => {
            let envs: Map = run
                .env
                .iter()
                .filter_map(|(key, value)| Some((key.strip_prefix("DBT_ENV_CUSTOM_ENV_")?, value)))
                .map(|(key, value)| (key.into(), Value::from(value)))
                .collect();
            engine::to_jinja(&Value::Map(envs))
        }
        "selected_resources" => engine::to_jinja(&Value::List(vec![])),
        "thread_id" => Jinja::from(crate::event::thread_name()),
        "log" => function("log", move |_, args| {
            let text = args.required("log", 0, "msg")?.to_string();
            let info = args.flag(1, "info");
            (own.run.messages)(Message::Log { text, info, node: own.node.unique_id.clone() });
            Ok(Jinja::from(""))
        }),
        "print" => function("print", move |_, args| {
            let text = args.required("print", 0, "msg")?.to_string();
            (own.run.messages)(Message::Print { text, node: own.node.unique_id.clone() });
            Ok(Jinja::from(""))
        }),
        "render" => function("render", move |_, args| {
            let text = args.required("render", 0, "string")?.to_string();
            Ok(Jinja::from(
                own.run
                    .engine
                    .render_str("render", &text, NodeScope::shared(&own), engine::Undefined::Strict)
                    .map_err(nested)?,
            ))
        }),
        "context" => Jinja::from_object(ContextMap { context: own, builtins: false }),
        "builtins" => Jinja::from_object(ContextMap { context: own, builtins: true }),
        // Nothing has run while the project is parsed.
        "load_result" => function("load_result", |_, _| Ok(Jinja::from(()))),
        "store_result" | "store_raw_result" => function("store_result", |_, _| Ok(Jinja::from(""))),
        "sql" | "compiled_code" | "load_agate_table" | "submit_python_job" => {
            function("sql", |_, _| Ok(Jinja::from("")))
        }
        "adapter_macro" => function("adapter_macro", |_, args| {
            let name = args.required("adapter_macro", 0, "name")?;
            Err(super::exceptions::raised(format!(
                "The \"adapter_macro\" macro has been deprecated. Use `adapter.dispatch` to find the macro and call \
                 what it returns. adapter_macro was called for: {name}"
            )))
        }),
        "validation" => Jinja::from_object(Validation),
        "write" => function("write", |_, _| Ok(Jinja::from(""))),
        "try_or_compiler_error" => function("try_or_compiler_error", |state, args| {
            let message = args.required("try_or_compiler_error", 0, "message_if_exception")?.to_string();
            let callee = args.required("try_or_compiler_error", 1, "func")?.clone();
            let rest: Vec<Jinja> = args.positional.iter().skip(2).cloned().collect();
            callee.call(state, &rest).map_err(|_| super::exceptions::raised(message))
        }),
        "adapter" => super::parse_adapter::value(context),
        "api" => engine::dict([
            (
                "Relation",
                Jinja::from_object(super::relation::RelationClass {
                    dialect: run.dialect,
                    quoting: run.quoting(),
                }),
            ),
            ("Column", Jinja::from_object(super::column::ColumnClass(run.dialect))),
        ]),
        "column" => Jinja::from_object(super::column::ColumnClass(run.dialect)),
        _ => return free_of_nodes(name),
    })
}

/// The names that need neither node nor project: settings files have them too.
pub fn free_of_nodes(name: &str) -> Option<Jinja> {
    Some(match name {
        "local_md5" => function("local_md5", |_, args| {
            use md5::{Digest, Md5};
            let text = args.required("local_md5", 0, "value")?.to_string();
            Ok(Jinja::from(crate::value::hex(&Md5::digest(text.as_bytes()))))
        }),
        "modules" => engine::modules(),
        "fromyaml" => function("fromyaml", |_, args| {
            let text = args.required("fromyaml", 0, "value")?.to_string();
            match crate::yaml::parse(&text, crate::source::FileId(u32::MAX)) {
                Ok((Some(tree), _)) => Ok(engine::to_jinja(&tree.to_value())),
                Ok((None, _)) => Ok(Jinja::from(())),
                Err(_) => Ok(args.get(1, "default").cloned().unwrap_or_else(|| Jinja::from(()))),
            }
        }),
        "toyaml" => function("toyaml", |_, args| {
            let value = engine::from_jinja(args.required("toyaml", 0, "value")?);
            let yaml = value.ok().map(|value| crate::yaml::dump(&value, args.flag(2, "sort_keys")));
            let default = || args.get(1, "default").cloned().unwrap_or_else(|| Jinja::from(()));
            Ok(yaml.map_or_else(default, Jinja::from))
        }),
        _ => return engine::function(name),
    })
}

/// `validation.any[…]`, which macros pass to `config.require`; what it checks is theirs to say.
#[derive(Debug)]
struct Validation;

impl Object for Validation {
    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        let _ = key;
        Some(Jinja::from_object(Validation))
    }

    fn call(self: &Arc<Self>, _: &mut minijinja::State<'_, '_>, _: &[Jinja]) -> Result<Jinja, Error> {
        Ok(Jinja::from(()))
    }
}

/// `context` and `builtins`: the names of the context, read as those of a dict.
struct ContextMap {
    context: Arc<NodeContext>,
    builtins: bool,
}

impl ContextMap {
    fn find(&self, name: &str) -> Option<Jinja> {
        if self.builtins {
            super::builtin(&self.context, name)
        } else {
            NodeScope(self.context.clone()).get(name)
        }
    }

    /// dbt's own names, then macros and packages in order of their names.
    fn names(&self) -> Vec<String> {
        let own = super::NAMES.iter().map(ToString::to_string);
        let mut names: Vec<String> = own.filter(|name| self.find(name).is_some()).collect();
        if !self.builtins {
            let known: FxHashSet<String> = names.iter().cloned().collect();
            let mut macros = NodeScope(self.context.clone()).names();
            macros.retain(|name| !known.contains(name) && self.find(name).is_some());
            macros.sort_unstable();
            macros.dedup();
            names.append(&mut macros);
        }
        names
    }
}

impl fmt::Debug for ContextMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.builtins { "<builtins>" } else { "<context>" })
    }
}

impl Object for ContextMap {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        self.find(key.as_str()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.names().into_iter().map(Jinja::from).collect())
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut minijinja::State<'_, '_>,
        method: &str,
        args: &[Jinja],
    ) -> Result<Jinja, Error> {
        let value = |name: &str| self.find(name).unwrap_or_default();
        match method {
            "get" => {}
            "keys" => return Ok(list(self.names().into_iter().map(Jinja::from).collect())),
            "values" => return Ok(list(self.names().iter().map(|name| value(name)).collect())),
            "items" => {
                let pair = |name: String| engine::tuple(vec![Jinja::from(&*name), value(&name)]);
                return Ok(list(self.names().into_iter().map(pair).collect()));
            }
            _ => return Err(Error::from(ErrorKind::UnknownMethod)),
        }
        let args = super::function::Arguments::from_values(args)?;
        let name = args.required("get", 0, "key")?;
        let found = name.as_str().and_then(|name| self.find(name));
        Ok(found.or_else(|| args.get(1, "default").cloned()).unwrap_or_else(|| Jinja::from(())))
    }
}
