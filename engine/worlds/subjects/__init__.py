"""The subjects: how each is built and how it moves."""
