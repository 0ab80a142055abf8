"""A StratML report of a fictional harbor, as programs and people write one: it breaks the standard in several ways."""

# A report as people send it: no identifiers that are valid, elements in another order, an attribute of an older draft.
REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<s:PerformancePlanOrReport xmlns:s="urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport" Type="Performance_Report">
<s:Name>Harbor report</s:Name><s:Description>What the harbor did.</s:Description>
<s:StrategicPlanCore>
 <s:Organization><s:Name>Office of Harbors</s:Name><s:Acronym>OH</s:Acronym>
  <s:Stakeholder><s:Name>Sailors</s:Name></s:Stakeholder>
  <s:Stakeholder><s:Name>Ann Pilot</s:Name><s:Role><s:Name>Chair</s:Name><s:RoleType>Performer</s:RoleType></s:Role></s:Stakeholder>
 </s:Organization>
 <s:Mission><s:Description>Keep ships moving.</s:Description></s:Mission>
 <s:Value><s:Name>Calm</s:Name><s:Description>Also in storms</s:Description></s:Value>
 <s:Goal><s:OtherInformation>Agreed in May.</s:OtherInformation><s:Name>Traffic</s:Name><s:Description>More of it.</s:Description>
  <s:Identifier>8c60e70d-55b5</s:Identifier><s:SequenceIndicator>A</s:SequenceIndicator>
  <s:Objective><s:Name>Berths</s:Name><s:Description>Enough of them.</s:Description><s:Identifier>_berths</s:Identifier>
   <s:SequenceIndicator>1</s:SequenceIndicator><s:Stakeholder><s:Name>Dock crew</s:Name></s:Stakeholder>
   <s:PerformanceIndicator IndicatorType="Quantitative"><s:Identifier>_berths</s:Identifier>
    <s:MeasurementDimension>Berths open</s:MeasurementDimension><s:UnitOfMeasurement>Number</s:UnitOfMeasurement>
    <s:MeasurementInstance>
     <s:TargetResult><s:Description/><s:NumberOfUnits>40</s:NumberOfUnits><s:StartDate/><s:EndDate>2027-06-30</s:EndDate></s:TargetResult>
     <s:ActualResult><s:Description>Two more are built.</s:Description><s:NumberOfUnits>38</s:NumberOfUnits><s:StartDate>2026-07-01</s:StartDate><s:EndDate>2026-09-30</s:EndDate></s:ActualResult>
     <s:ActualResult><s:NumberOfUnits>39</s:NumberOfUnits><s:EndDate>2026-10-20</s:EndDate></s:ActualResult>
     <s:ActualResult><s:Description>Praised by sailors.</s:Description><s:EndDate>2026-10-20</s:EndDate></s:ActualResult>
    </s:MeasurementInstance></s:PerformanceIndicator>
   <s:PerformanceIndicator><s:MeasurementDimension/><s:UnitOfMeasurement/>
    <s:MeasurementInstance><s:TargetResult><s:Description>At least 75 percent of ships wait less than a day.</s:Description></s:TargetResult></s:MeasurementInstance></s:PerformanceIndicator>
   <s:PerformanceIndicator><s:MeasurementDimension>Pilot book</s:MeasurementDimension><s:UnitOfMeasurement>Publication</s:UnitOfMeasurement>
    <s:MeasurementInstance><s:TargetResult><s:Description>A new pilot book.</s:Description><s:EndDate>2027-03-31</s:EndDate></s:TargetResult></s:MeasurementInstance></s:PerformanceIndicator>
  </s:Objective>
 </s:Goal>
</s:StrategicPlanCore>
<s:AdministrativeInformation><s:StartDate>2026-07-01</s:StartDate><s:EndDate>2027-06-30</s:EndDate><s:Source>https://harbors.example/plan</s:Source></s:AdministrativeInformation>
<s:Submitter><s:FirstName>Ann</s:FirstName><s:LastName>Pilot</s:LastName></s:Submitter>
</s:PerformancePlanOrReport>
"""  # noqa: E501 - a file as programs write it
