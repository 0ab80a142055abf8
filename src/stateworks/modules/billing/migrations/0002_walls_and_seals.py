"""Whose rows are whose, and what the database itself refuses: changes of what is issued, closed or approved."""

from django.db import migrations

from stateworks.kernel.access.policies import RowPolicy, TenantPolicy

OF_AN_INVOICE = ("invoiceline", "invoicereview", "anomalyfinding")
OF_A_LINE = ("dispute", "credit")

SEALS = (
    """
CREATE FUNCTION billing_refuse(sentence text, relation text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', sentence USING ERRCODE = 'check_violation', TABLE = relation;
END $$;

CREATE FUNCTION billing_period_closed(period bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT EXISTS (SELECT 1 FROM billing_billingperiod p WHERE p.id = period AND p.state = 'closed')
$$;

-- An issued invoice is what the agency holds in its hands. Nobody changes it, not even the owner of the tables.
CREATE FUNCTION billing_seal_invoice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF OLD.state = 'issued' THEN
            PERFORM billing_refuse(format('Invoice %s is issued and cannot be changed; give credit instead.', OLD.number),
                                   TG_TABLE_NAME);
        END IF;
        IF billing_period_closed(OLD.period_id) THEN
            PERFORM billing_refuse('The billing period is closed; nothing in it can be changed.', TG_TABLE_NAME);
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF billing_period_closed(NEW.period_id) THEN
        PERFORM billing_refuse('The billing period is closed; it takes no more invoices.', TG_TABLE_NAME);
    END IF;
    IF NEW.state = 'issued' THEN
        IF TG_OP = 'INSERT' OR OLD.state <> 'approved' THEN
            PERFORM billing_refuse('An invoice is issued after it is approved.', TG_TABLE_NAME);
        END IF;
        IF NOT EXISTS (SELECT 1 FROM billing_invoicereview r WHERE r.invoice_id = NEW.id AND r.reviewed_at IS NOT NULL) THEN
            PERFORM billing_refuse(format('Invoice %s was not reviewed.', NEW.code), TG_TABLE_NAME);
        END IF;
        IF NEW.cents <> (SELECT coalesce(sum(l.cents), 0) FROM billing_invoiceline l WHERE l.invoice_id = NEW.id) THEN
            PERFORM billing_refuse(format('The lines of %s do not add up to it.', NEW.code), TG_TABLE_NAME);
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_seal_invoice BEFORE INSERT OR UPDATE OR DELETE ON billing_invoice
    FOR EACH ROW EXECUTE FUNCTION billing_seal_invoice();

-- By statement, since a month has tens of thousands of lines and a few invoices.
CREATE FUNCTION billing_seal_lines() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    sealed text;
BEGIN
    SELECT coalesce(nullif(i.number, ''), i.code) INTO sealed FROM billing_invoice i
    WHERE i.id IN (SELECT invoice_id FROM touched)
      AND (i.state = 'issued' OR billing_period_closed(i.period_id)) LIMIT 1;
    IF sealed IS NOT NULL THEN
        PERFORM billing_refuse(format('Invoice %s is issued or its period closed; its lines cannot be changed.', sealed),
                               TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;
"""
    + "".join(
        f"""
CREATE TRIGGER billing_seal_{table}_added AFTER INSERT ON billing_{table} REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION billing_seal_lines();
CREATE TRIGGER billing_seal_{table}_changed AFTER UPDATE ON billing_{table} REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION billing_seal_lines();
CREATE TRIGGER billing_seal_{table}_moved AFTER UPDATE ON billing_{table} REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION billing_seal_lines();
CREATE TRIGGER billing_seal_{table}_removed AFTER DELETE ON billing_{table} REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION billing_seal_lines();
"""
        for table in ("invoiceline", "invoicereview")
    )
    + """
CREATE FUNCTION billing_seal_period() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.state <> 'closed' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state = 'open' AND NEW.reopened_why <> ''
       AND NEW.starts_on = OLD.starts_on AND NEW.ends_on = OLD.ends_on AND NEW.code = OLD.code THEN
        RETURN NEW;
    END IF;
    PERFORM billing_refuse(format('%s is closed; it is opened again by an approver with a reason.', OLD.code), TG_TABLE_NAME);
    RETURN NULL;
END $$;
CREATE TRIGGER billing_seal_period BEFORE UPDATE OR DELETE ON billing_billingperiod
    FOR EACH ROW EXECUTE FUNCTION billing_seal_period();

CREATE FUNCTION billing_seal_card() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    IF OLD.approved AND (TG_OP = 'DELETE' OR row(NEW.*) IS DISTINCT FROM row(OLD.*)) THEN
        PERFORM billing_refuse(format('The rate card %s is approved and cannot be changed; make another.', OLD.code),
                               TG_TABLE_NAME);
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER billing_seal_card BEFORE UPDATE OR DELETE ON billing_ratecard
    FOR EACH ROW EXECUTE FUNCTION billing_seal_card();

CREATE FUNCTION billing_seal_rate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    cards bigint[] := '{}';
    sealed text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        cards := cards || OLD.card_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        cards := cards || NEW.card_id;
    END IF;
    SELECT c.code INTO sealed FROM billing_ratecard c WHERE c.id = ANY (cards) AND c.approved LIMIT 1;
    IF sealed IS NOT NULL THEN
        PERFORM billing_refuse(format('The rate card %s is approved; its rates cannot be changed.', sealed), TG_TABLE_NAME);
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER billing_seal_rate BEFORE INSERT OR UPDATE OR DELETE ON billing_rate
    FOR EACH ROW EXECUTE FUNCTION billing_seal_rate();

-- Two approved cards may share a year, but no day of one SKU: else a charge would have two prices.
CREATE FUNCTION billing_one_price() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    twice text;
BEGIN
    IF NEW.approved AND NOT OLD.approved THEN
        SELECT s.code INTO twice FROM billing_rate mine
        JOIN billing_rate theirs ON theirs.sku_id = mine.sku_id AND theirs.card_id <> mine.card_id
            AND theirs.starts_on <= mine.ends_on AND mine.starts_on <= theirs.ends_on
        JOIN billing_ratecard c ON c.id = theirs.card_id AND c.approved
        JOIN billing_sku s ON s.id = mine.sku_id
        WHERE mine.card_id = NEW.id LIMIT 1;
        IF twice IS NOT NULL THEN
            PERFORM billing_refuse(format('%s has a price in another approved card on some of these days.', twice),
                                   TG_TABLE_NAME);
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_one_price BEFORE UPDATE ON billing_ratecard
    FOR EACH ROW EXECUTE FUNCTION billing_one_price();

-- A credit refers to an issued line, never exceeds it, and stays once an issued invoice carries it.
CREATE FUNCTION billing_seal_credit() RETURNS trigger
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
        PERFORM billing_refuse(format('The line came to %s cents and %s are given back already; %s more are too much.',
                                      charged, given, NEW.cents), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_seal_credit BEFORE INSERT OR UPDATE OR DELETE ON billing_credit
    FOR EACH ROW EXECUTE FUNCTION billing_seal_credit();

-- Runs keep prices and translations by code: under another code an issued line could not be derived any more.
CREATE FUNCTION billing_keep_code() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    charged boolean;
BEGIN
    IF NEW.code = OLD.code THEN
        RETURN NEW;
    END IF;
    IF TG_TABLE_NAME = 'billing_sku' THEN
        SELECT EXISTS (SELECT 1 FROM billing_invoiceline l JOIN billing_invoice i ON i.id = l.invoice_id
                       WHERE l.sku_id = OLD.id AND i.state = 'issued') INTO charged;
    ELSE
        SELECT EXISTS (SELECT 1 FROM billing_invoiceline l JOIN billing_invoice i ON i.id = l.invoice_id
                       WHERE l.account_id = OLD.id AND i.state = 'issued') INTO charged;
    END IF;
    IF charged THEN
        PERFORM billing_refuse(format('%s stands on issued invoices and keeps its code; add another.', OLD.code), TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_keep_code BEFORE UPDATE ON billing_sku FOR EACH ROW EXECUTE FUNCTION billing_keep_code();
CREATE TRIGGER billing_keep_code BEFORE UPDATE ON billing_billingaccount FOR EACH ROW EXECUTE FUNCTION billing_keep_code();
"""
)

FUNCTIONS = (
    "billing_seal_invoice", "billing_seal_lines", "billing_seal_period", "billing_seal_card", "billing_seal_rate",
    "billing_one_price", "billing_seal_credit", "billing_keep_code",
)  # fmt: skip
SEALS_UNDONE = (
    "".join(f"DROP FUNCTION {name}() CASCADE;\n" for name in FUNCTIONS)
    + "DROP FUNCTION billing_period_closed(bigint);\nDROP FUNCTION billing_refuse(text, text);\n"
)


def _walls() -> list[RowPolicy]:
    """Put each table and the table of its history under the same wall."""
    made: list[RowPolicy] = []
    for table in ("billingaccount", "invoice", "portalevent"):
        made += [TenantPolicy(f"billing_{table}"), TenantPolicy(f"billing_{table}event")]
    for event in ("", "event"):
        table = f"billing_accountalias{event}"
        made.append(
            RowPolicy(
                table, f"EXISTS (SELECT 1 FROM billing_billingaccount a WHERE a.id = {table}.account_id)"
            )
        )
        for noun in OF_AN_INVOICE:
            table = f"billing_{noun}{event}"
            made.append(
                RowPolicy(table, f"EXISTS (SELECT 1 FROM billing_invoice i WHERE i.id = {table}.invoice_id)")
            )
        for noun in OF_A_LINE:
            table = f"billing_{noun}{event}"
            made.append(
                RowPolicy(table, f"EXISTS (SELECT 1 FROM billing_invoiceline l WHERE l.id = {table}.line_id)")
            )
    return made


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("access", "0002_walls")]

    operations = [migrations.RunSQL(SEALS, SEALS_UNDONE), *_walls()]
