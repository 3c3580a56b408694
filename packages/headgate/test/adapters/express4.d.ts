/** Version 4 under a name of its own; of what is used here it is as version 5. */
declare module 'express4' {
  export { default } from 'express';
}
