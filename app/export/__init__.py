"""Export of clips and films."""
