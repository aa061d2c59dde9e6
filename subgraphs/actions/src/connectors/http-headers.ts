import { ToolError } from '@countersign/plugin-sdk';

/** Belong to the connection or to the host (RFC 9110 7.6.1, fetch.spec.whatwg.org forbidden request-headers). */
const hostsOwn =
  /^(host|content-length|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|via|cookie2?|origin|referer|date|proxy-.*|sec-.*|access-control-.*|x-forwarded-.*|forwarded)$/;

/** Could be used to follow people about, or say nothing to a connector. */
const hidden =
  /^(set-cookie2?|connection|keep-alive|transfer-encoding|trailer|upgrade|proxy-.*|content-encoding|content-length)$/;

/**
 * A connector's headers in lower case.
 * @throws ToolError EGRESS_DENIED for those that are the host's to set
 */
export function checkedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (hostsOwn.test(lower)) throw new ToolError('EGRESS_DENIED', `The header ${name} is the host's to set.`);
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(lower) || /[\r\n\0]/.test(value)) {
      throw new ToolError('EGRESS_DENIED', `The header ${JSON.stringify(name)} is not well formed (RFC 9110 5.5).`);
    }
    checked[lower] = value;
  }
  return checked;
}

/** A response's headers as a connector sees them: its body is decoded, and cookies are not for it. */
export function shownHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => !hidden.test(name)));
}
