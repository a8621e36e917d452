{{ config(tags=['zuora'], meta={'test_id': 'T-02'}) }}

-- The raw table still has every column that the source declares.
{{ source_columns_exist('zuora', 'rate_plan_charge') }}
