// Asks a web address as mail programs do when a reader leaves with one click (RFC 8058 3.1): a POST, and no redirect is followed.

export type OneClickAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly text: string }
  | { readonly kind: 'redirect'; readonly status: number; readonly to: string }
  | { readonly kind: 'silence'; readonly why: string };

const TIMEOUT_MS = 15_000;
const TEXT_MAX_CHARACTERS = 1_000;

export async function askOneClick(url: string, timeoutMs = TIMEOUT_MS): Promise<OneClickAnswer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'Postrider probe' },
      body: 'List-Unsubscribe=One-Click',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { status } = response;
    if (status >= 300 && status < 400) return { kind: 'redirect', status, to: response.headers.get('location') ?? 'nowhere' };
    return { kind: 'answer', status, text: (await response.text()).slice(0, TEXT_MAX_CHARACTERS) };
  } catch (error) {
    return { kind: 'silence', why: reasonOf(error, timeoutMs) };
  }
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer in ${timeoutMs / 1_000} s`;
  const { cause } = error as { readonly cause?: { readonly code?: string; readonly message?: string } };
  // Where several addresses of a name were tried, only the code says what happened.
  return cause?.message || cause?.code || error.message;
}
