{{ config(tags=['zuora'], meta={'test_id': 'T-12'}) }}

-- The monthly revenue of all raw charges does not fall below what the data has ever had, times its scale.
{{ source_column_sum_min('zuora', 'rate_plan_charge', 'mrr', min_value=20000000 * var('data_scale')) }}
