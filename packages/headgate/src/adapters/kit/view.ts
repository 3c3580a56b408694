import type { Fields, RequestView } from '../../http/index.ts';
import { KEY_FIELD } from './key.ts';

/**
 * A request of which only who sent it counts: its method and path are not read, so that none is refused for how it is
 * spelled, and none, not even a preflight, passes uncounted.
 */
export class WhoView implements RequestView {
  readonly method = 'GET';
  readonly target = '/';
  renamed: RequestView['renamed'];
  readonly #view: RequestView;

  constructor(view: RequestView) {
    this.#view = view;
    this.renamed = view.renamed;
  }

  get id(): string {
    return this.#view.id;
  }

  get scheme(): 'http' | 'https' {
    return this.#view.scheme;
  }

  get peer(): string {
    return this.#view.peer;
  }

  header(name: string): string | undefined {
    return this.#view.header(name);
  }

  headers(name: string): readonly string[] {
    return this.#view.headers(name);
  }

  fields(): Fields {
    return this.#view.fields();
  }
}

/** A request that shows the key that a function said. */
export class KeyedView implements RequestView {
  renamed: RequestView['renamed'];
  readonly #view: RequestView;
  readonly #key: readonly string[];

  constructor(view: RequestView, key: string) {
    this.#view = view;
    this.renamed = view.renamed;
    this.#key = [key];
  }

  get id(): string {
    return this.#view.id;
  }

  get method(): string {
    return this.#view.method;
  }

  get target(): string {
    return this.#view.target;
  }

  get scheme(): 'http' | 'https' {
    return this.#view.scheme;
  }

  get peer(): string {
    return this.#view.peer;
  }

  header(name: string): string | undefined {
    return name === KEY_FIELD ? this.#key[0] : this.#view.header(name);
  }

  headers(name: string): readonly string[] {
    return name === KEY_FIELD ? this.#key : this.#view.headers(name);
  }

  fields(): Fields {
    return this.#view.fields();
  }
}
