{# Owner teams are typed with and without spaces around the hyphen (`MM-EMEA`, `MM - EMEA`): one space on each side. #}
{% macro account_owner_team_cleaning(team) -%}
    trim({{ regexp_replace_all(team, '[[:space:]]*-[[:space:]]*', ' - ') }})
{%- endmacro %}
