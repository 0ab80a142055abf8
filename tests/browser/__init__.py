"""Pages in a real browser, served as an office serves them."""
