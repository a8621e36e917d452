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
