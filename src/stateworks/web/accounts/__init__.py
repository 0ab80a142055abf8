"""Pages about accounts: for administrators all of them and the tokens of programs, for everybody his own sign-in."""
