"""The cascade: from a request to frames."""
