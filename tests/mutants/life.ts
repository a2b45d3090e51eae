/** Mistakes in which nodes a tab hosts, and in who is taken for whom. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const decisions = inFile('shared/life/decisions.ts')
const orphans = inFile('shared/life/orphans.ts')
const life = inFile('shared/life/life.ts')
const keeper = inFile('shared/life/keeper.ts')
const left = inFile('shared/life/left-sessions.ts')
const held = inFile('shared/life/held-locks.ts')
const shortage = inFile('shared/life/shortage.ts')
const routes = inFile('shared/host/routes.ts')
const copies = inFile('shared/host/copies.ts')
const host = inFile('shared/host/host.ts')

const ORPHANS: readonly Mutant[] = [
  mutant(
    'a retired node is taken',
    'DESIGN 5',
    decisions('records.filter(({ retired }) => !retired)', 'records.filter(({ node }) => node.length > 0)'),
  ),
  mutant('the oldest log is taken first', 'DESIGN 6', decisions('|| compareLogs(b, a))\n}', '|| compareLogs(a, b))\n}')),
  mutant(
    'the node hosted before a reload is none to prefer',
    'DESIGN 6',
    decisions('(node === remembered ? 1 : 0)', '(node === remembered ? 0 : 0)'),
  ),
  mutant(
    'logs are compared by length',
    'RAFT-BUGS 1',
    decisions('return a.lastTerm - b.lastTerm || a.lastIndex - b.lastIndex', 'return a.lastIndex - b.lastIndex || a.lastTerm - b.lastTerm'),
  ),
  mutant(
    'what is known to be old is shown first',
    'DESIGN 6',
    orphans('compareLogs(record, lastOf(alive)) > 0', 'compareLogs(record, lastOf(alive)) > Infinity'),
  ),
  mutant('a retired node is waited for', 'DESIGN 5', orphans('(record) => !record.retired && ', '(record) => ')),
  mutant(
    'the others that a majority needs are left where they are',
    'DESIGN 6',
    life('      if (more !== null) void this.#adopt(more)\n', '      void more\n'),
  ),
  mutant(
    'what others hold is no reason to wait',
    'DESIGN 6',
    decisions('isHere(node) || (trustsHeld && held.has(nodeLock(node)))', 'isHere(node) || (trustsHeld && held.size < 0)'),
  ),
  mutant('a held lock is trusted for ever', 'DESIGN 6', decisions('(trustsHeld && held.has', '((trustsHeld || held.size > 0) && held.has')),
  mutant(
    'whatever is free is taken',
    'DESIGN 6',
    decisions(
      'return missing <= 0 || useful.length < missing ? [] : useful.slice(0, missing)',
      'return missing < -99 ? [] : useful.slice(0)',
    ),
  ),
  mutant(
    'nodes are taken that make no majority',
    'DESIGN 6',
    decisions('missing <= 0 || useful.length < missing ? []', 'missing <= 0 ? []'),
  ),
  mutant(
    'one too few is taken',
    'DESIGN 6',
    decisions(
      'majorityOf(voters.length) - voters.filter(isProvided).length',
      'majorityOf(voters.length) - 1 - voters.filter(isProvided).length',
    ),
  ),
  mutant(
    'who knows no configuration takes nothing',
    'DESIGN 6',
    decisions(
      'return best === undefined ? [] : [best.node]\n  }\n  const missing',
      'return best === undefined || best.lastIndex > 0 ? [] : [best.node]\n  }\n  const missing',
    ),
  ),
  mutant(
    'without a leader for long nothing more is taken',
    'DESIGN 6',
    shortage('this.#isUrgent = this.#leaderlessSince !== null && now', 'this.#isUrgent = this.#leaderlessSince === -1 && now'),
  ),
  mutant(
    'a tab looks once for what it lacks',
    'DESIGN 6',
    shortage('    this.#since = now\n    this.#looks++', '    this.#since = Infinity\n    this.#looks++'),
  ),
  mutant(
    'who leaves is not given time to be back',
    'DESIGN 6',
    shortage('Math.min(now - this.#since, quiet) < patience', 'Math.min(now - this.#since, Math.max(quiet, patience)) < patience'),
  ),
]

const LOCKS: readonly Mutant[] = [
  mutant(
    'a node is opened without its lock',
    'DESIGN 6 ◆',
    orphans('if (!(await this.#held.take(nodeLock(node), 0))) {', 'if (!(await this.#held.take(nodeLock(node), 0)) && patience < 0) {'),
  ),
  mutant(
    'a reload does not wait for the document it replaces',
    'DESIGN 6',
    orphans('this.#open(record, record.node === mine ? RELOAD_MS : 0)', 'this.#open(record, record.node === mine ? 0 : 0)'),
  ),
  mutant(
    'a duplicated tab waits for the node of the first',
    'DESIGN 6',
    orphans(
      'if (patience === 0 || locks === null || (await locks.ask(node))) return NONE',
      'if (patience === 0 || locks === null) return NONE',
    ),
  ),
  mutant(
    'the lock of what could not be opened is kept',
    'DESIGN 6',
    orphans('    this.#held.release(nodeLock(node))\n    const { error }', '    const { error }'),
  ),
  mutant(
    'the lock of what stopped is kept',
    'DESIGN 6',
    life('    this.#held.release(nodeLock(node))\n    this.#answer()', '    this.#answer()'),
  ),
  mutant(
    'a lock that comes after the farewell is kept',
    'DESIGN 6 ◆: the last act releases the locks',
    held('if (this.#isOver) lock.release()\n    else this', 'this'),
  ),
  mutant(
    'what is opened after the farewell runs',
    'DESIGN 6 ◆: it never steps again',
    life('if (this.#hasLeft) return alive.journal.close()\n', ''),
  ),
  mutant(
    'a damaged journal is replaced by a new node',
    'RAFT-BUGS 113',
    orphans('return this.#retire(record, error.error)', 'return this.#retire(record, error.error).then(() => NONE)'),
  ),
  mutant(
    'a damaged journal is not retired',
    'DESIGN 5 ◆',
    orphans('    await this.#options.registry.putNode({ ...record, lastTerm: 0, lastIndex: 0, retired: true })\n', ''),
  ),
  mutant(
    'a journal that was rolled back goes on',
    'RAFT-BUGS 112; DESIGN 5 ◆',
    inFile('shared/wire/replay.ts')('if (incarnation < remembered)', 'if (incarnation < Math.min(remembered, 0))'),
  ),
  mutant(
    'a disk that does not answer is passed over',
    'RAFT-BUGS 113',
    orphans("return { alive: [], trouble: { why: 'storage', error } }", 'return NONE'),
  ),
  mutant(
    'who lost its storage joins under its old id',
    'RAFT-BUGS 80; RAFT-BUGS 112',
    life('const node = mintId()', 'const node = this.#options.remembered.get(room) ?? mintId()'),
  ),
  mutant(
    'a copied node is taken again at the next start',
    'DESIGN 8',
    life("stopped.why === 'copied'", "stopped.why === 'broken' && stopped.error === 0"),
  ),
  mutant(
    'nobody answers for the nodes it hosts',
    'DESIGN 6',
    life('this.#options.locks?.answerFor(this.host.hosted.map(({ id }) => id))', 'this.#options.locks?.answerFor([])'),
  ),
  mutant(
    'a node is minted in the place of one that is damaged',
    'DESIGN 8',
    life(
      "this.#phase.at !== 'looking' || this.host.main !== null) return\n    this.#setPhase({ at: 'here' })",
      "this.host.main !== null) return\n    this.#setPhase({ at: 'here' })",
    ),
  ),
  mutant(
    'a sleep is not noticed',
    'DESIGN 4',
    life('if (now - this.#tickedAt > SLEPT_MS) this.host.suspended()', 'if (now - this.#tickedAt > Infinity) this.host.suspended()'),
  ),
  mutant(
    'the newest log is not remembered',
    'DESIGN 6',
    life('if (now - this.#rememberedAt >= REMEMBER_MS) this.#remember(now)', 'if (now - this.#rememberedAt < 0) this.#remember(now)'),
  ),
]

const OUTBOX: readonly Mutant[] = [
  mutant(
    'the outbox is forgotten at a reload',
    'DESIGN 9',
    left('const left = taken.size === 0 ? []', 'const left = taken.size >= 0 ? []'),
  ),
  mutant(
    'a session is taken over from a tab that goes on',
    'DESIGN 9',
    left('(await this.#held.take(lock, 0))', '((await this.#held.take(lock, 0)) || lock.length > 0)'),
  ),
  mutant(
    'what a tab that left had unsettled is never looked for',
    'DESIGN 9',
    life('if (isSeekingDue && sinceOneLeft >= RELOAD_MS)', 'if (isSeekingDue && sinceOneLeft < 0)'),
  ),
  mutant(
    'what is agreed is not cleared away',
    'DESIGN 9',
    keeper('if (this.#isInOutbox(session)) this.#tell(session)', 'if (!this.#isInOutbox(session)) this.#tell(session)'),
  ),
  mutant(
    'more is cleared away than is agreed',
    'DESIGN 9',
    keeper('this.#do(outbox.settle(room, session, settled))', 'this.#do(outbox.settle(room, session, settled + 1))'),
  ),
  mutant('what is not agreed is kept by no page that goes away', 'ours', life('    this.#keeper.keep()\n', '')),
  mutant('what takes long to be agreed is never kept', 'ours', keeper('clock.wake(clock.now() + KEEP_MS, () => this.keep())', '{}')),
  mutant(
    'what another page kept stays, where a number was filled that nobody had to keep',
    'ours',
    keeper('    this.#do(outbox.drop(room, session))\n', '    if (this.#kept.get(session) !== 0) this.#do(outbox.drop(room, session))\n'),
  ),
  mutant(
    'the outbox is not told how far all before is settled',
    'ours',
    keeper('for (const session of new Set(due.map((one) => one.session))) this.#tell(session)', ''),
  ),
  mutant(
    'the locks of sessions that are brought to an end already are kept',
    'DESIGN 9',
    left('    for (const lock of taken) this.#held.release(lock)\n', ''),
  ),
  mutant(
    'what a page wrote until its lock was free is left',
    'DESIGN 9',
    left('    try {\n', '    try {\n      const early = await outbox.sessions(room)\n'),
    left('(await outbox.sessions(room)).filter(', 'early.filter('),
  ),
  mutant('an outbox that does not answer keeps the locks taken', 'ours', left('} catch {\n', '} catch {\n      return\n')),
  mutant(
    'a session that was dropped is settled all the same',
    'DESIGN 9',
    keeper('for (const known of [this.#kept, this.#settled, this.#told]) known.delete(session)', ''),
  ),
  mutant(
    'a command too long for any entry is taken',
    'DESIGN 14',
    life("if (bytes.length > LIMITS.entryBytes) return Promise.resolve({ ok: false, reason: 'too-long' })\n", ''),
  ),
]

const COPIES: readonly Mutant[] = [
  mutant(
    'an older start of a node is believed',
    'DESIGN 8',
    routes('(incarnation < seen.incarnation || (incarnation', '(incarnation < 0 || (incarnation'),
  ),
  mutant(
    'a copied profile is not told from its original',
    'DESIGN 8',
    routes(' || (incarnation === seen.incarnation && nonce !== seen.nonce)', ''),
  ),
  mutant(
    'what this tab hosts itself is not compared',
    'DESIGN 8',
    host('    this.routes.own({ node: saved.node, incarnation: saved.incarnation, nonce: saved.nonce })\n', ''),
  ),
  mutant('a copy is never refused', 'DESIGN 8', copies("    transport.refuse(tab, 'copied')\n", '')),
  mutant(
    'a copy that is told so goes on',
    'DESIGN 8',
    host("if (reason === 'copied') for (const runner of this.#runners.values()) runner.stop({ why: 'copied' })", ''),
  ),
  mutant(
    'a hello that is on its way accuses of being a copy',
    'DESIGN 8',
    copies('if (this.#routes.copiesOf(tab).length === 0) return\n', ''),
  ),
  mutant(
    'a node that went is still written to',
    'DESIGN 10',
    routes('for (const [node, seen] of this.#seen) if (seen.tab === tab) this.#seen.set(node, { ...seen, tab: null })', 'void tab'),
  ),
  mutant(
    'what is known of a node is forgotten with its link',
    'DESIGN 8',
    routes('this.#seen.set(node, { ...seen, tab: null })', 'this.#seen.delete(node)'),
  ),
  mutant(
    'messages between nodes of one tab are lost',
    'DESIGN 6',
    host("for (const message of messages) this.#runners.get(message.to)?.deliver([{ type: 'message', message }])\n", ''),
  ),
]

export const LIFE: readonly Mutant[] = [...ORPHANS, ...LOCKS, ...OUTBOX, ...COPIES]
