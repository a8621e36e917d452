"""What dbt-bigquery sends for the same project and tables: run with the Python that has it.

    WORLD=standing RECORDER_LOG=sent.jsonl python dbt_side.py build --project-dir project --profiles-dir project

Google's client is replaced by one that answers from world.py, and writes down statements and calls that change something."""

import datetime
import json
import os
import re

from google.api_core.exceptions import NotFound
from google.cloud import bigquery
from google.cloud.bigquery import SchemaField, Table

import world

WORLD, NAME = world.WORLDS[os.environ["WORLD"]], os.environ["WORLD"]
LOG = open(os.environ["RECORDER_LOG"], "a")
API_TYPES = {"INT64": "INTEGER", "STRUCT<a INT64>": "RECORD", "STRUCT<a INT64, b STRING>": "RECORD"}
KINDS = {"BASE TABLE": "TABLE", "VIEW": "VIEW", "MATERIALIZED VIEW": "MATERIALIZED_VIEW"}
CREATED = []


def note(**entry):
    LOG.write(json.dumps(entry) + "\n")
    LOG.flush()


def field(name, kind):
    inside = re.fullmatch(r"STRUCT<(.*)>", kind)
    inner = [field(*part.split(" ")) for part in inside[1].split(", ")] if inside else ()
    return SchemaField(name, API_TYPES.get(kind, kind), fields=inner)


def standing(reference):
    name = reference.table_id.split("$")[0]
    for key, one in WORLD.items():
        if re.fullmatch(world.pattern(key), name):
            return one
    raise NotFound(f"Not found: Table {reference}")


def resource(reference, one):
    made = {
        "tableReference": reference.to_api_repr(),
        "type": KINDS[one["kind"]],
        "schema": {"fields": [field(*column).to_api_repr() for column in one["columns"].items()]},
        "numRows": "1",
    }
    for line in one["clauses"].splitlines():
        ranges = re.fullmatch(r"PARTITION BY RANGE_BUCKET\((\w+), GENERATE_ARRAY\((\d+), (\d+), (\d+)\)\)", line)
        time = re.fullmatch(r"PARTITION BY (?:\w+\()?(\w+?)(?:, (\w+))?\)?", line)
        if line.startswith("CLUSTER BY "):
            made["clustering"] = {"fields": line[11:].split(", ")}
        elif ranges:
            made["rangePartitioning"] = {"field": ranges[1], "range": {"start": ranges[2], "end": ranges[3], "interval": ranges[4]}}
        else:
            made["timePartitioning"] = {"type": time[2] or "DAY"}
            if time[1] != "_PARTITIONTIME":
                made["timePartitioning"]["field"] = time[1]
    if one["options"]:
        minutes = float(one["options"]["refresh_interval_minutes"])
        made["materializedView"] = {"enableRefresh": True, "refreshIntervalMs": str(int(minutes * 60000)), "query": ""}
    return made


class Rows(list):
    schema, total_rows = (), 0


class Job:
    location, project, job_id, slot_millis = "EU", "proj", "job", 1
    total_bytes_processed = total_bytes_billed = num_dml_affected_rows = 1

    def __init__(self, sql):
        plain = re.sub(r"/\*.*?\*/", "", sql, flags=re.DOTALL).strip()
        self.statement_type = "CREATE_VIEW" if "create or replace view" in plain else "SCRIPT"
        self.rows, self.destination = Rows(), None
        for pattern, columns, rows in world.QUERIES:
            if re.search(pattern, sql, re.IGNORECASE | re.DOTALL):
                self.rows = Rows(convert(row, columns) for row in rows or [])
                self.rows.schema = [field(*column) for column in columns.items()]
                self.destination = self.rows.schema
                break

    def result(self, **_):
        return self.rows


def convert(row, columns):
    parsers = {"DATE": datetime.date.fromisoformat, "TIMESTAMP": datetime.datetime.fromisoformat, "INT64": int, "BOOLEAN": bool}
    cells = [parsers.get(kind, str)(cell) for cell, kind in zip(row, columns.values())]
    return bigquery.Row(cells, {name: index for index, name in enumerate(columns)})


class Client:
    def __init__(self, *_, **__):
        pass

    def close(self):
        pass

    def query(self, query, **_):
        note(sql=query)
        if "create schema" in query:
            CREATED.append(query)
        return Job(query)

    def list_datasets(self, **_):
        return [bigquery.DatasetReference("proj", "shop")] if NAME == "standing" else []

    def list_tables(self, dataset, **_):
        if NAME == "new" and not CREATED:
            raise NotFound("Not found: Dataset")
        listed = {name: one for name, one in WORLD.items() if not name.endswith("*")}
        return [Table.from_api_repr(resource(dataset.table(name), one)) for name, one in listed.items()]

    def get_dataset(self, reference):
        return bigquery.Dataset.from_api_repr({"datasetReference": reference.to_api_repr(), "location": "EU"})

    def get_table(self, reference):
        if isinstance(reference, list):
            return Table("proj.shop.result", schema=reference)
        return Table.from_api_repr(resource(reference, standing(reference)))

    def delete_table(self, reference, **_):
        note(call="delete_table", table=reference.table_id)

    def update_table(self, table, fields):
        noted = table.to_api_repr()
        note(call="update_table", table=table.table_id, **{name: noted[name] for name in fields})

    def update_dataset(self, dataset, fields):
        note(call="update_dataset", dataset=dataset.dataset_id, fields=fields)

    def copy_table(self, sources, target, job_config=None, **_):
        note(call="copy_table", sources=[source.table_id for source in sources], table=target.table_id, how=job_config.write_disposition)
        return Job("")

    def load_table_from_file(self, file, table, job_config=None, **_):
        schema = {one.name: one.field_type for one in job_config.schema}
        note(call="load_table_from_file", table=table.table_id, schema=schema)
        job = Job("")
        job.result = lambda **_: type("Done", (), {"state": "DONE", "error_result": None})()
        return job


from dbt.adapters.bigquery import clients, connections  # noqa: E402

connections.create_bigquery_client = clients.create_bigquery_client = lambda _: Client()

from dbt.cli.main import cli  # noqa: E402

if __name__ == "__main__":
    cli()
