"""The plan's own records as datasets: what measures over milestones, pilots and maturity read."""

from __future__ import annotations

from stateworks.kernel.plans.models import CheckIn, CurrentReport, MaturityCriterion, Milestone, Pilot
from stateworks.kernel.records.types import Column, RecordType, register

PLAN = Column("plan", "plan__slug", description="Short name of the plan.")
CODE = Column("code", "code", description="Code of the indicator or node it belongs to.")

register(
    RecordType(
        name="plan.milestone",
        model=Milestone,
        key=("plan", "key"),
        title="Milestones",
        columns=(
            PLAN,
            Column("key", "key"),
            CODE,
            Column("name", "name", description="What will be done."),
            Column("weight", "weight", description="Share in the progress of its initiative."),
            Column("due", "due", description="Day it is promised for."),
            Column("forecast", "forecast", description="Day it is expected now."),
            Column("started_on", "started_on", description="Day work began."),
            Column("done_on", "done_on", description="Day it was done.", kept=True),
            Column("evidence", "evidence", kept=True),
            Column("owner", "owner", description="E-mail address of who answers for it.", personal=True),
            Column("finished_by", "finished_by", kept=True, personal=True),
            Column(
                "confirmed_by",
                "confirmed_by",
                description="Who confirmed it: somebody other than its owner.",
                kept=True,
                personal=True,
            ),
            Column("confirmed_on", "confirmed_on", description="Day it was confirmed.", kept=True),
            Column("after", "after"),
        ),
        list_columns=("plan", "code", "name", "due", "forecast", "done_on", "confirmed_by", "owner"),
        search=("key", "name", "code"),
        filters=("plan", "owner"),
    )
)

register(
    RecordType(
        name="plan.reported",
        model=CurrentReport,
        key=("plan", "code", "grain", "starts"),
        title="Reported values",
        columns=(
            PLAN,
            CODE,
            Column("grain", "grain", description="Length of the period."),
            Column("period", "period", description="The period's label, such as FY27 Q1."),
            Column("starts", "starts", description="First day of the period."),
            Column("ends", "ends", description="Last day of the period."),
            Column(
                "value",
                "value",
                description="The figure in the indicator's unit: 71.8 for 71.8 percent.",
                kept=True,
            ),
            Column(
                "numerator", "numerator", description="Cases that count, where they are known.", kept=True
            ),
            Column("n", "n", description="All cases, where they are known.", kept=True),
            Column("note", "note", description="What the reader should know."),
            Column("evidence_name", "evidence_name", description="Name of the evidence file.", kept=True),
            Column("reported_at", "reported_at", description="When it was reported.", kept=True),
        ),
        list_columns=("plan", "code", "period", "value", "n", "note", "reported_at"),
        search=("code", "note"),
        filters=("plan", "grain"),
        fill=lambda by, at: {"reported_by": by, "reported_at": at},
    )
)

register(
    RecordType(
        name="plan.check_in",
        model=CheckIn,
        key=("plan", "code", "quarter"),
        title="Check-ins",
        columns=(
            PLAN,
            CODE,
            Column("quarter", "quarter", description="Fiscal quarter, such as FY27 Q2."),
            Column("confidence", "confidence"),
            Column("note", "note", description="How it goes."),
            Column("blocker", "blocker", description="What stands in the way."),
            Column("made_by", "made_by", description="E-mail address of who checked in.", personal=True),
            Column("made_on", "made_on", description="Day of the check-in."),
        ),
        search=("code", "note", "blocker"),
        filters=("plan", "quarter"),
    )
)

register(
    RecordType(
        name="plan.pilot",
        model=Pilot,
        key=("plan", "key"),
        title="Pilots",
        columns=(
            PLAN,
            Column("key", "key", description="Short name, unique within the plan."),
            CODE,
            Column("hypothesis", "hypothesis", description="What is believed."),
            Column("population", "population", description="For whom it is tried."),
            Column("success", "success"),
            Column("starts", "starts", description="First day."),
            Column("ends", "ends", description="Last day."),
            Column("result", "result", description="What was found."),
            Column("n", "n", description="How many took part."),
            Column("decision", "decision", description="What was decided when it ended."),
            Column("decided_by", "decided_by", description="Who decided.", personal=True),
            Column("decided_on", "decided_on", description="Day of the decision."),
            Column("evidence", "evidence", description="Where the result can be seen."),
        ),
        list_columns=("plan", "code", "key", "starts", "ends", "decision", "decided_on"),
        search=("key", "hypothesis"),
        filters=("plan", "decision"),
    )
)

register(
    RecordType(
        name="plan.maturity",
        model=MaturityCriterion,
        key=("plan", "key"),
        title="Maturity criteria",
        columns=(
            PLAN,
            Column("key", "key", description="Short name, unique within the plan."),
            Column("code", "code", description="Code of the growth opportunity."),
            Column("level", "level"),
            Column("text", "text", description="What must be true."),
            Column("met_on", "met_on", description="Day since which it is met."),
            Column("evidence", "evidence", description="What shows it."),
        ),
        list_columns=("plan", "code", "level", "text", "met_on"),
        search=("key", "text"),
        filters=("plan", "code"),
    )
)
