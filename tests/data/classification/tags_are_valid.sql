{{ config(tags=['common'], meta={'test_id': 'T-13'}) }}

-- The project uses the tags of the seed `valid_tags` and no others.
{{ unknown_tags() }}
