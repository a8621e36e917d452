select * from {{ source('shed', 'benches') }}
-- depends_on: {{ ref('benches') }}
