"""The window: Qt only; talks to the engine through `app.core.bridge`."""
