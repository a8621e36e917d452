select 'of other' as origin
