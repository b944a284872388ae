"""Fine-tuning: a new pack from an installed one and a few captioned clips."""
