-- What live services give besides charges, and what the runner must know to read them again.
CREATE TABLE charge_reference (
  window_id INTEGER NOT NULL REFERENCES source_window (id),
  line_id INTEGER NOT NULL REFERENCES line (id),
  day INTEGER NOT NULL,
  key INTEGER NOT NULL,
  reference TEXT NOT NULL,
  PRIMARY KEY (window_id, line_id, day, key)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- When a window of a live service was read last, and whether the service called its figures final.
CREATE TABLE window_reading (
  window_id INTEGER PRIMARY KEY REFERENCES source_window (id),
  read_at INTEGER NOT NULL,
  is_final INTEGER NOT NULL
) STRICT;
--> statement-breakpoint
-- Who may write a source. The token rises with every new holder, and a write with an older one is refused.
CREATE TABLE lease (
  source TEXT NOT NULL,
  token INTEGER NOT NULL,
  holder TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (source)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- Sources that give no charges: rates, people, applications.
CREATE TABLE reference_source (
  source TEXT NOT NULL,
  feed TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  read_at INTEGER NOT NULL,
  item_count INTEGER NOT NULL,
  rejected_count INTEGER NOT NULL,
  remarks TEXT NOT NULL,
  PRIMARY KEY (source)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE reference_rate (
  source TEXT NOT NULL REFERENCES reference_source (source),
  day INTEGER NOT NULL,
  currency TEXT NOT NULL,
  per_euro TEXT NOT NULL,
  PRIMARY KEY (source, day, currency)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
-- A stay of a person in a department: months, the last one included; empty where open.
CREATE TABLE reference_person (
  source TEXT NOT NULL REFERENCES reference_source (source),
  person TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to TEXT NOT NULL,
  department TEXT NOT NULL,
  names TEXT NOT NULL,
  PRIMARY KEY (source, person, valid_from)
) STRICT, WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE reference_application (
  source TEXT NOT NULL REFERENCES reference_source (source),
  application TEXT NOT NULL,
  name TEXT NOT NULL,
  publisher TEXT NOT NULL,
  domain TEXT NOT NULL,
  first_seen TEXT NOT NULL,
  last_seen TEXT NOT NULL,
  is_active INTEGER NOT NULL,
  PRIMARY KEY (source, application)
) STRICT, WITHOUT ROWID;
