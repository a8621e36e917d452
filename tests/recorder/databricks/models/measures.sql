{{ config(materialized='metric_view', databricks_tags={'tier': 'gold'}) }}
version: 0.1
source: {{ ref('plain_table') }}
measures:
  - name: rows
    expr: count(1)
