{#
  The table in the warehouse has no column that looks like personal data: e-mail address, phone, name of a
  person. Hashes, mail domains and flags or dates about mail may stay.
#}
{% test no_personal_data(model) %}

{%- set personal = [] -%}
{%- if execute -%}
    {%- for column in adapter.get_columns_in_relation(model) -%}
        {%- if looks_like_personal_data(column.name) -%}
            {%- do personal.append(column.name) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endif -%}

{{ rows_of_text('column_name', personal) }}

{% endtest %}
