"""Training of the starter's networks on one graphics card in minutes."""
