select * from {{ ref('greeting') }}
