"""What the database refuses of payments and credits is said in dollars, as everywhere else."""

from django.db import migrations

DOLLARS = """
CREATE OR REPLACE FUNCTION billing_dollars(cents bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN cents < 0 THEN '-' ELSE '' END || to_char(abs(cents) / 100.0, 'FM$999,999,999,999,999,990.00')
$$;

CREATE OR REPLACE FUNCTION billing_seal_credit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    charged bigint;
    issued boolean;
    given bigint;
BEGIN
    IF TG_OP <> 'INSERT' AND EXISTS (
        SELECT 1 FROM billing_invoiceline l JOIN billing_invoice i ON i.id = l.invoice_id
        WHERE l.kind = 'credit' AND l.source = OLD.code AND i.state = 'issued'
    ) THEN
        PERFORM billing_refuse(format('Credit %s is on an issued invoice and cannot be changed.', OLD.code), TG_TABLE_NAME);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    -- The line first, so that two credits at once wait for each other.
    SELECT l.cents, i.state = 'issued' INTO charged, issued FROM billing_invoiceline l
    JOIN billing_invoice i ON i.id = l.invoice_id WHERE l.id = NEW.line_id FOR UPDATE OF l;
    IF NOT issued THEN
        PERFORM billing_refuse('Credit is given for a line of an issued invoice.', TG_TABLE_NAME);
    END IF;
    SELECT coalesce(sum(c.cents), 0) INTO given FROM billing_credit c WHERE c.line_id = NEW.line_id AND c.id <> NEW.id;
    IF given + NEW.cents > charged THEN
        PERFORM billing_refuse(format('The line came to %s and %s is given back already; %s more is too much.',
                                      billing_dollars(charged), billing_dollars(given), billing_dollars(NEW.cents)), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION billing_seal_payment() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    charged bigint;
    called text;
    issued timestamptz;
    paid bigint;
    zone text := coalesce(nullif(current_setting('stateworks.zone', true), ''), 'UTC');
BEGIN
    SELECT i.cents, coalesce(nullif(i.number, ''), i.code), i.issued_at INTO charged, called, issued
    FROM billing_invoice i WHERE i.id = NEW.invoice_id FOR UPDATE OF i;
    IF issued IS NULL THEN
        PERFORM billing_refuse(format('Invoice %s is not issued yet; only an issued invoice is paid.', called), TG_TABLE_NAME);
    END IF;
    IF NEW.received_on < (issued AT TIME ZONE zone)::date THEN
        PERFORM billing_refuse(format('Invoice %s was issued on %s; no payment of it was received on %s.', called,
                                      (issued AT TIME ZONE zone)::date, NEW.received_on), TG_TABLE_NAME);
    END IF;
    SELECT coalesce(sum(p.cents), 0) INTO paid FROM billing_payment p WHERE p.invoice_id = NEW.invoice_id AND p.id <> NEW.id;
    IF paid + NEW.cents > charged THEN
        PERFORM billing_refuse(format('Invoice %s came to %s and %s is paid already; %s more is too much.',
                                      called, billing_dollars(charged), billing_dollars(paid),
                                      billing_dollars(NEW.cents)), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    """The functions of the seals, with other sentences."""

    dependencies = [("billing", "0015_cost_centers")]

    # Back again the sentences may stay as they are: they need the function.
    operations = [migrations.RunSQL(DOLLARS, migrations.RunSQL.noop)]
