select * from {{ ref('low_with') }}
