{# Incremental tables, in two forms, as tables. #}

{% materialization incremental, adapter='databricks', supported_languages=['sql', 'python'] %}
  {%- do log('MATERIALIZING INCREMENTAL') -%}
  {%- set language = model['language'] -%}
  {%- set format = adapter.build_catalog_relation(config.model).file_format -%}
  {%- set existing = load_relation_with_metadata(this) -%}
  {%- set target = this.incorporate(type='table') -%}
  {%- set strategy = get_incremental_strategy(format) -%}
  {%- set rebuild = should_full_refresh() -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set same_format = existing is not none and ((format == 'delta' and existing.is_delta) or (format == 'iceberg' and existing.is_iceberg)) -%}
  {%- set code = adapter.clean_sql(model['compiled_code']) -%}
  {%- set by_partition = strategy == 'insert_overwrite' and config.get('partition_by') -%}

  {%- if adapter.get_behavior_flag_no_warn('use_materialization_v2') -%}
    {%- set intermediate = make_intermediate_relation(target) -%}
    {%- set staging = make_staging_relation(target) -%}
    {%- do run_pre_hooks() -%}
    {%- call statement('main', language=language) -%}
      {{ get_create_intermediate_table(intermediate, code, language) }}
    {%- endcall -%}

    {%- if existing is none or existing.is_dlt or existing.is_view or rebuild -%}
      {%- set replaces = existing is not none and existing.can_be_replaced and same_format and not existing.is_shallow_clone -%}
      {%- if existing is not none and config.get('use_safer_relation_operations', False) | as_bool and existing.can_be_renamed -%}
        {%- do safe_relation_replace(existing, staging, intermediate, code) -%}
      {%- elif not replaces and databricks__may_build_beside(target) -%}
        {%- do databricks__create_table_beside(existing, staging, target, intermediate, code) -%}
      {%- else -%}
        {%- if existing is not none and not replaces -%}{%- do adapter.drop_relation(existing) -%}{%- endif -%}
        {%- do create_table_at(target, intermediate, code) -%}
      {%- endif -%}
    {%- else -%}
      {%- if by_partition -%}{%- do set_overwrite_mode('DYNAMIC') -%}{%- endif -%}
      {%- do process_schema_changes(on_schema_change, intermediate, existing) -%}
      {%- do process_config_changes(target, existing) -%}
      {%- set build_sql = get_build_sql(strategy, target, intermediate) -%}
      {%- if language == 'python' -%}
        {%- call statement_with_staging_table('main', intermediate) -%}
          {{ build_sql }}
        {%- endcall -%}
      {%- else -%}
        {%- do execute_multiple_statements(build_sql) -%}
      {%- endif -%}
    {%- endif -%}

    {%- do apply_grants(target, config.get('grants'), should_revoke(existing, full_refresh_mode=False)) -%}
    {%- do optimize(target) -%}
    {%- if language == 'python' -%}{%- do drop_relation_if_exists(intermediate) -%}{%- endif -%}
    {%- do run_post_hooks() -%}

  {%- else -%}
    {%- set temp = make_temp_relation(target) -%}
    {%- do run_hooks(pre_hooks) -%}

    {%- if existing is none or existing.is_view or existing.is_materialized_view or existing.is_streaming_table or rebuild -%}
      {%- set in_the_way = existing is not none and (not same_format or existing.is_shallow_clone) -%}
      {%- do databricks__create_table_from_query(existing if in_the_way, target, code, language) -%}
      {%- if existing is none or not existing.is_view -%}{%- do persist_constraints(target, model) -%}{%- endif -%}
      {%- do apply_tags(target, config.get('databricks_tags')) -%}
      {%- set column_tags = adapter.get_column_tags_from_model(config.model) -%}
      {%- if column_tags and column_tags.set_column_tags -%}{%- do apply_column_tags(target, column_tags) -%}{%- endif -%}
      {%- if existing is none and language == 'python' -%}{%- do apply_tblproperties(target, config.get('tblproperties')) -%}{%- endif -%}
      {%- do persist_docs(target, model, for_relation=language == 'python') -%}
    {%- else -%}
      {%- if by_partition -%}{%- do set_overwrite_mode('DYNAMIC') -%}{%- endif -%}
      {# Read before the merge, applied after it. #}
      {%- set changes = get_configuration_changes(existing) if config.get('incremental_apply_config_changes', True) | as_bool else none -%}
      {%- call statement('create_temp_relation', language=language) -%}
        {{ create_table_as(True, temp, code, language) }}
      {%- endcall -%}
      {%- do process_schema_changes(on_schema_change, temp, existing) -%}
      {%- set build_sql = get_build_sql(strategy, target, temp) -%}
      {%- if language == 'python' -%}
        {%- call statement_with_staging_table('main', temp) -%}
          {{ build_sql }}
        {%- endcall -%}
      {%- else -%}
        {%- do execute_multiple_statements(build_sql) -%}
      {%- endif -%}
      {%- if changes is not none -%}
        {# Comments are persist_docs' business here, and column masks belong to the second form. #}
        {%- set applied = {} -%}
        {%- for name in ('tags', 'tblproperties', 'liquid_clustering', 'row_filter', 'column_tags') -%}
          {%- do applied.update({name: changes.changes.get(name)}) -%}
        {%- endfor -%}
        {%- if not target.is_hive_metastore() -%}
          {%- do applied.update({'constraints': changes.changes.get('constraints')}) -%}
        {%- endif -%}
        {%- do apply_config_changeset(target, model, {'changes': applied}, existing) -%}
      {%- endif -%}
      {%- do persist_docs(target, model, for_relation=True) -%}
    {%- endif -%}

    {%- do apply_grants(target, config.get('grants'), should_revoke(existing, full_refresh_mode=False)) -%}
    {%- do optimize(target) -%}
    {%- do run_hooks(post_hooks) -%}
  {%- endif -%}

  {%- if strategy == 'insert_overwrite' and not rebuild -%}
    {%- do set_overwrite_mode('STATIC') -%}
  {%- endif -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}

{# Whether INSERT OVERWRITE replaces partitions (DYNAMIC) or the table (STATIC). Warehouses have no such setting. #}
{% macro set_overwrite_mode(value) %}
  {%- if adapter.is_cluster() -%}
    {%- call statement('Setting partitionOverwriteMode: ' ~ value) -%}
      set spark.sql.sources.partitionOverwriteMode = {{ value }}
    {%- endcall -%}
  {%- else -%}
    {%- do exceptions.warn('insert_overwrite on a SQL warehouse needs DBR 17.1 or newer; on an older one it replaces the whole table.') -%}
  {%- endif -%}
{% endmacro %}

{# The strategy's statement, or list of statements. #}
{% macro get_build_sql(incremental_strategy, target_relation, intermediate_relation) %}
  {%- set strategy = adapter.get_incremental_strategy_macro(context, incremental_strategy) -%}
  {%- do return(strategy({
    'target_relation': target_relation,
    'temp_relation': intermediate_relation,
    'unique_key': config.get('unique_key'),
    'dest_columns': none,
    'incremental_predicates': config.get('predicates') or config.get('incremental_predicates')
  })) -%}
{% endmacro %}

{% macro process_config_changes(target_relation, existing_relation=none) %}
  {%- if config.get('incremental_apply_config_changes', True) | as_bool -%}
    {%- do apply_config_changeset(target_relation, model, get_configuration_changes(target_relation), existing_relation) -%}
  {%- endif -%}
{% endmacro %}
