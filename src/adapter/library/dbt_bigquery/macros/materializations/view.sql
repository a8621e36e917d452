{# Views and materialized views; `grant_access_to` lets them read other datasets. #}

{% materialization view, adapter='bigquery' %}
  {%- set built = bigquery__create_or_replace_view() -%}
  {%- do persist_docs(this.incorporate(type='view'), model) -%}
  {%- for dataset in config.get('grant_access_to') or [] -%}
    {%- do adapter.grant_access_to(this, 'view', none, dataset) -%}
  {%- endfor -%}
  {%- do return(built) -%}
{% endmaterialization %}

{% materialization materialized_view, adapter='bigquery' %}
  {%- set built = materialization_materialized_view_default() -%}
  {%- for dataset in config.get('grant_access_to') or [] -%}
    {%- do adapter.grant_access_to(this, 'view', none, dataset) -%}
  {%- endfor -%}
  {%- do return(built) -%}
{% endmaterialization %}
