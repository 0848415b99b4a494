"""The links of a lab: TCP proxies with toxics, after Toxiproxy's model."""
