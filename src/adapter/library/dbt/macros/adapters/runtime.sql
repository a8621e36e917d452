{# Facts about the running tool. #}

{# Whether the version that packages see is 2.x. #}
{% macro is_core_v2() %}{{ return(dbt_version.split('.') | first | int == 2) }}{% endmacro %}
