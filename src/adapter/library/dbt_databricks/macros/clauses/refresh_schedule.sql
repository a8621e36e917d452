{# When a materialized view or streaming table refreshes itself: by cron, at intervals, or when its inputs change. #}

{% macro get_create_sql_refresh_schedule(refresh) -%}
  {%- if refresh.cron -%}
    SCHEDULE CRON '{{ refresh.cron }}'{{ " AT TIME ZONE '" ~ refresh.time_zone_value ~ "'" if refresh.time_zone_value }}
  {%- elif refresh.every -%}
    SCHEDULE EVERY {{ refresh.every }}
  {%- elif refresh.on_update -%}
    TRIGGER ON UPDATE{{ ' AT MOST EVERY INTERVAL ' ~ refresh.at_most_every if refresh.at_most_every }}
  {%- endif -%}
{%- endmacro %}

{% macro get_alter_sql_refresh_schedule(refresh) -%}
  {%- if refresh.cron or refresh.every or refresh.on_update -%}
    {{ 'ALTER' if refresh.is_altered else 'ADD' }} {{ get_create_sql_refresh_schedule(refresh) }}
  {%- else -%}
    DROP SCHEDULE
  {%- endif -%}
{%- endmacro %}
