select no_such from {{ ref('rows') }}
