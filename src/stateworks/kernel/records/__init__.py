"""Records: what people edit."""
