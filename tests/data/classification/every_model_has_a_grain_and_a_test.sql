{{ config(tags=['common'], meta={'test_id': 'T-13'}) }}

-- Every model says what one of its rows is and has a trusted-data test.
{{ models_without_grain_or_test() }}
