{#
  Joining more columns to a fact must neither multiply nor lose its rows: the model has as many rows, and as
  many keys, as the table it is built from.
#}
{% test no_grain_expansion(model, upstream, key, upstream_key=none) %}

with model_rows as (

    select
        count(*) as row_count,
        count(distinct {{ key }}) as key_count
    from {{ model }}

),

upstream_rows as (

    select
        count(*) as row_count,
        count(distinct {{ upstream_key or key }}) as key_count
    from {{ upstream }}

)

select
    model_rows.row_count as model_row_count,
    model_rows.key_count as model_key_count,
    upstream_rows.row_count as upstream_row_count,
    upstream_rows.key_count as upstream_key_count
from model_rows
cross join upstream_rows
where model_rows.row_count <> upstream_rows.row_count
    or model_rows.key_count <> upstream_rows.key_count

{% endtest %}
