"""Ensono: incidents, requests and changes over Envision Connect (guide v1.2), a queue outwards and REST inwards."""
