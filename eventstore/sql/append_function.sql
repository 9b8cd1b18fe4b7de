-- Writes a batch of appends to different streams in one transaction and says of each, in the order given, what became of it:
-- 'stored' (with the version and the position of its first event), 'known' (its command id is in the stream already) or
-- 'wrong' (with the stream's version). Decisions and read-model rows carry the number of their append and are written with it.
--
-- The lock is held until the commit, so positions become visible in their order and a reader never passes one by. Nothing is
-- ever deleted, so the next position is the highest one plus one. Each statement here sees what was committed before the lock
-- was granted: callers use the isolation level READ COMMITTED, and have sequential scans off, because the plans are kept, and
-- one made while the tables were empty would scan them for ever. One statement for all appends: the time in here is what all
-- writers wait for.
CREATE OR REPLACE FUNCTION throughline_append(
    appends json, decisions json DEFAULT NULL, lines json DEFAULT NULL,
    OUT outcomes text[], OUT versions integer[], OUT positions bigint[]
)
LANGUAGE plpgsql
AS $$
DECLARE
    change record;
BEGIN
    PERFORM pg_advisory_xact_lock(7519401);
    WITH asked AS MATERIALIZED (
        SELECT a.*,
               coalesce((SELECT max(e.version) FROM events e WHERE e.stream = a.stream), 0) AS current,
               -- Not EXISTS: the planner may answer that from a hash of the whole table.
               (SELECT true FROM events e WHERE e.stream = a.stream AND e.command_id = a.command_id LIMIT 1) IS NOT NULL AS known
          FROM json_to_recordset(appends) AS a (
            number integer, stream text, expected_version integer, command_id text, correlation_id text, causation_id text,
            actor text, customer text, project text, playbook text, recorded_at timestamptz, size integer, events json
        )
    ), answered AS MATERIALIZED (
        SELECT asked.*,
               CASE WHEN known THEN 'known' WHEN current = expected_version THEN 'stored' ELSE 'wrong' END AS outcome,
               (SELECT coalesce(max(e.position), 0) FROM events e) + 1 - size
               + sum(size) FILTER (WHERE NOT known AND current = expected_version) OVER (ORDER BY number) AS start
          FROM asked
    ), written AS (
        INSERT INTO events (
            position, stream, version, type, schema_version, data, occurred_at, recorded_at, actor,
            command_id, correlation_id, causation_id, customer, project, playbook, ordinal
        )
        SELECT a.start + n.ordinal, a.stream, a.current + 1 + n.ordinal, n.type, n.schema_version, n.data::json,
               n.occurred_at, a.recorded_at, a.actor, a.command_id, a.correlation_id, a.causation_id,
               a.customer, a.project, a.playbook, n.ordinal
          FROM answered a
         CROSS JOIN LATERAL json_to_recordset(a.events) AS n (
            ordinal integer, type text, schema_version integer, data text, occurred_at timestamptz
        )
         WHERE a.outcome = 'stored'
    )
    SELECT array_agg(outcome ORDER BY number),
           array_agg(CASE outcome WHEN 'stored' THEN current + 1 ELSE current END ORDER BY number),
           array_agg(start ORDER BY number)
      INTO outcomes, versions, positions
      FROM answered;
    IF decisions IS NOT NULL THEN
        INSERT INTO decisions (
            stream, command, command_id, verdict, detail, unmet, actor, stream_version, looked_at, playbook, decided_at,
            asked, moment, shelf, learned, proofs
        )
        SELECT d.stream, d.command, d.command_id, d.verdict, d.detail, d.unmet, d.actor, d.stream_version, d.looked_at,
               d.playbook, d.decided_at,
               -- A program of before does not send these.
               coalesce(d.asked, ''), d.moment, coalesce(d.shelf, ''), coalesce(d.learned, ''), coalesce(d.proofs, '')
          FROM json_to_recordset(decisions) AS d (
            number integer, stream text, command text, command_id text, verdict text, detail text, unmet text, actor text,
            stream_version integer, looked_at text, playbook text, decided_at timestamptz,
            asked text, moment timestamptz, shelf text, learned text, proofs text
        )
         WHERE outcomes[d.number] = 'stored'
         ORDER BY d.number;
    END IF;
    IF lines IS NOT NULL THEN
        FOR change IN
            SELECT * FROM json_to_recordset(lines) AS r (number integer, "table" text, line json)
             WHERE outcomes[r.number] = 'stored'
        LOOP
            EXECUTE format('SELECT %I($1)', 'throughline_put_' || change."table") USING change.line;
        END LOOP;
    END IF;
END
$$
