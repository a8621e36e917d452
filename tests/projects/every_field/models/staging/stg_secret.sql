select 42 as secret
