"""How a lab is changed while it runs: commands, faults, hiring and dismissing."""
