{{ config(tags=['classification'], meta={'test_id': 'T-32'}) }}

-- No model outside of the source layer declares a column with personal data.
{{ declared_personal_columns() }}
