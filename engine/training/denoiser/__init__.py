"""Training of the base and super-resolution stages."""
