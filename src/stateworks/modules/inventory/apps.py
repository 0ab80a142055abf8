"""The inventory module."""

from stateworks.kernel.module import Module


class Inventory(Module):
    """What the state runs, what depends on what, and who is hit when something fails."""

    name = "stateworks.modules.inventory"
    label = "inventory"
    title = "Inventory"
    purpose = "What the state runs, what depends on what, and who is hit when something fails."
    depends_on = ("office",)
    nav = (("Services & systems", "inventory:overview"),)
