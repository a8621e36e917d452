select * from {{ ref('broken_jinja') }}
