"""How ticketing tools name what the desk's feeds call by one name."""

SYNONYMS: dict[str, tuple[str, ...]] = {
    "number": (
        "Ticket", "Ticket number", "Ticket ID", "Incident", "Incident ID", "Incident number", "Issue key", "Key",
        "Request ID", "Case number", "ID", "SR Number", "Reference", "Call number", "Call ID", "Ticket no", "Case ID",
        "Request number", "Work order", "Ref",
    ),
    "kind": ("Type", "Ticket type", "Issue type", "Record type", "Request or incident", "Request type", "Ticket kind"),
    "happened_at": ("Updated", "Updated at", "sys_updated_at", "Change date time", "Timestamp", "Event time", "Changed"),
    "sequence": ("Update", "Update number", "sys_mod_count", "Version", "Change number"),
    "opened_at": (
        "Opened", "Created", "Created at", "Created on", "Created date", "Date created", "Open time", "Reported date",
        "Submit date", "Opened date", "CreatedDateTime", "Opened at", "Logged", "Logged at", "Raised", "Raised on",
        "Received", "Reported", "Reported on", "Start time", "Call date", "Registered",
    ),
    "resolved_at": (
        "Resolved", "Resolved on", "Resolved date", "Resolution date", "Date resolved", "Resolve time", "Solved at",
        "ResolvedDateTime", "Resolved at", "Resolved time", "Done", "Done on", "Done at", "Completed", "Completed on",
        "Completion date", "Finished", "Fixed on", "Solved",
    ),
    "closed_at": (
        "Closed", "Closed on", "Closed date", "Date closed", "Close time", "ClosedDateTime", "Closed at", "Closed time",
    ),
    "updated_at": (
        "Updated", "Updated on", "Last updated", "Modified on", "Last modified", "sys_updated_on", "LastModDateTime",
        "Last update", "Last updated time", "Last change", "Changed on",
    ),
    "state": ("Status", "Incident state", "Ticket status", "Current status", "Phase", "Stage"),
    "channel": (
        "Contact type", "Source", "Reported source", "Origin", "Contact method", "Request channel", "Submitted via", "Via",
        "How received", "Medium", "Intake channel", "Method",
    ),
    "category": (
        "Category", "Component", "Incident category", "Classification", "Product", "Topic", "Issue category",
        "Type of issue", "Problem type", "Request category",
    ),
    "subcategory": ("Sub category", "Subcategory", "Secondary category", "Category detail", "Item"),
    "service": (
        "Business service", "Service offering", "Line of service", "Affected service", "Configuration item",
        "Service name", "Application", "Product name",
    ),
    "priority": ("Priority", "Urgency level", "Severity", "Prio"),
    "agency": (
        "Company", "Organization", "Organization unit", "Department", "Customer", "Customer company", "Location",
        "Agency name", "Agency", "Bureau", "Business unit", "Division", "Client", "Requester department",
        "Caller department", "Company name",
    ),
    "assignment_group": (
        "Assignment group", "Group", "Assigned group", "Team", "Owner team", "Support group", "Resolver group", "Queue",
        "Work group", "Workgroup", "Agent group", "Handling team", "Resolver team",
    ),
    "assignee": (
        "Assigned to", "Owner", "Assigned agent", "Agent", "Technician", "Resource", "Assignee name", "Analyst",
        "Engineer", "Handled by", "Worked by", "Agent name", "Handler",
    ),
    "tier": ("Tier", "Support tier", "Level", "Support level", "ST level"),
    "last_tier": ("Tier", "Support tier", "Level", "Support level", "Resolved by tier"),
    "reassignments": ("Reassignment count", "Reassigned", "Times reassigned", "Assignment count", "Hops", "Transfers"),
    "reopens": ("Reopen count", "Reopened", "Times reopened"),
    "made_sla": ("Made SLA", "SLA met", "Within SLA", "SLA achieved", "SLA ok", "SLA kept", "In SLA"),
    "kind.incident": ("Incident", "Bug", "Problem", "Issue", "Failure"),
    "kind.request": ("Request", "Service request", "Task", "Service request with approvals", "Requested item"),
    "state.new": ("New", "Open", "Opened", "Logged", "Queued", "To do", "Registered"),
    "state.assigned": ("Assigned",),
    "state.in_progress": ("In progress", "Active", "Work in progress", "Reopened", "Accepted", "Working"),
    "state.waiting_customer": (
        "Awaiting user info", "Awaiting caller", "Waiting for customer", "Pending customer", "Waiting on user",
        "Waiting for user",
    ),
    "state.waiting_vendor": (
        "Awaiting vendor", "Waiting for 3rd party", "Pending vendor", "Waiting on vendor", "With supplier",
    ),
    "state.waiting_other": (
        "On hold", "Pending", "Suspended", "Awaiting problem", "Awaiting change", "Awaiting evidence", "Waiting",
    ),
    "state.resolved": ("Resolved", "Solved", "Fixed", "Done"),
    "state.closed": ("Closed", "Closed complete", "Complete", "Completed"),
    "state.cancelled": ("Cancelled", "Canceled", "Withdrawn", "Rejected", "Closed skipped"),
    "channel.phone": ("Phone", "Phone call", "Call", "Telephone", "Voice", "IVR"),
    "channel.email": ("E-mail", "Email", "Mail"),
    "channel.web": ("Web", "Self-service", "Self service", "Portal", "Web form", "Customer portal"),
    "channel.chat": ("Chat", "Virtual agent", "Live chat", "Teams", "Bot"),
    "channel.walk_in": ("Walk-in", "Walk in", "In person", "Walkup"),
    "channel.monitoring": ("Monitoring", "Event", "Alert", "AutoTicket", "Event management"),
    "channel.other": ("Other", "Direct input", "Direct opening"),
}  # fmt: skip
