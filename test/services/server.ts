import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a stand-in sees it. */
export interface ServiceRequest {
  readonly method: string;
  /** Decoded path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer; an object is sent as JSON. */
export interface ServiceReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Ways in which any service fails now and then. */
export const FAULTS = ['throttled', 'server-error', 'silent', 'cut', 'malformed', 'expired', 'forbidden'] as const;
export type Fault = (typeof FAULTS)[number];

/** How the service words the failures that are its own. */
export type FaultReplies = Readonly<Record<'throttled' | 'server-error' | 'expired' | 'forbidden', ServiceReply>>;

/** What a service refuses: thrown by a stand-in, answered as the service does, and noted as a violation. */
export class Refusal extends Error {
  readonly reply: ServiceReply;

  constructor(message: string, reply: ServiceReply) {
    super(message);
    this.reply = reply;
  }
}

/** A strict HTTP server on this machine that stands in for a service. */
export class StrictServer {
  /** Requests that the service would refuse. A test that expects none looks here. */
  readonly violations: string[] = [];
  readonly requests: ServiceRequest[] = [];
  readonly #server: Server;
  readonly #faults: { fault: Fault; matches: (request: ServiceRequest) => boolean; times: number }[] = [];
  readonly #replies: FaultReplies;
  readonly #handle: (request: ServiceRequest) => ServiceReply | Promise<ServiceReply>;

  private constructor(
    handle: (request: ServiceRequest) => ServiceReply | Promise<ServiceReply>,
    replies: FaultReplies,
  ) {
    this.#handle = handle;
    this.#replies = replies;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** Starts a server on a free port of this machine. */
  static async start(
    handle: (request: ServiceRequest) => ServiceReply | Promise<ServiceReply>,
    replies: FaultReplies,
  ): Promise<StrictServer> {
    const server = new StrictServer(handle, replies);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Makes the next requests fail that match (all when nothing is said). */
  fail(fault: Fault, times = 1, matches: (request: ServiceRequest) => boolean = () => true): void {
    this.#faults.push({ fault, matches, times });
  }

  /** Takes back faults that were not used. */
  heal(): void {
    this.#faults.length = 0;
  }

  /** Ends the server and every connection to it. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    this.requests.push(request);
    const fault = this.#nextFault(request);
    if (fault === 'silent') return;
    if (fault === 'throttled' || fault === 'server-error' || fault === 'expired' || fault === 'forbidden') {
      send(response, this.#replies[fault]);
      return;
    }
    const reply = await this.#reply(request);
    if (fault === 'cut') cut(response, reply);
    else if (fault === 'malformed') send(response, { ...reply, body: `${textOf(reply.body).slice(0, -1)}<!--` });
    else send(response, reply);
  }

  async #reply(request: ServiceRequest): Promise<ServiceReply> {
    try {
      return await this.#handle(request);
    } catch (error) {
      if (error instanceof Refusal) {
        this.violations.push(`${request.method} ${request.path}: ${error.message}`);
        return error.reply;
      }
      this.violations.push(`${request.method} ${request.path}: the stand-in failed: ${String(error)}`);
      return { status: 501, body: 'the stand-in failed' };
    }
  }

  #nextFault(request: ServiceRequest): Fault | undefined {
    const at = this.#faults.findIndex(({ matches }) => matches(request));
    const found = this.#faults[at];
    if (found === undefined) return undefined;
    found.times -= 1;
    if (found.times === 0) this.#faults.splice(at, 1);
    return found.fault;
  }
}

async function readRequest(incoming: IncomingMessage): Promise<ServiceRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const url = new URL(incoming.url ?? '/', 'http://stand-in');
  return {
    method: incoming.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body;
  return Buffer.isBuffer(body) ? body.toString('latin1') : JSON.stringify(body);
}

function send(response: ServerResponse, reply: ServiceReply): void {
  const isJson = typeof reply.body !== 'string' && !Buffer.isBuffer(reply.body);
  response.writeHead(reply.status ?? 200, {
    ...(isJson ? { 'content-type': 'application/json' } : {}),
    ...reply.headers,
  });
  response.end(Buffer.isBuffer(reply.body) ? reply.body : textOf(reply.body));
}

/** Announces the whole reply, sends half of it, and breaks the connection. */
function cut(response: ServerResponse, reply: ServiceReply): void {
  const whole = Buffer.from(textOf(reply.body));
  response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', 'content-length': whole.length });
  response.write(whole.subarray(0, Math.floor(whole.length / 2)), () => response.destroy());
}
