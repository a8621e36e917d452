{# The clock. It knows UTC alone. #}

{% macro redshift__current_timestamp() %}getdate(){% endmacro %}

{% macro redshift__snapshot_get_time() %}{{ current_timestamp() }}::timestamp{% endmacro %}

{% macro redshift__snapshot_string_as_time(timestamp) %}{{ return("'" ~ timestamp ~ "'::timestamp") }}{% endmacro %}

{% macro redshift__current_timestamp_backcompat() %}getdate(){% endmacro %}

{% macro redshift__current_timestamp_in_utc_backcompat() %}getdate(){% endmacro %}
