select 1 as product_id, 10.0 as price
