"""What a worker process is and does: an instance, the users, the network."""
