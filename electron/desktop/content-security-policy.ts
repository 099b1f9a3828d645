/**
 * What the page may load: its own files and the core's artifacts, which are served under the same origin. No inline script or
 * style, no frame, no form, no other host. Blobs are previews that the page makes of files a person chose.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');
