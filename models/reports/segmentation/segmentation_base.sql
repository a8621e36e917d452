{{ config(materialized='ephemeral') }}

-- ARR of the complete months, with the six dimensions named and filled as reports show them.
select
    arr_month,
    ultimate_parent_account_id,
    ultimate_parent_account_name,
    {%- for dimension in segmentation_dimensions() %}
    {{ show_missing(dimension.column) }} as {{ dimension.name }},
    {%- endfor %}
    arr
from {{ ref('mart_arr') }}
where {{ is_complete_month('arr_month') }}
