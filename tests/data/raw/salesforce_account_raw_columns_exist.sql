{{ config(tags=['salesforce'], meta={'test_id': 'T-02'}) }}

-- The raw table still has every column that the source declares.
{{ source_columns_exist('salesforce', 'account') }}
