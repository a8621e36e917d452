"""Runs the steps of a project of tests/projects/differential through Python dbt and writes what came of them.

usage: differential.py PROJECT OUT

PROJECT is a copy that may be written to; its steps.txt has one command line a step, with variables of the
environment before it. OUT becomes JSON: exit code, listing, results and manifest of each step, the compiled
files, and the tables in the end with what was added to them.
"""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

WAREHOUSE = "warehouse.duckdb"


def words_of(line):
    """Variables and arguments of a step."""
    words = shlex.split(line)
    variables = {}
    while words and "=" in words[0] and words[0].split("=")[0].isidentifier():
        name, value = words.pop(0).split("=", 1)
        variables[name] = value
    return variables, words


def artifact(name):
    path = Path("target", name)
    if not path.exists():
        return None
    content = json.loads(path.read_text())
    path.unlink()
    return content


def run_step(line):
    from dbt.cli.main import dbtRunner

    variables, words = words_of(line)
    os.environ.update(variables)
    warnings = []

    def listen(event):
        if event.info.level == "warn":
            warnings.append(event.info.name)

    result = dbtRunner(callbacks=[listen]).invoke(words)
    for name in variables:
        del os.environ[name]
    code = 0 if result.success else 2 if result.exception else 1
    listing = result.result if words[0] in ("ls", "list") and isinstance(result.result, list) else None
    results = artifact("run_results.json")
    return {
        "step": line,
        "code": code,
        "error": str(result.exception) if result.exception else None,
        "warnings": sorted(warnings),
        "listing": listing,
        "results": results and results["results"],
        "freshness": artifact("sources.json"),
        "manifest": artifact("manifest.json"),
    }


def run_steps(out):
    lines = Path("steps.txt").read_text().splitlines()
    steps = [run_step(line) for line in lines if line and not line.startswith("#")]
    Path(out).write_text(json.dumps(steps, default=str))


def tables():
    import duckdb

    if not Path(WAREHOUSE).exists():
        return {}
    found = {}
    with duckdb.connect(WAREHOUSE, read_only=True) as connection:
        names = connection.execute(
            "select table_schema, table_name, table_type from information_schema.tables "
            "where table_catalog = 'warehouse' order by all"
        ).fetchall()
        for schema, name, kind in names:
            relation = f'"{schema}"."{name}"'
            columns = connection.execute(f"describe {relation}").fetchall()
            texts = ", ".join(f'cast("{column[0]}" as varchar)' for column in columns)
            rows = connection.execute(f"select {texts} from {relation} order by all").fetchall()
            columns = [f"{column[0]} {column[1]}" for column in columns]
            found[f"{schema}.{name}"] = {"kind": kind, "columns": columns, "rows": rows}
    return found


# Comments, constraints and indexes; tests/suite/differential.rs asks the same.
ADDITIONS = """
select schema_name || '.' || table_name, 'comment', comment from duckdb_tables()
where database_name = 'warehouse' and comment is not null
union all select schema_name || '.' || view_name, 'comment', comment from duckdb_views()
where database_name = 'warehouse' and comment is not null
union all select schema_name || '.' || table_name || '.' || column_name, 'comment', comment from duckdb_columns()
where database_name = 'warehouse' and comment is not null
union all select schema_name || '.' || table_name, 'constraint', constraint_text from duckdb_constraints()
where database_name = 'warehouse'
union all select schema_name || '.' || table_name, 'index', is_unique || ' ' || expressions from duckdb_indexes()
where database_name = 'warehouse'
order by all
"""


def additions():
    import duckdb

    if not Path(WAREHOUSE).exists():
        return []
    with duckdb.connect(WAREHOUSE, read_only=True) as connection:
        return connection.execute(ADDITIONS).fetchall()


def main(project, out):
    os.chdir(project)
    steps = Path(out).with_suffix(".steps")
    # In a process of its own, so that it lets go of the warehouse.
    subprocess.run([sys.executable, __file__, "--steps", project, str(steps)], check=True, stdout=sys.stderr)
    record = {
        "root": project,
        "steps": json.loads(steps.read_text()),
        "compiled": {
            str(path): path.read_text() for path in Path("target/compiled").rglob("*") if path.is_file()
        },
        "tables": tables(),
        "additions": additions(),
    }
    Path(out).write_text(json.dumps(record, default=str))


if __name__ == "__main__":
    if sys.argv[1] == "--steps":
        os.chdir(sys.argv[2])
        run_steps(sys.argv[3])
    else:
        main(*sys.argv[1:])
