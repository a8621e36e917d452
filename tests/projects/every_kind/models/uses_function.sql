select {{ function('double_it') }}(21) as answer
