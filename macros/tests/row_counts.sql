{# Fails when a source table has fewer rows than `count`. #}
{% macro source_rowcount(source_name, table, count, where_clause=none) -%}
    {{ fewer_rows_than(source(source_name, table), count, where_clause) }}
{%- endmacro %}


{# Fails when a model has fewer rows than `count`. #}
{% macro model_rowcount(model_name, count, where_clause=none) -%}
    {{ fewer_rows_than(ref(model_name), count, where_clause) }}
{%- endmacro %}


{% macro fewer_rows_than(relation, count, where_clause) -%}
    select
        cast('{{ relation.identifier }}' as varchar) as object_name,
        count(*) as row_count,
        {{ count }} as min_rows
    from {{ relation }}
    {%- if where_clause %}
    where {{ where_clause }}
    {%- endif %}
    having count(*) < {{ count }}
{%- endmacro %}


{# Fails when a column of a source table sums to less than `min_value`. #}
{% macro source_column_sum_min(source_name, table, column, min_value, where_clause=none) -%}
    {{ sum_below(source(source_name, table), column, min_value, where_clause) }}
{%- endmacro %}


{# Fails when a column of a model sums to less than `min_value`. #}
{% macro model_column_sum_min(model_name, column, min_value, where_clause=none) -%}
    {{ sum_below(ref(model_name), column, min_value, where_clause) }}
{%- endmacro %}


{% macro sum_below(relation, column, min_value, where_clause) -%}
    select sum({{ column }}) as column_sum
    from {{ relation }}
    {%- if where_clause %}
    where {{ where_clause }}
    {%- endif %}
    having coalesce(sum({{ column }}), 0) < {{ min_value }}
{%- endmacro %}


{# Fails when the rows created on the latest business day before `as_of_date` are too few or too many. #}
{% macro source_new_rows_per_day(source_name, table, created_column, min_value, max_value, where_clause=none) -%}
    {{ new_rows_outside(source(source_name, table), created_column, min_value, max_value, where_clause) }}
{%- endmacro %}


{# The same for a model. #}
{% macro model_new_rows_per_day(model_name, created_column, min_value, max_value, where_clause=none) -%}
    {{ new_rows_outside(ref(model_name), created_column, min_value, max_value, where_clause) }}
{%- endmacro %}


{% macro new_rows_outside(relation, created_column, min_value, max_value, where_clause) -%}
with latest_business_day as (

    select max(date_actual) as date_actual
    from {{ ref('dim_dates') }}
    where date_actual < {{ as_of_date() }}
        and day_of_week <= 5
        and not is_holiday

),

new_rows as (

    select count(*) as row_count
    from {{ relation }}
    inner join latest_business_day
        on cast({{ created_column }} as date) = latest_business_day.date_actual
    {%- if where_clause %}
    where {{ where_clause }}
    {%- endif %}

)

select row_count
from new_rows
where row_count < {{ min_value }}
    or row_count > {{ max_value }}
{%- endmacro %}
