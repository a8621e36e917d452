{{ config(tags=['classification'], meta={'test_id': 'T-32'}) }}

-- No model lets customer data out without saying so.
{{ undeclared_orange_columns() }}
