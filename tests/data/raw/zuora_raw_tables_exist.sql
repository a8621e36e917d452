{{ config(tags=['zuora'], meta={'test_id': 'T-01'}) }}

-- Every raw table that the source declares is in the warehouse.
{{ source_tables_exist('zuora') }}
