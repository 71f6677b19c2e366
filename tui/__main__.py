"""`python -m tui` is `vendorq`."""

import sys

from tui.entry import main

sys.exit(main())
