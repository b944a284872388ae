"""Training: data sets, losses, loops, checkpoints."""
