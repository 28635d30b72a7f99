"""What the database itself keeps of the time bank: balances, what is held, and that nothing is ever changed."""

import pgtrigger

# The suite empties tables between tests; only a database named test_… lets TRUNCATE pass.
ROWS_STAND = pgtrigger.Trigger(
    name="rows_stand",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="RAISE EXCEPTION 'the ledger of the time bank is never changed' USING ERRCODE = 'check_violation';",
)
TABLE_STANDS = pgtrigger.Trigger(
    name="table_stands",
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    level=pgtrigger.Statement,
    func="IF current_database() LIKE 'test\\_%' THEN RETURN NULL; END IF; "
    "RAISE EXCEPTION 'the ledger of the time bank is never removed';",
)
# The issuing account is written to by every credit: its row is left alone, so that volunteers do not wait for one
# another; its balance is minus the sum of the others. The first statement is all that most entries need.
COUNT_BALANCE = pgtrigger.Trigger(
    name="count_balance",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("kind", "text"), ("stands", "text"), ("act", "text")],
    func="""
    UPDATE volunteers_account a SET balance = balance + NEW.minutes
    WHERE a.id = NEW.account_id AND a.kind <> 'issue' AND a.state = 'open' RETURNING balance INTO NEW.balance_after;
    IF FOUND THEN
        RETURN NEW;
    END IF;
    SELECT a.kind, a.state INTO kind, stands FROM volunteers_account a WHERE a.id = NEW.account_id;
    IF stands <> 'open' THEN
        SELECT t.kind INTO act FROM volunteers_transfer t WHERE t.id = NEW.transfer_id;
        IF stands = 'closed' OR act NOT IN ('contra', 'settle') THEN
            RAISE EXCEPTION 'account % takes no entries', NEW.account_id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'account_open';
        END IF;
    END IF;
    IF kind <> 'issue' THEN
        UPDATE volunteers_account SET balance = balance + NEW.minutes WHERE id = NEW.account_id
        RETURNING balance INTO NEW.balance_after;
    END IF;
    RETURN NEW;
    """,
)
# What one bank gives out in a transfer it takes in. The entries of a transfer are inserted by one statement, so that
# none is ever seen without the other, not even inside the act; entries that come later add up to zero by themselves.
SUM_ZERO = pgtrigger.Trigger(
    name="sum_zero",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    level=pgtrigger.Statement,
    referencing=pgtrigger.Referencing(new="fresh"),
    declare=[("uneven", "bigint")],
    func="""
    SELECT e.transfer_id INTO uneven FROM fresh e JOIN volunteers_account a ON a.id = e.account_id
    GROUP BY e.transfer_id, a.bank_id HAVING sum(e.minutes) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the entries of transfer % do not add up to zero', uneven
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_sum_zero';
    END IF;
    RETURN NULL;
    """,
)
COUNT_HELD = pgtrigger.Trigger(
    name="count_held",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("was", "integer := 0"), ("is_now", "integer := 0")],
    func="""
    IF TG_OP <> 'INSERT' AND OLD.state = 'held' THEN was := OLD.minutes; END IF;
    IF TG_OP <> 'DELETE' AND NEW.state = 'held' THEN is_now := NEW.minutes; END IF;
    IF was <> is_now THEN
        UPDATE volunteers_account SET held = held + is_now - was
        WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.account_id ELSE NEW.account_id END;
    END IF;
    RETURN NULL;
    """,
)
# A hold ends once; how many minutes, for whom and for what never changes.
HOLD_STANDS = pgtrigger.Trigger(
    name="hold_stands",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
    IF OLD.state <> 'held' OR (NEW.account_id, NEW.minutes, NEW.request_id, NEW.out_id)
            IS DISTINCT FROM (OLD.account_id, OLD.minutes, OLD.request_id, OLD.out_id) THEN
        RAISE EXCEPTION 'hold % has ended or would become another one', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
    """,
)
