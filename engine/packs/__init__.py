"""Packs: trained weights on disk, their manifest, their checks; recipes of named sizes."""
