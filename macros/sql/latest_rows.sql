{#
  Raw tables may hold a record more than once: loaded twice, or as it was before a change. The latest is
  the one changed last and, of these, loaded last; a missing time is the oldest.

  Rows that tie keep rank 1 together. Readers take `distinct` rows of rank 1: exact copies fall together,
  while two different rows that claim the same moment both stay and turn the uniqueness test red,
  instead of one being picked at random.
#}
{% macro recency_rank(key, updated_column) -%}
    rank() over (
        partition by {{ key if key is string else key | join(', ') }}
        order by {{ updated_column }} desc nulls last, _sdc_batched_at desc nulls last
    )
{%- endmacro %}


{# A missing deletion flag means: not deleted. #}
{% macro is_deleted(column) -%}
    coalesce({{ column }}, false)
{%- endmacro %}
