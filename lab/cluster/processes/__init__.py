"""How processes live and die, and the line over which they are told."""
