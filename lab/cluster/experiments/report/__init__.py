"""What an experiment gave, for people: a table, and one file with everything in it."""
