{{ config(tags=['jinja']) }}
select {% if execute %}{{ exceptions.raise_compiler_error('not today') }}{% endif %} 1 as id
