//! Rules of the semantic layer, on projects that keep them and projects that break them.

use crate::program::{Call, Project};

const MODELS: &str = "models:\n  - name: spine\n    time_spine: {standard_granularity_column: at}\n    columns: [{name: at, granularity: \
                      day}]\nsemantic_models:\n  - name: visits\n    model: ref('visits')\n    defaults: {agg_time_dimension: seen}\n    \
                      entities: [{name: visit, type: primary}, {name: person, type: foreign}]\n    dimensions: [{name: seen, type: time, \
                      type_params: {time_granularity: day}}, {name: page, type: categorical}]\n    measures: [{name: seen_count, agg: count, \
                      expr: visit}]\n  - name: buys\n    model: ref('buys')\n    defaults: {agg_time_dimension: bought}\n    entities: [{name: \
                      buy, type: primary}, {name: person, type: foreign}]\n    dimensions: [{name: bought, type: time, type_params: \
                      {time_granularity: day}}]\n    measures: [{name: buy_count, agg: sum, expr: '1'}, {name: revenue, agg: sum}]\n";

/// Parses the project with one conversion metric.
fn conversion(measure: &str, entity: &str, constants: &str) -> Call {
    let metric = format!(
        "{MODELS}metrics:\n  - name: rate\n    label: Rate\n    type: conversion\n    type_params:\n      conversion_type_params: \
         {{base_measure: seen_count, conversion_measure: {measure}, entity: {entity}, window: 7 days, constant_properties: \
         [{constants}]}}\n"
    );
    let files = [
        ("models/spine.sql", "select current_date as at"),
        ("models/visits.sql", "select 1 as visit, 1 as person, 'a' as page, current_date as seen"),
        ("models/buys.sql", "select 1 as buy, 1 as person, 1 as revenue, current_date as bought"),
        ("models/m.yml", &*metric),
    ];
    Project::new(&files).call(&["parse"])
}

#[test]
fn conversion_metrics_count_and_are_tied() {
    conversion("buy_count", "person", "").exits(0);
    conversion("revenue", "person", "")
        .exits(2)
        .says("the measure must be COUNT/SUM(1)/COUNT_DISTINCT. Measure: revenue is agg type: sum");
    conversion("buy_count", "visit", "")
        .exits(2)
        .says("Entity: visit not found in conversion semantic model: buys.");
    conversion("buy_count", "person", "{base_property: page, conversion_property: page}")
        .exits(2)
        .says("The provided constant property: page, cannot be found in semantic model buys");
}

/// What `parse` says of the project with one edit of its YAML, and with metrics and saved queries at its end.
fn edited(from: &str, to: &str, more: &str) -> Call {
    assert!(from.is_empty() || MODELS.contains(from), "`{from}` is not in the project");
    let text = format!(
        "{}metrics:\n  - {{name: seen, label: Seen, type: simple, type_params: {{measure: seen_count}}}}\n{more}",
        if from.is_empty() { MODELS.to_string() } else { MODELS.replacen(from, to, 1) }
    );
    let files = [
        ("models/spine.sql", "select current_date as at"),
        ("models/visits.sql", "select 1 as visit, 1 as person, 'a' as page, current_date as seen"),
        ("models/buys.sql", "select 1 as buy, 1 as person, 1 as revenue, current_date as bought"),
        ("models/m.yml", &*text),
    ];
    Project::new(&files).call(&["parse"])
}

#[test]
fn elements_keep_their_rules_among_models() {
    let cases = [
        ("{name: person, type: foreign}]", "{name: nat, type: natural}]", "`nat` needs a validity window"),
        (
            "time_granularity: day}}, {name: page",
            "time_granularity: day, validity_params: {is_start: true}}}, {name: page",
            "one with `is_start` and one with `is_end`. Semantic model `visits` has `seen`",
        ),
        (
            "time_granularity: day}}, {name: page",
            "time_granularity: day, validity_params: {is_start: true}}}, {name: page",
            "has both measures and validity param dimensions defined. Measures: `seen_count`",
        ),
        ("{name: bought, type: time", "{name: page, type: time", "type conflict for dimension `page`"),
        (
            "type: categorical}",
            "type: categorical, label: x}, {name: buy, type: categorical}",
            "`buy` is a dimension",
        ),
        (
            "{name: buy, type: primary}",
            "{name: visit, type: primary, label: A}, {name: visit, type: unique, label: B}",
            "must have the same label",
        ),
        (
            "{name: revenue, agg: sum}",
            "{name: revenue, agg: sum, agg_params: {percentile: 0.5}}",
            "uses agg_params (percentile) only relevant to Percentile",
        ),
        (
            "{name: revenue, agg: sum}",
            "{name: revenue, agg: sum, non_additive_dimension: {name: nope, window_groupings: [nix]}}",
            "`nope' that is not defined as a dimension",
        ),
    ];
    for (from, to, says) in cases {
        edited(from, to, "").exits(2).says(&says.replace("`nope'", "'nope'"));
    }
}

#[test]
fn filters_are_read_as_templates() {
    edited("", "", "  - {name: by_page, label: P, type: simple, type_params: {measure: seen_count}, filter: \"{{ Dimension('visit__page') }} = 'a' and {{ TimeDimension('metric_time', 'week') }} > '2020-01-01' and {{ Metric('seen', group_by=['person']) }} > 1\"}\n").exits(0);
    let cases = [
        ("{{ Dimension('visit__page') }", "filter of metric `by_page` cannot be read"),
        ("{{ var('x') }} = 1", "filter of metric `by_page` cannot be read"),
        ("{{ page }} = 1", "`page` is not defined"),
        ("{{ Dimension('page') }} = 1", "`page` is not of the form <primary entity>__<dimension>"),
        (
            "{{ TimeDimension('visit__seen__week', 'day') }} = 1",
            "asked for by `day`, but has the granularity `week`",
        ),
        ("{{ Metric('seen') }} > 1", "`Metric('seen')` needs a `group_by`"),
        ("{{ Entity('person').grain('day') }} > 1", "`grain` cannot be used with `Entity` here"),
        ("{{ Dimension('visit__seen').date_part('moon') }} > 1", "`moon` is not a date part"),
    ];
    for (filter, says) in cases {
        let metric = format!(
            "  - {{name: by_page, label: P, type: simple, type_params: {{measure: seen_count}}, filter: \"{filter}\"}}\n"
        );
        edited("", "", &metric).exits(2).says(says);
    }
    let unknown = "  - {name: wk, label: W, type: simple, type_params: {measure: seen_count}, filter: \"{{ TimeDimension('visit__seen', 'moon') }} = 1\"}\n";
    edited("", "", unknown).exits(0).says("asks for `moon`, which is no granularity");
}

#[test]
fn saved_queries_group_and_order_by_what_there_is() {
    let query = |params: &str| {
        format!("saved_queries:\n  - name: sq\n    query_params: {{metrics: [seen], {params}}}\n")
    };
    let fine = "group_by: [\"Dimension('visit__page')\"], order_by: [\"Metric('seen').descending(True)\", \"Dimension('visit__page')\"], limit: 3";
    edited("", "", &query(fine)).exits(0);
    let cases = [
        (
            "group_by: [\"Entity('nope')\"]",
            "`Entity('nope')` is not a valid group-by name in saved query `sq`",
        ),
        ("group_by: [visit__page]", "`visit__page` is not a valid group-by name"),
        ("order_by: [\"Metric('other')\"]", "does not match any of the listed metrics or group-by items"),
        ("where: \"{{ Dimension('page') }} = 1\"", "filter in saved query `sq` cannot be read"),
        ("limit: -1", "Invalid limit value: -1"),
    ];
    for (params, says) in cases {
        edited("", "", &query(params)).exits(2).says(says);
    }
}

#[test]
fn windows_aliases_and_inputs_of_metrics_are_judged() {
    let metric = |kind: &str, params: &str| {
        format!("  - {{name: other, label: O, type: {kind}, type_params: {{{params}}}}}\n")
    };
    let cases = [
        (
            "cumulative",
            "measure: seen_count, cumulative_type_params: {window: 7 moons}",
            "Invalid time granularity 'moons' in window",
        ),
        (
            "cumulative",
            "measure: seen_count, cumulative_type_params: {grain_to_date: fiscal}",
            "found in `grain_to_date`: 'fiscal'",
        ),
        (
            "derived",
            "expr: a, metrics: [{name: seen, alias: seen}]",
            "Alias 'seen' for input metric: 'seen' is already being used",
        ),
        (
            "derived",
            "expr: seen, metrics: [{name: seen, offset_to_grain: fiscal}]",
            "found in `offset_to_grain`: 'fiscal'",
        ),
        (
            "simple",
            "measure: {name: seen_count, alias: revenue}",
            "Alias `revenue` for measure `seen_count` conflicts",
        ),
    ];
    for (kind, params, says) in cases {
        edited("", "", &metric(kind, params)).exits(2).says(says);
    }
    edited("", "", &metric("derived", "expr: '1', metrics: [seen]"))
        .exits(0)
        .says("Input metric 'seen' is not used in `expr`: '1'");
    edited("day}]\nsem", "day}, {name: page}]\nsem", "").exits(0);
    edited(
        "{standard_granularity_column: at}\n    columns: [{name: at, granularity: day}]",
        "{standard_granularity_column: at, custom_granularities: [{name: page}]}\n    columns: [{name: at, granularity: day}, {name: page}]",
        "",
    )
    .exits(2)
    .says("Can't use name `page` for a custom granularity when it was already used for a dimension");
}

#[test]
fn keys_that_nobody_knows_are_refused() {
    let cases = [
        (
            "type: categorical}",
            "type: categorical, bogus: 1}",
            "",
            "('bogus' was unexpected): `dimension` has no such key",
        ),
        ("type: categorical}", "type: categorical, expr: 1}", "", "`expr` of `visits` must be a string"),
        ("agg: sum}]", "agg: sum, exp: 1}]", "", "did you mean `expr`?"),
        ("ref('buys')", "buys", "", "`buys` is not a reference to a model"),
        (
            "",
            "",
            "saved_queries:\n  - {name: sq, query_params: {metrics: [seen]}, exports: [{name: ex, config: {export_as: file}}]}\n",
            "`file` is not a valid `export_as`",
        ),
        (
            "",
            "",
            "  - {name: other, label: O, type: simple, type_params: {measures: seen_count}}\n",
            "did you mean `measure`?",
        ),
    ];
    for (from, to, more, says) in cases {
        let call = edited(from, to, more).exits(2).says(says);
        assert!(!call.output().contains("Semantic Manifest validation failed"), "{}", call.output());
    }
}
