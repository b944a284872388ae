"""The film: segments, timeline, undo, project file."""
