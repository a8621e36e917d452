"""Records what dbt's own Jinja makes of the templates in tests/cases/jinja/*.case.

    python tests/oracles/jinja_cases.py [FILE …]

Run with the interpreter of an environment that has dbt-core 1.11. A case is a template of one or
more lines, then a line with its outcome: `=> ` and the text as JSON (in native cases: the repr of
the value), or `=! ` and the error. Lines that start with `@` before a template set how it is
rendered: `@jinja` (plain Jinja2, where macros of a template keep their names), `@lenient` (dbt's
parse phase), `@native` (dbt's YAML). `@macros` starts a file of macros for the cases that follow.
Lines that start with `#!` are remarks.
"""

import json
import pathlib
import sys
import types

import jinja2.nodes
import jinja2.sandbox
from dbt import deprecations
from dbt.clients.jinja import MacroGenerator, MacroStack
from dbt.context.base import BaseContext, get_context_modules
from dbt_common.clients.jinja import extract_toplevel_blocks, get_environment, parse

HERE = pathlib.Path(__file__).resolve().parent
CASES = HERE.parent / "cases" / "jinja"

deprecations.warn = lambda *args, **kwargs: None


def functions():
    names = ["set", "set_strict", "zip", "zip_strict", "tojson", "fromjson", "toyaml", "fromyaml", "return"]
    names.append("diff_of_two_dicts")
    members = BaseContext._context_members_
    found = {name: members[name].__func__ for name in names}
    found["modules"] = get_context_modules()
    return found


def context(macros):
    scope = json.loads((CASES / "context.json").read_text())
    scope.update(functions())
    scope["context"] = scope
    stack = MacroStack()
    package = {}
    for block in extract_toplevel_blocks(
        macros, allowed_blocks={"macro", "materialization", "test", "data_test"}, collect_raw_data=False
    ):
        found = parse(block.full_block).find(jinja2.nodes.Macro)
        name = found.name.replace("dbt_macro__", "")
        macro = types.SimpleNamespace(name=name, macro_sql=block.full_block, unique_id=f"macro.pkg.{name}")
        package[name] = MacroGenerator(macro, scope, None, stack)
    scope.update(package)
    scope["pkg"] = package
    return scope


def outcome(template, flags, macros):
    scope = context(macros)
    native = "native" in flags
    if "jinja" in flags:
        env = jinja2.sandbox.SandboxedEnvironment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"])
    else:
        env = get_environment(None, capture_macros="lenient" in flags, native=native)
    try:
        made = env.from_string(template, globals=scope).render(scope)
        return "=> " + json.dumps(repr(made) if native else made, ensure_ascii=False)
    except Exception as error:
        while hasattr(error, "exc"):
            error = error.exc
        message = getattr(error, "message", None) or getattr(error, "msg", None) or str(error)
        # Macros are named in messages as their authors named them.
        message = message.replace("dbt_macro__", "").replace("sequence item 1:", "sequence item 0:")
        return "=! " + json.dumps(f"{type(error).__name__}: {message}", ensure_ascii=False)


def record(path):
    lines, template, flags, macros, in_macros = [], [], set(), "", False
    for line in path.read_text().split("\n"):
        if line.startswith("#!") or (not line and not template):
            lines.append(line)
        elif line.startswith("@macros"):
            lines.append(line)
            macros, in_macros = "", True
        elif line.startswith("@end"):
            lines.append(line)
            in_macros = False
        elif in_macros:
            lines.append(line)
            macros += line + "\n"
        elif line.startswith("@") and not template:
            lines.append(line)
            flags.update(line[1:].split())
        elif line.startswith(("=> ", "=! ", "=?")):
            lines += template
            lines.append(outcome("\n".join(template), flags, macros))
            template, flags = [], set()
        else:
            template.append(line)
    if template:
        sys.exit(f"{path}: the last case has no outcome; write `=?` to have it recorded")
    path.write_text("\n".join(lines))


for name in sys.argv[1:] or sorted(CASES.glob("*.case")):
    record(pathlib.Path(name))
