"""HTTP/1.1 with keep-alive between workers, both ends."""
