{#
  Personal data leaves the source layer only as a hash. The salt keeps the hash from being looked up
  in lists of hashed addresses; it is the same for all, so that hashes still join.
#}
{% macro hash_of_person(column) -%}
    md5('{{ var("email_salt") }}' || lower(trim({{ column }})))
{%- endmacro %}


{# The part after the @, or NULL when there is none. #}
{% macro email_domain(email) -%}
    case
        when {{ email }} like '%@%'
            then lower(substring({{ email }} from position('@' in {{ email }}) + 1))
    end
{%- endmacro %}
