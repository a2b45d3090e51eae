/** Mistakes about sessions that expire: a command takes effect twice, replicas disagree, or a user is told what nobody knows. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const sessions = inFile('shared/replica/sessions.ts')
const replica = inFile('shared/replica/replica.ts')
const proposals = inFile('shared/host/proposals.ts')
const gate = inFile('shared/host/gate.ts')
const applying = inFile('shared/host/applying.ts')
const left = inFile('shared/life/left-sessions.ts')
const trace = inFile('shared/list/trace.ts')

export const SESSIONS: readonly Mutant[] = [
  mutant(
    'an unknown session always begins anew',
    'thesis 6.3',
    sessions('if (isFromAhead || this.isExpired(session))', 'if (isFromAhead)'),
  ),
  mutant(
    'sessions expire by the clock of each tab',
    'thesis 6.3',
    replica('this.#sessions.expire(this.#time)', 'this.#sessions.expire(Date.now())'),
  ),
  mutant(
    'who was forgotten last is not in the snapshot',
    'thesis 6.3',
    replica('{ forgottenAt: this.#sessions.forgottenAt }', '{ forgottenAt: null }'),
  ),
  mutant(
    'a snapshot brings back who was forgotten last, and nobody reads it',
    'ours',
    sessions('sessions.#forgottenAt = forgottenAt', 'void forgottenAt'),
  ),
  mutant('sessions expire below the level that brought it', 'DESIGN 9', sessions('if (!this.#isExpiring) return\n', '')),
  mutant('a session that a snapshot brought never expires', 'ours', sessions('    sessions.beginExpiry()\n', '')),
  mutant(
    'the oldest session is forgotten, not the one used longest ago',
    'thesis 6.3',
    sessions('if (this.#isExpiring) this.#sessions.delete(header.session)\n', ''),
  ),
  mutant(
    'a level raised late forgets in the order in which sessions were first seen',
    'ours',
    sessions('.sort(([, a], [, b]) => a.usedAt - b.usedAt)', ''),
  ),
  mutant(
    'one session too many is forgotten',
    'ours',
    sessions('this.#sessions.size <= this.#limits.count', 'this.#sessions.size < this.#limits.count'),
  ),
  mutant(
    'who was born when the last one forgotten was used counts as born since',
    'ours',
    sessions('birthOf(session) <= this.#forgottenAt', 'birthOf(session) < this.#forgottenAt'),
  ),
  mutant('a session may be born in the future', 'ours', sessions('birthOf(session) > time', 'birthOf(session) > time + Infinity')),
  mutant(
    'an expired command is given again under a new session',
    'thesis 6.3',
    proposals(
      'this.applied(waiting.session, waiting.seq, machine.decide(waiting), now)\n',
      '{\n      this.#agreed(waiting.session, waiting.seq, now)\n      if (this.isOwn(waiting.session)) this.#own = lineOf(sessionName(machine.time, ownerOf(waiting.session)))\n      void this.submit(waiting.bytes, waiting.since)\n    }\n',
    ),
  ),
  mutant(
    'of expired sessions only the own one comes to an end',
    'DESIGN 9',
    proposals(
      '[...this.#older, this.#own].filter(({ session }) => machine.isExpired(session))',
      '[this.#own].filter(({ session }) => machine.isExpired(session))',
    ),
  ),
  mutant(
    'a page begins another session with commands under way',
    'DESIGN 9',
    proposals('if (waiting.size > 0 || !machine.isStale(session)) return', 'if (!machine.isStale(session)) return'),
  ),
  mutant(
    'a page keeps to a session that may expire',
    'ours',
    proposals('if (waiting.size > 0 || !machine.isStale(session)) return', 'if (waiting.size >= 0) return'),
  ),
  mutant('a page begins its session anew under the same name', 'ours', proposals('if (birthOf(next) <= birthOf(session)) return\n', '')),
  mutant(
    'what an old session of a page left in the outbox stays there',
    'ours',
    proposals('if (last > 0) this.#keeper.drop(session)\n', ''),
  ),
  mutant('the leader appends what comes of an expired session', 'ours', gate("if (this.#sees.isExpired(session)) return 'known'\n", '')),
  mutant(
    'after a snapshot nobody looks which sessions expired',
    'ours',
    applying(
      'proposals.restored(applier, clock.now())\n    proposals.expire(applier, clock.now())',
      'proposals.restored(applier, clock.now())',
    ),
  ),
  mutant(
    'of two sessions that a page left only one comes to an end',
    'ours',
    left(
      'const left = taken.size === 0 ? [] : (await outbox.sessions(room))',
      'const left = taken.size === 0 ? [] : (await outbox.sessions(room)).slice(0, 1)',
    ),
  ),
  mutant(
    'what is left of a session that expired before it was taken over waits for ever',
    'ours',
    left('      this.#proposals.expire(this.#list, clock.now())\n', ''),
  ),
  mutant(
    'an expired command that the list shows is said to be unknown',
    'ours',
    trace("slot === null || (command.type !== 'add' &&", "slot !== null || (command.type !== 'add' &&"),
  ),
  mutant(
    'an expired command counts as applied though somebody else did the same',
    'ours',
    trace(
      "(command.type !== 'add' && slot.setBy[SETS[command.type]] !== id)",
      "(command.type !== 'add' && slot.setBy[SETS[command.type]] === '')",
    ),
  ),
]
