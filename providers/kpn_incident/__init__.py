"""KPN ServiceNow Incident: incidents over a small API without a queue.

Source: KPN Developer, "ServiceNow Incident API", documentation page.
"""
