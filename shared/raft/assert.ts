/** A broken invariant: the program's trouble, not the world's. It stops the node that found it, loudly, and nothing else. */
export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant'
}

/** Stays on in production. Never used on what a message says: a message is the world's. */
export function assert(holds: boolean, fact: string): asserts holds {
  if (!holds) throw new BrokenInvariant(fact)
}

/** Ends every switch on a union, so that a new variant is a compile error wherever it is forgotten. */
export function unreachable(value: never): never {
  throw new BrokenInvariant(`unreachable: ${JSON.stringify(value)}`)
}
