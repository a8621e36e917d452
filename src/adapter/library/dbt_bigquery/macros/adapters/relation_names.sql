{# Names of the short-lived tables beside a node's own. #}

{# A name holds 1024 characters; the base gives way to the suffix. `dstring` asks for a name that was never used before. #}
{% macro bigquery__make_relation_with_suffix(base_relation, suffix, dstring) %}
  {%- set most = 1024 -%}
  {%- set ending = suffix ~ (modules.datetime.datetime.now().strftime('%H%M%S%f') if dstring else '') -%}
  {%- if ending | length > most -%}
    {%- do exceptions.raise_compiler_error('The suffix ' ~ ending ~ ' is longer than a name may be (' ~ most ~ ' characters)') -%}
  {%- endif -%}
  {%- do return(base_relation.incorporate(path={'identifier': base_relation.identifier[:most - ending | length] ~ ending})) -%}
{% endmacro %}

{% macro bigquery__make_temp_relation(base_relation, suffix) %}{{ return(bigquery__make_relation_with_suffix(base_relation, suffix, dstring=True)) }}{% endmacro %}

{% macro bigquery__make_intermediate_relation(base_relation, suffix) %}{{ return(bigquery__make_relation_with_suffix(base_relation, suffix, dstring=False)) }}{% endmacro %}

{% macro bigquery__make_backup_relation(base_relation, backup_relation_type, suffix) %}
  {%- do return(bigquery__make_relation_with_suffix(base_relation, suffix, dstring=False).incorporate(type=backup_relation_type)) -%}
{% endmacro %}
