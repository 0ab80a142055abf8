"""The office module."""

from stateworks.kernel.module import Module


class Office(Module):
    """Who the office serves, who works there and what it offers."""

    name = "stateworks.modules.office"
    label = "office"
    title = "Office"
    purpose = "Who the office serves, who works there and what it offers."
