/** A broken invariant is the program's trouble: it stops whoever runs this list. Never used on what a command says. */
export function assert(holds: boolean, fact: string): asserts holds {
  if (!holds) throw new Error(`broken invariant of the list: ${fact}`)
}

/** Ends every switch on a union, so that a new variant is a compile error wherever it is forgotten. */
export function unreachable(value: never): never {
  throw new Error(`broken invariant of the list: unreachable ${JSON.stringify(value)}`)
}
