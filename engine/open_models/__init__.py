"""Open-weights video models in diffusers' folder format: checked, linked, planned and run."""
