"""KPN ServiceNow Connect: incidents, requests for information, changes and service requests, with a queue of updates.

Source: "ServiceNow Connect API, 2: Customers", version 0.95.
"""
