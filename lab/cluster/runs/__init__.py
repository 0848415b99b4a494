"""A run: the record of a lab, as a thing that can be kept, shared and run again."""
