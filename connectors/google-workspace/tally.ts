import { z } from 'zod';

/** An entry of the audit log: one person, one or more events. */
export const activity = z.object({
  actor: z.object({ email: z.string().nullish(), profileId: z.string().nullish() }).nullish(),
  events: z
    .array(
      z.object({
        name: z.string(),
        parameters: z.array(z.object({ name: z.string(), value: z.string().nullish() })).nullish(),
      }),
    )
    .min(1),
});

export type Activity = z.infer<typeof activity>;

/** Sign-ins by SAML name the application and nothing else of it. */
export const signIn = activity.transform((entry, context) =>
  entriesOf(entry, 'login_success', context, (value) => ({
    id: value('application_name'),
    name: value('application_name'),
  })),
);

/** Authorisations name the application and its client id. */
export const authorisation = activity.transform((entry, context) =>
  entriesOf(entry, 'authorize', context, (value) => ({ id: value('client_id'), name: value('app_name') })),
);

/** That a person used an application, or gave it access. */
export interface Use {
  readonly id: string;
  readonly name: string;
  readonly person: string;
}

function entriesOf(
  { actor, events }: Activity,
  eventName: string,
  context: z.core.$RefinementCtx<Activity>,
  read: (value: (name: string) => string) => Omit<Use, 'person'>,
): readonly Use[] {
  const person = actor?.email ?? actor?.profileId ?? '';
  const uses: Use[] = [];
  for (const [index, { name, parameters }] of events.entries()) {
    if (name !== eventName) continue;
    const use = read((wanted) => parameters?.find((parameter) => parameter.name === wanted)?.value?.trim() ?? '');
    if (use.id !== '' && use.name !== '') uses.push({ ...use, person });
    else {
      const message = 'it does not say which application it is about';
      context.issues.push({ code: 'custom', input: parameters, path: ['events', index], message });
    }
  }
  return uses;
}

/** An application that was seen, and how many people used it. */
export interface SeenApplication {
  readonly id: string;
  readonly name: string;
  readonly personCount: number;
}

/** Gathers uses by application; the log begins with the newest, whose name stays. */
export class Tally {
  readonly #seen = new Map<string, { readonly name: string; readonly people: Set<string> }>();

  add({ id, name, person }: Use): void {
    const known = this.#seen.get(id) ?? { name, people: new Set() };
    known.people.add(person);
    this.#seen.set(id, known);
  }

  /** In the order of their ids, whatever the order of the log. */
  applications(): readonly SeenApplication[] {
    return [...this.#seen]
      .map(([id, { name, people }]) => ({ id, name, personCount: people.size }))
      .sort((left, right) => (left.id < right.id ? -1 : 1));
  }
}
