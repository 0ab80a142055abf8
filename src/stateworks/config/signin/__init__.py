"""How people sign in: with a password, with the office's identity provider, with a second factor, in an emergency."""
