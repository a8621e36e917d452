{#
  Golden records: every row of the seed `<model>_golden_data` must be found in the model on all columns of the
  seed. The first row that is not fails the test.
#}
{% macro model_golden_data_comparison(model_name) -%}
    {{ golden_rows_missing(ref(model_name), ref(model_name ~ '_golden_data')) }}
{%- endmacro %}


{# The same for a source table, with the seed `<source>_<table>_golden_data`. #}
{% macro source_golden_data_comparison(source_name, table) -%}
    {{ golden_rows_missing(source(source_name, table), ref(source_name ~ '_' ~ table ~ '_golden_data')) }}
{%- endmacro %}


{% macro golden_rows_missing(relation, golden) -%}
    {%- set columns = [] -%}
    {%- if execute -%}
        {%- for column in adapter.get_columns_in_relation(golden) -%}
            {%- do columns.append(column.name) -%}
        {%- endfor -%}
    {%- endif -%}
select golden.*
from {{ golden }} as golden
where not exists (
    select 1
    from {{ relation }} as actual
    where 1 = 1
        {%- for column in columns %}
        and actual.{{ column }} is not distinct from golden.{{ column }}
        {%- endfor %}
)
{%- endmacro %}


{# Golden records belong to one data set: the generated one of scale 1 with the default seed. #}
{% macro golden_data_applies() %}
    {{ return(var('data_scale') | float == 1.0 and var('data_seed') | int == 20210801) }}
{% endmacro %}
