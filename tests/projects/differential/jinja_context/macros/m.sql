{% macro local(a, b='z') %}{{ a }}{{ b }}{{ varargs | length }}{{ kwargs | length }}{% endmacro %}
{% macro with_caller_text() %}{% call wrapped('a') %}inner{% endcall %}{% endmacro %}
{% macro wrapped(x) %}{{ x }}[{{ caller() }}]{% endmacro %}
{% macro show_all(a, b=none) %}{% do log(a ~ b | string, info=true) %}{% do print('printed') %}{{ return(a) }}{% endmacro %}
