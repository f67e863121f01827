import type { HttpAnswer } from '../../src/connector/http.js';
import { retryAfterMs, statusProblem, type ServiceProblem } from '../../src/connector/problems.js';

const ROLE_HINT =
  'Give the app registration the role Storage Blob Data Reader on the container, as the README shows; it takes some minutes to work. Owner and Contributor of the account may not read blobs.';

/** What a refusal of the storage means, by the code in its answer. */
const KNOWN: Readonly<Record<string, Pick<ServiceProblem, 'kind' | 'message' | 'hint'>>> = {
  AuthorizationPermissionMismatch: {
    kind: 'permission',
    message: 'the app registration may not read blobs',
    hint: ROLE_HINT,
  },
  AuthorizationFailure: {
    kind: 'permission',
    message: 'the storage account refuses the connection',
    hint: "Let this machine's address through the firewall of the storage account (Networking), and give the app registration the role of the README.",
  },
  InvalidAuthenticationInfo: {
    kind: 'credentials',
    message: 'the storage does not accept the token',
    hint: 'Compare `tenantId` with the directory that the subscription of the storage account belongs to.',
  },
  AuthenticationFailed: {
    kind: 'credentials',
    message: 'the storage does not accept the token',
    hint: 'Compare `tenantId` with the directory that the subscription of the storage account belongs to.',
  },
  ContainerNotFound: {
    kind: 'refused',
    message: 'there is no such container',
    hint: 'Compare `account` and `container` with the Azure portal.',
  },
  AccountIsDisabled: {
    kind: 'refused',
    message: 'the storage account is disabled',
    hint: 'Look at the state of its subscription in the Azure portal.',
  },
  BlobArchived: {
    kind: 'refused',
    message: 'the file was moved to the archive tier',
    hint: 'Rehydrate it, and take the lifecycle rule away that archives the files of this export.',
  },
  ConditionNotMet: { kind: 'retry', message: 'the file changed after it was listed: a run of the export is under way' },
  BlobNotFound: { kind: 'retry', message: 'the file went away after it was listed: a run of the export is under way' },
};

/** Says of an answer of Blob storage that is no success what must be done. */
export function storageProblem({ status, headers, text }: HttpAnswer, now: Date): ServiceProblem | undefined {
  const code = headers.get('x-ms-error-code') ?? element(text, 'Code');
  const known = KNOWN[code];
  if (known !== undefined) return known;
  // What follows the first line names the request and its time, which says nothing to a reader.
  const words = element(text, 'Message').split('\n')[0]?.trim() ?? '';
  const detail = [code, words].filter((part) => part !== '').join(': ');
  return statusProblem(status, detail, retryAfterMs(headers.get('retry-after'), now));
}

/** The text of an element of an error, which is flat XML. */
function element(text: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? '';
}
