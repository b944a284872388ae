"""Training runs as data: the starter's and the paper's."""
