"""vendorq: one terminal for every vendor's tickets."""
