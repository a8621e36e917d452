//! Tables of results in templates. Expectations were read off agate.

use super::{Host, check_all, render_printing, try_render};

const QUERY: &str = "{%- set t = run_query(\"select * from (values (1, 'x', 1.50::decimal(5,2), date '2024-01-02'), \
                     (2, null, 2.25, null), (3, 'x', null, date '2024-01-01')) v(id, name, amount, day) order by id\") -%}";

fn cases<'a>(cases: &[(&'a str, &'a str)]) -> Vec<(String, &'a str)> {
    cases.iter().map(|(template, expected)| (format!("{QUERY}{template}"), *expected)).collect()
}

#[test]
fn tables_answer_as_agate_does() {
    let host = Host::new(true, "");
    let cases = cases(&[
        ("{{ t.columns[0].values() }}", "(1, 2, 3)"),
        ("{{ t.columns['name'].values() }}", "('x', None, 'x')"),
        ("{{ t.columns.name.values_without_nulls() }}", "('x', 'x')"),
        ("{{ t.columns[1].values_distinct() }} {{ t.columns[1].name }}", "('x', None) name"),
        ("{{ t.columns[2].values() }}", "(Decimal('1.50'), Decimal('2.25'), None)"),
        ("{{ t.columns[2].values()[0].normalize is defined }}", "True"),
        ("{{ t.columns[2].values()[0].normalize() }}", "1.5"),
        ("{{ (t.columns[2].values()[0] * 200).normalize().as_tuple()[2] }}", "2"),
        ("{{ t.columns[0][1] }} {{ t.columns[-1][0] }}", "2 2024-01-02"),
        ("{{ t.columns | map(attribute='name') | list }}", "['id', 'name', 'amount', 'day']"),
        ("{{ t.columns.keys() }}", "('id', 'name', 'amount', 'day')"),
        (
            "{{ t.column_names }} {{ t.column_names | join(',') }}",
            "('id', 'name', 'amount', 'day') id,name,amount,day",
        ),
        ("{{ t.rows | length }} {{ t | length }} {{ t.columns | length }}", "3 3 4"),
        ("{{ t.rows[0][0] }} {{ t[0]['name'] }} {{ t.rows[0].name }} {{ t.rows[-1].id }}", "1 x x 3"),
        ("{{ t.rows[0] }}", "<agate.Row: (1, 'x', Decimal('1.50'), datetime.date(2024, 1, 2))>"),
        ("{{ t.columns[0] }}", "<agate.Column: (1, 2, 3)>"),
        ("{{ t.rows[0].values() }}", "(1, 'x', Decimal('1.50'), datetime.date(2024, 1, 2))"),
        (
            "{{ t.rows[0].keys() | list }} {{ t.rows[1].get('name', 'none') }}",
            "['id', 'name', 'amount', 'day'] None",
        ),
        (
            "{{ t.rows[0].dict() }}",
            "{'id': 1, 'name': 'x', 'amount': Decimal('1.50'), 'day': datetime.date(2024, 1, 2)}",
        ),
        ("{% for row in t %}{{ row.id }}{{ row['name'] }} {% endfor %}", "1x 2None 3x "),
        ("{% for row in t.rows %}{{ loop.index }}{{ row[0] + 1 }} {% endfor %}", "12 23 34 "),
        (
            "{% for k, v in t.rows[0].items() %}{{ k }}={{ v }} {% endfor %}",
            "id=1 name=x amount=1.50 day=2024-01-02 ",
        ),
        (
            "{{ t.select(['name', 'id']).rows[0].values() }} {{ t.exclude('name').column_names }}",
            "('x', 1) ('id', 'amount', 'day')",
        ),
        (
            "{{ t.rename(column_names={'id': 'key'}).column_names[0] }} {{ t.rename(['a','b','c','d']).column_names[3] }}",
            "key d",
        ),
        ("{{ t.limit(1) | length }} {{ t.limit(1, 3).columns[0].values() }}", "1 (2, 3)"),
        (
            "{{ t.order_by('day').columns[0].values() }} {{ t.order_by('id', reverse=true).columns[0].values() }}",
            "(3, 1, 2) (3, 2, 1)",
        ),
        ("{{ t.distinct('name') | length }}", "2"),
        (
            "{% for key, part in t.group_by('name').items() %}{{ key }}:{{ part.rows | length }} {% endfor %}",
            "x:2 None:1 ",
        ),
        (
            "{{ t.columns[2].values()[0] + 1 }} {{ t.columns[2].values()[0] * 2 }} {{ t.columns[2].values()[0] > 1 }}",
            "2.50 3.00 True",
        ),
        (
            "{{ t.columns[2].values()[0] == 1.5 }} {{ t.columns[2].values()[0] | int }} {{ t.columns[2].values()[0] | float }}",
            "True 1 1.5",
        ),
        ("{{ (t.columns[2].values()[0] / 4) | round(2) }} {{ -t.columns[2].values()[0] }}", "0.38 -1.50"),
        (
            "{{ t.columns[3].values()[0].year }} {{ t.columns[3].values()[0] < t.columns[3].values()[2] }}",
            "2024 False",
        ),
        ("{{ 'x' in t.columns[1].values() }} {{ t.rows[0] == t.rows[0] }}", "True True"),
        (
            "{{ t.column_types[0].__name__ }} {{ adapter.convert_type(t, 2) }} {{ adapter.convert_type(t, 3) }}",
            "Integer float8 date",
        ),
        (
            "{{ t.nosuch is defined }} {{ t.rows[0].nosuch is defined }} {{ t.rows[7] is defined }}",
            "False False False",
        ),
    ]);
    check_all(
        &host,
        &cases.iter().map(|(template, expected)| (template.as_str(), *expected)).collect::<Vec<_>>(),
    );
    for wrong in ["{{ t.select('nosuch') }}", "{{ t.columns.keys(1) }}", "{{ t.join(t) }}"] {
        assert!(try_render(&host, &format!("{QUERY}{wrong}")).is_err(), "{wrong}");
    }
}

#[test]
fn print_table_prints_through_the_context() {
    let host = Host::new(true, "");
    let (text, printed) =
        render_printing(&host, &format!("{QUERY}{{% do t.print_table(max_columns=2) %}}")).unwrap();
    assert_eq!(text, "");
    assert_eq!(
        printed,
        [
            "| id | name | ... |\n| -- | ---- | --- |\n|  1 | x    | ... |\n|  2 |      | ... |\n|  3 | x    | ... |"
        ]
    );
}

#[test]
fn a_query_without_rows_is_an_empty_table() {
    let host = Host::new(true, "");
    check_all(
        &host,
        &[
            (
                "{% set t = run_query('select 1 as a where false') %}{{ t.rows | length }}{{ t.columns[0].values() }}",
                "0()",
            ),
            ("{% set t = run_query('select 1 as a') %}{{ 'some' if t else 'none' }}", "some"),
            ("{% set t = run_query('select 1 as a where false') %}{{ 'some' if t else 'none' }}", "none"),
        ],
    );
}
