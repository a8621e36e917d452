{{ config(tags=['classification'], meta={'test_id': 'T-32'}) }}

-- Every model, seed and source table says how closely its data must be kept.
{{ classification_declared() }}
