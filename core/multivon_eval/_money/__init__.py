"""Money: what is reserved, held and spent, under one ceiling."""
