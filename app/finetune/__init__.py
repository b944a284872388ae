"""Finetuning a pack from the window."""
