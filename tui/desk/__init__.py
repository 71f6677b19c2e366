"""The headless core: store, inbox, outbox, poller, correlation. Imports no Textual.

The command line, the dashboard and the headless sync are three faces of one Desk.
"""
