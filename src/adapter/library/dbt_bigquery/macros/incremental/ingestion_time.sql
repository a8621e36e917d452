{# Tables partitioned by a column that is not among their own: the time of ingestion. #}

{# The query with the partition's column turned into the time that the insert sets. #}
{% macro wrap_with_time_ingestion_partitioning_sql(partition_by, sql, is_nested) %}
  select TIMESTAMP({{ partition_by.field }}) as {{ partition_by.insertable_time_partitioning_field() }}, * EXCEPT({{ partition_by.field }}) from (
    {{ sql }}
  ){{ ';' if not is_nested }}
{% endmacro %}

{% macro source_sql_with_partition(partition_by, source_sql) %}
  {%- do return(wrap_with_time_ingestion_partitioning_sql(partition_by, source_sql, False) if partition_by.time_ingestion_partitioning else source_sql) -%}
{% endmacro %}

{% macro bq_insert_into_ingestion_time_partitioned_table_sql(target_relation, sql) %}
  {%- set header = config.get('sql_header', none) -%}
  {%- set partitioning = adapter.parse_partition_by(config.get('partition_by', none)) -%}
  {%- set columns = get_quoted_csv(adapter.get_columns_in_relation(target_relation) | map(attribute='name')) -%}
  {{ header if header is not none }}
  insert into {{ target_relation }} ({{ partitioning.insertable_time_partitioning_field() }}, {{ columns }})
  {{ wrap_with_time_ingestion_partitioning_sql(partitioning, sql, False) }}
{% endmacro %}

{# Column lists with types, for a CREATE TABLE. #}
{% macro get_quoted_with_types_csv(columns) %}
  {%- set typed = [] -%}
  {%- for column in columns -%}{%- do typed.append(adapter.quote(column.name) ~ ' ' ~ column.data_type) -%}{%- endfor -%}
  {%- do return(typed | join(', ')) -%}
{% endmacro %}

{% macro columns_without_partition_fields_csv(partition_config, columns) %}
  {%- do return(get_quoted_with_types_csv(partition_config.reject_partition_field_column(columns))) -%}
{% endmacro %}

{% macro get_columns_with_types_in_query_sql(select_sql) %}
  {%- set header = config.get('sql_header', none) -%}
  {%- set query -%}
    {{ header if header is not none }}
    select * from (
      {{ select_sql }}
    ) as __dbt_sbq
    where false
    limit 0
  {%- endset -%}
  {%- do return(adapter.get_columns_in_select_sql(query)) -%}
{% endmacro %}
