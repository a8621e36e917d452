{{ config(tags=['golden'], meta={'test_id': 'T-29'}, enabled=golden_data_applies()) }}

-- Records worked out by hand from the generated data are in the table.
{{ model_golden_data_comparison('dim_product_details') }}
