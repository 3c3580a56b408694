/** Spellings of `/v1/secret`, and of what only looks like it: whatever API takes one for it must have had it counted so. */
export const SECRET: readonly string[] = [
  '/v1/secret', '/v1/secret/', '//v1/secret', '/v1//secret', '/v1/./secret', '/./v1/secret', '/x/../v1/secret', '/v1/x/../secret', '/v1/items/../secret', '/../v1/secret', '/v1/%73ecret', '/%76%31/secret',
  '/v1/%2e/secret', '/v1/x/%2e%2e/secret', '/v1/x/%2E./secret', '/v1%2fsecret', '/v1%2Fsecret', '/v1/x%2f..%2fsecret', '/v1/%252e%252e/secret', '/v1\\secret', '/v1%5csecret', '/v1/secret%00', '/v1/secret%20',
  '/v1/secret;a', '/v1;a/secret', '/v1/x/..;/secret', '/v1/x/..;a=b/secret', '/V1/SECRET', '/v1/secret?', '/v1/secret?a=/../b', '/v1/secret#', '/v1/secret%23', '/v1/secret%3fa', 'http://a/v1/secret', 'http://a//v1/secret',
  'HTTP://A/v1/secret', '/v1/secre%74', '/v1/secr\u0065t', '/v1/%c0%ae%c0%ae/secret', '/v1/%e2%80%8b/secret', '/v1/secret.', '/v1/secret/.', '/v1/secret/..', '/v1/items/..', '/v1/items/%2e%2e',
]; // prettier-ignore
