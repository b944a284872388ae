"""Which worlds are drawn for training, and how they are written to disk."""
