"""Training at the paper's sizes: its tables as runs, their cost, several GPUs, T5, footage at scale."""
