"""What dbt-databricks sends for the same project and answers: run with the Python that has it.

    RECORDER_ANSWERS=standing.json RECORDER_LOG=sent.jsonl python dbt_side.py build --project-dir . --profiles-dir .

The connector is replaced by one that answers and logs as tests/recorder/driver.rs does."""

import json
import os
import re

import databricks.sql as connector
from databricks.sql.utils import ParamEscaper, inject_parameters

ANSWERS, LOG = json.load(open(os.environ["RECORDER_ANSWERS"])), open(os.environ["RECORDER_LOG"], "a")
SENT = []


def convert(text, kind):
    if text is None or kind == "Utf8":
        return text
    return int(text)


class Cursor:
    connection, query_id, active_result_set, description = None, "id", None, None

    def __init__(self, owner):
        self.connection, self.rows = owner, []

    def execute(self, sql, parameters=None):
        if parameters:
            sql = inject_parameters(sql, ParamEscaper().escape_args(parameters))
        LOG.write(json.dumps({"sql": sql}) + "\n")
        LOG.flush()
        flags = re.IGNORECASE | re.DOTALL
        was_sent = lambda wanted: any(re.search(wanted, earlier, flags) for earlier in SENT)  # noqa: E731
        found = next((one for one in ANSWERS if re.search(one["sql"], sql, flags)
                      and ("after" not in one or was_sent(one["after"])) and not ("until" in one and was_sent(one["until"]))), {})
        SENT.append(sql)
        if "error" in found:
            raise connector.exc.Error(found["error"])
        columns = found.get("columns", {})
        self.description = [(name, "string" if kind == "Utf8" else "bigint", None, None, None, None, None) for name, kind in columns.items()]
        self.rows = [tuple(convert(cell, kind) for cell, kind in zip(row, columns.values())) for row in found.get("rows", [])]
        return self

    def tables(self, database, schema):
        """The metastore's own list, which the program asks for by SHOW."""
        names = lambda what: [row[1] for row in self.execute(f"show {what} in `{database}`.`{schema}`").fetchall()]  # noqa: E731
        tables, views = names("tables"), names("views")
        self.description = [("TABLE_NAME", "string", *[None] * 5), ("TABLE_TYPE", "string", *[None] * 5)]
        self.rows = [(name, "VIEW" if name in views else "TABLE") for name in tables]
        return self

    def fetchall(self):
        rows, self.rows = self.rows, []
        return rows

    def fetchmany(self, size):
        rows, self.rows = self.rows[:size], self.rows[size:]
        return rows

    def fetchone(self):
        return self.rows.pop(0) if self.rows else None

    def close(self):
        pass

    cancel = close

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


class Connection:
    def __init__(self, **_):
        pass

    def cursor(self):
        return Cursor(self)

    def get_session_id_hex(self):
        return "session"

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


connector.connect = Connection

from dbt.adapters.databricks import connections, credentials  # noqa: E402
from dbt.adapters.databricks.spog import decision  # noqa: E402

decision.check_spog_preconditions = connections.check_spog_preconditions = lambda *_, **__: None
credentials.DatabricksCredentialManager.config = property(lambda _: None)
credentials.DatabricksCredentialManager.credentials_provider = property(lambda _: None)

from dbt.cli.main import cli  # noqa: E402

if __name__ == "__main__":
    cli()
