const text = { type: 'string' } as const
const textOrNull = { type: ['string', 'null'] } as const
const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
})
const answer = (description: string, schema: string) => ({
  description,
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
})

/** Gives the description of the API (OpenAPI 3.1), for where it is reached and what it takes at most. A test holds it to the routes. */
export function openApiDocument(publicUrl: string, maxUploadBytes: number): Readonly<Record<string, unknown>> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Poststempel',
      version: '1',
      description:
        'Hands submissions in, as a form or a case system does. Errors are problems by RFC 9457 with a stable code.',
    },
    servers: [{ url: publicUrl }],
    security: [{ token: [] }],
    paths: {
      '/api/v1/openapi.json': {
        get: { operationId: 'describe', security: [], responses: { 200: { description: 'This document' } } },
      },
      '/api/v1/submissions': {
        post: {
          operationId: 'submit',
          description: `Stores a submission, of at most ${maxUploadBytes} bytes, and answers once it is on disk. The same Idempotency-Key with the same content gives the same submission, however often it is sent.`,
          parameters: [
            {
              name: 'Idempotency-Key',
              in: 'header',
              required: true,
              schema: { type: 'string', minLength: 1, maxLength: 128, pattern: '^[\\x21\\x23-\\x7e]+$' },
            },
          ],
          requestBody: {
            required: true,
            content: { 'multipart/form-data': { schema: { $ref: '#/components/schemas/NewSubmission' } } },
          },
          responses: {
            201: answer('Stored. The case may follow within seconds: ask for the submission.', 'Stored'),
            400: problem('No Idempotency-Key, or no form'),
            401: problem('No token in force'),
            413: problem('Too large'),
            422: problem('The Idempotency-Key was used for other content'),
            503: problem('It cannot be stored now; send it again under the same key'),
          },
        },
      },
      '/api/v1/submissions/{submission}': {
        get: {
          operationId: 'submission',
          parameters: [{ name: 'submission', in: 'path', required: true, schema: text }],
          responses: {
            200: answer('What became of it', 'Submission'),
            401: problem('No token in force'),
            404: problem('None that came by this token'),
          },
        },
      },
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: {
        NewSubmission: {
          type: 'object',
          properties: {
            name: text,
            email: { ...text, description: 'Where the receipt goes; without one there is the link alone' },
            subject: text,
            message: text,
            caseType: { ...text, description: 'Id of a case type of the configuration' },
            language: { type: 'string', enum: ['da', 'en'] },
            files: { type: 'array', items: { type: 'string', contentMediaType: 'application/octet-stream' } },
          },
        },
        Submission: {
          type: 'object',
          required: ['id', 'receivedAt', 'state', 'problem', 'case'],
          properties: {
            id: text,
            receivedAt: textOrNull,
            state: { type: 'string', enum: ['received', 'normalised', 'verified', 'cased', 'set-aside'] },
            problem: { ...textOrNull, description: 'Why it could not be read; it became a case all the same' },
            case: {
              type: ['object', 'null'],
              properties: {
                number: text,
                caseType: text,
                state: { type: 'string', enum: ['with-caseworker', 'decided', 'answered', 'archived', 'joined'] },
                dueOn: { type: 'string', format: 'date' },
                indication: text,
                decision: { type: ['string', 'null'], enum: ['approved', 'rejected', null] },
                decidedAt: textOrNull,
              },
            },
          },
        },
        Stored: {
          allOf: [
            { $ref: '#/components/schemas/Submission' },
            {
              type: 'object',
              required: ['duplicate', 'tracking'],
              properties: {
                duplicate: { type: 'boolean', description: 'It was stored before under this key' },
                tracking: { ...textOrNull, description: "The citizen's link: a secret" },
              },
            },
          ],
        },
        Problem: {
          type: 'object',
          required: ['type', 'title', 'status', 'code'],
          properties: { type: text, title: text, status: { type: 'integer' }, detail: text, code: text },
        },
      },
    },
  }
}
