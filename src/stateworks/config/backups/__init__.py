"""Backups: database, lake and uploaded files of one moment, proved, and put back."""
