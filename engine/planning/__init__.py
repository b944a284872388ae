"""What a clip will cost in work, memory and time, computed before it is made."""
