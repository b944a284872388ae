"""Teaching a pack new things from a few captioned clips; stands above `training`, as `evaluation` does."""
