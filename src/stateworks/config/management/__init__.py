"""Django's commands, where they do more here."""
