"""The whole ledger as one SQL statement, the same on SQLite, PostgreSQL and DuckDB.

Of the forms tried (cells first, ancestors joined to every cell, classes of like organisations)
this is the fastest: expectations are counted per class, met cells are added up per parent, and
only these sums climb the tree.
"""

from __future__ import annotations

_TEXT = """
WITH tally AS (
    SELECT e.org_id, p.slot, COUNT(*) AS n_all,
           SUM(CASE WHEN e.held <= p.due THEN 1 ELSE 0 END) AS n_on
    FROM evidence e
    {join} passes p ON p.signature = e.signature AND p.day = e.counts_for
    WHERE e.held <= p.latest
      AND (p.num = 0 OR (e.entitled > 0
           AND e.present * p.den - e.entitled * p.num >= p.strict))
    GROUP BY e.org_id, p.slot
), met AS (
    SELECT o.home, t.slot,
           SUM(CASE WHEN t.n_on >= n.k THEN 1 ELSE 0 END) AS done,
           SUM(CASE WHEN t.n_on < n.k THEN 1 ELSE 0 END) AS made_up
    FROM tally t
    {join} org o ON o.id = t.org_id
    {join} need n ON n.class = o.class AND n.slot = t.slot
    LEFT JOIN exempt x ON x.org_id = t.org_id AND x.slot = t.slot
    WHERE t.n_all >= n.k AND x.org_id IS NULL
    GROUP BY o.home, t.slot
), expected AS (
    SELECT c.home, n.slot, SUM(c.orgs) AS expected
    FROM (SELECT home, class, COUNT(*) AS orgs FROM org GROUP BY home, class) c
    JOIN need n ON n.class = c.class
    GROUP BY c.home, n.slot
), freed AS (
    SELECT o.home, x.slot, COUNT(*) AS exempt
    FROM exempt x
    JOIN org o ON o.id = x.org_id
    JOIN need n ON n.class = o.class AND n.slot = x.slot
    GROUP BY o.home, x.slot
), own AS (
    SELECT home, slot, SUM(expected) AS expected, SUM(exempt) AS exempt,
           SUM(done) AS done, SUM(made_up) AS made_up
    FROM (
        SELECT home, slot, expected, 0 AS exempt, 0 AS done, 0 AS made_up FROM expected
        UNION ALL SELECT home, slot, 0, exempt, 0, 0 FROM freed
        UNION ALL SELECT home, slot, 0, 0, done, made_up FROM met
    ) parts
    GROUP BY home, slot
)
INSERT INTO result
SELECT a.node, own.slot, SUM(own.expected), SUM(own.exempt), SUM(own.done), SUM(own.made_up)
FROM own JOIN above a ON a.home = own.home
GROUP BY a.node, own.slot
"""

STATEMENT = _TEXT.format(join="JOIN")

SQLITE = _TEXT.format(join="CROSS JOIN")
"""SQLite keeps the written order of a CROSS JOIN; left to itself it takes twice as long."""
