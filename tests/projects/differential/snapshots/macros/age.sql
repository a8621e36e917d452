{% macro age(day) %}
    {% do run_query("begin") %}
    {% if day == 2 %}
        {% do run_query("update main.items set status = 'paid', updated_at = timestamp '2020-01-02 00:00:00' where id = 1") %}
        {% do run_query("delete from main.items where id = 3") %}
    {% else %}
        {% do run_query("update main.items set amount = 25, updated_at = timestamp '2020-01-03 00:00:00' where id = 2") %}
        {% do run_query("insert into main.items values (3, 'again', 30, timestamp '2020-01-03 00:00:00')") %}
    {% endif %}
    {% do run_query("commit") %}
{% endmacro %}
