import { OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { Status } from '../../shared/contract/app.ts';
import { DeviceState } from '../../shared/contract/devices.ts';
import { contract } from '../../shared/contract/index.ts';
import { JobPage } from '../../shared/contract/jobs.ts';
import { Artifact } from '../../shared/model/artifact.ts';
import { JobResult } from '../../shared/model/application.ts';
import { FileRef, JobDetail, JobRow, JobSpec, JobState } from '../../shared/model/job.ts';
import { FailReason, RefusalReason, WaitReason } from '../../shared/model/reason.ts';

/** The OpenAPI 3.1 document of the REST interface. */
export const generateOpenApi = async (): Promise<unknown> => {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const document = await generator.generate(contract, {
    info: { title: 'Switchyard', version: '1', description: 'Every call that the window and the command line make.' },
    servers: [{ url: '/api/v1' }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'What `switchyard token` prints.' } } },
    security: [{ token: [] }],
    commonSchemas: {
      Status: { schema: Status },
      JobSpec: { schema: JobSpec, strategy: 'input' },
      JobRow: { schema: JobRow },
      JobDetail: { schema: JobDetail },
      JobPage: { schema: JobPage },
      Artifact: { schema: Artifact },
      DeviceState: { schema: DeviceState },
      JobState: { schema: JobState },
      JobResult: { schema: JobResult },
      FailReason: { schema: FailReason },
      FileRef: { schema: FileRef, strategy: 'input' },
      WaitReason: { schema: WaitReason },
      RefusalReason: { schema: RefusalReason },
    },
  });
  return { ...document, paths: { ...document.paths, ...bytesPaths } };
};

const text = { type: 'string' } as const;
const binary = { 'application/octet-stream': { schema: { type: 'string', contentMediaType: 'application/octet-stream' } } } as const;
const hash = { name: 'hash', in: 'path', required: true, schema: { type: 'string', pattern: '^[0-9a-f]{64}$' } } as const;
const query = (name: string, description: string, required = false) =>
  ({ name, in: 'query', required, description, schema: text }) as const;

/** What carries bytes is not a call of the contract and is described by hand. */
const bytesPaths = {
  '/files': {
    put: {
      operationId: 'files.upload',
      tags: ['files'],
      summary: 'Uploads a file; the answer names it for calls.',
      parameters: [query('name', 'What the file is called.', true)],
      requestBody: { required: true, content: binary },
      responses: {
        200: {
          description: 'OK',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                properties: { fileId: text, sha256: text, bytes: { type: 'integer' } },
                required: ['fileId', 'sha256', 'bytes'],
              },
            },
          },
        },
        422: { description: 'Refused' },
      },
    },
  },
  '/artifacts/{hash}': {
    get: {
      operationId: 'artifacts.read',
      tags: ['files'],
      summary: 'Reads a result; ranges are honoured.',
      parameters: [hash, query('name', 'Name for the download.'), query('type', 'Media type, used for known pictures, sounds and text.')],
      responses: {
        200: { description: 'OK', content: binary },
        206: { description: 'Part of it', content: binary },
        404: { description: 'Unknown' },
      },
    },
  },
};
