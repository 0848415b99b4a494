"""What if: a scenario varied and played over and over, measured, summed up, shown."""
