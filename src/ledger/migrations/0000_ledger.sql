-- Facts: what the sources say. Decisions hang on lines and are kept apart.
CREATE TABLE source (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  settings_fingerprint TEXT NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE source_window (
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES source (id),
  name TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  row_count INTEGER NOT NULL,
  rejected_count INTEGER NOT NULL,
  skipped_count INTEGER NOT NULL,
  remarks TEXT NOT NULL,
  UNIQUE (source_id, name)
) STRICT;
--> statement-breakpoint
CREATE TABLE source_file (
  id INTEGER PRIMARY KEY,
  window_id INTEGER NOT NULL REFERENCES source_window (id),
  position INTEGER NOT NULL,
  path TEXT NOT NULL,
  UNIQUE (window_id, position)
) STRICT;
--> statement-breakpoint
CREATE TABLE control_total (
  window_id INTEGER NOT NULL REFERENCES source_window (id),
  currency TEXT NOT NULL,
  source_cash TEXT NOT NULL,
  source_accrual TEXT NOT NULL,
  PRIMARY KEY (window_id, currency)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE rejected_row (
  window_id INTEGER NOT NULL REFERENCES source_window (id),
  position INTEGER NOT NULL,
  file TEXT NOT NULL,
  row INTEGER NOT NULL,
  reason TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (window_id, position)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- Where lines are booked. Far fewer than lines, so that owners are decided on few rows.
CREATE TABLE coding (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  account_name TEXT NOT NULL,
  sub_account TEXT NOT NULL,
  sub_account_name TEXT NOT NULL,
  card TEXT NOT NULL,
  cost_center TEXT NOT NULL,
  project TEXT NOT NULL,
  person TEXT NOT NULL,
  ledger_account TEXT NOT NULL,
  tags TEXT NOT NULL,
  UNIQUE (account, account_name, sub_account, sub_account_name, card, cost_center, project, person, ledger_account, tags)
) STRICT;
--> statement-breakpoint
CREATE TABLE line (
  id INTEGER PRIMARY KEY,
  public_id TEXT NOT NULL UNIQUE,
  source_id INTEGER NOT NULL REFERENCES source (id),
  coding_id INTEGER NOT NULL REFERENCES coding (id),
  payee TEXT NOT NULL,
  publisher TEXT NOT NULL,
  service TEXT NOT NULL,
  service_category TEXT NOT NULL,
  merchant_category TEXT NOT NULL,
  description TEXT NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX line_coding ON line (coding_id);
--> statement-breakpoint
-- Clustered by window, line and day: a window is replaced, and a line is opened, by range.
CREATE TABLE charge (
  window_id INTEGER NOT NULL REFERENCES source_window (id),
  line_id INTEGER NOT NULL REFERENCES line (id),
  day INTEGER NOT NULL,
  key INTEGER NOT NULL,
  currency TEXT NOT NULL,
  cash_micros INTEGER NOT NULL,
  accrual_micros INTEGER NOT NULL,
  row_count INTEGER NOT NULL,
  file_id INTEGER NOT NULL,
  row INTEGER NOT NULL,
  PRIMARY KEY (window_id, line_id, day, key)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- Sums of charges, kept in step in the transaction that changes them. A statement reads these, never charges.
-- Clustered by line, so that a statement sums them in one sweep, in order.
CREATE TABLE month_fact (
  line_id INTEGER NOT NULL REFERENCES line (id),
  currency TEXT NOT NULL,
  month INTEGER NOT NULL,
  cash_micros INTEGER NOT NULL,
  accrual_micros INTEGER NOT NULL,
  charge_count INTEGER NOT NULL,
  PRIMARY KEY (line_id, currency, month)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- Month facts summed over the lines of a source: what months, currencies and totals a source has, without a sweep.
CREATE TABLE source_month (
  source_id INTEGER NOT NULL REFERENCES source (id),
  currency TEXT NOT NULL,
  month INTEGER NOT NULL,
  cash_micros INTEGER NOT NULL,
  accrual_micros INTEGER NOT NULL,
  charge_count INTEGER NOT NULL,
  PRIMARY KEY (source_id, currency, month)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- Month facts of foreign currencies in the reporting currency, each charge at the rate of its day. A missing row is a missing rate.
CREATE TABLE converted_fact (
  line_id INTEGER NOT NULL REFERENCES line (id),
  currency TEXT NOT NULL,
  month INTEGER NOT NULL,
  cash_micros INTEGER NOT NULL,
  accrual_micros INTEGER NOT NULL,
  PRIMARY KEY (line_id, currency, month)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- Decisions. Distinct outcomes are stored once; what led to them is worked out again when a person asks.
CREATE TABLE vendor_outcome (
  id INTEGER PRIMARY KEY,
  vendor_id TEXT NOT NULL,
  vendor TEXT NOT NULL,
  domain TEXT NOT NULL,
  spend_class TEXT NOT NULL,
  category TEXT NOT NULL,
  usual_function TEXT NOT NULL,
  method TEXT NOT NULL,
  class_method TEXT NOT NULL,
  vendor_confidence INTEGER NOT NULL,
  class_confidence INTEGER NOT NULL,
  UNIQUE (vendor_id, vendor, domain, spend_class, category, usual_function, method, class_method, vendor_confidence,
    class_confidence)
) STRICT;
--> statement-breakpoint
CREATE TABLE owner_outcome (
  id INTEGER PRIMARY KEY,
  outcome TEXT NOT NULL UNIQUE
) STRICT;
--> statement-breakpoint
CREATE TABLE line_decision (
  line_id INTEGER PRIMARY KEY REFERENCES line (id),
  vendor_outcome_id INTEGER NOT NULL REFERENCES vendor_outcome (id),
  owner_outcome_id INTEGER NOT NULL REFERENCES owner_outcome (id)
) STRICT;
--> statement-breakpoint
-- Fingerprints of what decisions and conversions were made from.
CREATE TABLE state (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
