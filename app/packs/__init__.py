"""Installed packs."""
