"""``python -m app`` opens the window."""

import sys

from app.window.main import main

sys.exit(main())
