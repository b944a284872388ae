"""Captions in English and French."""
