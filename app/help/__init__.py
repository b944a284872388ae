"""Help, shortcuts, about, diagnostics."""
