"""The window's states as scenes: recordings to play, a stage to play them on, the scenes themselves."""
