// SMTP_URL: where the relay is, how it is spoken to, and that a password is never shown.
import { describe, expect, it } from 'vitest';
import { type RelayPlace, readSmtpUrl } from '../../config/read-smtp-url.ts';
import type { Problem } from '../../src/domain/problem.ts';

type Login = { readonly user?: string; readonly password?: string };

function read(url: string, { user, password }: Login = {}) {
  return readSmtpUrl({ url, user, password });
}

function placeOf(url: string, login: Login = {}): RelayPlace {
  const result = read(url, login);
  if (result.kind === 'problem') throw new Error(`${url}: ${result.problem.message}`);
  return result.place;
}

function problemOf(url: string, login: Login = {}): Problem {
  const result = read(url, login);
  if (result.kind === 'place') throw new Error(`${url} was read.`);
  return result.problem;
}

const AWAY = { security: 'starttls', login: null, isLoopback: false };
const HERE = { security: 'none', login: null, isLoopback: true };
const TLS = { security: 'tls', login: null, isLoopback: false };
const ENCODE = expect.stringContaining('write @ as %40, : as %3A, / as %2F');

describe('the place of the relay', () => {
  it.each([
    ['smtp://mx.example', { ...AWAY, host: 'mx.example', port: 587 }],
    ['smtp://mx.example/', { ...AWAY, host: 'mx.example', port: 587 }],
    ['smtp://mx.example:25', { ...AWAY, host: 'mx.example', port: 25 }],
    ['smtp://192.0.2.1:2525', { ...AWAY, host: '192.0.2.1', port: 2525 }],
    ['smtp://[2001:db8::1]:25', { ...AWAY, host: '2001:db8::1', port: 25 }],
    ['smtps://mx.example', { ...TLS, host: 'mx.example', port: 465 }],
    ['smtps://mx.example:1465', { ...TLS, host: 'mx.example', port: 1465 }],
    ['SMTP://mx.example', { ...AWAY, host: 'mx.example', port: 587 }],
    ['smtp://localhost', { ...HERE, host: 'localhost', port: 587 }],
    ['smtp://localhost:2525', { ...HERE, host: 'localhost', port: 2525 }],
    ['smtp://127.0.0.1:25', { ...HERE, host: '127.0.0.1', port: 25 }],
    ['smtp://127.200.1.9:25', { ...HERE, host: '127.200.1.9', port: 25 }],
    ['smtp://[::1]:25', { ...HERE, host: '::1', port: 25 }],
    ['smtp://[0:0:0:0:0:0:0:1]:25', { ...HERE, host: '::1', port: 25 }],
    ['smtps://localhost', { ...TLS, host: 'localhost', port: 465, isLoopback: true }],
  ])('is read from %s', (url, place) => {
    expect(placeOf(url)).toEqual(place);
  });

  it.each([
    'smtp://127.0.0.1.evil.example:25',
    'smtp://localhost.evil.example:25',
    'smtp://evil.localhost.example',
    'smtp://127.evil.example',
    'smtp://127.1',
    'smtp://128.0.0.1',
    'smtp://0.0.0.0',
    'smtp://10.127.0.0',
    'smtp://[::ffff:127.0.0.1]',
    'smtp://[::2]',
    'smtp://localhost%2Eevil.example',
    'smtp://localhost:secret@evil.example',
    'smtp://127.0.0.1:25@evil.example',
  ])('%s only looks like this machine: nothing is sent to it without TLS', (url) => {
    expect(placeOf(url)).toMatchObject({ isLoopback: false, security: 'starttls' });
  });
});

describe('the login', () => {
  it.each<[string, Login, RelayPlace['login']]>([
    ['smtp://mx.example', {}, null],
    ['smtp://ada:word@mx.example', {}, { user: 'ada', password: 'word' }],
    ['smtp://ada%40example.org:p%40ss%2Fw%3Ard%25@mx.example', {}, { user: 'ada@example.org', password: 'p@ss/w:rd%' }],
    ['smtp://ada%40example.org:p%23%3F@mx.example', {}, { user: 'ada@example.org', password: 'p#?' }],
    [
      'smtp://mx.example',
      { user: 'ada@example.org', password: 'p@ss/w:rd%' },
      { user: 'ada@example.org', password: 'p@ss/w:rd%' },
    ],
    ['smtp://ada:word@mx.example', { user: 'bob', password: 'other' }, { user: 'bob', password: 'other' }],
    ['smtp://ada@mx.example', { password: 'word' }, { user: 'ada', password: 'word' }],
    ['smtp://ada:p+ss@mx.example', {}, { user: 'ada', password: 'p+ss' }],
    ['smtp://ada:pässword@mx.example', {}, { user: 'ada', password: 'pässword' }],
  ])('is read from %s and %j', (url, apart, login) => {
    expect(placeOf(url, apart).login).toEqual(login);
  });

  it.each<[string, Login]>([
    ['smtp://ada@mx.example', {}],
    ['smtp://ada:@mx.example', {}],
    ['smtp://:word@mx.example', {}],
    ['smtp://mx.example', { user: 'ada' }],
    ['smtp://mx.example', { password: 'word' }],
  ])('is not taken by half: %s and %j', (url, apart) => {
    expect(problemOf(url, apart)).toMatchObject({
      message: 'The relay is given a user name without a password, or a password without a user name.',
      advice: 'Give both, or neither.',
    });
  });
});

describe('what cannot be read', () => {
  it.each([
    ['', 'cannot be read', 'Write smtp://HOST:PORT or smtps://HOST:PORT.'],
    ['mx.example', 'cannot be read', 'Write smtp://HOST:PORT or smtps://HOST:PORT.'],
    ['smtp://mx.example:99999', 'cannot be read', 'Write smtp://HOST:PORT or smtps://HOST:PORT.'],
    ['smtp://mx example', 'cannot be read', 'Write smtp://HOST:PORT or smtps://HOST:PORT.'],
    ['smtp://', 'has more in it than a server', ENCODE],
    ['smtp://mx.example/inbox', 'has more in it than a server', ENCODE],
    ['smtp://mx.example?secure=true', 'has more in it than a server', ENCODE],
    ['smtp://mx.example#x', 'has more in it than a server', ENCODE],
    ['smtp://ada:p%zz@mx.example', 'holds a % that encodes nothing', ENCODE],
    ['smtp://ada:50%@mx.example', 'holds a % that encodes nothing', ENCODE],
    ['http://mx.example', 'begins with http:// and must begin with smtp:// or smtps://', expect.stringContaining('port 465')],
    ['mx.example:25', 'must begin with smtp://', expect.stringContaining('port 465')],
  ])('%s is told so', (url, message, advice) => {
    const problem = problemOf(url);
    expect(problem.message).toContain(message);
    expect(problem).toMatchObject({ severity: 'error', rule: 'configuration', advice });
  });

  it.each([
    'smtp://ada:se/cret@mx.example',
    'smtp://ada:se#cret@mx.example',
    'smtp://ada:se?cret@mx.example',
    'smtp://ada:12/cret@mx.example',
    'smtp://ada:se%cret@mx.example',
    'smtp://ada:secret@mx.example/x',
    'smtp://ada:secret@mx.example?secure=true',
    'smtp://ada:secret@mx example',
    'smtp://ada%40example.org:se/cret@mx.example',
    'smtp://ada:secret@',
    'http://ada:secret@mx.example',
    'ada:secret@mx.example:25',
  ])('%s is told so with advice, and without the password', (url) => {
    const problem = problemOf(url);
    expect(JSON.stringify(problem)).not.toMatch(/cret/);
    expect(problem.advice).toBeTruthy();
  });
});
