{# Views: made, replaced or altered. #}

{% materialization view, adapter='databricks' %}
  {%- do log('MATERIALIZING VIEW') -%}
  {%- set existing = load_relation_with_metadata(this) -%}
  {%- set target = this.incorporate(type='view') -%}
  {%- set sql = adapter.clean_sql(sql) -%}
  {%- set tags = config.get('databricks_tags') -%}
  {%- set column_tags = adapter.get_column_tags_from_model(config.model) -%}
  {%- set second_form = adapter.get_behavior_flag_no_warn('use_materialization_v2') -%}

  {%- if second_form -%}{%- do run_pre_hooks() -%}{%- else -%}{%- do run_hooks(pre_hooks) -%}{%- endif -%}

  {%- if second_form and existing and not relation_should_be_altered(existing, target) -%}
    {%- do replace_with_view(existing, target) -%}
  {%- elif second_form and existing -%}
    {%- set changes = get_configuration_changes(existing) -%}
    {%- if not (changes and changes.changes) -%}
      {%- do execute_no_op(target) -%}
    {%- elif changes.requires_full_refresh -%}
      {%- do replace_with_view(existing, target) -%}
    {%- else -%}
      {%- do alter_view(target, changes.changes) -%}
    {%- endif -%}
  {%- else -%}
    {%- if existing is not none and not existing.is_view -%}
      {%- do execute_multiple_statements(get_replace_sql(existing, target, sql)) -%}
      {%- do cache_replaced_relation(target) -%}
    {%- else -%}
      {%- call statement('main') -%}
        {{ get_create_view_as_sql(target, sql) }}
      {%- endcall -%}
    {%- endif -%}
    {%- if second_form -%}
      {%- do apply_tags(target, tags) -%}
      {%- if column_tags and column_tags.set_column_tags -%}{%- do apply_column_tags(target, column_tags) -%}{%- endif -%}
    {%- endif -%}
  {%- endif -%}

  {%- do apply_grants(target, config.get('grants'), should_revoke=True) -%}
  {%- if not second_form -%}
    {%- do apply_tags(target, tags) -%}
    {%- if column_tags and column_tags.set_column_tags -%}{%- do apply_column_tags(target, column_tags) -%}{%- endif -%}
  {%- endif -%}

  {%- if second_form -%}{%- do run_post_hooks() -%}{%- else -%}{%- do run_hooks(post_hooks) -%}{%- endif -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}

{% macro replace_with_view(existing_relation, target_relation) %}
  {%- do log('Using replace_with_view') -%}
  {%- do execute_multiple_statements(get_replace_sql(existing_relation, target_relation, adapter.clean_sql(sql))) -%}
  {%- do cache_replaced_relation(target_relation) -%}
  {%- do apply_tags(target_relation, config.get('databricks_tags')) -%}
  {%- set column_tags = adapter.get_column_tags_from_model(config.model) -%}
  {%- if column_tags and column_tags.set_column_tags -%}{%- do apply_column_tags(target_relation, column_tags) -%}{%- endif -%}
{% endmacro %}

{# Whether view_update_via_alter applies: the kind is the same, and no full refresh was asked for. #}
{% macro relation_should_be_altered(existing_relation, target_relation) %}
  {%- if existing_relation.type != target_relation.type or should_full_refresh() or not config.get('view_update_via_alter', False) | as_bool -%}
    {%- do return(False) -%}
  {%- elif existing_relation.is_hive_metastore() -%}
    {%- do exceptions.raise_compiler_error('A view in the Hive metastore cannot be updated by ALTER VIEW; set `view_update_via_alter: false` on the model') -%}
  {%- endif -%}
  {%- do return(True) -%}
{% endmacro %}
