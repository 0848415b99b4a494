"""What is seen of a lab: state, events, requests, sums, and what it offers."""
