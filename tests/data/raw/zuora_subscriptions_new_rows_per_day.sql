{{ config(tags=['zuora'], meta={'test_id': 'T-11'}, severity='warn') }}

-- Contracts keep coming in: between 1 and 60 new versions on the latest business day, times the scale of the data.
{%- set scale = var('data_scale') %}
{{ model_new_rows_per_day(
    'zuora_subscription_source', 'created_date',
    min_value=[1 * scale, 1] | min | int, max_value=[60 * scale, 60] | max
) }}
