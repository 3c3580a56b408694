import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns';
import { isPublic, type Fetch } from 'headgate/http';
import { Agent, fetch } from 'undici';

type Answer = (error: Error | null, address: string | LookupAddress[], family?: number) => void;
type Resolve = (
  name: string,
  how: LookupOptions & { readonly all: true },
  answer: (error: Error | null, found: LookupAddress[]) => void,
) => void;

/**
 * Finds addresses as the platform does, and none that only this network can reach: what is looked up is what is connected to, so that no
 * name can be one thing when it is checked and another when it is asked.
 */
export function outsideLookup(find: Resolve): (name: string, how: LookupOptions, answer: Answer) => void {
  return (name, how, answer) =>
    find(name, { ...how, all: true }, (error, found) => {
      const [first] = found;
      if (error !== null || first === undefined) return answer(error ?? new Error(`${name} has no address`), []);
      if (!found.every(({ address }) => isPublic(address)))
        return answer(new Error(`${name} leads inside this network`), []);
      return how.all === true ? answer(null, found) : answer(null, first.address, first.family);
    });
}

/** Asks what somebody else named, such as a customer's web hook. */
export function createOutsideFetch(): { readonly fetch: Fetch; close(): Promise<void> } {
  const dispatcher = new Agent({ connections: 4, connect: { lookup: outsideLookup(resolve) } });
  return { fetch: (url, how) => fetch(url, { ...how, dispatcher }), close: () => dispatcher.destroy() };
}
