/** A part of the copy of the library that `takeBuilt` took. */
export const takenFrom = (path) => import(new URL(`../built/${path}`, import.meta.url));
