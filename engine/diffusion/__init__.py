"""Diffusion: noise schedule, samplers, guidance."""
