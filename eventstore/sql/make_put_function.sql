-- Makes throughline_put_<table>(json): writes one whole read-model row, inserted or replaced by its primary key.
-- One function for each table, so that its plan is kept; made from the catalogue, so that a new read model needs one call.
CREATE OR REPLACE FUNCTION throughline_make_put(table_name text) RETURNS void LANGUAGE plpgsql AS $make$
DECLARE
    keys text;
    changes text;
BEGIN
    SELECT string_agg(quote_ident(a.attname), ', ') FILTER (WHERE a.attnum = ANY (i.indkey)),
           string_agg(format('%1$I = excluded.%1$I', a.attname), ', ') FILTER (WHERE a.attnum <> ALL (i.indkey))
      INTO STRICT keys, changes
      FROM pg_index i
      JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE i.indrelid = table_name::regclass AND i.indisprimary;
    EXECUTE format($body$
        CREATE OR REPLACE FUNCTION %1$I(line json) RETURNS void LANGUAGE plpgsql AS $put$
        BEGIN
            INSERT INTO %2$I SELECT r.* FROM json_populate_record(NULL::%5$I.%2$I, line) AS r
            ON CONFLICT (%3$s) DO UPDATE SET %4$s;
        END
        $put$
    $body$, 'throughline_put_' || table_name, table_name, keys, changes, current_schema());
END
$make$
