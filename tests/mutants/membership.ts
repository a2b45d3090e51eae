/** Mistakes in changes of membership: the mechanism, and the autopilot that asks for them. */
import { inFile, mutant } from './mutant.ts'
import type { Mutant } from './mutant.ts'

const membership = inFile('shared/raft/membership.ts')
const autopilot = inFile('shared/raft/autopilot.ts')
const node = inFile('shared/raft/node.ts')
const replication = inFile('shared/raft/replication.ts')
const host = inFile('shared/host/host.ts')
const traffic = inFile('shared/host/traffic.ts')
const pilot = inFile('shared/host/pilot.ts')

const MECHANISM_ONE = membership('    !isChangeInFlight(node) &&\n    node.log.termAt', '    node.log.termAt')
const PILOT_ONE = autopilot('role.transfer !== null || isChangeInFlight(node)) return null', 'role.transfer !== null) return null')
const MECHANISM_TERM = membership('    node.log.termAt(node.commitIndex) === node.currentTerm &&\n', '')
const PILOT_TERM = autopilot('  if (node.log.termAt(node.commitIndex) !== node.currentTerm) return null\n', '')

const MECHANISM: readonly Mutant[] = [
  mutant('a second change does not wait for the first, whoever asks', 'SCHEDULES: one change in flight', MECHANISM_ONE),
  mutant('a second change does not wait for the first', 'SCHEDULES: one change in flight', MECHANISM_ONE, PILOT_ONE),
  mutant('a change is made before anything of the own term is committed, whoever asks', 'RAFT-BUGS 68; SCHEDULES: 2015', MECHANISM_TERM),
  mutant('a change is made before anything of the own term is committed', 'RAFT-BUGS 68; SCHEDULES: 2015', MECHANISM_TERM, PILOT_TERM),
  mutant('a change replaces another one than it names', 'DESIGN 4', membership('    configurationIndex(node) === at &&\n', '')),
  mutant('a change adds or removes any number of voters', 'thesis 4.1', membership('    added.length + removed.length <= 1 &&\n', '')),
  mutant(
    'a guest is made a voter',
    'DESIGN 7',
    membership('member.votes && isMember(inForce, member.node)', 'isMember(inForce, member.node)'),
    autopilot('return learner.votes && isFit && isAlone', 'return isFit && isAlone'),
  ),
  mutant('a stranger is made a voter', 'DESIGN 7', membership('member.votes && isMember(inForce, member.node)', 'member.votes')),
  mutant('the last voter is removed', 'DESIGN 6 ◆: a sole voter never leaves', membership(' &&\n    next.voters.length > 0', '')),
  mutant('a change is made during a transfer', 'thesis 3.10', membership('    (node.role as Leader).transfer === null &&\n', '')),
  mutant(
    'a configuration is in force once it is committed',
    'RAFT-BUGS 70; SCHEDULES: configuration on append',
    node(
      'return node.configurations.at(-1)?.configuration ?? NO_CONFIGURATION',
      'return (node.configurations.findLast(({ index }) => index <= node.commitIndex) ?? node.configurations[0])?.configuration ?? NO_CONFIGURATION',
    ),
  ),
  mutant(
    'a configuration is not rolled back with its entry',
    'RAFT-BUGS 76',
    replication('node.configurations = node.configurations.filter((placed) => placed.index <= keep)', ''),
  ),
  mutant(
    'with a configuration the one before it is rolled back too',
    'RAFT-BUGS 76',
    replication('filter((placed) => placed.index <= keep)', 'filter((placed) => placed.index < turn.node.commitIndex)'),
  ),
  mutant(
    'configurations are forgotten before they are committed',
    'ours',
    inFile('shared/raft/step.ts')(
      'findLastIndex((placed) => placed.index <= node.commitIndex)',
      'findLastIndex((placed) => placed.index <= node.log.lastIndex)',
    ),
  ),
  mutant(
    'a leader that removed itself steps down at once',
    'thesis 4.2.2',
    membership("node.role.name !== 'leader' || isChangeInFlight(node) || isVoter", "node.role.name !== 'leader' || isVoter"),
  ),
  mutant(
    'a leader that removed itself goes on leading',
    'RAFT-BUGS 106',
    membership(
      'isVoter(configurationOf(node), node.id)) return\n  becomeFollower',
      'isVoter(configurationOf(node), node.id) || node.log.lastIndex > 0) return\n  becomeFollower',
    ),
  ),
  mutant('a removed node is not told', 'DESIGN 4', membership('until: moment.now + DEPARTING_MS', 'until: moment.now')),
  mutant(
    'a removed node is told for ever',
    'DESIGN 4',
    membership('moment.now >= departing.until', 'moment.now < departing.until && departing.until === -Infinity'),
  ),
  mutant(
    'a removed node is let go before it knows',
    'DESIGN 4',
    replication('answer.commitIndex >= known.departing.index', 'answer.commitIndex >= 0'),
  ),
  mutant(
    'who comes back keeps being let go',
    'ours',
    membership('known ? { ...known, departing: null } : newProgress', 'known ?? newProgress'),
  ),
]

const ANSWERED = 'if (answered.length < needed) return null'

const GUARD: readonly Mutant[] = [
  mutant('a change is made though too few answered', 'SCHEDULES: guard: majority of C_new', autopilot(ANSWERED, 'void needed')),
  mutant(
    'the node that a change is about counts for it',
    'SCHEDULES: guard: without the node added or removed',
    autopilot(
      'const countsAbout = needed === before || next.voters.length === 2',
      'const countsAbout = needed >= before || next.voters.length === 2',
    ),
  ),
  mutant(
    'an ack from before the reason was known counts',
    'SCHEDULES: U1, the fresh-ack guard',
    autopilot(
      'const after = Math.max(reasonKnownAt, scene.now - AUTOPILOT.fresh)',
      'const after = Math.min(reasonKnownAt, 0) + scene.now - AUTOPILOT.fresh',
    ),
  ),
  mutant(
    'an old ack counts',
    'SCHEDULES: U1, the fresh-ack guard',
    autopilot('const after = Math.max(reasonKnownAt, scene.now - AUTOPILOT.fresh)', 'const after = reasonKnownAt'),
  ),
  mutant(
    'the second of two is made a voter before it answered',
    'SCHEDULES: guard: 1 -> 2 with an absent node',
    autopilot('needed === before || next.voters.length === 2', 'needed === before'),
  ),
]

const POLICY: readonly Mutant[] = [
  mutant(
    'who was just let in counts as silent',
    'RAFT-BUGS 28',
    autopilot('Math.max(known.ackedSentAt, known.since)', 'known.ackedSentAt'),
  ),
  mutant(
    'a leader takes itself for silent',
    'RAFT-BUGS 28',
    autopilot('return known === undefined ? now :', 'return known === undefined ? 0 :'),
  ),
  mutant('the autopilot asks while a change is in flight', 'SCHEDULES: one change in flight', PILOT_ONE),
  mutant('the autopilot asks before anything of the own term is committed', 'RAFT-BUGS 68', PILOT_TERM),
  mutant(
    'who said farewell is removed at once, reload or not',
    'DESIGN 6',
    autopilot('if (!mayLoseNone && now - heardAt < AUTOPILOT.reload) continue', 'void mayLoseNone'),
  ),
  mutant('who said farewell is never removed at once', 'DESIGN 6', autopilot('if (!mayLoseNone && now - heardAt', 'if (now - heardAt')),
  mutant(
    'who said farewell and answers again goes all the same',
    'DESIGN 6',
    autopilot(
      'return heardAt !== undefined && member !== node.id && (progress.get(member)?.ackedSentAt ?? -Infinity) <= heardAt',
      'return heardAt !== undefined && member !== node.id && progress.size >= 0',
    ),
  ),
  mutant(
    'the farewell of an older start counts',
    'DESIGN 6',
    pilot('if (incarnation >= routes.incarnationOf(node)) this', 'if (incarnation >= 0 || routes) this'),
  ),
  mutant('a silent one of two is removed', 'DESIGN 7', autopilot(' || (isVoter(inForce, member) && inForce.voters.length === 2)', '')),
  mutant(
    'a silent one of three is removed after ten seconds',
    'DESIGN 7',
    autopilot(
      'onlyWeighs ? AUTOPILOT.silent : AUTOPILOT.silentAlone',
      'onlyWeighs || inForce.voters.length > 2 ? AUTOPILOT.silent : AUTOPILOT.silentAlone',
    ),
  ),
  mutant(
    'a silent voter is never swapped',
    'DESIGN 7',
    autopilot('(inForce.voters.some(isSilent) ? 1 : 0)', '(inForce.voters.some(isSilent) ? 0 : 0)'),
    autopilot('const onlyWeighs = isEven || (inForce', 'const onlyWeighs = isEven && (inForce'),
  ),
  mutant(
    'a silent learner stays for ever',
    'DESIGN 7',
    autopilot('!isVoter(inForce, member) ? AUTOPILOT.silentLearner', '!isVoter(inForce, member) ? Infinity'),
  ),
  mutant('a learner votes before it has what is committed', 'DESIGN 7', autopilot('known.matchIndex >= node.commitIndex && ', '')),
  mutant('a learner votes as soon as it is up', 'DESIGN 7', autopilot(' && now - known.since >= AUTOPILOT.up', '')),
  mutant(
    'a learner that fell silent is made a voter',
    'DESIGN 7',
    autopilot('known.matchIndex >= node.commitIndex && isLive(scene, learner.node)', 'known.matchIndex >= node.commitIndex'),
  ),
  mutant(
    'the autopilot asks for a vote for guests',
    'DESIGN 7',
    autopilot('return learner.votes && isFit && isAlone', 'return isFit && isAlone'),
  ),
  mutant(
    'a tab gets a second voter',
    'DESIGN 6',
    autopilot('tab !== undefined && !tab.hosted.some((id) => isVoter(inForce, id))', 'tab !== undefined'),
  ),
  mutant('who said farewell counts as alive', 'DESIGN 6', autopilot(' && !hasLeft(scene, member)\n}', '\n}')),
  mutant(
    'a learner that leaves goes at once',
    'DESIGN 7',
    autopilot('const mayLoseNone = isVoter(inForce, member) && living', 'const mayLoseNone = living'),
  ),
  mutant(
    'a silent one of four keeps its seat for minutes',
    'DESIGN 7',
    autopilot('const isEven = inForce.voters.length % 2 === 0', 'const isEven = inForce.voters.length < 0'),
  ),
  mutant(
    'a silent one of three goes before who could take its seat is ready',
    'DESIGN 7',
    autopilot('inForce.learners.some((learner) => isStandBy(scene, learner))', 'inForce.learners.length > 0'),
  ),
  mutant('a silent one goes before its stand-by is added', 'DESIGN 7', autopilot(' && promote(scene) === null)', ')')),
  mutant(
    'a tab keeps its first voter, not its main one',
    'DESIGN 6',
    autopilot('voting.includes(main.node) ? main.node : voting[0]', 'voting[0]'),
  ),
  mutant(
    'a sixth votes though nobody is silent',
    'DESIGN 7',
    autopilot('inForce.voters.some(isSilent) ? 1', 'inForce.voters.length > 0 ? 1'),
  ),
  mutant(
    'the first that cannot go keeps all others',
    'ours',
    autopilot(
      'scene, without(inForce, member), member, heardAt)\n    if (change !== null) return change',
      'scene, without(inForce, member), member, heardAt)\n    return change',
    ),
  ),
  mutant('a member is let in twice', 'DESIGN 7', autopilot('    if (isMember(inForce, main.node)) continue\n', '')),
  mutant('a surplus voter stays', 'DESIGN 6', autopilot('?? shedSurplus(scene) ??', '??')),
  mutant(
    'a surplus leader removes itself',
    'DESIGN 6',
    autopilot("if (id === node.id) return keep === undefined ? null : { type: 'transfer', to: keep }\n", ''),
  ),
  mutant('any number of tabs votes', 'DESIGN 7', autopilot('if (inForce.voters.length >= seats) return null', 'void seats')),
  mutant(
    'any number of members is let in',
    'DESIGN 14',
    autopilot('if (membersOf(inForce).length >= membersMax) return null', 'void membersMax'),
  ),
  mutant(
    'joins go before what is urgent',
    'DESIGN 7',
    autopilot('return removeLeaver(scene) ??', 'return admit(scene) ?? removeLeaver(scene) ??'),
  ),
  mutant(
    'surplus nodes go before leavers',
    'DESIGN 7',
    autopilot(
      'return removeLeaver(scene) ?? removeSilent(scene) ?? shedSurplus(scene) ??',
      'return shedSurplus(scene) ?? removeLeaver(scene) ?? removeSilent(scene) ??',
    ),
  ),
  mutant(
    'the autopilot asks during a transfer',
    'thesis 3.10',
    autopilot('role.transfer !== null || isChangeInFlight', 'isChangeInFlight'),
  ),
]

const STRANGERS: readonly Mutant[] = [
  mutant(
    'a node of another cluster is let in',
    'RAFT-BUGS 79',
    host(
      "if (hello.cluster !== null && this.#cluster !== null && hello.cluster !== this.#cluster) return transport.refuse(tab, 'another cluster')\n",
      '',
    ),
    traffic("if (read.value.cluster !== cluster) return this.#refuse('another cluster')\n", ''),
  ),
  mutant(
    'frames of another cluster are read',
    'RAFT-BUGS 79',
    traffic("if (read.value.cluster !== cluster) return this.#refuse('another cluster')\n", ''),
  ),
  mutant(
    'messages are taken from a tab that does not host their sender',
    'DESIGN 8',
    host("else if (this.routes.tabOf(message.from) !== tab) this.traffic.count('not its tab')\n", ''),
  ),
]

export const MEMBERSHIP: readonly Mutant[] = [...MECHANISM, ...GUARD, ...POLICY, ...STRANGERS]
