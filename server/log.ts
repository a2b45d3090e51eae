/** One JSON line an event. Rooms and addresses appear as marks that compare within one run of the server and nowhere else. */
import { createHash, randomBytes } from 'node:crypto'

export type LogFields = Readonly<Record<string, string | number | boolean | null>>
export type Log = (event: string, fields?: LogFields) => void

export const logToStdout: Log = (event, fields = {}) => {
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), event, ...fields })}\n`)
}

export const logNothing: Log = () => {}

/** A short name for a secret, salted anew at every start: a log that leaks tells no room. */
export function marker(): (secret: string) => string {
  const salt = randomBytes(16)
  return (secret) => createHash('sha256').update(salt).update(secret).digest('base64url').slice(0, 8)
}
