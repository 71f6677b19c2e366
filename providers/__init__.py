"""The vendors: what they offer, how they are spoken to, and what they answer, in one neutral shape."""
