//! The `adapter` object with the built-in macros on a real DuckDB, and while parsing.

use super::{Host, check_all, render, try_render};

#[test]
fn parsing_reaches_no_warehouse() {
    let host = Host::new(false, "");
    check_all(
        &host,
        &[
            ("{{ adapter.get_relation('a', 'b', 'c') }}", "None"),
            ("{{ adapter.get_columns_in_relation(nosuch) }}", "[]"),
            (
                "{{ adapter.check_schema_exists('a', 'b') }} {{ adapter.already_exists('a', 'b') }}",
                "False False",
            ),
            ("{% set r, t = adapter.execute('select 1') %}{{ t.rows | length }}{{ r }}", "0"),
            ("{{ adapter.drop_schema(nosuch) }}{{ adapter.rename_relation(a, b) }}", "NoneNone"),
            ("{{ adapter.type() }} {{ adapter.quote('a') }}", "duckdb \"a\""),
            ("{{ adapter.dispatch('current_timestamp', 'dbt') is callable }}", "True"),
            (
                "{{ adapter.quote_as_configured('a', 'schema') }} {{ adapter.quote_as_configured('a', 'x') }}",
                "\"a\" a",
            ),
            (
                "{{ adapter.quote_seed_column('a', none) }} {{ adapter.quote_seed_column('a', false) }}",
                "\"a\" a",
            ),
            (
                "{{ adapter.is_motherduck() }} {{ adapter.external_root() }} {{ adapter.get_binding_char() }}",
                "False . ?",
            ),
            ("{{ adapter.commit() }}{{ adapter.disable_transactions() }}", "NoneFalse"),
            (
                "{{ adapter.valid_incremental_strategies() }}",
                "['append', 'delete+insert', 'merge', 'microbatch']",
            ),
            (
                "{{ 'on' if adapter.behavior.require_batched_execution_for_custom_microbatch_strategy else 'off' }}",
                "off",
            ),
            ("{{ adapter.verify_database('MEMORY') }}", ""),
            ("{{ adapter.config.credentials.schema }}", "main"),
        ],
    );
    for (wrong, part) in [
        ("{{ adapter.quote() }}", "identifier"),
        ("{{ adapter.dispatch('dbt.x') }}", "macro_namespace=\"dbt\""),
        ("{{ adapter.dispatch('x', packages=['a']) }}", "packages"),
        ("{{ adapter.quote_seed_column('a', 'yes') }}", "quote_columns"),
        ("{{ adapter.verify_database('other') }}", "other"),
    ] {
        let error = try_render(&host, wrong).expect_err(wrong);
        assert!(error.message.contains(part), "{wrong}: {error}");
    }
}

#[test]
fn relations_are_found_created_and_dropped() {
    let host = Host::new(true, "");
    check_all(
        &host,
        &[
            ("{{ adapter.get_relation('memory', 'main', 'orders') }}", "None"),
            (
                "{% do run_query('create table orders as select 1 as id, 2.5::decimal(9,2) as amount') %}{% do adapter.commit() %}",
                "",
            ),
            // The schema was listed before the table came.
            ("{{ adapter.get_relation('memory', 'main', 'orders') }}", "None"),
            (
                "{% do adapter.cache_added(api.Relation.create('memory', 'main', 'orders', 'table')) %}\
                 {% set r = adapter.get_relation('memory', 'main', 'orders') %}{{ r }} {{ r.type }}",
                "\"memory\".\"main\".\"orders\" table",
            ),
            (
                "{% set r = adapter.get_relation('memory', 'main', 'orders') %}\
                 {% for c in adapter.get_columns_in_relation(r) %}{{ c.name }} {{ c.data_type }};{% endfor %}",
                "id INTEGER;amount DECIMAL(9,2);",
            ),
            ("{{ adapter.get_columns_in_relation(api.Relation.create('memory', 'main', 'nosuch')) }}", "[]"),
            (
                "{% set r = api.Relation.create('memory', 'stage', 'x') %}{{ adapter.check_schema_exists('memory', 'stage') }}\
                 {% do adapter.create_schema(r) %}{{ adapter.check_schema_exists('memory', 'stage') }}",
                "FalseTrue",
            ),
            ("{% do run_query('create view stage.v as select 1 as id, 3 as extra') %}", ""),
            (
                "{% set v = adapter.get_relation('memory', 'stage', 'v') %}{{ v.is_view }}\
                 {% for c in adapter.get_missing_columns(v, adapter.get_relation('memory', 'main', 'orders')) %}{{ c.name }}{% endfor %}",
                "Trueextra",
            ),
            (
                "{% set old = adapter.get_relation('memory', 'main', 'orders') %}{% set new = old.incorporate(path={'identifier': 'orders2'}) %}\
                 {% do adapter.rename_relation(old, new) %}{{ adapter.get_relation('memory', 'main', 'orders') }} \
                 {{ adapter.get_relation('memory', 'main', 'orders2') }} {{ run_query('select count(*) from orders2').rows[0][0] }}",
                "None \"memory\".\"main\".\"orders2\" 1",
            ),
            (
                "{% set r = adapter.get_relation('memory', 'main', 'orders2') %}{% do adapter.truncate_relation(r) %}\
                 {{ run_query('select count(*) from orders2').rows[0][0] }}{% do adapter.drop_relation(r) %}\
                 {{ adapter.get_relation('memory', 'main', 'orders2') }}",
                "0None",
            ),
            (
                "{% do adapter.drop_schema(api.Relation.create('memory', 'stage')) %}{{ adapter.check_schema_exists('memory', 'stage') }}",
                "False",
            ),
            ("{{ adapter.get_relation(none, 'information_schema', 'TABLES') is none }}", "True"),
        ],
    );
    let error =
        try_render(&host, "{% do adapter.drop_relation(api.Relation.create('memory', 'main', 'x')) %}")
            .unwrap_err();
    assert!(error.message.contains("type is not known"), "{error}");
    let error = try_render(&host, "{{ adapter.nosuch() }}").unwrap_err();
    assert!(error.message.contains("nosuch"), "{error}");
    let error = try_render(&host, "{{ adapter.get_columns_in_relation('orders') }}").unwrap_err();
    assert!(error.message.contains("takes a relation"), "{error}");
}

#[test]
fn statements_run_and_their_errors_carry_the_databases() {
    let host = Host::new(true, "");
    check_all(
        &host,
        &[
            (
                "{% set r, t = adapter.execute('select 1 as a union all select 2', fetch=true, limit=1) %}{{ r }} {{ t.rows | length }} {{ r.rows_affected }}",
                "OK 1 None",
            ),
            ("{% do adapter.add_query('create table t(a int, b varchar)', auto_begin=false) %}", ""),
            (
                "{% do adapter.add_query('insert into t values (?, ?)', bindings=[1, 'x'], abridge_sql_log=true) %}{% do adapter.commit() %}",
                "",
            ),
            ("{{ run_query('select * from t').rows[0].values() }}", "(1, 'x')"),
            (
                "{% for c in adapter.get_column_schema_from_query('select 1 as a, {x: 2} as s') %}{{ c.name }} {{ c.dtype }};{% endfor %}",
                "a INTEGER;s.x INTEGER;",
            ),
            ("{{ adapter.location_exists('/nowhere/x.parquet') }}", "False"),
            ("{{ adapter.escape_sql_string(\"it's\") }}", "it''s"),
            (
                "{% set t = adapter.convert_datetimes_to_strs(run_query(\"select timestamp '2024-01-02 03:04:05' as at\")) %}{{ t.rows[0].values() }}",
                "('2024-01-02 03:04:05',)",
            ),
            (
                "{{ adapter.catalog_supports_foreign_keys('memory') }} {{ adapter.catalog_supports_foreign_keys('nosuch') }}",
                "True False",
            ),
            ("{% do run_query('create table k(id int primary key, n int unique)') %}", ""),
            (
                "{{ adapter.existing_key_constraint_types(api.Relation.create('memory', 'main', 'K')) }}",
                "['primary_key', 'unique']",
            ),
            ("{{ adapter.is_ducklake(api.Relation.create('memory', 'main', 'k')) }}", "False"),
        ],
    );
    let error = try_render(&host, "{% do run_query('select nosuch') %}").unwrap_err();
    let source =
        error.source_as::<headwater::adapter::AdapterError>().expect("the database's error is the source");
    assert_eq!(source.position.map(|at| at.column), Some(8));
    assert!(error.message.contains("nosuch"), "{error}");
}

#[test]
fn constraints_are_rendered() {
    let host = Host::new(false, "");
    check_all(
        &host,
        &[
            (
                "{{ adapter.render_raw_columns_constraints({'a': {'name': 'a', 'data_type': 'int', 'constraints': [\
                 {'type': 'not_null'}, {'type': 'check', 'expression': 'a > 0'}, {'type': 'foreign_key', 'to': 'db.s.t', 'to_columns': ['id']}]},\
                 'b': {'name': 'b', 'data_type': 'text', 'quote': true, 'constraints': [{'type': 'primary_key'}]}}) }}",
                "['a int not null check (a > 0) references s.t (id)', '\"b\" text primary key']",
            ),
            (
                "{{ adapter.render_raw_model_constraints([{'type': 'primary_key', 'columns': ['a', 'b'], 'name': 'pk'}, \
                 {'type': 'check', 'expression': 'a > 1'}, {'type': 'foreign_key', 'columns': ['a'], 'to': 's.t', 'to_columns': ['id']},\
                 {'type': 'unique', 'columns': ['a']}, {'type': 'custom', 'expression': 'x'}]) }}",
                "['constraint pk primary key (a, b)', 'check (a > 1)', 'foreign key (a) references s.t (id)', 'unique (a)', 'x']",
            ),
        ],
    );
    let error =
        try_render(&host, "{{ adapter.render_raw_model_constraints([{'type': 'nosuch'}]) }}").unwrap_err();
    assert!(error.message.contains("Could not parse constraint"), "{error}");
}

#[test]
fn strategies_hard_deletes_and_files() {
    let host = Host::new(true, "{% macro get_incremental_mine_sql(arg) %}mine{% endmacro %}");
    check_all(
        &host,
        &[
            ("{{ adapter.get_incremental_strategy_macro(context, 'mine')({}) }}", "mine"),
            (
                "{{ adapter.get_hard_deletes_behavior({}) }} {{ adapter.get_hard_deletes_behavior({'hard_deletes': 'new_record'}) }}",
                "ignore new_record",
            ),
            ("{{ adapter.get_hard_deletes_behavior({'invalidate_hard_deletes': true}) }}", "invalidate"),
            (
                "{{ adapter.external_write_options('a.csv.gz', {}) }}",
                "format csv, compression gzip, header 1",
            ),
            (
                "{{ adapter.external_write_options('a', {'delimiter': '|'}) }}",
                "delimiter '|', format csv, header 1",
            ),
            (
                "{% set o = {'partition_by': 'a, b'} %}{{ adapter.external_write_options('out', o) }} {{ adapter.external_read_location('out', o) }}",
                "partition_by (a, b), format parquet out/*/*/*.parquet",
            ),
            ("{{ adapter.external_read_location('out.parquet', {}) }}", "out.parquet"),
            (
                "{{ adapter.parse_index({'columns': ['a'], 'unique': true}).columns }} {{ adapter.parse_index(none) }}",
                "['a'] None",
            ),
            (
                "{{ adapter.parse_index({'columns': ['a']}).render(api.Relation.create(identifier='t')) | length }}",
                "32",
            ),
            (
                "{{ adapter.batch_id_for_model({'batch': {'event_time_start': '2024-01-02 00:00:00+00:00'}}) }}",
                "20240102_0000000000",
            ),
            (
                "{{ adapter.get_seed_file_path({'root_path': '/p', 'original_file_path': 'seeds/a.csv'}) }}",
                "/p/seeds/a.csv",
            ),
        ],
    );
    let path = "{% set r = api.Relation.create('db', 's', 'm') %}{{ adapter.get_temp_relation_path(r) }}";
    let (first, second) = (render(&host, path), render(&host, path));
    assert_eq!(first, second, "one stand-in a model and run");
    assert!(first.starts_with("Path(database='db', schema='dbt_temp', identifier='m__"), "{first}");
    for _ in 0..2 {
        render(&host, "{% do adapter.warn_once('mind the gap') %}");
    }
    let warnings = host.warnings.lock().unwrap().clone();
    assert_eq!(warnings.iter().filter(|warning| warning.contains("mind the gap")).count(), 1);
    let error =
        try_render(&host, "{{ adapter.get_incremental_strategy_macro(context, 'insert_overwrite') }}")
            .unwrap_err();
    assert!(error.message.contains("not valid for this adapter"), "{error}");
    let error =
        try_render(&host, "{{ adapter.get_incremental_strategy_macro(context, 'nosuch') }}").unwrap_err();
    assert!(error.message.contains("get_incremental_nosuch_sql"), "{error}");
}
