"""SmartOps: its contract for an ITSM."""
