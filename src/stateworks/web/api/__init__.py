"""The API: everything the pages show, for programs."""
