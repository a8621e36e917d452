//! What macros get to see of a project, and what is listed of them.

use crate::program::Project;

const PARSE: &[&str] = &["parse"];
const ONE: (&str, &str) = ("models/one.sql", "select 1 as id");

#[test]
fn described_arguments_are_compared_where_the_project_asks() {
    let project = Project::new(&[
        ("dbt_project.yml", "name: shop\nprofile: shop\nflags: {validate_macro_args: true}\n"),
        (
            "macros/m.sql",
            "{% macro m(a, b) %}{% endmacro %}\n{% macro plain(c) %}{% endmacro %}\n{% endmacro %}",
        ),
        ("tests/generic/good.sql", "{% test good(model) %}select 1 as id where false{% endtest %}"),
        (
            "snapshots/s.sql",
            "{% snapshot s %}{{ config(strategy='check', unique_key='id', check_cols='all') }}select 1 as id{% endsnapshot \
             %}{% endsnapshot %}",
        ),
        (
            "macros/m.yml",
            "macros:\n  - name: m\n    arguments: [{name: a, type: 'list[int]'}, {name: x, type: words}]\n",
        ),
    ]);
    project
        .call(PARSE)
        .exits(0)
        .says("Argument x in yaml for macro m does not match the jinja definition.")
        .says("Argument x in the yaml for macro m has an invalid type.")
        .says("Found unexpected 'endmacro' block tag")
        .says("UnexpectedJinjaBlockDeprecation: 2 occurrences");
    let manifest = project.json("target/manifest.json");
    assert_eq!(manifest["macros"]["macro.shop.plain"]["arguments"][0]["name"], "c");
    // dbt does not look at those of generic tests.
    assert_eq!(manifest["macros"]["macro.shop.test_good"]["arguments"], serde_json::json!([]));
}

#[test]
fn a_dispatch_without_a_namespace_is_listed_under_the_root_projects_macro() {
    let project = Project::new(&[
        ("packages.yml", "packages:\n  - local: lib\n"),
        ("lib/dbt_project.yml", "name: lib\n"),
        (
            "lib/macros/m.sql",
            "{% macro m() %}{{ adapter.dispatch('m')() }}{% endmacro %}{% macro default__m() %}lib{% endmacro %}",
        ),
        ("macros/m.sql", "{% macro default__m() %}root{% endmacro %}"),
    ]);
    project.call(&["deps"]).exits(0);
    project.call(PARSE).exits(0);
    let manifest = project.json("target/manifest.json");
    let listed = &manifest["macros"]["macro.lib.m"]["depends_on"]["macros"];
    assert_eq!(*listed, serde_json::json!(["macro.shop.default__m"]));
}

#[test]
fn the_model_says_nothing_of_what_is_not_set() {
    let project = Project::new(&[(
        "models/m.sql",
        "{{ config(post_hook='select 1', meta={'owner': none}) }}select '{% if execute %}{{ tojson([model.config.docs, \
         model.config.meta, model.config['post-hook']]) }}{% endif %}' as it",
    )]);
    project.call(&["compile"]).exits(0);
    assert_eq!(
        project.read("target/compiled/shop/models/m.sql").trim(),
        r#"select '[{"show": true}, {"owner": null}, [{"sql": "select 1", "transaction": true}]]' as it"#
    );
}

#[test]
fn a_tests_config_is_kept_as_it_is_called_where_the_project_asks() {
    let flags = "name: shop\nprofile: shop\nflags: {state_modified_compare_more_unrendered_values: true}\n";
    let project = Project::new(&[
        ("dbt_project.yml", flags),
        ONE,
        (
            "models/m.yml",
            "models:\n  - name: one\n    columns:\n      - name: id\n        data_tests:\n          - accepted_values: {arguments: {values: [1]}, config: {severity: warn}}\n",
        ),
    ]);
    project.call(PARSE).exits(0);
    let manifest = project.json("target/manifest.json");
    let nodes = manifest["nodes"].as_object().expect("nodes");
    let test = nodes.values().find(|node| node["resource_type"] == "test").expect("a test");
    assert_eq!(test["unrendered_config"]["severity"], "Keyword(key='severity', value=Const(value='warn'))");
}

#[test]
fn the_context_can_be_listed() {
    let project = Project::new(&[
        ("macros/m.sql", "{% macro one_vars() %}1{% endmacro %}{% macro two_vars() %}2{% endmacro %}"),
        (
            "models/m.sql",
            "select '{% for name in context.keys() %}{% if name.endswith('_vars') %}{{ name }}={{ context[name]() }} {% endif %}{% endfor %}\
             {{ 'ref' in context and 'one_vars' in context.keys() }} {{ builtins.keys() | select('equalto', 'one_vars') | list }}' as it",
        ),
    ]);
    project.call(&["compile"]).exits(0);
    let compiled = project.read("target/compiled/shop/models/m.sql");
    assert_eq!(compiled.trim(), "select 'one_vars=1 two_vars=2 True []' as it");
}

#[test]
fn a_python_function_is_a_template() {
    let project = Project::new(&[
        ("functions/twice.py", "def entry(value):\n    {% if true %}return value * 2{% endif %}\n"),
        (
            "functions/twice.yml",
            "functions:\n  - name: twice\n    config: {runtime_version: '3.11', entry_point: entry}\n    arguments: [{name: value, \
             data_type: float}]\n    returns: {data_type: float}\n",
        ),
    ]);
    project.call(&["compile"]).exits(0);
    let manifest = project.json("target/manifest.json");
    let function = &manifest["functions"]["function.shop.twice"];
    assert_eq!(
        (&function["language"], &function["config"]["entry_point"]),
        (&"python".into(), &"entry".into())
    );
    assert_eq!(function["compiled_code"], "def entry(value):\n    return value * 2");
}

#[test]
fn macros_of_the_project_answer_for_the_adapter() {
    let project = Project::new(&[
        ("macros/m.sql", "{% macro get_columns_in_relation(relation) %}{{ return('mine') }}{% endmacro %}"),
        (
            "models/one.sql",
            "select '{{ adapter.get_columns_in_relation(this) if execute }}' as a, '{{ toyaml({'b': [1], 'a': true}, \
             sort_keys=true) | replace('\\n', ';') }}' as b, '{{ toyaml({'a': adapter}, 'failed') }}' as c",
        ),
        ("models/two.sql", "select 1 as id {{ adapter_macro('x') if execute }}"),
    ]);
    project.call(&["compile", "--select", "one"]).exits(0);
    let compiled = project.read("target/compiled/shop/models/one.sql");
    assert_eq!(compiled, "select 'mine' as a, 'a: true;b:;- 1;' as b, 'failed' as c");
    project.call(&["compile"]).exits(2).says("The \"adapter_macro\" macro has been deprecated");
}

#[test]
fn markers_compare_as_the_texts_they_are() {
    let project = Project::new(&[
        (
            "dbt_project.yml",
            "name: shop\nprofile: shop\nmodels:\n  +enabled: \"{{ (target.name == 'dev' | as_bool) }}\"\n  \
             shop:\n    two:\n      +enabled: \"{{ target.type in ['postgres', 'spark'] | as_bool }}\"\n",
        ),
        ("models/two.sql", "select 2 as id"),
        ONE,
    ]);
    let listed = project.call(&["ls"]).exits(0).says("shop.one").output();
    assert!(!listed.contains("shop.two"), "{listed}");
}

#[test]
fn docs_blocks_count_where_they_are_printed() {
    let project = Project::new(&[
        ONE,
        ("models/d.md", "{% docs b %}of {name}{% enddocs %}"),
        (
            "models/m.yml",
            "models:\n  - name: one\n    description: \"{{ doc('b') }}\"\n    columns: [{name: id, doc_blocks: 2, description: \"{{ \
             doc('b').format(name='id') }}\"}]\n",
        ),
    ]);
    project.call(PARSE).exits(0);
    let manifest = project.json("target/manifest.json");
    let model = &manifest["nodes"]["model.shop.one"];
    assert_eq!(model["doc_blocks"], serde_json::json!(["doc.shop.b"]));
    assert_eq!(model["columns"]["id"]["doc_blocks"], serde_json::json!([]));
    assert_eq!(model["columns"]["id"]["description"], "of id");
}

/// The project's macros stand for a warehouse that knows grants.
#[test]
fn grants_take_back_what_is_no_longer_asked_for() {
    let project = Project::new(&[(
        "macros/grants.sql",
        "{% macro get_show_grant_sql(relation) %}select 'Ann' as grantee, 'SELECT' as privilege_type union all select 'bob', \
         'SELECT' union all select 'cy', 'insert' order by 1{% endmacro %}\n{% macro call_dcl_statements(statements) %}{% for \
         statement in statements %}{% do log(statement, true) %}{% endfor %}{% endmacro %}\n{% macro change(wanted) %}{% do \
         dbt.default__apply_grants(api.Relation.create(schema='main', identifier='t'), wanted, true) %}{% endmacro %}",
    )]);
    let change = |wanted: &str| {
        let output = project.call(&["run-operation", "change", "--args", wanted]).exits(0).output();
        let lines = output.lines().filter_map(|line| line.split_once("  ")).map(|(_, text)| text.to_string());
        lines.filter(|line| line.contains(" on ")).collect::<Vec<String>>()
    };
    let (revoked, granted) =
        ("revoke SELECT on \"main\".\"t\" from \"bob\"", "grant select on \"main\".\"t\" to dora");
    let inserted = "revoke insert on \"main\".\"t\" from \"cy\"";
    assert_eq!(change("{wanted: {select: [ANN, dora]}}"), [revoked, inserted, granted]);
    assert!(change("{wanted: {select: [ann, BOB], INSERT: [cy]}}").is_empty());
}

/// dbt resolves such a dispatch by name alone while it parses a generic test.
#[test]
fn a_generic_test_of_a_package_dispatches_to_its_own_macro() {
    let files = [
        ("packages.yml", "packages:\n  - local: dep\n"),
        ("dep/dbt_project.yml", "name: dep\nversion: '1.0'\n"),
        (
            "dep/macros/t.sql",
            "{% test odd(model) %}{{ return(adapter.dispatch('test_odd')(model)) }}{% endtest %}\n{% macro default__test_odd(model) \
             %}select * from {{ model }}{% endmacro %}",
        ),
        ("models/a.sql", "select 1 as a"),
        ("models/a.yml", "models: [{name: a, data_tests: [dep.odd]}]"),
    ];
    let project = crate::program::Project::new(&files);
    project.call(&["deps"]).exits(0);
    project.call(&["parse"]).exits(0);
}

#[test]
fn databricks_says_what_a_model_is_tagged_with() {
    let project = Project::new(&[
        (
            "profiles.yml",
            "shop: {target: dev, outputs: {dev: {type: databricks, host: h, http_path: /sql/1.0/warehouses/x, token: t, \
             schema: s, catalog: c}}}\n",
        ),
        (
            "models/a.sql",
            "select '{{ adapter.get_column_tags_from_model(model).set_column_tags | tojson }} {{ adapter.is_cluster() }} \
             {{ adapter.clean_sql(' a; ') }}' as id {{ adapter.get_config_from_model(model) if not execute }}",
        ),
        (
            "models/a.yml",
            "models: [{name: a, columns: [{name: id, databricks_tags: {pii: 1, team: null}}, {name: b}]}]\n",
        ),
    ]);
    project.call(&["compile", "--no-populate-cache"]).exits(0);
    let compiled = project.read("target/compiled/shop/models/a.sql");
    assert_eq!(compiled.trim(), "select '{\"id\": {\"pii\": \"1\", \"team\": \"\"}} False a' as id");
}
