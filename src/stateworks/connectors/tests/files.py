"""A small file of our own for each connector, in the layout it reads."""

from __future__ import annotations

import json
from dataclasses import dataclass, field


@dataclass(frozen=True)
class File:
    """A file, how it is called, what the connector has to be told, and how many rows of its main dataset are new."""

    connector: str
    filename: str
    content: str
    new: int
    options: dict[str, str] = field(default_factory=dict)


def release(**more: object) -> dict[str, object]:
    return {
        "name": "Tide tables",
        "organization": "LABOR-IT",
        "permissions": {"usageType": "openSource"},
        **more,
    }


CODE_JSON = json.dumps(
    {
        "agency": "DOL", "version": "2.0.0", "measurementType": {"method": "projects"},
        "releases": [
            release(id=7, status="Production", description="When the harbor may be entered.", languages=["Lisp", "SQL"]),
            release(id=8, name="Old tides [INACTIVE]", status="Archival", date={"lastModified": "2019-04-05"}),
            release(id=9, name="Buoys", status="Beta", organization="Department of Labor"),
        ],
    }
)  # fmt: skip

USE_CASES = (
    '"Use Case Name",Agency,"Agency Abbreviation",Bureau,"If Other, please explain.","Stage of Development",'
    '"If Other, please explain.","Date Implemented","Date Retired"\n'
    "Reads handwriting,Department of Labor,DOL,Claims,,Operation and Maintenance,,3/9/2024,\n"
    "Sorts mail,Department of Labor,DOL,Claims,,Retired,,1/2/2023,6/30/2025\n"
    '"Answers\nquestions – briefly",Department of Labor,DOL,Help,,Initiated,,N/A,\n'
)

PRODUCTS = (
    "Agency,AI Use Case,Agency Use (Y/N)?,Name of Commercial Product or Service Used,Estimated # of Licenses/Users\n"
    'Department of Labor,Takes minutes,Y,"Bluepeak Scribe, Notary (web, phone)",101-1000\n'
    "Department of Labor,Writes drafts,Y,Bluepeak Scribe,1-100\n"
    "Department of Labor,Draws pictures,N,,\n"
    "Department of Labor,Plans meetings,Y,Various,1-100\n"
)

DOTGOV = (
    "Domain name,Domain type,Organization name,Suborganization name,City,State,Security contact email\n"
    "dol.example.gov,State,Department of Labor,,Port Meridian,ME,guard@dol.example.gov\n"
    "millbrook.example.gov,City,Town of Millbrook,,Millbrook,ME,(blank)\n"
    "faraway.example.gov,City,Town of Faraway,,Faraway,LA,(blank)\n"
)

DOTGOV_OLDER = (
    "Domain name,Domain type,Agency,Organization name,City,State,Security contact email\n"
    "millbrook.example.gov,City,Non-Federal Agency,Town of Millbrook,Millbrook,ME,(blank)\n"
)

CONSUMERS = (
    "website,domain,agency,bureau,visits,pageviews,cloud provider,CMS provider\n"
    "dol.example.gov,example.gov,Department of Labor,,5533.0,8000.0,bluepeak.example,Pagekeeper\n"
    "old.example.gov,example.gov,Town of Millbrook,,,,,\n"
)

STANDARDS = (
    "name,initial_domain,agency,bureau,scan_date,title\n"
    "dol.example.gov,dol.example.gov,Department of Labor,,2026-08-21T04:31:13.538Z,Work in Meridian\n"
)

END_OF_LIFE = (
    "product,title,releaseCycle,releaseLabel,codename,lts,releaseDate,eoas,support,eol,latest\n"
    "rowstore,Rowstore,17,,,True,2024-09-26,,,2029-11-08,17.6\n"
    "rowstore,Rowstore,14,,,,2021-10-05,2024-10-05,,2026-11-12,14.19\n"
    "claims-basic,Claims Basic,6,,,,1998-11-01,True,,True,6.0\n"
    'cloudform,Cloudform,2+,"Cloudform __RELEASE_CYCLE__ (__CODENAME__)",Gull,2025-01-01,2024-03-01,,,False,\n'
)

GRAPHML = """<?xml version="1.0"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml">
<key id="d1" for="node" yfiles.type="nodegraphics"/><key id="d2" for="edge" attr.name="strength" attr.type="string"/>
<graph id="G" edgedefault="directed">
<node id="n0"><data key="d1"><y:ShapeNode><y:NodeLabel>Claims</y:NodeLabel></y:ShapeNode></data></node>
<node id="n1"><data key="d1"><y:ShapeNode><y:NodeLabel>Wage
 store</y:NodeLabel></y:ShapeNode></data></node>
<node id="n2"/>
<edge source="n0" target="n1"/>
<edge source="n1" target="n2"><data key="d2">soft</data></edge>
<edge source="n2" target="n1"/>
</graph></graphml>"""

EDGES = "consumer,provider,strength\nUnemployment,State sign-in,hard\nclaims,Ledger host,soft\n"

CYCLONEDX = json.dumps(
    {
        "bomFormat": "CycloneDX", "specVersion": "1.4",
        "metadata": {"component": {"bom-ref": "whole", "type": "application", "name": "Unemployment"}},
        "components": [
            {"type": "library", "bom-ref": "a", "group": "org.tide", "name": "tables", "version": "1.2",
             "purl": "pkg:maven/org.tide/tables@1.2",
             "components": [{"type": "library", "bom-ref": "a|c", "name": "inner", "version": "1"}]},
            {"type": "library", "bom-ref": "b", "name": "buoys", "version": "3", "purl": "pkg:npm/buoys@3"},
            {"type": "library", "bom-ref": "b2", "name": "buoys", "version": "3", "purl": "pkg:npm/buoys@3"},
        ],
        "services": [{"bom-ref": "s", "name": "Payments", "services": [{"bom-ref": "s2", "name": "Rates", "version": "2"}]}],
        "dependencies": [
            {"ref": "whole", "dependsOn": ["a", "s"]},
            {"ref": "a", "dependsOn": ["b", "a|c"]},
            {"ref": "b", "dependsOn": ["a"]},
            {"ref": "s", "dependsOn": ["s2"]},
        ],
    }
)  # fmt: skip

BACKSTAGE = """apiVersion: backstage.io/v1alpha1
kind: System
metadata: {name: wages, title: Wage records}
spec: {owner: group:default/dol}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: wage-service, description: Takes what employers report.}
spec:
  type: service
  lifecycle: production
  owner: dol
  system: wages
  providesApis: [wage-api]
  dependsOn: [resource:default/wage-db, component:sign-in]
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: wage-db}
spec: {type: database, owner: dol, system: wages}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: wage-api}
spec: {type: openapi, lifecycle: production, owner: dol, definition: "{}"}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: report-maker}
spec: {type: service, lifecycle: experimental, owner: dol, consumesApis: [wage-api]}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: dol}
spec: {type: team, children: []}
"""

SERVICENOW_ITEMS = (
    "sys_id,name,sys_class_name,operational_status,business_criticality,department,owned_by,short_description\n"
    "a1,Wage records,cmdb_ci_business_app,1,1 - most critical,Department of Labor,Ada Lund,What employers report.\n"
    "a2,wage-host,cmdb_ci_linux_server,Operational,3 - less critical,Department of Labor,,\n"
    "a3,Old wages,cmdb_ci_business_app,Retired,,Department of Labor,,\n"
)

SERVICENOW_RELATIONS = (
    "parent,type,child\n"
    "Claims,Depends on::Used by,State sign-in\n"
    "Ledger host,Sends data to::Receives data from,Claims\n"
)

RATIONALIZATION = json.dumps(
    [
        {"id1": 1, "name": "readiness_assessment", "value": 0},
        {"id1": 21, "name": "effectiveness", "value": 5},
        {"id1": 22, "name": "mission_criticality", "value": 4},
        {"id1": 23, "name": "utilization", "value": 2},
        {"id1": 25, "name": "usability", "value": 2},
        {"id1": 31, "name": "scalability_adaptability", "value": 3},
        {"id1": 32, "name": "security_standards", "value": 3},
        {"id1": 65, "name": "TCO", "value": 1234.5},
    ]
)

DICTIONARY = (
    "\ufeffID1,Name,Type,Values,Codes,Required?\n"
    '1,readiness_assessment,integer,"true\nfalse","0\n1",yes\n'
    '21,effectiveness,integer,grades,"1\n2\n3\n4\n5",yes\n'
    '22,mission_criticality,integer,grades,"1\n2\n3\n4\n5",yes\n'
    '23,utilization,integer,grades,"1\n2\n3\n4\n5",yes\n'
    '25,usability,integer,grades,"1\n2\n3\n4\n5",yes\n'
    '31,scalability_adaptability,integer,grades,"1\n2\n3\n4\n5",yes\n'
    '32,security_standards,integer,grades,"1\n2\n3\n4\n5",yes\n'
    "65,TCO,floating-point,0.00-1000.00,0.00-100000.00,yes\n"
)

NEW_RELIC = json.dumps(
    {"data": {"actor": {"entitySearch": {"count": 4, "results": {"entities": [
        {"guid": "G-1", "name": "wage-db", "domain": "INFRA", "entityType": "HOST",
         "tags": [{"key": "application", "values": ["Unemployment"]}]},
        {"guid": "G-2", "name": "state-sign-in (prod)", "domain": "APM", "reporting": True, "tags": []},
        {"guid": "G-3", "name": "Everything", "domain": "VIZ", "entityType": "DASHBOARD"},
    ]}}}}}
)  # fmt: skip

AZURE = json.dumps(
    {"value": [
        {"id": "/subscriptions/0/resourceGroups/RG-Claims/providers/Microsoft.Insights/components/claims-web",
         "name": "claims-web", "type": "microsoft.insights/components", "resourceGroup": "RG-Claims",
         "tags": {"System": "claims"}},
        {"id": "/subscriptions/0/resourceGroups/x/providers/Microsoft.Web/sites/Ledger-Host", "name": "Ledger-Host",
         "type": "microsoft.web/sites", "resourceGroup": "x", "tags": None},
    ]}
)  # fmt: skip

AGENCY = {"agency": "mot"}
FILES = (
    File("code-json", "code.json", CODE_JSON, 3),
    File("ai-use-cases", "cases.csv", USE_CASES, 3),
    File("ai-products", "products.csv", PRODUCTS, 2),
    File("dotgov", "domains.csv", DOTGOV, 2, {"state": "me"}),
    File("dotgov", "older.csv", DOTGOV_OLDER, 1),
    File("site-scan-services", "services.csv", CONSUMERS, 2),
    File("site-scan-standards", "standards.csv", STANDARDS, 1),
    File("end-of-life", "cycles.csv", END_OF_LIFE, 4),
    File("graphml", "graph.graphml", GRAPHML, 2, AGENCY),
    File("edge-list", "edges.csv", EDGES, 2),
    File("cyclonedx", "bom.json", CYCLONEDX, 6),
    File("backstage", "catalog-info.yaml", BACKSTAGE, 2),
    File("servicenow-items", "cmdb_ci.csv", SERVICENOW_ITEMS, 3),
    File("servicenow-relations", "cmdb_rel_ci.csv", SERVICENOW_RELATIONS, 2),
    File("gsa-rationalization", "answers.json", RATIONALIZATION, 1,
         {"system": "Harbor pilot", "assessed_on": "2026-07-01", "agency": "mot"}),
    File("new-relic", "entities.json", NEW_RELIC, 2),
    File("azure-monitor", "resources.json", AZURE, 2),
)  # fmt: skip
