/** A session's name says who owns it and the log time of its birth: `t<time in base 36>_<owner>`. Older names are an owner alone. */

const NAME = /^t([0-9a-z]{1,10})_([0-9a-z_-]+)$/
/** With the longest birth the name is an id of 40. */
const OWNER_MAX = 28

export function sessionName(time: number, owner: string): string {
  return `t${Math.floor(time).toString(36)}_${owner.slice(0, OWNER_MAX)}`
}

/** Never later than the log time when it was named; 0 where the name does not say. */
export function birthOf(session: string): number {
  const [, birth] = NAME.exec(session) ?? []
  return birth === undefined ? 0 : Number.parseInt(birth, 36)
}

/** Who minted it: the same for all sessions of a page. */
export function ownerOf(session: string): string {
  return NAME.exec(session)?.[2] ?? session
}
