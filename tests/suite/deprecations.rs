//! What is deprecated: which events are given, how often, and what they do to a build.

use crate::program::Project;

const FILES: &[(&str, &str)] = &[
    ("models/a.sql", "{% set both = modules.itertools.chain([1], [2]) | list %} select 1 as id"),
    ("models/b.sql", "select 1 as id"),
    (
        "models/m.yml",
        "models:\n  - name: a\n    columns:\n      - name: id\n        tests:\n          - unique\n          - accepted_values: {values: \
         [1, 2]}\n          - accepted_values: {name: other, severity: warn, arguments: {values: [1, 2]}}\n          - relationships: {to: \
         ref('b'), field: id, where: '1=1'}\n          - {test_name: accepted_values, name: third, values: [1], config: \
         {severity: warn}}\nsources:\n  - name: raw\n    tables:\n      - name: t\n        columns: [{name: id, tests: [{accepted_values: \
         {values: [1]}}]}]\nexposures:\n  - {name: bad name, type: dashboard, owner: {name: x}}\n",
    ),
];

/// The lines of the summary.
fn summary(output: &str) -> Vec<&str> {
    output.lines().filter(|line| line.starts_with("- ") && line.contains(" occurrence")).collect()
}

#[test]
fn each_is_counted_and_shown_once() {
    let project = Project::new(FILES);
    let options = "{include: [DeprecatedModel]}";
    let output = project.call(&["--warn-error-options", options, "parse"]).exits(0).output();
    let mut found = summary(&output);
    found.sort();
    let expected = [
        "- ExposureNameDeprecation: 1 occurrence",
        "- MissingArgumentsPropertyInGenericTestDeprecation: 4 occurrences",
        "- ModulesItertoolsUsageDeprecation: 1 occurrence",
        "- PropertyMovedToConfigDeprecation: 2 occurrences",
        "- WEOIncludeExcludeDeprecation: 1 occurrence",
    ];
    assert_eq!(found, expected, "{output}");
    assert_eq!(output.matches("[PropertyMovedToConfigDeprecation]").count(), 1, "{output}");
    let all = project.call(&["--show-all-deprecations", "parse"]).exits(0).output();
    assert_eq!(all.matches("[PropertyMovedToConfigDeprecation]").count(), 2, "{all}");
    let clean = "name: shop\nprofile: shop\nclean-targets: [dbt_modules]\n";
    project.write(&[("dbt_project.yml", clean)]);
    project.call(&["clean"]).exits(0).says("PackageInstallPathDeprecation: 1 occurrence");
}

/// dbt takes blank lines at the start of a file away before it counts.
#[test]
fn keys_given_twice_are_told_with_dbts_line_and_their_own() {
    let project = Project::new(&[("models/m.yml", "\n\nmodels: []\nmodels: []\n")]);
    project
        .call(&["parse"])
        .exits(0)
        .says("Duplicate key 'models' in \"<unicode string>\", line 2, column 1 in file")
        .says("--> models/m.yml:4:1");
}

#[test]
fn arguments_before_their_flag_are_named() {
    let flags = "name: shop\nprofile: shop\nflags: {require_generic_test_arguments_property: false}\n";
    let project = Project::new(&[
        ("dbt_project.yml", flags),
        ("models/a.sql", "select 1 as id"),
        ("macros/t.sql", "{% test t(model, arguments) %} select 1 where 1 = 0 {% endtest %}"),
        ("models/m.yml", "models:\n  - {name: a, tests: [{t: {arguments: 3}}]}\n"),
    ]);
    let output = project.call(&["parse"]).exits(0).output();
    assert_eq!(summary(&output), ["- ArgumentsPropertyInGenericTestDeprecation: 1 occurrence"]);
}

#[test]
fn time_spines_and_windows_of_old_are_named() {
    let files = [
        ("models/metricflow_time_spine.sql", "select 1 as date_day"),
        ("models/orders.sql", "select 1 as id, current_date as ordered"),
        (
            "models/m.yml",
            "semantic_models:\n  - name: orders\n    model: ref('orders')\n    defaults: {agg_time_dimension: ordered}\n    entities: \
             [{name: id, type: primary}]\n    dimensions: [{name: ordered, type: time, type_params: {time_granularity: day}}]\n    \
             measures: [{name: total, agg: sum, expr: '1'}]\nmetrics:\n  - name: weekly\n    label: Weekly\n    type: cumulative\n    \
             type_params: {measure: total, window: 7 days}\n",
        ),
    ];
    let project = Project::new(&files);
    let output = project.call(&["parse"]).exits(0).output();
    let mut found = summary(&output);
    found.sort();
    let expected = [
        "- MFCumulativeTypeParamsDeprecation: 1 occurrence",
        "- MFTimespineWithoutYamlConfigurationDeprecation: 1 occurrence",
    ];
    assert_eq!(found, expected, "{output}");
    let flags = "name: shop\nprofile: shop\nflags: {require_nested_cumulative_type_params: true}\n";
    let project = Project::new(&[&files[..], &[("dbt_project.yml", flags)]].concat());
    project.call(&["parse"]).exits(2).says("should be nested under");
}

#[test]
fn keys_are_judged_where_the_warehouse_is_known_in_full() {
    let profiles = "shop:\n  target: dev\n  outputs:\n    dev: {type: snowflake, account: a, user: u, password: p, database: d, \
                    schema: s, warehouse: w}\n";
    let files = [
        ("profiles.yml", profiles),
        (
            "dbt_project.yml",
            "name: shop\nprofile: shop\nmodels:\n  shop: {materialized: view, +mine: 1, +schema: s, staging: {tags: [x]}}\n",
        ),
        (
            "models/a.sql",
            "{{ config(docs={'show': true, 'shade': 1}, odd=1, pre_hook='select 1') }} select 1 as id",
        ),
        ("models/staging/b.sql", "select 1 as id"),
        (
            "models/m.yml",
            "mine: 1\nmodels:\n  - name: a\n    tags: [x]\n    weird: 1\n    config: {labels: {x: y}, own: 1}\n    columns:\n      - \
             {name: id, meta: {a: 1}, note: x}\nsources:\n  - {name: raw, loaded_at_field: at, tables: [{name: t, odd: 1}]}\n\
             exposures:\n  - {name: e, type: dashboard, owner: {name: x, slack: y}}\n",
        ),
    ];
    let project = Project::new(&files);
    let output = project.call(&["parse"]).exits(0).output();
    let mut found = summary(&output);
    found.sort();
    let expected = [
        "- CustomKeyInConfigDeprecation: 3 occurrences",
        "- CustomKeyInObjectDeprecation: 5 occurrences",
        "- CustomTopLevelKeyDeprecation: 1 occurrence",
        "- MissingPlusPrefixDeprecation: 2 occurrences",
        "- PropertyMovedToConfigDeprecation: 3 occurrences",
    ];
    assert_eq!(found, expected, "{output}");
    let project = Project::new(&files[1..]);
    let output = project.call(&["parse"]).exits(0).output();
    assert!(summary(&output).is_empty(), "{output}");
}

#[test]
fn packages_replace_materializations_where_the_project_lets_them() {
    const OWN: &str = "{% materialization table, adapter='duckdb' %}{{ log('by the package', info=True) }}{% call statement('main') \
                       %}create or replace table {{ this }} as {{ sql }}{% endcall %}{{ return({'relations': [this]}) }}{% \
                       endmaterialization %}";
    let project = Project::new(&[
        ("packages.yml", "packages: [{local: near}]\n"),
        ("near/dbt_project.yml", "name: near\n"),
        ("near/macros/table.sql", OWN),
        ("models/a.sql", "{{ config(materialized='table') }} select 1 as id"),
        ("models/b.sql", "{{ config(materialized='table') }} select 1 as id"),
        // The adapter's own comes before what the project has for all adapters.
        ("macros/common.sql", "{% materialization table, default %}{{ fail }}{% endmaterialization %}"),
    ]);
    project.call(&["deps"]).exits(0);
    let output = project.call(&["run"]).exits(0).output();
    assert!(summary(&output).is_empty() && !output.contains("by the package"), "{output}");
    let name = "flags: {require_explicit_package_overrides_for_builtin_materializations: false}\n";
    project.write(&[("dbt_project.yml", &format!("name: shop\nprofile: shop\n{name}"))]);
    let output = project.call(&["run"]).exits(0).output();
    assert_eq!(summary(&output), ["- PackageMaterializationOverrideDeprecation: 2 occurrences"], "{output}");
    assert_eq!(output.matches("[PackageMaterializationOverrideDeprecation]").count(), 1, "{output}");
    assert_eq!(output.matches("by the package").count(), 2, "{output}");
    project.call(&["--warn-error", "run"]).exits(1).says("replaces the built-in materialization `table`");
}

#[test]
fn what_the_schema_does_not_allow_is_noted() {
    let profiles = "shop:\n  target: dev\n  outputs:\n    dev: {type: snowflake, account: a, user: u, password: p, database: d, \
                    schema: s, warehouse: w}\n";
    let project = Project::new(&[
        ("profiles.yml", profiles),
        ("models/a.sql", "{{ config(timeout=-1, custom_checks={'x': 'loud', 'y': 'warn'}) }} select 1 as id"),
    ]);
    let output = project.call(&["--warn-error", "parse"]).exits(0).output();
    assert!(
        output.contains("-1 is less than the minimum of 0.0 in file `models/a.sql` at path `timeout`"),
        "{output}"
    );
    assert!(output.contains("'loud' is not one of ['error', 'warn', 'advisory', 'off']"), "{output}");
    assert!(summary(&output).is_empty(), "{output}");
    project.write(&[("models/m.yml", "exposures: [{name: e, type: app}]\n")]);
    let output = project.call(&["parse"]).exits(2).output();
    assert!(
        output.contains("'owner' is a required property in file `models/m.yml` at path `exposures[0]`"),
        "{output}"
    );
    assert!(output.contains("at path `exposures[0].type`"), "{output}");
}

#[test]
fn the_project_file_is_judged_where_no_warehouse_is_needed() {
    let project = Project::new(&[(
        "dbt_project.yml",
        "name: shop\nprofile: shop\nmodels: {shop: {materialized: view}}\nclean-targets: [target]\n",
    )]);
    for command in ["deps", "clean"] {
        project.call(&[command]).exits(0).says("- MissingPlusPrefixDeprecation: 1 occurrence");
    }
    assert!(summary(&project.call(&["parse"]).exits(0).output()).is_empty());
}
