//! Seeds and printed tables, against what dbt's own tables gave (tests/oracles/agate_tables.py).

use headwater::adapter::error::Position;
use headwater::adapter::table::{PrintOptions, SeedError, read_csv, value_place};
use headwater::adapter::{Cell, Table};
use serde_json::{Value as Json, json};

fn recorded() -> Json {
    serde_json::from_str(include_str!("../../oracles/agate_tables.json")).unwrap()
}

fn described(table: &Table) -> Json {
    let shown = |cell: &Cell| if cell.is_null() { Json::Null } else { Json::String(cell.py_str()) };
    let rows: Vec<Vec<Json>> = table.rows().map(|row| row.iter().map(shown).collect()).collect();
    let precision: Vec<Option<String>> = table
        .column_types()
        .iter()
        .enumerate()
        .map(|(column, kind)| (kind.name() == "Number").then(|| table.max_precision(column).to_string()))
        .collect();
    json!({
        "names": table.column_names().iter().map(|name| name.to_string()).collect::<Vec<_>>(),
        "types": table.column_types().iter().map(|kind| kind.name()).collect::<Vec<_>>(),
        "rows": rows,
        "precision": precision,
    })
}

#[test]
fn columns_get_dbts_types() {
    let mut wrong = vec![];
    for case in recorded()["columns"].as_array().unwrap() {
        let values = case["values"].as_array().unwrap();
        let quoted = |value: &Json| format!("\"{}\"\n", value.as_str().unwrap().replace('"', "\"\""));
        let text = "x\n".to_string() + &values.iter().map(quoted).collect::<String>();
        let table = read_csv(text.as_bytes(), ",", &[]).unwrap();
        if described(&table) != case["result"] {
            wrong.push(format!(
                "{}\n  is   {}\n  want {}",
                case["values"],
                described(&table),
                case["result"]
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_read_as_python_reads_them() {
    for case in recorded()["files"].as_array().unwrap() {
        let forced: Vec<&str> =
            case["text_columns"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        let delimiter = case["delimiter"].as_str().unwrap_or(",");
        let read = read_csv(case["text"].as_str().unwrap().as_bytes(), delimiter, &forced);
        match (read, case["result"].get("error")) {
            (Ok(table), None) => assert_eq!(described(&table), case["result"], "{}", case["name"]),
            (Err(_), Some(_)) => {}
            (read, _) => panic!("{}: {read:?}", case["name"]),
        }
    }
}

#[test]
fn faults_name_their_line() {
    let fail = |bytes: &[u8], delimiter: &str| read_csv(bytes, delimiter, &[]).unwrap_err();
    let place = |line, column| Some(Position { line, column });
    assert_eq!(
        fail(b"a,b\n\"1\n1\",x\n1,2,3\n", ","),
        SeedError {
            message: "this row has 3 values, but the header names 2 columns".into(),
            at: place(4, 5)
        }
    );
    assert_eq!(fail(b"a,b\n\"1\n1\",\"x,\",3\n", ",").at, place(3, 9));
    assert_eq!(fail(b"a\n1\n\xff\n", ",").at, place(3, 1));
    assert_eq!(fail(b"", ",").at, None);
    assert_eq!(value_place("id,b\n1,\"x\ny\"\n2,z\n", ',', 4, "B"), place(4, 3));
    assert_eq!(value_place("id\n1\n", ',', 2, "other"), None);
    assert_eq!(fail(b"a", "||").message, "a delimiter is one character; this is `||`");
}

fn cell(json: &Json) -> Cell {
    // serde reads integers beyond 64 bits as floats; the one of the recording is this.
    if json.as_f64() == Some(123456789012345678901234567890.0) {
        return Cell::BigInt("123456789012345678901234567890".into());
    }
    Cell::from_value(&headwater::value::Value::from_json(json))
}

#[test]
fn tables_print_as_dbt_prints_them() {
    for case in recorded()["tables"].as_array().unwrap() {
        let names: Vec<_> =
            case["names"].as_array().unwrap().iter().map(|n| n.as_str().unwrap().into()).collect();
        let rows = case["rows"].as_array().unwrap().iter();
        let rows = rows.map(|row| row.as_array().unwrap().iter().map(cell).collect()).collect();
        let table = Table::from_rows(names, rows);
        assert_eq!(described(&table)["rows"], case["made"]["rows"]);
        assert_eq!(described(&table)["types"], case["made"]["types"]);
        assert_eq!(table.print(PrintOptions::default()), case["printed"].as_str().unwrap());
        assert_eq!(
            table.print(PrintOptions { max_rows: None, ..PrintOptions::default() }),
            case["shown"].as_str().unwrap()
        );
        let narrow = PrintOptions {
            max_rows: Some(1),
            max_columns: Some(2),
            max_column_width: Some(8),
            max_precision: Some(1),
        };
        assert_eq!(table.print(narrow), case["narrow"].as_str().unwrap());
        if case["names"] != json!(["big"]) {
            assert_eq!(table.to_json(), case["json"]);
        }
    }
}
