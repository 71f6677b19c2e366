"""The sandbox against the vendors' documents."""
