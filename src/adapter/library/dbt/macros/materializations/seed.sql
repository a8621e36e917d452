{# Seeds: a CSV file as a table. Columns stay as they are until a full refresh. #}

{% materialization seed, default %}
  {%- set target = this.incorporate(type='table') -%}
  {%- set rebuild = should_full_refresh() -%}
  {%- set existing = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
  {%- set rows = load_agate_table() -%}
  {%- do store_result('agate_table', response='OK', agate_table=rows) -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- set is_new = existing is none or not existing.is_table -%}
  {%- if existing is not none and existing.is_view -%}
    {%- do exceptions.raise_compiler_error("Cannot seed to '" ~ existing.render() ~ "', it is a view") -%}
  {%- elif is_new -%}
    {%- set ddl = create_csv_table(model, rows) -%}
  {%- else -%}
    {%- set ddl = reset_csv_table(model, rebuild, existing, rows) -%}
  {%- endif -%}

  {%- set count = rows.rows | length -%}
  {%- set dml = load_csv_rows(model, rows) if count > 0 else '' -%}

  {%- set code = 'CREATE' if rebuild else 'INSERT' -%}
  {%- call noop_statement('main', code ~ ' ' ~ count, code, count) -%}
    {{ get_csv_sql(ddl, dml) }};
  {%- endcall -%}

  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, rebuild)) -%}
  {%- do persist_docs(target, model) -%}
  {%- if rebuild or is_new -%}
    {%- do create_indexes(target) -%}
  {%- endif -%}
  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do adapter.commit() -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}

  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}
