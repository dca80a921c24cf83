// What a form has sent: text, whatever else a program may send in its place.
import type { FastifyRequest } from 'fastify';

export interface Fields {
  /** Empty where there is none, or where it is not one text. */
  readonly one: (name: string) => string;
  readonly all: (name: string) => string[];
}

export function fieldsOf(request: FastifyRequest): Fields {
  const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  const value = (name: string): unknown => (Object.hasOwn(body, name) ? body[name] : undefined);
  const isText = (each: unknown): each is string => typeof each === 'string';
  return {
    one(name) {
      const given = value(name);
      return isText(given) ? given : '';
    },
    all: (name) => [value(name)].flat().filter(isText),
  };
}

export function tokenOf(request: FastifyRequest): string {
  return (request.params as { readonly token: string }).token;
}

/** A form on somebody else's page may not speak for whoever looks at it. Programs without this header are no browsers. */
export function isFromElsewhere(request: FastifyRequest): boolean {
  return request.headers['sec-fetch-site'] === 'cross-site';
}
