value * 2
