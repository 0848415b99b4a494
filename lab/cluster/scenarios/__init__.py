"""What a lab should be: the authored file, where it is wrong, and what was changed since."""
