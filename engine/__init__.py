"""The engine: torch only, no Qt; everything that makes a clip."""
