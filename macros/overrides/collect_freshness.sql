{#
  The clock against which the age of raw data is measured: four hours into the day `as_of_date`.
  Generated data does not grow older with the wall clock, so neither may its age.
#}
{% macro collect_freshness(source, loaded_at_field, filter) %}
    {%- call statement('collect_freshness', fetch_result=true, auto_begin=false) -%}
        select
            max({{ loaded_at_field }}) as max_loaded_at,
            cast('{{ var("as_of_date") }} 04:00:00' as timestamp) as snapshotted_at
        from {{ source }}
        {%- if filter %}
        where {{ filter }}
        {%- endif %}
    {%- endcall -%}
    {{ return(load_result('collect_freshness')) }}
{% endmacro %}
