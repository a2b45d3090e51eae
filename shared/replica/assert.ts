/** A broken invariant is the program's trouble: it stops the node of this replica. Never used on what a command says. */
export function assert(holds: boolean, fact: string): asserts holds {
  if (!holds) throw new Error(`broken invariant of the replica: ${fact}`)
}

/** Ends every switch on a union, so that a new variant is a compile error wherever it is forgotten. */
export function unreachable(value: never): never {
  throw new Error(`broken invariant of the replica: unreachable ${JSON.stringify(value)}`)
}
