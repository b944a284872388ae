"""Sphinx: the site has the same pages as the repository. `packaging/docs/build_site.py` builds it."""

project = "walt"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "walt"
myst_heading_anchors = 4
myst_enable_extensions = ["html_image"]
exclude_patterns = ["_build"]
# Pages are written for the repository, where a language that no highlighter knows is fine.
suppress_warnings = ["misc.highlighting_failure"]
