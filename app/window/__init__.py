"""The main window: start, layout, dialogs, end."""
