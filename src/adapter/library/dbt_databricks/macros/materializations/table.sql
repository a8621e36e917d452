{# Tables. Delta and Iceberg replace in one statement; what cannot be replaced stays until the new table stands beside it, where
   tables can be renamed. The flag use_materialization_v2 takes the second form, which declares columns and constraints before it
   fills the table: with use_safer_relation_operations that happens beside the old table in every case. #}

{% materialization table, adapter='databricks', supported_languages=['sql', 'python'] %}
  {%- do log('MATERIALIZING TABLE') -%}
  {%- set language = model['language'] -%}
  {%- set target = this.incorporate(type='table') -%}
  {%- set existing = adapter.get_relation(database=database, schema=schema, identifier=model['alias'], needs_information=True) -%}
  {%- set code = adapter.clean_sql(compiled_code) -%}
  {%- set replaces = existing and not existing.is_shallow_clone and existing.type == 'table'
    and existing.can_be_replaced and adapter.resolve_file_format(config) in ('delta', 'iceberg') -%}

  {%- if adapter.get_behavior_flag_no_warn('use_materialization_v2') -%}
    {%- set intermediate = make_intermediate_relation(target) -%}
    {%- set staging = make_staging_relation(target) -%}
    {%- do run_pre_hooks() -%}
    {%- call statement('main', language=language) -%}
      {{ get_create_intermediate_table(intermediate, code, language) }}
    {%- endcall -%}
    {%- if existing and config.get('use_safer_relation_operations', False) and existing.can_be_renamed -%}
      {%- do safe_relation_replace(existing, staging, intermediate, code) -%}
    {%- elif not replaces and databricks__may_build_beside(target) -%}
      {%- do databricks__create_table_beside(existing, staging, target, intermediate, code) -%}
    {%- else -%}
      {%- if existing and not replaces -%}{%- do adapter.drop_relation(existing) -%}{%- endif -%}
      {%- do create_table_at(target, intermediate, code) -%}
    {%- endif -%}
    {%- do apply_grants(target, config.get('grants'), should_revoke(existing, full_refresh_mode=True)) -%}
    {%- do optimize(target) -%}
    {%- if language == 'python' -%}{%- do drop_relation_if_exists(intermediate) -%}{%- endif -%}
    {%- do run_post_hooks() -%}
  {%- else -%}
    {%- do run_hooks(pre_hooks) -%}
    {%- do databricks__create_table_from_query(existing if not replaces, target, code, language) -%}
    {%- do apply_grants(target, config.get('grants'), should_revoke(existing, full_refresh_mode=True)) -%}
    {%- if language == 'python' -%}{%- do apply_tblproperties(target, config.get('tblproperties')) -%}{%- endif -%}
    {%- do apply_tags(target, config.get('databricks_tags')) -%}
    {%- set column_tags = adapter.get_column_tags_from_model(config.model) -%}
    {%- if column_tags and column_tags.set_column_tags -%}{%- do apply_column_tags(target, column_tags) -%}{%- endif -%}
    {%- do persist_docs(target, model, for_relation=language == 'python') -%}
    {%- do persist_constraints(target, model) -%}
    {%- do optimize(target) -%}
    {%- do run_hooks(post_hooks) -%}
  {%- endif -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}
