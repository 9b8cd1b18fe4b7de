-- Writes a batch of appends in one transaction and says of each what became of it: 'stored' (with the version and the
-- position of its first event), 'known' (its command id is in the stream already) or 'wrong' (with the stream's version).
--
-- The lock is held until the commit, so positions become visible in their order and a reader never passes one by. Nothing is
-- ever deleted, so the next position is the highest one plus one. Each statement here sees what was committed before the lock
-- was granted: callers use the isolation level READ COMMITTED. Sequential scans are off because the plans are kept, and a
-- plan made while the tables were empty would scan them for ever.
CREATE OR REPLACE FUNCTION throughline_append(batch json)
RETURNS TABLE (outcome text, at_version integer, at_position bigint)
LANGUAGE plpgsql
SET enable_seqscan = off
AS $$
DECLARE
    one record;
    change record;
    head bigint;
    current_version integer;
BEGIN
    PERFORM pg_advisory_xact_lock(7519401);
    SELECT coalesce(max(e.position), 0) INTO head FROM events e;
    FOR one IN
        SELECT * FROM json_to_recordset(batch) AS a (
            stream text, expected_version integer, command_id text, correlation_id text, causation_id text, actor text,
            customer text, project text, playbook text, recorded_at timestamptz, events json, decision json, rows json
        )
    LOOP
        SELECT coalesce(max(e.version), 0) INTO current_version FROM events e WHERE e.stream = one.stream;
        at_version := current_version;
        at_position := NULL;
        IF EXISTS (SELECT FROM events e WHERE e.stream = one.stream AND e.command_id = one.command_id) THEN
            outcome := 'known';
            RETURN NEXT;
            CONTINUE;
        END IF;
        IF current_version <> one.expected_version THEN
            outcome := 'wrong';
            RETURN NEXT;
            CONTINUE;
        END IF;
        INSERT INTO events (
            position, stream, version, type, schema_version, data, occurred_at, recorded_at, actor,
            command_id, correlation_id, causation_id, customer, project, playbook, ordinal
        )
        SELECT head + 1 + n.ordinal, one.stream, current_version + 1 + n.ordinal, n.type, n.schema_version, n.data::json,
               n.occurred_at, one.recorded_at, one.actor, one.command_id, one.correlation_id, one.causation_id,
               one.customer, one.project, one.playbook, n.ordinal
          FROM json_to_recordset(one.events) AS n (
            ordinal integer, type text, schema_version integer, data text, occurred_at timestamptz
        );
        outcome := 'stored';
        at_version := current_version + 1;
        at_position := head + 1;
        head := head + json_array_length(one.events);
        IF one.decision IS NOT NULL THEN
            INSERT INTO decisions (
                stream, command, command_id, verdict, detail, unmet, actor, stream_version, looked_at, playbook, decided_at
            )
            SELECT d.* FROM json_to_record(one.decision) AS d (
                stream text, command text, command_id text, verdict text, detail text, unmet text, actor text,
                stream_version integer, looked_at text, playbook text, decided_at timestamptz
            );
        END IF;
        IF one.rows IS NOT NULL THEN
            FOR change IN SELECT * FROM json_to_recordset(one.rows) AS r ("table" text, line json) LOOP
                EXECUTE format('SELECT %I($1)', 'throughline_put_' || change."table") USING change.line;
            END LOOP;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$
