"""Forms, built from what a provider declares."""
