select '{{ var('greeting') }}' as word, '{{ var('shared') }}' as shared, {{ number() }} as n
