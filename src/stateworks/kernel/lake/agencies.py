"""What a source's agency texts mean, as the lake asks for it."""

from stateworks.kernel.org.aliases import AliasCodes as AgencyCodes
from stateworks.kernel.org.aliases import alias_codes as agency_codes

__all__ = ["AgencyCodes", "agency_codes"]
