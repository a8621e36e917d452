{{ config(tags=['salesforce'], meta={'test_id': 'T-10'}) }}

-- Raw tables have at least the rows that the seed `tdf_row_count_expectations` asks for.
{{ source_rowcounts_as_expected('salesforce') }}
