"""The desk module."""

from stateworks.kernel.module import Module


class Desk(Module):
    """How the service desk answers: tickets, events and the three first-line indicators."""

    name = "stateworks.modules.desk"
    label = "desk"
    title = "Service desk"
    purpose = "How the service desk answers: tickets, events and the three first-line indicators."
    depends_on = ("office",)
    nav = (("Services & systems", "desk:overview"),)
