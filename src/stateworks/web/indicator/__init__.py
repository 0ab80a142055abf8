"""One indicator: what it says, how it was made, the rows behind it, and what people do about it."""
