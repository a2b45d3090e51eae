/** The world's trouble is a value. The same shape as the host's Result, so that either may be given where the other is asked for. */
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E }

export function accept<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value }
}

export function reject<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error }
}

/** Why bytes were refused. Fit for a count by `type` and for a log line; never shown to a person. */
export type WireError =
  /** More bytes than such a thing may have. */
  | { readonly type: 'too-large'; readonly bytes: number; readonly limit: number }
  /** Not MessagePack, or more of it than we speak (extensions, deep nesting, `__proto__`, broken UTF-8, bytes left over). */
  | { readonly type: 'malformed'; readonly why: string }
  /** A version of this format that we do not know. */
  | { readonly type: 'version'; readonly got: number }
  /** A kind of message, entry, frame or record that we do not know. */
  | { readonly type: 'unknown'; readonly what: string; readonly got: number }
  /** A known format with a field that cannot be. */
  | { readonly type: 'bad-field'; readonly field: string; readonly why: string }
