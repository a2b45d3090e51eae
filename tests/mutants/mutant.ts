/** A mistake to plant: a patch to the text of one file or several, applied while that file is loaded. The product has no switches. */

export interface Patch {
  readonly file: string
  readonly find: string
  readonly replace: string
}

export interface Mutant {
  /** The mistake, in words. */
  readonly name: string
  /** RAFT-BUGS with the number of its line, SCHEDULES with its rule, a section of the dissertation or of DESIGN, or ours. */
  readonly source: string
  readonly patches: readonly Patch[]
}

/** Patches to one file. */
export function inFile(file: string): (find: string, replace: string) => Patch {
  return (find, replace) => ({ file, find, replace })
}

export function mutant(name: string, source: string, ...patches: readonly Patch[]): Mutant {
  return { name, source, patches }
}
