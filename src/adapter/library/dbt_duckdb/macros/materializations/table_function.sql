{# Table functions: views with parameters. They look their tables up when called, so new columns show without a rebuild.
   `parameters` is a text or a list. Callers write brackets: `select * from {{ ref('orders_of') }}(42)`. #}

{% materialization table_function, adapter='duckdb' %}
  {%- set target = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type='view') -%}
  {%- set parameters = config.get('parameters') or '' -%}
  {%- if parameters is not string and parameters is not number -%}
    {%- set parameters = parameters | join(', ') -%}
  {%- endif -%}

  {%- do run_hooks(pre_hooks, inside_transaction=False) -%}
  {%- do run_hooks(pre_hooks, inside_transaction=True) -%}

  {%- call statement('main') -%}
    create or replace function {{ target.render() }}({{ parameters }}) as table (
      {{ sql }}
    );
  {%- endcall -%}

  {%- do run_hooks(post_hooks, inside_transaction=True) -%}
  {%- do persist_docs(target, model) -%}
  {%- do adapter.commit() -%}
  {%- do run_hooks(post_hooks, inside_transaction=False) -%}

  {%- do return({'relations': [target]}) -%}
{% endmaterialization %}
