import type { Ask } from '../../profile/index.ts';
import type { Fields, RequestView } from '../request.ts';

/** An event as far as an answer to it names it: it has no fields. */
export class Eventful implements RequestView {
  readonly id: string;
  readonly method: string;
  readonly target: string;
  readonly peer: string;
  readonly scheme = 'http';

  constructor(id: string, { request, subject }: Ask) {
    this.id = id;
    this.method = request.method;
    this.target = request.path;
    this.peer = subject.address;
  }

  header(): undefined {
    return undefined;
  }

  headers(): Fields {
    return [];
  }

  fields(): Fields {
    return [];
  }
}
