"""The renderer: camera, distance fields, shading, light."""
