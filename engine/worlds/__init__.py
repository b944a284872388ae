"""Worlds: a procedural renderer of captioned 3D clips."""
