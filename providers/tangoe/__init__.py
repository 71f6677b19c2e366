"""Tangoe: the Case API of its ServiceNow."""
