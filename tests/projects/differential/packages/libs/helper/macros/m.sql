{% macro number() %}{{ return(adapter.dispatch('number', 'helper')()) }}{% endmacro %}
{% macro default__number() %}1{% endmacro %}
{% macro duckdb__number() %}2{% endmacro %}
{% macro say(word) %}{% do log(word, info=true) %}{% endmacro %}
{% macro twice(x) %}({{ x }} * 2){% endmacro %}
