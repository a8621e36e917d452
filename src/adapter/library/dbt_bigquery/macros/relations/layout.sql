{# Partitioning, clustering and options of a CREATE statement. #}

{% macro partition_by(partition_config) %}
  {%- if partition_config is none -%}
    {%- do return('') -%}
  {%- elif partition_config.time_ingestion_partitioning -%}
    partition by {{ partition_config.render_wrapped() }}
  {%- elif partition_config.data_type | lower in ('date', 'timestamp', 'datetime') -%}
    partition by {{ partition_config.render() }}
  {%- elif partition_config.data_type | lower == 'int64' -%}
    {%- set range = partition_config.range -%}
    partition by range_bucket( {{ partition_config.field }}, generate_array({{ range.start }}, {{ range.end }}, {{ range.interval }}) )
  {%- endif -%}
{% endmacro %}

{% macro cluster_by(raw_cluster_by) %}
  {%- if raw_cluster_by is not none -%}
    cluster by {{ raw_cluster_by if raw_cluster_by is string else raw_cluster_by | join(', ') }}
  {%- endif -%}
{% endmacro %}

{% macro bigquery_options(opts) %}
  {%- set pairs = [] -%}
  {%- for key, value in opts.items() -%}{%- do pairs.append(key ~ '=' ~ value) -%}{%- endfor -%}
  {%- do return('OPTIONS( ' ~ pairs | join(', ') ~ ' )') -%}
{% endmacro %}

{% macro bigquery_table_options(config, node, temporary) %}{{ return(bigquery_options(adapter.get_table_options(config, node, temporary))) }}{% endmacro %}

{% macro bigquery_view_options(config, node) %}{{ return(bigquery_options(adapter.get_view_options(config, node))) }}{% endmacro %}
