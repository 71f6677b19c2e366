"""Full screens: they compose, they do not compute."""
