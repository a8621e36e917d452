//! What the parse says of a project, right or wrong.

use crate::program::Project;

/// One project, and what `parse` (or another command) makes of it.
struct Case {
    what: &'static str,
    files: &'static [(&'static str, &'static str)],
    arguments: &'static [&'static str],
    code: i32,
    says: &'static [&'static str],
}

const PARSE: &[&str] = &["parse"];
const STRICT: &[&str] = &["--warn-error", "parse"];
const ONE: (&str, &str) = ("models/one.sql", "select 1 as id");

fn check(cases: &[Case]) {
    for case in cases {
        let project = Project::new(case.files);
        let call = project.call(case.arguments);
        let output = call.output();
        assert_eq!(call.code, case.code, "{}:\n{output}", case.what);
        for text in case.says {
            assert!(output.contains(text), "{}: `{text}` is not in:\n{output}", case.what);
        }
    }
}

#[test]
fn names_and_dates_are_judged() {
    check(&[
        Case {
            what: "a space in a name",
            files: &[("models/my model.sql", "select 1 as id")],
            arguments: PARSE,
            code: 2,
            says: &["Resource names cannot contain spaces", "'model.shop.my model' (models/my model.sql)"],
        },
        Case {
            what: "a space in a name, with the behavior flag off",
            files: &[
                (
                    "dbt_project.yml",
                    "name: shop\nprofile: shop\nflags: {require_resource_names_without_spaces: false}\n",
                ),
                ("models/my model.sql", "select 1 as id"),
                ("models/your model.sql", "select 1 as id"),
            ],
            arguments: PARSE,
            code: 0,
            says: &[
                "Found spaces in the name of `model.shop.my model`",
                "Spaces found in 2 resource name(s)",
                "Run again with `--debug`",
            ],
        },
        Case {
            what: "a model past its date, and one that refers to it",
            files: &[
                ("models/old.sql", "select 1 as id"),
                ("models/user.sql", "select * from {{ ref('old') }}"),
                ("models/m.yml", "models:\n  - name: old\n    deprecation_date: 1999-01-01\n"),
            ],
            arguments: PARSE,
            code: 0,
            says: &[
                "Model old has passed its deprecation date of 1999-01-01",
                "While compiling 'user': Found a reference to old, which was deprecated on '1999-01-01",
            ],
        },
        Case {
            what: "a versioned model beside one without versions",
            files: &[
                ("models/m.sql", "select 1 as id"),
                ("models/m_v1.sql", "select 1 as id"),
                ("models/m.yml", "models:\n  - name: m\n    versions:\n      - v: 1\n"),
            ],
            arguments: PARSE,
            code: 2,
            says: &["dbt found versioned and unversioned models with the name \"m\""],
        },
    ]);
}

#[test]
fn configuration_is_judged() {
    check(&[
        Case {
            what: "paths that lead nowhere",
            files: &[
                (
                    "dbt_project.yml",
                    "name: shop\nprofile: shop\nmodels:\n  shop:\n    gone: {+tags: x}\nseeds:\n  +quote_columns: false\n",
                ),
                ONE,
            ],
            arguments: STRICT,
            code: 2,
            says: &["There are 2 unused configuration paths", "- models.shop.gone", "- seeds"],
        },
        Case {
            what: "a colour that no browser knows",
            files: &[("models/one.sql", "{{ config(docs={'node_color': 'reddish'}) }} select 1 as id")],
            arguments: PARSE,
            code: 2,
            says: &["Invalid color name for docs.node_color: reddish"],
        },
        Case {
            what: "a period without a count",
            files: &[
                ONE,
                (
                    "models/m.yml",
                    "models:\n  - name: one\n    config: {freshness: {build_after: {period: day}}}\n",
                ),
            ],
            arguments: PARSE,
            code: 2,
            says: &["`freshness.build_after` must have a value for `count` if a `period` is provided"],
        },
        Case {
            what: "constraints of a view",
            files: &[
                ONE,
                (
                    "models/m.yml",
                    "models:\n  - name: one\n    config: {contract: {enforced: true}}\n    columns:\n      - name: id\n        \
                     data_type: int\n        constraints: [{type: not_null}]\n",
                ),
            ],
            arguments: PARSE,
            code: 0,
            says: &["Constraint types are not supported for view materializations"],
        },
        Case {
            what: "a microbatch model without its settings",
            files: &[(
                "models/one.sql",
                "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at') }} select 1",
            )],
            arguments: PARSE,
            code: 2,
            says: &["Microbatch model 'one' must provide a 'begin' (datetime) config"],
        },
        Case {
            what: "an argument without a default after one that has it",
            files: &[
                ("functions/add.sql", "a + b"),
                (
                    "functions/add.yml",
                    "functions:\n  - name: add\n    arguments:\n      - {name: a, data_type: int, default_value: 0}\n      \
                     - {name: b, data_type: int}\n    returns: {data_type: int}\n",
                ),
            ],
            arguments: PARSE,
            code: 2,
            says: &["Non-defaulted argument 'b' of function 'add' comes after a defaulted argument"],
        },
    ]);
}

#[test]
fn unit_tests_and_test_entries_are_judged() {
    check(&[
        Case {
            what: "two fixtures of one name",
            files: &[ONE, ("tests/fixtures/a/rows.csv", "id\n1\n"), ("tests/fixtures/b/rows.csv", "id\n1\n")],
            arguments: PARSE,
            code: 2,
            says: &["dbt found two fixtures with the name \"rows\""],
        },
        Case {
            what: "versions taken and left out at once",
            files: &[
                ("models/m_v1.sql", "select 1 as id"),
                (
                    "models/m.yml",
                    "models:\n  - name: m\n    versions:\n      - v: 1\nunit_tests:\n  - name: t\n    model: m\n    versions: \
                     {include: [1], exclude: [2]}\n    given: []\n    expect: {rows: [{id: 1}]}\n",
                ),
            ],
            arguments: PARSE,
            code: 2,
            says: &["both include and exclude"],
        },
        Case {
            what: "an entry of a test without a name",
            files: &[
                ("tests/t.sql", "select 1 as id where false"),
                ("tests/t.yml", "data_tests:\n  - description: nameless\n"),
            ],
            arguments: PARSE,
            code: 0,
            says: &[
                "Unable to parse 'data_tests' section of file 'tests/t.yml'",
                "Entry did not contain a name",
            ],
        },
    ]);
}

const ORDERS: (&str, &str) = (
    "models/orders.yml",
    "semantic_models:\n  - name: orders\n    model: ref('one')\n    defaults: {agg_time_dimension: at}\n    entities: [{name: id, \
     type: PRIMARY}]\n    dimensions:\n      - {name: at, type: TIME, type_params: {time_granularity: DAY}}\n    measures: [{name: \
     total, agg: SUM, expr: id}]\n",
);

#[test]
fn words_of_the_semantic_layer_are_read_in_any_case() {
    let project = Project::new(&[
        ONE,
        ("models/metricflow_time_spine.sql", "select 1 as date_day"),
        ORDERS,
        (
            "models/metrics.yml",
            "metrics:\n  - {name: total, label: Total, type: SIMPLE, type_params: {measure: total}}\n",
        ),
        (
            "models/user.sql",
            "{% set m = metric('total') %}{% if not execute %}{{ config(tags=[m.metric_name]) }}{% endif %}\n\
             -- {{ m }} {{ m.type }} {{ m.type.value }} {{ m.type_params.measure.name }} {{ m.type_params.measure }}\nselect 1 as id",
        ),
    ]);
    project.call(&["compile"]).exits(0);
    let manifest = project.json("target/manifest.json");
    let model = &manifest["semantic_models"]["semantic_model.shop.orders"];
    assert_eq!(model["measures"][0]["agg"], "sum");
    assert_eq!(model["dimensions"][0]["type"], "time");
    assert_eq!(model["dimensions"][0]["type_params"]["time_granularity"], "day");
    assert_eq!(model["entities"][0]["type"], "primary");
    assert_eq!(manifest["metrics"]["metric.shop.total"]["type"], "simple");
    assert_eq!(manifest["nodes"]["model.shop.user"]["tags"], serde_json::json!(["total"]));
    let compiled = project.read("target/compiled/shop/models/user.sql");
    let line = "-- total MetricType.SIMPLE simple total MetricInputMeasure(name='total', filter=None, alias=None, \
                join_to_timespine=False, fill_nulls_with=None)";
    assert!(compiled.contains(line), "{compiled}");
}

#[test]
fn names_of_metrics_are_judged() {
    for (name, fault) in [
        ("number of", "cannot contain spaces"),
        ("1st", "must begin with a letter"),
        ("total!", "must contain only letters, numbers and underscores"),
        (&"a".repeat(251), "cannot contain more than 250 characters"),
    ] {
        let yaml = format!(
            "metrics:\n  - {{name: '{name}', label: l, type: simple, type_params: {{measure: total}}}}\n"
        );
        let project = Project::new(&[ONE, ORDERS]);
        project.write(&[("models/metrics.yml", &yaml)]);
        project.call(PARSE).exits(2).says(fault);
    }
}

#[test]
fn the_semantic_layer_keeps_its_rules() {
    let metric = "metrics:\n  - {name: total, label: Total, type: simple, type_params: {measure: total}}\n";
    let check = |models: &str, metrics: &str, fault: &str| {
        let project = Project::new(&[ONE, ("models/metricflow_time_spine.sql", "select 1 as date_day")]);
        project.write(&[("models/orders.yml", models), ("models/metrics.yml", metrics)]);
        project.call(PARSE).exits(2).says(fault).says("Semantic Manifest validation failed.");
    };
    for (from, to, fault) in [
        ("agg_time_dimension: at", "agg_time_dimension: id", "Default aggregation time dimension"),
        (
            "defaults: {agg_time_dimension: at}",
            "label: x",
            "Aggregation time dimension for measure total is not set",
        ),
        ("type: PRIMARY", "type: foreign", "does not define a primary entity"),
        ("name: orders", "name: Orders", "Invalid name `Orders`"),
        ("name: at,", "name: select,", "'select' is an SQL reserved keyword"),
        ("agg: SUM, expr: id", "agg: count", "requires an expr"),
        ("agg: SUM", "agg: percentile", "which requires agg_params.percentile"),
    ] {
        check(&ORDERS.1.replace(from, to), metric, fault);
    }
    let derived =
        format!("{metric}  - {{name: sum_up, label: Total, type: derived, type_params: {{expr: total}}}}\n");
    check(ORDERS.1, &derived, "No input metrics found for derived metric 'sum_up'");
    check(ORDERS.1, &derived, "Can't use label `Total` for metric `sum_up`");
}

#[test]
fn time_spines_are_judged() {
    let project = Project::new(&[ONE, ORDERS]);
    project.call(PARSE).exits(2).says("requires a time spine model with granularity DAY or smaller");
    for (columns, fault) in [
        ("[{name: id}]", "Time spine standard granularity column must be defined on the model."),
        ("[{name: day}]", "Time spine standard granularity column must have a granularity defined."),
        (
            "[{name: day, granularity: day}]",
            "Time spine custom granularity columns do not exist in the model.",
        ),
    ] {
        let yaml = format!(
            "models:\n  - name: one\n    time_spine: {{standard_granularity_column: day, custom_granularities: [{{name: \
             fiscal_year}}]}}\n    columns: {columns}\n"
        );
        project.write(&[("models/spine.yml", &yaml)]);
        project.call(PARSE).exits(2).says(fault);
    }
}

#[test]
fn a_groups_tags_replace_what_stands_above() {
    let project = Project::new(&[
        ("dbt_project.yml", "name: shop\nprofile: shop\nmodels: {+tags: [a], +meta: {x: 1}}\n"),
        ONE,
        ("models/g.yml", "groups:\n  - {name: g, owner: {name: me}, config: {tags: [b], meta: {y: 2}}}\n"),
    ]);
    project.call(PARSE).exits(0);
    let manifest = project.json("target/manifest.json");
    let config = &manifest["groups"]["group.shop.g"]["config"];
    assert_eq!(*config, serde_json::json!({"tags": ["b"], "meta": {"x": 1, "y": 2}}));
}

#[test]
fn foreign_keys_name_the_relations_they_mean() {
    let constraint = "[{type: foreign_key, columns: [id], to: \"ref('two')\", to_columns: [id]}]";
    let yaml = format!(
        "models:\n  - name: one\n    constraints: {constraint}\n    columns: [{{name: id, data_type: int}}]\n"
    );
    let project = Project::new(&[ONE, ("models/two.sql", "select 1 as id"), ("models/m.yml", &yaml)]);
    let target = |project: &Project| {
        project.json("target/manifest.json")["nodes"]["model.shop.one"]["constraints"][0]["to"].clone()
    };
    project.call(PARSE).exits(0);
    assert_eq!(target(&project), "ref('two')");
    project.call(&["compile"]).exits(0);
    assert_eq!(target(&project), "\"shop\".\"main\".\"two\"");
    project.write(&[("models/m.yml", &yaml.replace("ref('two')", "two"))]);
    project
        .call(PARSE)
        .exits(2)
        .says("Invalid 'ref' or 'source' syntax on foreign key constraint 'to' on model one: two.");
}

#[test]
fn a_source_in_a_file_is_named_by_it() {
    let project = Project::new(&[(
        "models/s.yml",
        "sources:\n  - name: raw\n    meta: {external_location: 'data/{identifier}.csv'}\n    tables:\n      \
         - {name: orders, identifier: o}\n",
    )]);
    project.call(PARSE).exits(0);
    let manifest = project.json("target/manifest.json");
    assert_eq!(manifest["sources"]["source.shop.raw.orders"]["relation_name"], "'data/o.csv'");
}

#[test]
fn an_entry_cannot_choose_among_files_that_are_off() {
    let off = "{{ config(enabled=false) }} select 1 as id";
    let project = Project::new(&[
        ("models/a/m.sql", off),
        ("models/b/m.sql", off),
        ("models/m.yml", "models:\n  - {name: m, config: {enabled: true}}\n"),
    ]);
    project.call(PARSE).exits(2).says("Found 2 matching disabled nodes for model 'm'");
}

#[test]
fn secret_variables_are_not_shown() {
    let project = Project::new(&[("models/one.sql", "select '{{ var('gone') }}' as id")]);
    let call = project.call(&["compile", "--vars", "{DBT_ENV_SECRET_word: hush, other: loud}"]);
    let output = call.exits(2).says("loud").output();
    assert!(!output.contains("hush"), "{output}");
}

#[test]
fn two_sources_with_a_table_of_one_name_are_two_inputs() {
    let project = Project::new(&[
        (
            "models/one.sql",
            "select * from {{ source('a', 't') }} union all select * from {{ source('b', 't') }}",
        ),
        (
            "models/s.yml",
            "sources:\n  - {name: a, tables: [{name: t}]}\n  - {name: b, tables: [{name: t}]}\nunit_tests:\n  - name: both\n    model: \
             one\n    given:\n      - {input: \"source('a', 't')\", rows: [{id: 1}]}\n      - {input: \"source('b', 't')\", rows: [{id: \
             2}]}\n    expect: {rows: [{id: 1}, {id: 2}]}\n",
        ),
    ]);
    write_tables(&project);
    project.call(&["test"]).exits(0);
    assert_eq!(project.results(), ["unit_test.shop.one.both pass"]);
}

/// The tables behind the sources `a` and `b`, whose columns the unit test asks for.
fn write_tables(project: &Project) {
    project.write(&[(
        "macros/make.sql",
        "{% macro make() %}{% for s in ['a', 'b'] %}{% do run_query('create schema ' ~ s) %}{% do run_query('create table ' ~ s ~ '.t \
         as select 1 as id') %}{% endfor %}{% do adapter.commit() %}{% endmacro %}",
    )]);
    project.call(&["run-operation", "make"]).exits(0);
}

#[test]
fn exposures_share_the_projects_tags_and_meta() {
    let project = Project::new(&[
        (
            "dbt_project.yml",
            "name: shop\nprofile: shop\nexposures: {tags: [all], meta: {from: project, own: false}}\n",
        ),
        (
            "models/e.yml",
            "exposures:\n  - {name: my board, type: dashboard, owner: {name: me}, config: {tags: [mine], meta: {own: true}}}\n",
        ),
    ]);
    project.call(PARSE).exits(0).says("`my board` does not follow this pattern");
    let manifest = project.json("target/manifest.json");
    let exposure = &manifest["exposures"]["exposure.shop.my board"];
    assert_eq!(exposure["tags"], serde_json::json!(["all", "mine"]));
    assert_eq!(exposure["meta"], serde_json::json!({"from": "project", "own": true}));
}

#[test]
fn a_measure_of_a_disabled_model_is_named() {
    let off = ORDERS.1.replace("model: ref('one')", "model: ref('one')\n    config: {enabled: false}");
    let project = Project::new(&[
        ONE,
        (
            "models/metrics.yml",
            "metrics:\n  - {name: total, label: Total, type: simple, type_params: {measure: total}}\n",
        ),
    ]);
    project.write(&[("models/orders.yml", &off)]);
    project
        .call(PARSE)
        .exits(2)
        .says("The measure `total` is referenced on disabled semantic model `orders`.");
}

/// dbt says nothing of them.
#[test]
fn remarks_of_our_own_are_no_errors() {
    let project = Project::new(&[
        ("models/one.sql", "select 1 as id"),
        ("models/m.yml", "models:\n  - {name: one, descripton: x}\n"),
        ("tests/t.sql", "select 1 as id where false"),
        ("tests/t.yml", "data_tests:\n  - description: nameless\n"),
    ]);
    let call = project.call(STRICT).exits(0);
    call.says("unknown property `descripton`")
        .says("Unable to parse 'data_tests' section of file 'tests/t.yml'");
}

#[test]
fn settings_with_parts_keep_those_that_are_known() {
    let project = Project::new(&[
        (
            "models/m.yml",
            "models:\n  - name: one\n    config: {contract: {enforce: true, alias_types: false}, docs: {shown: false}}\n",
        ),
        ("models/one.sql", "{{ config(docs={'node_color': 'red', 'shade': 1}) }} select 1 as id"),
    ]);
    project.call(&["parse"]).exits(0);
    let config = &project.json("target/manifest.json")["nodes"]["model.shop.one"]["config"];
    assert_eq!(config["contract"], serde_json::json!({"enforced": false, "alias_types": false}));
    assert_eq!(config["docs"], serde_json::json!({"show": true, "node_color": "red"}));
}

#[test]
fn grants_of_all_levels_add_up() {
    let project = Project::new(&[
        (
            "dbt_project.yml",
            "name: shop\nprofile: shop\nmodels:\n  shop:\n    +grants: {select: [reporter, bi]}\n",
        ),
        (
            "models/one.sql",
            "{{ config(grants={'+select': ['other']}) }}{{ config(grants={'+select': 'third'}) }} select 1 as id",
        ),
        ("models/m.yml", "models:\n  - name: one\n    config: {grants: {+select: [someone]}}\n"),
    ]);
    project.call(PARSE).exits(0);
    let manifest = project.json("target/manifest.json");
    let grants = &manifest["nodes"]["model.shop.one"]["config"]["grants"];
    assert_eq!(grants["select"], serde_json::json!(["reporter", "bi", "someone", "other", "third"]));
}

#[test]
fn an_unpinned_ref_hears_of_newer_versions() {
    let project = Project::new(&[
        ("models/m_v1.sql", "select 1 as id"),
        ("models/m_v2.sql", "select 1 as id"),
        ("models/m.yml", "models:\n  - name: m\n    latest_version: 1\n    versions: [{v: 1}, {v: 2}]\n"),
        ("models/user.sql", "select * from {{ ref('m') }}"),
    ]);
    project.call(&["compile"]).exits(0).says("A prerelease version 2 is available");
}

#[test]
fn a_versions_tags_come_beside_its_models() {
    const VERSIONS: &str = "models:\n  - name: m\n    config: {tags: [x], meta: {list: [1]}}\n    columns: [{name: id}]\n    versions:\n      \
                            - {v: 1, config: {tags: [y], meta: {list: [2]}}, columns: [{include: all}]}\n";
    let project = Project::new(&[("models/m_v1.sql", "select 1 as id"), ("models/m.yml", VERSIONS)]);
    project.call(PARSE).exits(0);
    let manifest = project.json("target/manifest.json");
    let model = &manifest["nodes"]["model.shop.m.v1"];
    assert_eq!(model["config"]["tags"], serde_json::json!(["y", "x"]));
    assert_eq!(model["config"]["meta"]["list"], serde_json::json!([2, 1]));
    for (wrong, said) in [
        ("{exclude: [id]}", "goes with `include: all`"),
        ("{include: [id], exclude: [id]}", "goes with `include: all`"),
        ("{include: some}", "is `all`, `*` or a list of names"),
    ] {
        project.write(&[("models/m.yml", &VERSIONS.replace("{include: all}", wrong))]);
        project.call(PARSE).exits(2).says(said);
    }
}

#[test]
fn two_groups_have_two_names() {
    let group = "groups: [{name: g, owner: {name: x}}]\n";
    let project = Project::new(&[ONE, ("models/a.yml", group), ("models/b.yml", group)]);
    project.call(PARSE).exits(2).says("dbt found two groups with the name \"g\"");
}

#[test]
fn a_test_whose_model_is_missing_does_not_run() {
    let project = Project::new(&[
        ONE,
        ("models/m.yml", "models:\n  - name: gone\n    columns: [{name: id, data_tests: [unique]}]\n"),
    ]);
    project.call(&["build"]).exits(0);
    assert_eq!(project.results(), ["model.shop.one success"]);
}

#[test]
fn a_contract_without_columns_says_so() {
    let project = Project::new(&[(
        "models/one.sql",
        "{{ config(materialized='table', contract={'enforced': true}) }} select 1 as id",
    )]);
    project.call(&["run"]).exits(1).says("and its 'columns' specification is missing");
}

#[test]
fn snapshots_close_what_is_gone_under_names_of_their_own() {
    let project = Project::new(&[
        (
            "models/rows.sql",
            "select 1 as id, 'a' as word {% if var('all', true) %}union all select 2, 'b'{% endif %}",
        ),
        (
            "snapshots/s.yml",
            "snapshots:\n  - name: history\n    relation: ref('rows')\n    config: {strategy: check, check_cols: all, unique_key: id, \
             invalidate_hard_deletes: true, dbt_valid_to_current: \"date '9999-12-31'\", snapshot_meta_column_names: {dbt_valid_to: \
             until}}\n",
        ),
    ]);
    project.call(&["build"]).exits(0);
    project.call(&["build", "--vars", "{all: false}"]).exits(0);
    let shown = project.call(&[
        "show",
        "--inline",
        "select id, until::date = date '9999-12-31' as open from {{ ref('history') }} order by id",
        "--output",
        "json",
    ]);
    let shown = shown.exits(0).stdout.split_whitespace().collect::<String>();
    assert!(shown.contains("{\"id\":1,\"open\":true},{\"id\":2,\"open\":false}"), "{shown}");
}

#[test]
fn after_a_failed_unit_test_the_others_of_the_model_are_skipped() {
    let project = Project::new(&[
        ("models/one.sql", "select 1 as id"),
        ("models/two.sql", "select id from {{ ref('one') }}"),
        (
            "models/m.yml",
            "unit_tests:\n  - {name: a, model: two, given: [{input: ref('one'), rows: [{id: 1}]}], expect: {rows: [{id: 1}]}}\n  \
             - {name: b, model: two, given: [{input: ref('one'), rows: [{id: 1}]}], expect: {rows: [{id: 2}]}}\n  - {name: c, \
             model: two, given: [{input: ref('one'), rows: [{id: 1}]}], expect: {rows: [{id: 1}]}}\n",
        ),
    ]);
    project.call(&["build"]).exits(1);
    assert_eq!(
        project.results(),
        [
            "model.shop.one success",
            "model.shop.two skipped",
            "unit_test.shop.two.a pass",
            "unit_test.shop.two.b fail",
            "unit_test.shop.two.c skipped"
        ]
    );
    project.call(&["test"]).exits(1);
    assert_eq!(
        project.results(),
        ["unit_test.shop.two.a pass", "unit_test.shop.two.b fail", "unit_test.shop.two.c pass"]
    );
}
