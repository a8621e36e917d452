{# Views. Comments on columns are part of the CREATE VIEW. #}

{% materialization view, adapter='snowflake' %}
  {%- set tag = set_query_tag() -%}
  {%- set built = snowflake__create_or_replace_view() -%}
  {%- do persist_docs(this.incorporate(type='view'), model, for_columns=false) -%}
  {%- do unset_query_tag(tag) -%}
  {%- do return(built) -%}
{% endmaterialization %}
