select product_id, price, 'EUR' as currency from {{ ref('prices', v=1) }}
