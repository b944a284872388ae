"""The starter trained on one graphics card in minutes."""
