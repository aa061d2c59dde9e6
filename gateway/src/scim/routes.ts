import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AttributeMapping } from './attribute-mapping.ts';
import type { Directory } from './directory.ts';
import { discoveryRoutes } from './discovery-routes.ts';
import { groupRoutes } from './group-routes.ts';
import { ScimError, sendScimError } from './scim-error.ts';
import type { ScimService } from './service.ts';
import { userRoutes } from './user-routes.ts';

export interface ScimOptions {
  /** The directory that the token opens. Throws `UNAUTHENTICATED` or `FORBIDDEN`. */
  directoryFor(authorization: string | undefined): Promise<Directory>;
  /** Where clients reach this server, such as `https://graph.example`; absent: as the request was addressed. */
  readonly baseUrl?: string;
  readonly attributes: AttributeMapping;
  /** Hears of faults of ours, which a client is not told. */
  onFault?(error: unknown): void;
}

const prefix = '/scim/v2';

/**
 * SCIM 2.0 (RFC 7643, RFC 7644) under `/scim/v2`: an identity provider creates, changes and deactivates users and
 * groups. Has its own body parser and errors, and touches nothing else of the app. Every address needs a token.
 */
export function scimRoutes(app: FastifyInstance, options: ScimOptions): void {
  const origin = options.baseUrl?.replace(/\/+$/, '');
  const service: ScimService = {
    attributes: options.attributes,
    directory: (request) => request.getDecorator<Directory>('scimDirectory'),
    base: (request) => (origin ?? `${request.protocol}://${request.host}`) + prefix,
  };
  void app.register(
    async (scim) => {
      scim.setErrorHandler((error, _request, reply) => sendScimError(reply, error, options.onFault));
      scim.setNotFoundHandler((request, reply) =>
        sendScimError(reply, new ScimError(404, `There is nothing at ${request.method} ${pathOf(request)}.`)),
      );
      readScimJson(scim);
      scim.decorateRequest('scimDirectory', null);
      // Before the body is read, so that nobody unknown can make the server read megabytes.
      scim.addHook('onRequest', async (request) => {
        request.setDecorator('scimDirectory', await options.directoryFor(request.headers.authorization));
      });
      discoveryRoutes(scim, service);
      userRoutes(scim, service);
      groupRoutes(scim, service);
      for (const url of ['/Me', '/Bulk']) {
        scim.all(url, () => Promise.reject(new ScimError(501, `${url} is not offered; see ServiceProviderConfig.`)));
      }
    },
    { prefix },
  );
}

function readScimJson(scim: FastifyInstance): void {
  scim.removeAllContentTypeParsers();
  scim.addContentTypeParser(
    ['application/scim+json', 'application/json'],
    { parseAs: 'string' },
    (_request, body, done) => {
      if (body.length === 0) return done(null, undefined); // Okta names a content type on requests without a body.
      try {
        done(null, JSON.parse(String(body)));
      } catch {
        done(new ScimError(400, 'The body is not JSON.', 'invalidSyntax'));
      }
    },
  );
}

const pathOf = (request: FastifyRequest): string => request.url.split('?')[0] ?? '';
