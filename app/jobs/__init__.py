"""The queue and the running job."""
