"""Training data: rendering, cutting, encoding, shards, captions."""
