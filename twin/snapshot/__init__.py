"""Snapshots of a running line."""
