"""Data that ships with walt: the starter pack, icons, presets."""
