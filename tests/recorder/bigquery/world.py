"""What stands in the warehouse, said once for both sides: `python world.py new|standing` prints the recorder's answers, and
dbt_side.py answers the API's calls from the same tables. `python world.py shown sent.jsonl` prints what dbt sent as the
files dbt_*.sql have it, an entry a line."""

import json
import re
import sys

PROJECT, DATASET = "proj", "shop"


def table(columns, kind="BASE TABLE", clauses="", options=None, listed=True):
    return {"columns": columns, "kind": kind, "clauses": clauses, "options": options or {}, "listed": listed}


UNIT = {"shown_passes*": table({"id": "INT64"})}
SNAPSHOT = {"dbt_scd_id": "STRING", "dbt_updated_at": "TIMESTAMP", "dbt_valid_from": "TIMESTAMP", "dbt_valid_to": "TIMESTAMP"}
STAGING = {"dbt_change_type": "STRING", "dbt_unique_key": "INT64"}
AT, DAY = {"id": "INT64", "at": "TIMESTAMP"}, {"id": "INT64", "day": "DATE"}

# Tables by name; a name that ends in * stands for those that the run makes itself.
STANDING = {
    **UNIT,
    "plain": table({"id": "INT64"}),
    "partitioned": table({"id": "INT64", "name": "STRING", "day": "DATE"}, clauses="PARTITION BY day\nCLUSTER BY id, name"),
    "ranged": table({"id": "INT64"}, clauses="PARTITION BY RANGE_BUCKET(id, GENERATE_ARRAY(0, 100, 5))"),
    "contracted": table(AT),
    "shown": table({"id": "INT64"}, kind="VIEW"),
    "authorized": table({"id": "INT64"}, kind="VIEW"),
    "merged": table({"id": "INT64", "name": "STRING"}),
    "static": table(DAY, clauses="PARTITION BY day"),
    "dynamic": table(AT, clauses="PARTITION BY TIMESTAMP_TRUNC(at, HOUR)"),
    "ingested": table({"id": "INT64"}, clauses="PARTITION BY DATE(_PARTITIONTIME)"),
    "ingested__dbt_tmp*": table({"id": "INT64"}),
    "copied_partitions": table(DAY, clauses="PARTITION BY day"),
    "static_copied": table(DAY, clauses="PARTITION BY day"),
    "merged_ingested": table({"id": "INT64"}, clauses="PARTITION BY TIMESTAMP_TRUNC(_PARTITIONTIME, HOUR)"),
    "described": table({"nested": "STRUCT<a INT64>"}),
    "rebuilt": table({"id": "INT64", "day": "DATE", "n": "INT64"}, kind="MATERIALIZED VIEW", clauses="PARTITION BY day\nCLUSTER BY n", options={"enable_refresh": "true", "refresh_interval_minutes": "30.0"}),
    "replaced_view": table({"id": "INT64"}, kind="VIEW"),
    "batched": table(AT, clauses="PARTITION BY TIMESTAMP_TRUNC(at, DAY)"),
    "appends": table({"id": "INT64", "nested": "STRUCT<a INT64>"}),
    "appends__dbt_tmp*": table({"id": "INT64", "nested": "STRUCT<a INT64, b STRING>", "added": "INT64"}),
    "syncs": table({"id": "INT64", "old": "STRING"}),
    "syncs__dbt_tmp*": table({"id": "INT64", "added": "INT64"}),
    "summed": table({"id": "INT64", "n": "INT64"}, kind="MATERIALIZED VIEW", clauses="CLUSTER BY id", options={"enable_refresh": "true", "refresh_interval_minutes": "30.0"}),
    "refreshed": table({"id": "INT64", "n": "INT64"}, kind="MATERIALIZED VIEW", options={"enable_refresh": "true", "refresh_interval_minutes": "30.0"}),
    "copies": table({"id": "INT64"}),
    "countries": table({"code": "STRING"}),
    "orders_timestamp": table({**AT, **SNAPSHOT}),
    "orders_timestamp__dbt_tmp*": table({**AT, "added": "STRING", **SNAPSHOT, **STAGING}),
    "orders_check": table({"id": "INT64", "name": "STRING", **SNAPSHOT}),
    "orders_check__dbt_tmp*": table({"id": "INT64", "name": "STRING", **SNAPSHOT, **STAGING}),
}
# In a new dataset, the tables that the run makes before it looks at them.
NEW = {
    **UNIT,
    "plain*": STANDING["plain"],
    "shown*": STANDING["shown"],
    "countries*": STANDING["countries"],
    "ingested*": STANDING["ingested"],
    "merged_ingested*": STANDING["merged_ingested"],
    "described*": STANDING["described"],
}
WORLDS = {"new": NEW, "standing": STANDING}

TYPES = {"BOOLEAN": "Boolean", "INT64": "Int64", "STRING": "Utf8", "TIMESTAMP": 'Timestamp(Microsecond, Some("UTC"))', "DATE": "Date32"}
# Columns of queries, and rows, by a pattern of the statement; the API answers the same. Rows are null where only columns count.
QUERIES = [
    ("cast\\(null as int64\\)\\s+as id,\\s+cast\\(null as timestamp\\)\\s+as at", {"id": "INT64", "at": "TIMESTAMP"}, None),
    ("select name from", {"name": "STRING"}, None),
    ("as dbt_snapshot_time", {"dbt_snapshot_time": "TIMESTAMP"}, [["2026-01-02 00:00:00+00:00"]]),
    ("1 as id, current_date\\(\\) as day\\s*\\) as __dbt_sbq", {"id": "INT64", "day": "DATE"}, None),
    ("1 as id, current_timestamp\\(\\) as at\\s*\\) as __dbt_sbq", {"id": "INT64", "at": "TIMESTAMP"}, None),
    ("__dbt_sbq.*dbt_scd_id|dbt_scd_id.*__dbt_sbq", {"id": "INT64", **SNAPSHOT}, None),
    ("select\\s+distinct\\s+date\\(day\\)\\s+from", {"day": "DATE"}, [["2026-01-01"]]),
    ("as partition_ts\\s+from", {"partition_ts": "TIMESTAMP"}, [["2026-01-01 00:00:00+00:00"]]),
    ("actual_or_expected", {"id": "INT64", "actual_or_expected": "STRING"}, [[1, "actual"], [1, "expected"]]),
    ("as should_warn", {"failures": "INT64", "should_warn": "BOOLEAN", "should_error": "BOOLEAN"}, [[0, False, False]]),
    ("1 as id, current_timestamp\\(\\) as day\\s*\\) as __dbt_sbq", {"id": "INT64", "day": "TIMESTAMP"}, None),
    ("OBJECT_PRIVILEGES", {"privilege_type": "STRING", "grantee": "STRING"}, [["roles/bigquery.dataOwner", "user:old@example.com"]]),
]


def ddl(name, standing):
    columns = ",\n  ".join(f"{column} {kind}" for column, kind in standing["columns"].items())
    return f"CREATE TABLE `{PROJECT}.{DATASET}.{name}`\n(\n  {columns}\n)\n{standing['clauses']};"


def pattern(name):
    return name[:-1].replace("$", r"\$") + "[^']*" if name.endswith("*") else name


def answers(world):
    tables, found = WORLDS[world], []
    place = f"`{PROJECT}`.`{DATASET}`.INFORMATION_SCHEMA."

    def add(sql, columns, rows):
        found.append({"sql": sql.replace(".", r"\."), "columns": {name: "Utf8" for name in columns}, "rows": rows})

    missing = f"googleapi: Error 404: Not found: Dataset {PROJECT}:{DATASET}_dbt_test__audit was not found in location EU, notFound"
    found.append({"sql": "audit`\\.INFORMATION_SCHEMA.TABLES", "until": "create schema.*audit", "error": missing})
    found.append({"sql": "select location from", "columns": {"location": "Utf8"}, "rows": [["EU"]]})
    if world == "new":
        found.append({"sql": "INFORMATION_SCHEMA.TABLES( limit 1)?$", "until": "create schema", "error": f"googleapi: Error 404: Not found: Dataset {PROJECT}:{DATASET} was not found in location EU, notFound"})
    else:
        add("INFORMATION_SCHEMA.SCHEMATA", ["schema_name"], [[DATASET]])
    for name, standing in tables.items():
        end = f"'{pattern(name)}'"
        here = lambda view, wanted: f"select {wanted} from {place}{view} where table_name = "  # noqa: E731
        for view, wanted, rows in [
            ("COLUMNS", "column_name, data_type", [[column, kind] for column, kind in standing["columns"].items()]),
            ("TABLES", "ddl", [[ddl(name, standing)]]),
            ("TABLE_OPTIONS", "option_name, option_value", [list(option) for option in standing["options"].items()]),
        ]:
            found.append({"sql": here(view, wanted).replace(".", r"\.") + end, "columns": {column: "Utf8" for column in wanted.split(", ")}, "rows": rows})
    if world == "standing":
        listed = [[name, standing["kind"]] for name, standing in tables.items() if not name.endswith("*")]
        add(f"select table_name, table_type from {place}TABLES", ["table_name", "table_type"], listed)
    for sql, columns, rows in QUERIES:
        types = {name: TYPES[kind] for name, kind in columns.items()}
        found.append({"sql": sql, "columns": types, "rows": rows or [[None] * len(types)]})
    return found


def shown(entry):
    if "call" in entry:
        return "-- " + re.sub(r"(__dbt_tmp)\d+", r"\1", json.dumps(entry))
    sql = re.sub(r"/\*.*?\*/|--[^\n]*", "", entry["sql"], flags=re.DOTALL)
    return " ".join(re.sub(r"(__dbt_tmp(?:_\d{8})?)\d{12}", r"\1", sql).split())


if __name__ == "__main__" and sys.argv[1] == "shown":
    for line in open(sys.argv[2]):
        print(shown(json.loads(line)))
elif __name__ == "__main__":
    json.dump(answers(sys.argv[1]), sys.stdout, indent=1)
    print()
