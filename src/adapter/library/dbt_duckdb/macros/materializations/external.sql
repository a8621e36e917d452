{# External models: the rows in a file, a view over the file in the database. #}

{% materialization external, adapter="duckdb", supported_languages=['sql', 'python'] %}
  {%- set language = model['language'] -%}
  {%- set location = render(config.get('location', default=external_location(this, config))) -%}
  {%- set options = render_write_options(config) -%}
  {%- set write_options = adapter.external_write_options(location, options) -%}
  {%- set readable = adapter.external_read_location(location, options) -%}

  {# Without a format in the config the adapter has chosen one just now, by the location's ending. #}
  {%- set known_formats = ['csv', 'parquet', 'json'] -%}
  {%- set format = config.get('format') -%}
  {%- if format and format not in known_formats -%}
    {%- do exceptions.raise_compiler_error('Invalid format: ' ~ format ~ '. Allowed formats are: ' ~ known_formats | join(', ')) -%}
  {%- elif not format -%}
    {%- set chosen = options['format'] | lower -%}
    {%- set format = chosen if chosen in known_formats else 'parquet' -%}
  {%- endif -%}

  {# The readers see a compression only by a lower-case file ending, so they are told. #}
  {%- set defaults = {'union_by_name': False} if format == 'parquet' else {'auto_detect': True} -%}
  {%- set read_options = config.get(format ~ '_read_options', defaults) -%}
  {%- if format != 'parquet' and options.get('compression') and 'compression' not in read_options -%}
    {%- set read_options = dict(read_options, compression=options['compression']) -%}
  {%- endif -%}
  {%- set arguments = ["'" ~ readable ~ "'"] -%}
  {%- for key, value in read_options.items() -%}
    {%- do arguments.append(key ~ '=' ~ ("'" ~ value ~ "'" if value is string else value)) -%}
  {%- endfor -%}

  {%- set target = this.incorporate(type='view') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set temp = make_intermediate_relation(this.incorporate(type='table'), suffix='__dbt_tmp') -%}
  {%- set intermediate = make_intermediate_relation(target, suffix='__dbt_int') -%}
  {%- set backup = make_backup_relation(target, 'table' if existing is none else existing.type) -%}

  {# What an interrupted run left behind. #}
  {%- do drop_relation_if_exists(load_cached_relation(intermediate)) -%}
  {%- do drop_relation_if_exists(load_cached_relation(temp)) -%}
  {%- do drop_relation_if_exists(load_cached_relation(backup)) -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- call statement('create_table', language=language) -%}
    {{- create_table_as(False, temp, compiled_code, language) -}}
  {%- endcall -%}

  {# A file needs one row to show its columns: without rows, one of nulls is written, which the view leaves out. #}
  {%- set is_empty = run_query('select count(*) as row_count from ' ~ temp)[0][0] == 0 -%}
  {%- set nulls = [] -%}
  {%- set not_null = [] -%}
  {%- if is_empty -%}
    {%- for column in get_columns_in_relation(temp) -%}
      {%- do nulls.append('NULL') -%}
      {%- do not_null.append('"' ~ column.column ~ '" is not NULL') -%}
    {%- endfor -%}
  {%- endif -%}
  {%- call statement('main', language='sql') -%}
    {{ 'insert into ' ~ temp ~ ' values (' ~ nulls | join(', ') ~ ')' if is_empty }}
  {%- endcall -%}
  {%- do write_to_file(temp, location, write_options) -%}

  {%- call statement('main', language='sql') -%}
    create or replace view {{ intermediate }} as (
      select * from read_{{ format }}({{ arguments | join(', ') }})
      {{ 'where ' ~ not_null | join(' and ') if is_empty }}
    );
  {%- endcall -%}

  {%- if existing is not none -%}
    {%- do adapter.rename_relation(existing, backup) -%}
  {%- endif -%}
  {%- do adapter.rename_relation(intermediate, target) -%}

  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do apply_grants(target, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do persist_docs(target, model) -%}
  {%- do adapter.commit() -%}

  {%- do drop_relation_if_exists(backup) -%}
  {%- do drop_relation_if_exists(temp) -%}

  {# A plugin may want to know of the file; `glue_register` is the older way to name AWS Glue's. #}
  {%- set plugin = config.get('plugin') -%}
  {%- if config.get('glue_register', default=false) -%}
    {%- set plugin = 'glue|' ~ config.get('glue_database', 'default') -%}
  {%- endif -%}
  {%- if plugin is not none -%}
    {%- do store_relation(plugin, target, location, format, config) -%}
  {%- endif -%}

  {%- do run_hooks(post_hooks, inside_transaction=False) -%}
  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}
