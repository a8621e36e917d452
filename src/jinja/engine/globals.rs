//! The names every template knows: Jinja2's globals and dbt's `return`.

use std::sync::{Arc, LazyLock, Mutex};

use minijinja::Value;
use rustc_hash::FxHashMap;

use super::error::{ErrorKind, R, Raise};
use super::methods::{Method, dict_entries};
use super::run::Args;
use super::run::args::{bool_or, int, int_or};
use super::value::callable::NativeFn;
use super::value::namespace::{Cycler, Joiner, Namespace};
use super::value::range::PyRange;
use super::value::{PyDict, none};

static GLOBALS: LazyLock<FxHashMap<&'static str, Value>> = LazyLock::new(|| {
    let functions = [
        NativeFn { name: "range", call: |_, args| range(args) },
        NativeFn { name: "dict", call: |_, args| dict_entries(args, "dict").map(PyDict::value) },
        NativeFn { name: "namespace", call: |_, args| namespace(args) },
        NativeFn { name: "cycler", call: |_, args| cycler(args) },
        NativeFn { name: "joiner", call: |_, args| joiner(args) },
        NativeFn { name: "lipsum", call: |_, args| lipsum(args) },
        NativeFn {
            name: "return",
            call: |_, args| {
                let [data] = args.bind("BaseContext._return", ["data"], 1)?;
                Err(Raise::returning(data.unwrap_or_else(none)))
            },
        },
    ];
    functions.into_iter().map(|function| (function.name, Value::from_object(function))).collect()
});

/// The names that [`get`] knows.
pub(crate) const NAMES: [&str; 7] = ["range", "dict", "namespace", "cycler", "joiner", "lipsum", "return"];

pub(crate) fn get(name: &str) -> Option<Value> {
    GLOBALS.get(name).cloned()
}

/// Longest range that the sandbox gives.
const MAX_RANGE: usize = 100_000;

fn range(args: Args) -> R<Value> {
    let values = args.positional("range")?;
    let numbers: Vec<i128> = values.iter().map(int).collect::<R<_>>()?;
    let (start, stop, step) = match numbers.as_slice() {
        [stop] => (0, *stop, 1),
        [start, stop] => (*start, *stop, 1),
        [start, stop, step] => (*start, *stop, *step),
        [] => return Err(Raise::type_error("range expected at least 1 argument, got 0")),
        more => {
            return Err(Raise::type_error(format!("range expected at most 3 arguments, got {}", more.len())));
        }
    };
    if step == 0 {
        return Err(Raise::value_error("range() arg 3 must not be zero"));
    }
    let range = PyRange { start, stop, step };
    if range.len() > MAX_RANGE {
        return Err(Raise::new(
            ErrorKind::Overflow,
            format!("Range too big. The sandbox blocks ranges larger than MAX_RANGE ({MAX_RANGE})."),
        ));
    }
    Ok(Value::from_object(range))
}

fn namespace(args: Args) -> R<Value> {
    let attrs = Arc::new(PyDict::new(dict_entries(args, "dict")?));
    Ok(Value::from_object(Namespace { attrs }))
}

fn cycler(args: Args) -> R<Value> {
    let items = args.positional("Cycler.__init__")?;
    if items.is_empty() {
        return Err(Raise::runtime("at least one item has to be provided"));
    }
    Ok(Value::from_object(Cycler { items, at: Mutex::new(0) }))
}

fn joiner(args: Args) -> R<Value> {
    let [sep] = args.bind("Joiner.__init__", ["sep"], 0)?;
    let sep = sep.unwrap_or_else(|| Value::from(", "));
    Ok(Value::from_object(Joiner { sep, used: Mutex::new(false) }))
}

/// Methods of a `cycler`.
pub(crate) fn cycler_method(name: &str) -> Option<Method> {
    fn of(value: &Value) -> Option<&Cycler> {
        value.downcast_object_ref::<Cycler>()
    }
    match name {
        "next" => Some(|_, receiver, args| {
            args.none("next")?;
            Ok(of(receiver).and_then(Cycler::next).unwrap_or_else(none))
        }),
        "reset" => Some(|_, receiver, args| {
            args.none("reset")?;
            if let Some(cycler) = of(receiver) {
                cycler.reset();
            }
            Ok(none())
        }),
        _ => None,
    }
}

const WORDS: [&str; 12] = [
    "lorem",
    "ipsum",
    "dolor",
    "sit",
    "amet",
    "consectetuer",
    "adipiscing",
    "elit",
    "sed",
    "diam",
    "nonummy",
    "nibh",
];

/// Filler text. Jinja2's is random, so only its shape is kept.
fn lipsum(args: Args) -> R<Value> {
    let [paragraphs, html, shortest, longest] =
        args.bind("generate_lorem_ipsum", ["n", "html", "min", "max"], 0)?;
    let paragraphs = int_or(paragraphs, 5)?.clamp(0, 1_000);
    let html = bool_or(html, true);
    let (shortest, longest) = (int_or(shortest, 20)?, int_or(longest, 100)?);
    let length = usize::try_from(i128::midpoint(shortest, longest).clamp(1, 10_000)).unwrap_or(1);
    let mut out = vec![];
    for number in 0..paragraphs {
        let words: Vec<&str> =
            (0..length).map(|at| WORDS[(at * 7 + number as usize) % WORDS.len()]).collect();
        let text = super::methods::capitalize(&words.join(" ")) + ".";
        out.push(if html { format!("<p>{text}</p>") } else { text });
    }
    Ok(Value::from(out.join(if html { "\n" } else { "\n\n" })))
}
