"""``python -m kortrijk_sim.cli``."""

import sys

from kortrijk_sim.cli import main

sys.exit(main())
