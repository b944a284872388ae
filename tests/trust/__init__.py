"""Reliability: faults, strangers' files, kills and long runs. `python -m tests.trust` runs the long versions."""
