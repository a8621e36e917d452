{% macro note(text) %}insert into main.log_lines select '{{ text }}', {{ range(3) | length }}{% endmacro %}
{% macro finish(results) %}
    {% if execute %}
    {% for result in results | sort(attribute='node.unique_id') %}
        {{ note(result.node.name ~ ' ' ~ result.status) }};
    {% endfor %}
    {% endif %}
{% endmacro %}
