/** How sure each kind of evidence is, per million. A person's word and a rule are taken as said. */
export const CONFIDENCE = {
  tag: 1_000_000,
  rule: 1_000_000,
  resourceTag: 900_000,
  account: 900_000,
  costCenter: 900_000,
  costCenterPattern: 800_000,
  person: 800_000,
  ledgerAccount: 700_000,
} as const;
