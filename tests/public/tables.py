"""Compares what two DuckDB files hold, relation by relation.

    tables.py LEFT RIGHT

Prints JSON: for each table and view the list of what differs, as [name, left, right]: its kind, columns with types,
comments, or rows of the one that the other has not. Moments with fractions of a second are those of the run, and are
taken for the same. Needs the module `duckdb`.
"""

import json
import sys
import tempfile
import pathlib

import duckdb

NAMES = """
select table_schema, table_name, table_type from information_schema.tables
where table_catalog = current_catalog() order by all
"""
COMMENTS = """
select comment from duckdb_tables() where database_name = current_catalog() and schema_name = $1 and table_name = $2
union all select comment from duckdb_views() where database_name = current_catalog() and schema_name = $1 and view_name = $2
union all select column_name || ': ' || comment from duckdb_columns()
where database_name = current_catalog() and schema_name = $1 and table_name = $2
order by all
"""
FRACTION = r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\.\d+([+-]\d\d(:\d\d)?)?"


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


class Side:
    """What one file holds. Rows go to a file of their own, as text, for the names within views are those of this file."""

    def __init__(self, path, folder):
        self.relations = {}
        with duckdb.connect(path, read_only=True) as connection:
            for number, (schema, name, kind) in enumerate(connection.execute(NAMES).fetchall()):
                relation = f"{quoted(schema)}.{quoted(name)}"
                try:
                    columns = [column[:2] for column in connection.execute(f"describe {relation}").fetchall()]
                    texts = [f"regexp_replace({quoted(column)}::varchar, '{FRACTION}', '(now)', 'g') as c{at}" for at, (column, _) in enumerate(columns)]
                    rows = folder / f"{number}.parquet"
                    connection.execute(f"copy (select {', '.join(texts)} from {relation}) to '{rows}' (format parquet)")
                except duckdb.Error as error:
                    columns, rows = str(error).splitlines()[0], None
                comments = [row[0] for row in connection.execute(COMMENTS, [schema, name]).fetchall() if row[0] is not None]
                self.relations[f"{schema}.{name}"] = {"kind": kind, "columns": columns, "comments": comments, "rows": rows}


def differences(left, right):
    """What differs between a relation of one file and that of the other."""
    if left is None or right is None:
        return [["only one has it", left is not None, right is not None]]
    found = [[part, left[part], right[part]] for part in ("kind", "columns", "comments") if left[part] != right[part]]
    if left["rows"] and right["rows"] and len(left["columns"]) == len(right["columns"]):
        pairs = (left["rows"], right["rows"]), (right["rows"], left["rows"])
        alone = [duckdb.sql(f"select * from '{one}' except all select * from '{other}'").fetchall() for one, other in pairs]
        if any(alone):
            found.append(["rows", *({"alone": len(rows), "as": rows[:1]} for rows in alone)])
    return found


def main(left, right):
    with tempfile.TemporaryDirectory() as top:
        sides = []
        for name, path in (("left", left), ("right", right)):
            folder = pathlib.Path(top, name)
            folder.mkdir()
            sides.append(Side(path, folder).relations)
        left, right = sides
        print(json.dumps({name: differences(left.get(name), right.get(name)) for name in sorted({*left, *right})}, default=str))


if __name__ == "__main__":
    main(*sys.argv[1:])
