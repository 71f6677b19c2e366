"""`python -m tui` is `vendorq`."""

import sys

from tui.cli import main

sys.exit(main())
