/** Version 4 under a name of its own; of what is used here it is as version 5. */
declare module 'express4' {
  export { default } from 'express';
}

/** The first of each range that is supported, under a name of its own; of what is used here it is as the newest. */
declare module 'fastify-first' {
  export { default } from 'fastify';
}
declare module 'hono-first' {
  export { Hono } from 'hono';
}
