"""The composer: prompt, still, settings, estimate."""
