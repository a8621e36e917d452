"""Answers of a Databricks workspace: `python answers.py` writes new.json, for one that is empty, and standing.json, for one
in which all stands already.

Their form is that of tests/recorder/driver.rs. Both dbt's questions and the program's are matched."""

import json
import re
from pathlib import Path

TABLES = [
    # name, type, format, kind of table
    *[(name, "table", "delta", "managed") for name in (
        "plain_table", "described_table", "clustered_table", "self_clustered_table", "ordered_table", "iceberg_table",
        "contract_table", "filtered_table", "was_table", "merged", "merged_in_part", "appended", "overwritten",
        "replaced_where", "deleted_inserted", "events", "batched", "configured", "countries", "kept", "kept_all")],
    ("parquet_table", "table", "parquet", "external"),
    ("was_view", "view", None, None),
    ("plain_view", "view", None, None),
    ("described_view", "view", None, None),
    ("altered_view", "view", None, None),
    ("summary", "materialized_view", None, None),
    ("settled_summary", "materialized_view", None, None),
    ("scheduled_summary", "materialized_view", None, None),
    ("stream", "streaming_table", None, None),
    ("measures", "metric_view", None, None),
]


def answer(sql, columns, rows, **more):
    return {"sql": sql, "columns": dict.fromkeys(columns, "Utf8"), "rows": rows, **more}


ID, NAME = {"name": "id", "type": {"name": "int"}, "nullable": True}, {"name": "name", "type": {"name": "string"}}
AT = {"name": "at", "type": {"name": "timestamp_ltz"}}
KEPT = [{"name": f"dbt_{name}", "type": {"name": "string"}} for name in ("scd_id", "updated_at", "valid_from", "valid_to", "change_type")]
DELETED = {"name": "dbt_is_deleted", "type": {"name": "boolean"}}


def columns_of(name, columns):
    rows = [[column["name"], column["type"]["name"], column.get("comment")] for column in columns]
    return [
        answer(rf"describe table extended .*{name}` as json", ["json_metadata"], [[json.dumps({"columns": columns})]]),
        answer(rf"describe table .*{name}`\s*$", ["col_name", "data_type", "comment"], rows),
    ]


def described(name, columns, facts):
    rows = [[column["name"], column["type"]["name"], column.get("comment")] for column in columns]
    rows += [["", "", ""], ["# Detailed Table Information", "", ""], *[[key, text, ""] for key, text in facts.items()]]
    return answer(rf"describe (table )?extended .*{name}`?\s*$", ["col_name", "data_type", "comment"], rows)


def answers():
    documented = [{**ID, "comment": "The key"}, {**NAME, "comment": "Name"}]
    view = "select id, name from `main`.`mart`.`plain_table`"
    tables = [[name, kind, format, "me", table_type] for name, kind, format, table_type in TABLES]
    yield answer("^.{0,9}show schemas", ["databaseName"], [["mart"], ["default"]])
    yield answer("current_catalog", ["current_catalog()"], [["main"]])
    yield answer("databricks_table_type", ["table_name", "table_type", "file_format", "table_owner", "databricks_table_type"], tables)
    yield answer("show tables", ["database", "tableName", "isTemporary"], [["mart", name, "false"] for name, *_ in TABLES])
    yield answer("show views", ["namespace", "viewName", "isTemporary"], [["mart", name, "false"] for name, kind, *_ in TABLES if kind == "view"])
    yield answer("show grants", ["Principal", "ActionType", "ObjectType", "ObjectKey"],
                 [["analysts", "SELECT", "TABLE", "x"], ["others", "SELECT", "TABLE", "x"], ["me", "OWN", "TABLE", "x"], ["all", "SELECT", "SCHEMA", "x"]])
    for name, columns in (("described_table", documented), ("described_view", documented), ("merged_in_part", documented),
                          ("merged_in_part__dbt_tmp", [*documented, {"name": "extra", "type": {"name": "decimal", "precision": 10, "scale": 2}}]),
                          ("events", [ID, NAME, AT]), ("batched", [ID, NAME, AT]),
                          ("kept", [ID, NAME, AT, *KEPT[:4]]), ("kept__dbt_tmp", [ID, NAME, AT, {"name": "more", "type": {"name": "string"}}, *KEPT]),
                          ("kept_all", [ID, NAME, AT, *KEPT[:4], DELETED]), ("kept_all__dbt_tmp", [ID, NAME, AT, *KEPT, DELETED])):
        yield from columns_of(name, columns)
    yield answer("describe table extended .* as json", ["json_metadata"], [[json.dumps({"columns": [ID, NAME]})]])
    yield answer(r"information_schema`?\.`?table_tags.*" + "configured", ["tag_name", "tag_value"], [["tier", "silver"], ["team", "sales"], ["old", "x"]])
    yield answer(r"information_schema`?\.`?table_tags", ["tag_name", "tag_value"], [["tier", "gold"]])
    yield answer(r"information_schema`?\.`?column_tags.*configured", ["column_name", "tag_name", "tag_value"], [["NAME", "pii", "no"]])
    yield answer(r"information_schema`?\.`?column_tags", ["column_name", "tag_name", "tag_value"], [])
    yield answer(r"information_schema`?\.`?column_masks", ["column_name", "mask_name", "using_columns"], [])
    yield answer(r"information_schema`?\.`?row_filters.*configured", ["table_catalog", "table_schema", "table_name", "filter_name", "target_columns"],
                 [["main", "mart", "configured", "main.mart.another", "id, name"]])
    yield answer(r"information_schema`?\.`?row_filters.*plain_table", ["table_catalog", "table_schema", "table_name", "filter_name", "target_columns"],
                 [["main", "mart", "plain_table", "main.mart.another", "id"]])
    yield answer(r"information_schema`?\.`?row_filters", ["table_catalog", "table_schema", "table_name", "filter_name", "target_columns"], [])
    yield answer(r"information_schema`?\.`?views", ["table_catalog", "table_schema", "table_name", "view_definition"], [["main", "mart", "v", view]])
    yield answer(r"is_nullable", ["column_name"], [["name"]])
    yield answer(r"referential_constraints", ["constraint_name", "from_column", "to_catalog", "to_schema", "to_table", "to_column"],
                 [["old_fk", "id", "main", "mart", "plain_table", "id"]])
    yield answer(r"key_column_usage", ["constraint_name", "column_name"], [["pk", "id"]])
    yield answer(r"show tblproperties .*(configured|altered_view|stream|summary)", ["key", "value"],
                 [["k", "w"], ["delta.constraints.gone", "id > 5"], ["clusterByAuto", "false"], ["clusteringColumns", '[["name"]]']])
    yield answer(r"show tblproperties", ["key", "value"], [["delta.minReaderVersion", "1"]])
    yield described("stream", [ID, NAME], {"Comment": "Streaming", "Refresh Schedule": "MANUAL", "View Text": "select 1"})
    yield described("settled_summary", [ID, NAME], {"Refresh Schedule": "MANUAL"})
    yield described("scheduled_summary", [ID, NAME], {"Refresh Schedule": "EVERY 2 HOURS"})
    yield described("summary", [ID, NAME], {"Comment": "Streaming", "Refresh Schedule": "MANUAL"})
    yield described("measures", [ID, NAME], {"View Text": "$$\nversion: 0.1\nsource: x\n$$"})
    yield described("[a-z_]+", [ID, NAME], {"Provider": "delta", "Owner": "me"})
    yield answer(r"describe (table )?.*`\s*$", ["col_name", "data_type", "comment"], [["id", "int", None], ["name", "string", None]])
    yield answer(r"limit 0|false", ["id", "name", "at"], [])


def empty(one):
    """The answer before anything was built."""
    if re.search("databricks_table_type|row_filters|_tags|show (tables|views)", one["sql"]):
        return {**one, "rows": []}
    return {**one, "rows": [["default"]]} if "show schemas" in one["sql"] else one


if __name__ == "__main__":
    standing = list(answers())
    for name, all in (("standing", standing), ("new", map(empty, standing))):
        text = "[\n" + ",\n".join(json.dumps(one) for one in all) + "\n]\n"
        (Path(__file__).parent / f"{name}.json").write_text(text)
