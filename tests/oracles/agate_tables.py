"""Records how dbt's tables read seeds and print: tests/oracles/agate_tables.json.

Run with a Python that has dbt-core 1.11: python tests/oracles/agate_tables.py
"""

import io
import json
import pathlib
import tempfile
import warnings

import agate
from dbt_common.clients import agate_helper

warnings.simplefilter("ignore")

VALUES = [
    "1", "-1", "+1", "1.0", "1.50", "1,234.5", "$5", "-$5", "$-5", "5%", "%5", "€ 7", "1_000", "1e5", "1E-7", ".5", "5.",
    "--5", "1 2", "0x10", "inf", "-Infinity", "nan", "NaN", "0012", "-0", "123456789012345678901234567890123",
    "0.12345678901234567890123456789", "", "  ", "null", "NULL", " Null ", "none", "na", "n/a", ".", "-",
    "true", "True", " FALSE ", "t", "f", "yes", "no", "y", "0", "tr,ue",
    "2024-02-29", "2023-02-29", "2024-2-9", "2024-02- 9", "24-02-09", "2024/02/09", "2024-13-01", "02/09/2024", "0000-01-01",
    "2024-01-01 10:20:30", "2024-01-01  1:2:3", "2024-01-01 10:20", "2024-01-01 24:00:00", "2024-01-01 10:20:60",
    "2024-01-01 10:20:30.5", "2024-01-01T10:20:30", "2024-01-01T10:20:30Z", "2024-01-01T10:20:30+02:00",
    "2024-01-01T10:20:30.123456789-0330", "2024-01-01T10:20:30,5+02", "20240101T102030", "2024-01-01T10:20", "2024-01-01T10",
    "2024-01-01T10.25", "2024-01-01T10:20.5", "2024-W05-3T10:00:00", "2024W05T10", "2024-060T01:00", "2024060T0100",
    "2024-01T00:00", "2024T00", "20T00", "2024-00-10T00:00", "2024-01-01T25:00", "2024-01-01T10:20:30T", "2024-01-01t10:20:30",
    "hello", "a,b", "\"", "é", "10:20:30", "2024-01-01T10:20:30+2:00", "T10:20:30",
]

MIXED = [
    ["1", "2", ""], ["1", "2.5"], ["1", "x"], ["", "null"], ["true", "false", ""], ["true", "1"], ["2024-01-01", ""],
    ["2024-01-01", "2024-01-01 10:00:00"], ["2024-01-01 10:00:00", "2024-01-01T10:00:00"], ["2024-01-01T10:00", "x"],
    ["1", "2024-01-01"], ["null", "x"], ["  padded  ", "y"], ["0", "1"], ["$1", "2%"],
]

FILES = [
    {"name": "plain", "text": "a,b\n1,x\n2,y\n"},
    {"name": "no break at the end", "text": "a,b\n1,x"},
    {"name": "carriage returns", "text": "a,b\r\n1,x\r\n2,y\r\n"},
    {"name": "old breaks", "text": "a,b\r1,x\r"},
    {"name": "byte order mark", "text": "\ufeffa,b\n1,x\n"},
    {"name": "quotes", "text": 'a,b\n"1","x, ""y"" z"\n"2",pla"in\n'},
    {"name": "text after a quote", "text": 'a,b\n"x"y,"p" q\n'},
    {"name": "breaks in quotes", "text": 'a,b\n1,"x\r\ny"\n2,z\n'},
    {"name": "quote left open", "text": 'a,b\n1,"x\n2,y\n'},
    {"name": "blank lines", "text": "a,b\n\n1,x\n\n"},
    {"name": "short rows", "text": "a,b,c\n1\n2,x\n"},
    {"name": "long row", "text": "a,b\n1,x\n1,2,3\n"},
    {"name": "repeated and empty names", "text": "a,a,,a,\n1,2,3,4,5\n"},
    {"name": "semicolons", "text": "a;b\n1;x,y\n", "delimiter": ";"},
    {"name": "tabs", "text": "a\tb\n1\tx y\n", "delimiter": "\t"},
    {"name": "bars", "text": "a|b\n1|\n", "delimiter": "|"},
    {"name": "header only", "text": "a,b\n"},
    {"name": "forced text", "text": "id,zip,flag\n1,00123,true\n2,null,false\n", "text_columns": ["zip", "flag"]},
    {"name": "forced text in other case", "text": "Id,Zip\n1,00123\n", "text_columns": ["zip"]},
    {"name": "blanks around", "text": "a, b\n 1 , x \n"},
    {"name": "nulls everywhere", "text": "a,b\n,\nnull,NULL\n"},
]

TABLES = [
    {"names": ["a", "b"], "rows": [[1, "x"], [22, "yy"]]},
    {"names": ["n"], "rows": [[1.5], [1234567.125], [-0.25], [None]]},
    {"names": ["n"], "rows": [[1.123456], [2.0]]},
    {"names": ["n"], "rows": [[0.0625], [-0.0004]]},
    {"names": ["n"], "rows": [[1e20], [123.0]]},
    {"names": ["big"], "rows": [[123456789012345678901234567890]]},
    {"names": ["t", "f"], "rows": [[True, False], [None, True]]},
    {"names": ["a_rather_long_column_name_here", "b"], "rows": [["x" * 30, "é" * 25]]},
    {"names": list("abcdefgh"), "rows": [list(range(8)), [str(i) for i in range(8)]]},
    {"names": ["i"], "rows": [[i] for i in range(25)]},
    {"names": ["none"], "rows": [[None], [None]]},
    {"names": ["a"], "rows": []},
    {"names": ["a", "b"], "rows": [["1", 1], ["null", None], ["", 3]]},
]


def shown(value):
    return None if value is None else str(value)


def described(table):
    return {
        "names": list(table.column_names),
        "types": [type(kind).__name__ for kind in table.column_types],
        "rows": [[shown(value) for value in row.values()] for row in table.rows],
        "precision": [
            str(table.aggregate(agate.MaxPrecision(name))) if isinstance(kind, agate.Number) else None
            for name, kind in zip(table.column_names, table.column_types)
        ],
    }


def seed(text, delimiter=",", text_columns=()):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "seed.csv"
        path.write_bytes(text.encode("utf-8"))
        try:
            return described(agate_helper.from_csv(str(path), text_columns=text_columns, delimiter=delimiter))
        except ValueError as error:
            return {"error": str(error)}


def printed(table, **options):
    output = io.StringIO()
    table.print_table(output=output, **options)
    return output.getvalue()


def made(case):
    table = agate_helper.table_from_data_flat(
        [dict(zip(case["names"], row)) for row in case["rows"]], case["names"]
    )
    output = io.StringIO()
    table.to_json(path=output)
    return {
        **case,
        **{"made": described(table)},
        "printed": printed(table),
        "shown": printed(table, max_rows=None),
        "narrow": printed(table, max_rows=1, max_columns=2, max_column_width=8, max_precision=1),
        "json": json.loads(output.getvalue()),
    }


def quoted(value):
    return '"' + value.replace('"', '""') + '"'


def main():
    columns = [[value] for value in VALUES] + MIXED
    recorded = {
        "columns": [
            {"values": values, "result": seed("x\n" + "".join(quoted(value) + "\n" for value in values))}
            for values in columns
        ],
        "files": [
            {**case, "result": seed(case["text"], case.get("delimiter", ","), case.get("text_columns", ()))}
            for case in FILES
        ],
        "tables": [made(case) for case in TABLES],
    }
    target = pathlib.Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n")


main()
