"""Whose vouchers are whose; each is balanced when it is committed, and never changed."""

from django.db import migrations

from stateworks.kernel.access.policies import RowPolicy

SEALS = """
CREATE FUNCTION billing_balanced() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    off bigint;
BEGIN
    SELECT sum(p.cents) INTO off FROM billing_posting p WHERE p.entry_id = NEW.entry_id;
    IF off <> 0 THEN
        PERFORM billing_refuse(format('A journal entry is off balance by %s cents.', off), TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER billing_balanced AFTER INSERT ON billing_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_balanced();

CREATE FUNCTION billing_seal_voucher() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM billing_refuse('A journal voucher is never changed; give credit, which has a voucher of its own.', TG_TABLE_NAME);
    RETURN NULL;
END $$;
CREATE TRIGGER billing_seal_voucher BEFORE UPDATE OR DELETE ON billing_posting
    FOR EACH ROW EXECUTE FUNCTION billing_seal_voucher();
CREATE TRIGGER billing_seal_voucher BEFORE UPDATE OR DELETE ON billing_journalentry
    FOR EACH ROW EXECUTE FUNCTION billing_seal_voucher();
"""
SEALS_UNDONE = "DROP FUNCTION billing_balanced() CASCADE;\nDROP FUNCTION billing_seal_voucher() CASCADE;\n"


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_vouchers")]

    operations = [
        migrations.RunSQL(SEALS, SEALS_UNDONE),
        RowPolicy(
            "billing_journalentry",
            "EXISTS (SELECT 1 FROM billing_invoice i WHERE i.id = billing_journalentry.invoice_id)",
        ),
        RowPolicy(
            "billing_posting",
            "EXISTS (SELECT 1 FROM billing_journalentry e WHERE e.id = billing_posting.entry_id)",
        ),
    ]
