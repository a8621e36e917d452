"""Runs a Python model, or a plugin of dbt-duckdb's that loads or stores a table, for Headwater: takes the job as JSON from its input, and
writes what came of it to a file.

What a model may ask for lies in a database of its own, under the names that it has in the warehouse. The tables that
were made there are named in the answer.
"""

import importlib.util
import json
import sys
import traceback

TABLES = "select database_name, schema_name, table_name, temporary from duckdb_tables()"


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def open_database(duckdb, job):
    connection = duckdb.connect(job["database"])
    for name, path in job["attached"]:
        path = path.replace("'", "''")
        connection.execute(f"attach '{path}' as {quoted(name)}")
    for sql in job["settings"]:
        try:
            connection.execute(sql)
        except duckdb.Error:
            # Another version may lack a setting or an extension; a model that needs it fails by itself.
            pass
    return connection


def load(job):
    spec = importlib.util.spec_from_file_location(job["name"], job["work"]["code"])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_model(duckdb, job, connection):
    """Builds the table; gives the names of all tables that are new, and whether they are temporary."""
    before = set(connection.execute(TABLES).fetchall())
    module = load(job)
    frame = module.model(module.dbtObj(lambda name: connection.query(f"select * from {name}")), connection)
    # A relation belongs to its connection, and may read temporary tables. Others are read in batches while the
    # table is written, which takes a second connection.
    writer = connection if isinstance(frame, duckdb.DuckDBPyRelation) else connection.cursor()
    of_the_model = {table for table in writer.execute(TABLES).fetchall() if table[3]}
    module.materialize(frame, writer)
    made = set(writer.execute(TABLES).fetchall()) - before - of_the_model
    found = []
    for database, schema, name, temporary in sorted(made):
        if temporary:
            database, schema = job["default"], "main"
            place = f"{quoted(database)}.main.{quoted(name)}"
            writer.execute(f"create table {place} as select * from temp.main.{quoted(name)}")
        found.append([database, schema, name, temporary])
    return found


def plugin_of(work):
    from dbt.adapters.duckdb.credentials import DuckDBCredentials
    from dbt.adapters.duckdb.plugins import BasePlugin

    definition = work["plugin"]
    profile = DuckDBCredentials.from_dict(work["profile"])
    config = {**(profile.settings or {}), **(definition.get("config") or {})}
    if definition["module"] == "excel" and work.get("again"):
        # Within dbt one writer fills the workbook; here each model adds a sheet to it.
        config["output"] = {**config["output"], "mode": "a", "engine": "openpyxl", "engine_kwargs": {}}
    return BasePlugin.create(definition["module"], config=config, alias=definition.get("alias"), credentials=profile)


def store(job):
    """Hands the file of a finished model to the plugin."""
    from dbt.adapters.duckdb.column import DuckDBColumn
    from dbt.adapters.duckdb.relation import DuckDBRelation
    from dbt.adapters.duckdb.utils import TargetConfig, TargetLocation

    target = job["work"]["target"]
    plugin = plugin_of(job["work"])
    plugin.store(
        TargetConfig(
            relation=DuckDBRelation.create(**target["relation"], type="view"),
            column_list=[DuckDBColumn(**column) for column in target["columns"]],
            config=target["config"],
            location=TargetLocation(**target["location"]),
        )
    )


def load_source(duckdb, job, connection):
    """Makes a table of what the plugin loads."""
    from dbt.adapters.duckdb.utils import SourceConfig

    source = SourceConfig(**job["work"]["source"])
    frame = plugin_of(job["work"]).load(source)
    assert frame is not None
    connection.register("__loaded_source", frame)
    place = ".".join(quoted(name) for name in (source.database, source.schema, source.identifier))
    connection.execute(f"create table {place} as select * from __loaded_source")
    return [[source.database, source.schema, source.identifier, False]]


def answer(job):
    # The first entry is this file's folder.
    sys.path[:1] = []
    sys.path.extend(path for path in job["module_paths"] if path not in sys.path)
    try:
        import duckdb

        if "plugin" in job["work"]:
            import dbt.adapters.duckdb.plugins  # noqa: F401
    except ImportError as error:
        return {"missing": str(error)}
    import asyncio

    # Code that calls `get_event_loop` finds one.
    asyncio.set_event_loop(asyncio.new_event_loop())
    try:
        if "target" in job["work"]:
            store(job)
            return {"made": []}
        connection = open_database(duckdb, job)
        made = (load_source if "source" in job["work"] else run_model)(duckdb, job, connection)
        connection.close()
    except Exception:
        return {"failed": traceback.format_exc()}
    return {"made": made}


if __name__ == "__main__":
    job = json.load(sys.stdin)
    text = json.dumps(answer(job))
    with open(job["answer"], "w", encoding="utf-8") as file:
        file.write(text)
