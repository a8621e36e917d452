{# Seeds, snapshots and tests: the common materializations under the node's query tag. #}

{% materialization seed, adapter='snowflake' %}
  {%- set tag = set_query_tag() -%}
  {%- set built = materialization_seed_default() -%}
  {%- do unset_query_tag(tag) -%}
  {%- do return(built) -%}
{% endmaterialization %}

{% materialization snapshot, adapter='snowflake' %}
  {%- set tag = set_query_tag() -%}
  {%- set built = materialization_snapshot_default() -%}
  {%- do unset_query_tag(tag) -%}
  {%- do return(built) -%}
{% endmaterialization %}

{% materialization test, adapter='snowflake' %}
  {%- set tag = set_query_tag() -%}
  {%- set built = materialization_test_default() -%}
  {%- do unset_query_tag(tag) -%}
  {%- do return(built) -%}
{% endmaterialization %}
