//! `api.Relation` and `api.Column`. Expectations were read off dbt.

use super::{Host, check_all, try_render};

const MAKE: &str =
    "{%- set r = api.Relation.create(database='db', schema='s', identifier='T', type='table') -%}";

fn with(template: &str) -> String {
    format!("{MAKE}{template}")
}

#[test]
fn relations_answer_as_in_dbt() {
    let host = Host::new(false, "");
    let cases = [
        ("{{ r }}", r#""db"."s"."T""#),
        ("{{ r ~ ' x' }}", r#""db"."s"."T" x"#),
        ("{{ r | string | length }}", "12"),
        (
            "{{ r.database }} {{ r.schema }} {{ r.identifier }} {{ r.name }} {{ r.table }} {{ r.type }}",
            "db s T T T table",
        ),
        ("{{ r.is_table }} {{ r.is_view }} {{ r.is_cte }}", "True False False"),
        ("{{ r.include(database=false) }}", r#""s"."T""#),
        ("{{ r.include(false, false) }}", r#""T""#),
        ("{{ r.quote(identifier=False, schema=False) }}", r#""db".s.T"#),
        ("{{ r.without_identifier() }}", r#""db"."s""#),
        ("{{ r.incorporate(type='view').is_view }}", "True"),
        ("{{ r.incorporate(path={'identifier': 'U'}) }}", r#""db"."s"."U""#),
        ("{{ r.incorporate(path={'database': none}) }}", r#""s"."T""#),
        ("{{ r.incorporate(path=r.path) == r }}", "True"),
        ("{{ r.replace_path(identifier='x__tmp') }}", r#""db"."s"."x__tmp""#),
        ("{{ r.render() }} {{ r.quoted('a') }}", r#""db"."s"."T" "a""#),
        ("{{ r.information_schema('tables') }}", r#""db".INFORMATION_SCHEMA.tables"#),
        ("{{ r.information_schema() }}", r#""db".INFORMATION_SCHEMA"#),
        ("{{ r == api.Relation.create(database='db', schema='s', identifier='T', type='table') }}", "True"),
        ("{{ r == api.Relation.create(database='db', schema='s', identifier='T') }}", "False"),
        ("{{ r in [r] }} {{ {r: 1}[r] }}", "True 1"),
        ("{{ [r, r] | unique | list | length }}", "1"),
        (
            "{{ r is mapping }} {{ r is string }} {{ r.get('metadata', {}).get('type', '') }}",
            "True False DuckDBRelation",
        ),
        ("{{ 'yes' if r else 'no' }} {{ r.nosuch is defined }}", "yes False"),
        (
            "{{ r.path.identifier }} {{ r.quote_policy.schema }} {{ r.include_policy.database }}",
            "T True True",
        ),
        ("{{ r.matches(database='db', identifier='T') }}", "True"),
        (
            "{{ r.Table }} {{ r.View }} {{ api.Relation.CTE }} {{ api.Relation.External }}",
            "table view cte external",
        ),
        ("{{ api.Relation.create(identifier='x', quote_policy={'identifier': false}) }}", "x"),
        ("{{ api.Relation.create('a', 'b', 'c', 'view').type }}", "view"),
        ("{{ api.Relation.create(schema='s').identifier is none }}", "True"),
        ("{{ api.Relation.scd_args(['a', 'b'], 'u') }}", "['a', 'b', 'u']"),
        ("{{ api.Relation.add_ephemeral_prefix('m') }}", "__dbt__cte__m"),
        ("{{ adapter.Relation.create(schema='s', identifier='i') }}", r#""s"."i""#),
        ("{{ r.incorporate(limit=3) }}", r#"(select * from "db"."s"."T" limit 3)"#),
        ("{{ [r] }}", r#"[<DuckDBRelation "db"."s"."T">]"#),
    ];
    let cases: Vec<_> = cases.iter().map(|(template, expected)| (with(template), *expected)).collect();
    check_all(
        &host,
        &cases.iter().map(|(template, expected)| (template.as_str(), *expected)).collect::<Vec<_>>(),
    );
    for wrong in
        ["{{ r.incorporate(type='nosuch') }}", "{{ r.matches() }}", "{{ r.matches(identifier='t') }}"]
    {
        assert!(try_render(&host, &with(wrong)).is_err(), "{wrong}");
    }
    assert!(
        try_render(&Host::new(true, ""), "{{ api.Relation.create(database=nosuch, identifier='x') }}")
            .is_err()
    );
}

#[test]
fn columns_answer_as_in_dbt() {
    let make =
        "{%- set c = api.Column('a', 'varchar', 16) -%}{%- set n = api.Column.create('n', 'integer') -%}";
    let host = Host::new(false, "");
    let cases = [
        (
            "{{ c.name }} {{ c.column }} {{ c.dtype }} {{ c.quoted }} {{ c.char_size }}",
            "a a varchar \"a\" 16",
        ),
        ("{{ c.data_type }} {{ n.data_type }}", "character varying(16) integer"),
        (
            "{{ c.is_string() }} {{ c.is_number() }} {{ n.is_integer() }} {{ n.is_float() }}",
            "True False True False",
        ),
        ("{{ c.string_size() }} {{ c.can_expand_to(api.Column('b', 'text')) }}", "16 True"),
        ("{{ n.literal(1) }}", "1::integer"),
        ("{{ api.Column.translate_type('string') }} {{ api.Column.translate_type('int') }}", "TEXT int"),
        (
            "{{ api.Column.numeric_type('numeric', 10, 2) }} {{ api.Column.string_type(9) }}",
            "numeric(10,2) character varying(9)",
        ),
        ("{{ api.Column.from_description('x', 'decimal(8,3)').numeric_scale }}", "3"),
        ("{{ c == api.Column('a', 'varchar', 16) }} {{ c == n }} {{ c in [n, c] }}", "True False True"),
        (
            "{{ n }}",
            "DuckDBColumn(column='n', dtype='integer', char_size=None, numeric_precision=None, numeric_scale=None, fields=[])",
        ),
        ("{{ [c, n] | map(attribute='name') | join(', ') }}", "a, n"),
        ("{{ [c, n] | map(attribute='quoted') | list }}", "['\"a\"', '\"n\"']"),
        (
            "{% for f in api.Column('s', 'STRUCT(x INTEGER, y STRUCT(z DATE))').flatten() %}{{ f.name }} {{ f.dtype }};{% endfor %}",
            "s.x INTEGER;s.y.z DATE;",
        ),
    ];
    let cases: Vec<_> =
        cases.iter().map(|(template, expected)| (format!("{make}{template}"), *expected)).collect();
    check_all(
        &host,
        &cases.iter().map(|(template, expected)| (template.as_str(), *expected)).collect::<Vec<_>>(),
    );
    assert!(try_render(&host, &format!("{make}{{{{ n.string_size() }}}}")).is_err());
}
