/** The cluster as this tab sees it, for people to look at. */
import type { Host } from '../../shared/host/host.ts'
import type { Status } from '../../shared/host/status.ts'
import type { Person as Known } from '../../shared/life/ports.ts'
import type { NodeReport } from '../../shared/wire/report.ts'
import type { Fleet, Tab } from '../ui/view.ts'
import type { People } from './people.ts'

export function fleetOf(host: Host, status: Status, people: People, me: Known): Fleet {
  const { tab, voters, learners, leader, hosted } = status
  const isVoter = (nodes: readonly string[]): boolean => nodes.some((node) => voters.includes(node))
  const own: Tab = {
    id: tab,
    person: people.person(me),
    device: null,
    me: true,
    role: host.hosted.some(({ role }) => role.name === 'leader') ? 'leader' : status.role,
    voter: isVoter(hosted),
    reach: 'up',
    term: status.term,
    log: status.id === null ? null : { lastIndex: status.lastIndex, commitIndex: status.commitIndex },
  }
  const peers = host.routes.peers
    .filter(({ hello }) => hello.cluster === host.cluster && hello.hosted.length > 0)
    .map(({ tab: id, hello }): Tab => {
      const nodes = hello.hosted.map(({ node }) => node)
      const reports = host.reports.of(id)
      const report = reports.find(({ role }) => role === 'leader') ?? reports.find(({ node }) => node === nodes[0])
      return {
        id,
        person: people.person(hello.person),
        device: null,
        me: false,
        role: leader !== null && nodes.includes(leader) ? 'leader' : roleOf(report),
        voter: isVoter(nodes),
        reach: 'up',
        term: report?.term ?? null,
        log: report === undefined ? null : { lastIndex: report.logLength, commitIndex: report.commitIndex },
      }
    })
  const inTouch = [...hosted, ...status.peers.flatMap(({ nodes }) => nodes)]
  const lost = voters.filter((node) => !inTouch.includes(node)).map((node): Tab => lostTab(node, people))
  const tabs = [own, ...peers.toSorted((a, b) => (a.id < b.id ? -1 : 1)), ...lost]
  return {
    tabs,
    inTouch: tabs.length - lost.length,
    // Without a majority an old leader may still believe that it leads; nobody is led.
    leader: (status.majority ? tabs.find(({ role }) => role === 'leader')?.id : null) ?? null,
    sending: status.pending,
    mood: moodOf(status, voters.length + learners.length === 1 && peers.length === 0),
  }
}

function moodOf({ majority, leader }: Status, isOnly: boolean): Fleet['mood'] {
  if (!majority) return 'too-few'
  if (leader === null) return 'choosing'
  return isOnly ? 'alone' : 'agree'
}

/** A leader that this tab does not follow is one of an older term: here it counts as a follower. */
function roleOf(report: NodeReport | undefined): Tab['role'] {
  return report?.role === 'candidate' ? 'candidate' : 'follower'
}

function lostTab(node: string, people: People): Tab {
  return {
    id: node,
    person: people.ofNode(node),
    device: null,
    me: false,
    role: 'follower',
    voter: true,
    reach: 'lost',
    term: null,
    log: null,
  }
}
