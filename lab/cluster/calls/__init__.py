"""How a call is made: the chain's layers, attempts, probes, spans and chance."""
