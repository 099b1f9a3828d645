import { OpenAPIHandler } from '@orpc/openapi/node';
import { createRouterClient } from '@orpc/server';
import { RPCHandler } from '@orpc/server/node';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import type { CallRouter, Connection } from '../core/dispatch.ts';
import type { FileIntake } from '../core/file-intake.ts';
import { Refusal } from '../core/lib/refusal.ts';
import { artifactsPath, createArtifactHandler, type ArtifactSource } from '../core/serve-artifacts.ts';
import { readBody } from './read-body.ts';
import { refuseUnread, sendJson, sendRefusal, sendResponse, sendText } from './replies.ts';

/** What the calls of a shell are served from. */
export interface CallParts {
  readonly router: CallRouter;
  readonly files: FileIntake;
  readonly artifacts: ArtifactSource;
  readonly onBug: (error: unknown) => void;
}

/** Answers a request and resolves when the answer is sent; false when the address is not one of its own. */
export type CallRoutes = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** Bytes never travel through calls, so a call is never larger than this. */
export const callLimitBytes = 1024 * 1024;

/** Where Prometheus looks unless it is told otherwise. */
export const metricsPath = '/metrics';
const restPath = '/api/v1';
const rpcPath = '/rpc';

export const pathOf = (request: IncomingMessage): string => request.url?.split('?', 1)[0] ?? '';

/** Everything behind the gate that is not a websocket: REST, uploads, artifacts, metrics, the OpenAPI document and, where wanted, RPC over HTTP. */
export const createCallRoutes = ({ router, files, artifacts, onBug }: CallParts, { withRpc }: { withRpc: boolean }): CallRoutes => {
  // HTTP slows a fast stream by itself, so its connections have no credits.
  const context: Connection = {};
  const rest = new OpenAPIHandler<Connection>(router);
  const rpc = withRpc ? new RPCHandler<Connection>(router) : undefined;
  const readArtifact = createArtifactHandler(artifacts);
  let document: Promise<unknown> | undefined;
  // Loaded when first asked for: the generator takes a tenth of a second to load and few ever ask.
  const openApiDocument = (): Promise<unknown> => (document ??= import('./openapi.ts').then(({ generateOpenApi }) => generateOpenApi()));

  const call = async (
    request: IncomingMessage,
    response: ServerResponse,
    handler: typeof rest | RPCHandler<Connection>,
    prefix: `/${string}`,
  ): Promise<void> => {
    if (!(await takeBody(request, response))) return;
    response.setHeader('cache-control', 'no-store');
    const { matched } = await handler.handle(request, response, { prefix, context });
    if (!matched) sendRefusal(response, 404, { code: 'address-unknown', values: {} });
  };

  const client = createRouterClient(router, { context });
  const sendMetrics = async (response: ServerResponse): Promise<void> => {
    // Loaded when first asked for, as most people never do.
    const { metricsText, processFigures } = await import('./metrics-text.ts');
    const [status, { devices }] = await Promise.all([client.app.status(), client.devices.list()]);
    const { contentType, text } = await metricsText({ status, devices, process: processFigures() });
    sendText(response, 200, contentType, text);
  };

  const answer: CallRoutes = async (request, response) => {
    const path = pathOf(request);
    const { method = 'GET' } = request;
    const isRead = method === 'GET' || method === 'HEAD';
    if (path === `${restPath}/files` && method === 'PUT') await receive(request, response, files);
    else if (path === `${restPath}/openapi.json` && isRead) sendJson(response, 200, await openApiDocument());
    else if (path === metricsPath && isRead) await sendMetrics(response);
    else if (path.startsWith(artifactsPath) && isRead) await sendResponse(response, await readArtifact(toFetchRequest(request)));
    else if (path.startsWith(`${restPath}/`)) await call(request, response, rest, restPath);
    else if (rpc && path.startsWith(`${rpcPath}/`)) await call(request, response, rpc, rpcPath);
    else return false;
    return true;
  };

  return async (request, response) => {
    try {
      return await answer(request, response);
    } catch (error) {
      // Whoever went away while being answered is nobody's bug.
      if (response.destroyed) return true;
      onBug(error);
      if (response.headersSent) response.destroy();
      else
        sendJson(response, 500, {
          defined: false,
          code: 'INTERNAL_SERVER_ERROR',
          status: 500,
          message:
            'Switchyard itself failed at this. The log in its data folder (logs/core.log) says how; try again, and report it if it happens again.',
        });
      return true;
    }
  };
};

/** Reads the body before oRPC does, which would take any length and any kind; oRPC finds it as `body`. False when the request has been refused. */
const takeBody = async (request: IncomingMessage & { body?: unknown }, response: ServerResponse): Promise<boolean> => {
  if (request.method === 'GET' || request.method === 'HEAD') return true;
  const body = await readBody(request, callLimitBytes);
  if (body.kind === 'too-large') refuseUnread(request, response, 413, { code: 'body-too-large', values: { limitBytes: callLimitBytes } });
  if (body.kind === 'not-json') sendRefusal(response, 415, { code: 'body-not-json', values: {} });
  if (body.kind === 'malformed') sendRefusal(response, 400, { code: 'body-not-json', values: {} });
  if (body.kind !== 'json') return false;
  request.body = body.value;
  return true;
};

const receive = async (request: IncomingMessage, response: ServerResponse, files: FileIntake): Promise<void> => {
  const name = new URL(request.url ?? '/', 'http://host').searchParams.get('name') ?? '';
  if (name === '' || name.length > 255) {
    return refuseUnread(request, response, 422, {
      code: 'input-invalid',
      values: { detail: 'Give the file a name of at most 255 characters: PUT /api/v1/files?name=NAME.' },
    });
  }
  const length = request.headers['content-length'];
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    sendJson(response, 200, await files.receive(name, length === undefined ? undefined : Number(length), bytesOf(request), gone.signal));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    refuseUnread(request, response, 422, error.reason);
  }
};

/** The body as a stream of its own: whoever stops reading it destroys it, and the request must live on to be answered. */
const bytesOf = (request: IncomingMessage): Readable => {
  const bytes = new PassThrough();
  request.once('close', () => {
    if (!request.complete) bytes.destroy(new Error('the sender has gone'));
  });
  // Without a listener a reader that has not begun yet would make this error fatal.
  bytes.on('error', () => {});
  return request.pipe(bytes);
};

const toFetchRequest = (request: IncomingMessage): Request => {
  const headers = new Headers();
  for (const name of ['range', 'if-range', 'if-none-match']) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  return new Request(`http://host${request.url}`, { method: request.method ?? 'GET', headers });
};
