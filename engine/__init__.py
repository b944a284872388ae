"""The engine: torch only, no Qt; everything that makes a clip."""

import os

# Read when torch is loaded. Threads that spin while they wait for each other use up their share of a core that another
# program wants too: beside one busy program a clip then took twenty times as long. Asleep, they come to work at once.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
