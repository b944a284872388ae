"""The engine: torch only, no Qt; everything that makes a clip."""

import os

__version__ = "0.1.0"

# Read when torch is loaded. Threads that spin while they wait for each other use up their share of a core that another
# program wants too: beside one busy program a clip then took twenty times as long. Asleep, they come to work at once.
# For some 10 microseconds they do look for work: a step has hundreds of short waits, and a thread that sleeps through
# each costs a sixth of a clip on a quiet machine; from 3,000 looks on, a busy program costs more than that.
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ["OMP_WAIT_POLICY"] = "passive"  # libgomp compares by the locale, in which a Turkish I is another letter
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
