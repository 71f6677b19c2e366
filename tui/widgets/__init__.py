"""The pieces a screen is made of, each with its own typed messages."""
