"""What every room of the window needs: the bridge to the engine, background tasks, widgets, theme."""
