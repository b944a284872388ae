"""What is on show: frames, player, stages, comparison."""
