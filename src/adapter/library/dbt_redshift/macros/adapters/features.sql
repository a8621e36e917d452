{# What the connection and the project's flags allow. #}

{# SHOW commands see other databases of the cluster, the system tables do not. #}
{% macro redshift__use_show_apis() %}{{ return(adapter.use_show_apis()) }}{% endmacro %}

{# Grants to groups and roles, not to users alone. #}
{% macro redshift__use_grants_extended() %}{{ return(adapter.use_grants_extended()) }}{% endmacro %}

{# Drops that leave dependent views alone. #}
{% macro redshift__drop_without_cascade() %}{{ return(adapter.drop_without_cascade()) }}{% endmacro %}
