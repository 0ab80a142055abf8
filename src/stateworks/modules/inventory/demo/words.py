"""The words and products that the fictional inventory is made of."""

from __future__ import annotations

from datetime import date

SUBJECTS = (
    "License", "Permit", "Benefit", "Claims", "Case", "Inspection", "Grant", "Payroll", "Fleet", "Records", "Document",
    "Tax", "Refund", "Registry", "Complaint", "Hearing", "Inventory", "Billing", "Enrollment", "Provider", "Laboratory",
    "Incident", "Dispatch", "Evidence", "Parole", "Survey", "Training", "Scheduling", "Procurement", "Asset", "Forms",
    "Notification", "Vital Records", "Water Quality", "Air Permit", "Bridge", "Traffic", "Student", "Teacher", "Job Match",
)  # fmt: skip
SORTS = (
    "Management System",
    "Portal",
    "Tracker",
    "Exchange",
    "Archive",
    "Gateway",
    "Workbench",
    "Register",
    "Hub",
    "Service",
)
PLATFORMS = (
    "Statewide Sign-On", "Wide Area Network", "Mainframe", "Enterprise Resource Planning", "Message Exchange",
    "Mail and Calendar",
    "Payment Gateway", "Document Store", "Geographic Information Platform", "Database Cluster East", "Database Cluster West",
    "Virtual Servers", "Backup Service", "Name Service", "Print Service", "Web Hosting", "Case Platform", "Data Warehouse",
    "Fax Gateway", "Telephony",
)  # fmt: skip
CAPABILITIES = {
    "Serve residents": ("Pay benefits", "Issue licenses", "Answer requests", "Keep vital records"),
    "Protect the public": (
        "Dispatch help",
        "Supervise offenders",
        "Inspect and enforce",
        "Respond to emergencies",
    ),
    "Collect revenue": ("Assess taxes", "Collect fees", "Refund"),
    "Run the state": ("Manage people", "Manage money", "Buy goods", "Keep documents", "Share data"),
    "Teach and train": ("Enroll students", "Certify teachers", "Match jobs"),
    "Care for land and roads": ("Monitor water and air", "Maintain roads", "Manage parks"),
}
#: Product and cycle, as people call it, what it does, last day on which its maker mends it.
TECHNOLOGIES = (
    ("postgresql", "13", "PostgreSQL 13", "database", date(2025, 11, 13)),
    ("postgresql", "16", "PostgreSQL 16", "database", date(2028, 11, 9)),
    ("mssqlserver", "2014", "SQL Server 2014", "database", date(2024, 7, 9)),
    ("mssqlserver", "2019", "SQL Server 2019", "database", date(2030, 1, 8)),
    ("windows-server", "2012-r2", "Windows Server 2012 R2", "operating system", date(2023, 10, 10)),
    ("windows-server", "2016", "Windows Server 2016", "operating system", date(2027, 1, 12)),
    ("windows-server", "2022", "Windows Server 2022", "operating system", date(2031, 10, 14)),
    ("rhel", "7", "Red Hat Enterprise Linux 7", "operating system", date(2024, 6, 30)),
    ("rhel", "9", "Red Hat Enterprise Linux 9", "operating system", date(2032, 5, 31)),
    ("nodejs", "18", "Node.js 18", "runtime", date(2025, 4, 30)),
    ("nodejs", "22", "Node.js 22", "runtime", date(2027, 4, 30)),
    ("python", "3.9", "Python 3.9", "runtime", date(2025, 10, 31)),
    ("python", "3.12", "Python 3.12", "runtime", date(2028, 10, 31)),
    ("dotnet", "6", ".NET 6", "runtime", date(2024, 11, 12)),
    ("dotnet", "8", ".NET 8", "runtime", date(2026, 11, 10)),
)  # fmt: skip
SITES = (
    ("dc-east", "East Data Center", "data_center", "", "Port Lyon"),
    ("dc-west", "West Data Center", "data_center", "", "Harlan"),
    ("bluepeak-1", "Bluepeak Region 1", "cloud_region", "bluepeak-cloud", ""),
    ("bluepeak-2", "Bluepeak Region 2", "cloud_region", "bluepeak-cloud", ""),
    ("capitol", "Capitol Complex", "office", "", "Meridian City"),
)  # fmt: skip
TOOLS = (("lookout", "Lookout", True), ("skywatch", "Skywatch", True), ("pingbox", "Pingbox", False))
