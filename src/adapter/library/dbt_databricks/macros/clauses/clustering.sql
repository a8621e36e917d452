{# Liquid clustering, and OPTIMIZE, which brings files in order. #}

{% macro liquid_clustered_cols() %}
  {%- set columns = config.get('liquid_clustered_by', validator=validation.any[list, basestring]) -%}
  {%- set auto = config.get('auto_liquid_cluster', validator=validation.any[boolean]) -%}
  {%- if columns is not none -%}
    CLUSTER BY ({{ columns if columns is string else columns | join(', ') }})
  {%- elif auto -%}
    CLUSTER BY AUTO
  {%- endif -%}
{% endmacro %}

{# A shallow clone cannot choose its columns by itself. #}
{% macro apply_liquid_clustered_cols(target_relation, liquid_clustering, existing_relation=none) %}
  {%- set alter = 'ALTER ' ~ target_relation.type.render() ~ ' ' ~ target_relation.render() -%}
  {%- if liquid_clustering.cluster_by -%}
    {%- call statement('set_cluster_by_columns') -%}
      {{ alter }} CLUSTER BY ({{ liquid_clustering.cluster_by | join(', ') }})
    {%- endcall -%}
  {%- elif liquid_clustering.auto_cluster -%}
    {%- set standing = existing_relation if existing_relation is not none else load_relation_with_metadata(target_relation) -%}
    {%- if standing is not none and standing.is_shallow_clone -%}
      {%- do exceptions.warn('Skipping CLUSTER BY AUTO on ' ~ target_relation ~ ', a shallow clone: only managed tables cluster by themselves.') -%}
    {%- else -%}
      {%- call statement('set_cluster_by_auto') -%}
        {{ alter }} CLUSTER BY AUTO
      {%- endcall -%}
    {%- endif -%}
  {%- else -%}
    {%- call statement('unset_cluster_by') -%}
      {{ alter }} CLUSTER BY NONE
    {%- endcall -%}
  {%- endif -%}
{% endmacro %}

{# For Delta tables with an order to keep, unless the model or a variable says no. #}
{% macro optimize(relation) %}{{ return(adapter.dispatch('optimize', 'dbt')(relation)) }}{% endmacro %}
{% macro databricks__optimize(relation) %}
  {%- set skipped = config.get('skip_optimize', false) | as_bool
    or var('DATABRICKS_SKIP_OPTIMIZE', 'false') | lower == 'true'
    or var('databricks_skip_optimize', 'false') | lower == 'true' -%}
  {%- set ordered = config.get('zorder', False) or config.get('liquid_clustered_by', False) or config.get('auto_liquid_cluster', False) -%}
  {%- if not skipped and ordered and adapter.resolve_file_format(config) == 'delta' -%}
    {%- call statement('run_optimize_stmt') -%}
      {{ get_optimize_sql(relation) }}
    {%- endcall -%}
  {%- endif -%}
{% endmacro %}

{% macro get_optimize_sql(relation) %}
  {%- set zorder = config.get('zorder', False) -%}
  optimize {{ relation.render() }}
  {%- if zorder and adapter.resolve_file_format(config) == 'delta' -%}
    {%- if config.get('liquid_clustered_by', False) or config.get('auto_liquid_cluster', False) -%}
      {%- do exceptions.warn('zorder does not go with liquid clustering, so it is ignored.') -%}
    {%- else %}
  zorder by ({{ zorder if zorder is string or zorder is not sequence else zorder | join(', ') }})
    {%- endif -%}
  {%- endif -%}
{% endmacro %}
