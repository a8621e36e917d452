select customers.customer_id, customers.name, countries.country, customers.signed_up
from {{ ref('stg_customers') }} as customers
left join {{ ref('stg_countries') }} as countries on countries.code = customers.country
