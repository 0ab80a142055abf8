"""A small plan that the tests of this folder share."""

from __future__ import annotations

SAMPLE = """\
slug: riverton
title: Riverton technology plan
office: Office of Systems
starts: 2026-07-01
ends: 2028-06-30
tags:
  - {code: lead, kind: lever, title: Lead}
customers:
  - {code: c1, title: Department of Bridges}
external_factors:
  - {code: x1, title: Floods, see_also: ['1.1']}
goals:
  - {code: g1, title: Serve well}
priorities:
  - {code: o1, level: office, title: Calls first, number: '1', year: FY27, nodes: ['1.1'], merges: [p1]}
  - {code: p1, level: pillar, title: Better calls, year: FY27, nodes: ['1.1']}
maturity:
  levels:
    - {order: 1, name: Ad hoc}
    - {order: 2, name: Developing, criteria: [Work is coordinated]}
    - {order: 3, name: Scaling, criteria: [One approach is written down, Every team uses it]}
  opportunities:
    - code: go1
      title: Data readiness
      from_level: Ad hoc
      to_level: Scaling
      by: 2028-06-30
      key_results:
        - code: go1.k1
          name: Level reached
          measure: plan.maturity
          unit: level
          targets:
            - {comparator: '>=', value: 3, unit: level, by: 2028-06-30}
glossary:
  - {term: Call, text: Somebody rings.}
nodes:
  - code: '1'
    level: activity
    title: Service
    tags: [lead]
    nodes:
      - code: '1.1'
        level: objective
        title: Answer better
        aliases: [SV1]
        indicators:
          - code: 1.1.1
            name: Share of calls answered at once
            short_name: calls answered
            goal: ≥ 75 %
            targets:
              - {comparator: '>=', value: 75, unit: percent}
            measure: desk.first_contact_resolution
            unit: percent
            owner: owner@riverton.test
          - code: 1.1.2
            name: Open houses held
            short_name: open houses
            goal: ≥ 4 a year
            targets:
              - {comparator: '>=', value: 4, unit: session, per: year}
              - {comparator: '>=', value: 1, unit: session, per: quarter}
            unit: session
            cumulative: true
            owner: owner@riverton.test
          - code: 1.1.3
            name: Portal is launched
            goal: by FY27 Q2
            targets:
              - {unit: milestone, by: 2026-12-31}
            measure: plan.milestone
            unit: milestone
            owner: owner@riverton.test
            milestones:
              - {key: portal-chosen, name: Portal is chosen, due: 2026-09-30}
              - {key: portal-launched, name: Portal is launched, due: 2026-12-31, after: portal-chosen, weight: 3}
        nodes:
          - code: 1.1.1i
            level: initiative
            title: New phones
            outcome: Phones that work.
            owner: lead@riverton.test
            pilots:
              - key: headsets
                hypothesis: Headsets shorten calls
                success: Mean call under 4 minutes
                starts: 2026-08-01
                ends: 2026-10-31
            milestones:
              - {key: phones-bought, name: Phones are bought}
"""
