{# Metric views: made, replaced or altered. #}

{% materialization metric_view, adapter='databricks' %}
  {%- set existing = load_relation_with_metadata(this) -%}
  {%- set target = this.incorporate(type='metric_view') -%}
  {%- set sql = adapter.clean_sql(sql) -%}
  {%- do run_pre_hooks() -%}

  {%- if not existing -%}
    {%- call statement('main') -%}
      {{ get_create_metric_view_as_sql(target, sql) }}
    {%- endcall -%}
    {%- do apply_tags(target, config.get('databricks_tags')) -%}
    {%- if config.get('tblproperties') -%}{%- do apply_tblproperties(target, config.get('tblproperties')) -%}{%- endif -%}
  {%- elif not relation_should_be_altered(existing, target) -%}
    {%- do replace_with_metric_view(existing, target) -%}
  {%- else -%}
    {%- set changes = get_configuration_changes(existing) -%}
    {%- if not (changes and changes.changes) -%}
      {%- call statement('main') -%}
        select 1
      {%- endcall -%}
    {%- elif changes.requires_full_refresh -%}
      {%- do replace_with_metric_view(existing, target) -%}
    {%- else -%}
      {%- do alter_metric_view(target, changes.changes) -%}
    {%- endif -%}
  {%- endif -%}

  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do run_post_hooks() -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}
