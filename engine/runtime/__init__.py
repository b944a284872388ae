"""Devices, memory, files and fault injection: what the machine provides."""
