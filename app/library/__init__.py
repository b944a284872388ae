"""The library: clips, database, thumbnails."""
