"""Evaluation: figures about a pack that can't flatter it, measured with a ruler that never trains it."""
