select id, amount, "Full Name", UPPER_ONE from {{ ref('as_table') }}
