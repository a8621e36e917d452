{{ config(
    materialized='incremental',
    unique_key='id',
    incremental_strategy='delete+insert',
    on_schema_change='append_new_columns',
    incremental_predicates=["id > 0"],
    full_refresh=false,
    persist_docs={"relation": true, "columns": true},
) }}
select * from {{ ref('orders') }}
{% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}
