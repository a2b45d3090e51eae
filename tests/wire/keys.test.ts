import { createHmac, hkdfSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { editKeys, formatLink, isSecret, mintSecret, parseFragment, roomOf, viewKeys } from '../../shared/wire/keys.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const ZERO = 'AAAAAAAAAAAAAAAAAAAAAA'
const COUNTING = 'AAECAwQFBgcICQoLDA0ODw'

/** The chain by another hand: Node's own HKDF and base64url. */
function chain(secret: string): Record<string, string> {
  const derive = (key: Uint8Array, label: string, length: number): Buffer =>
    Buffer.from(hkdfSync('sha256', key, 'flotilla 1', label, length))
  const edit = Buffer.from(secret, 'base64url')
  const view = derive(edit, 'view', 16)
  return {
    view: view.toString('base64url'),
    room: derive(view, 'room', 16).toString('base64url'),
    signalKey: derive(view, 'signal', 32).toString('hex'),
    signSeed: derive(edit, 'sign', 32).toString('hex'),
  }
}

describe('DESIGN 8: the key chain', () => {
  test.each([
    [
      ZERO,
      {
        view: 'GC6DYKDJNqC0xaIJZEP7Vw',
        room: 'N46uFkyQ1ZyOmlkg2lFDLA',
        signalKey: '17083599ec6868fbf97f47ef36ae74d9e035d67528f12833a45fb5b74c3ae56e',
        signSeed: 'ce2084381e39e318731794bbacff481735a5ad241844aa697f082b913a66a53c',
      },
    ],
    [
      COUNTING,
      {
        view: 'qaFA-LYYiBgtx_LQf8D8ZA',
        room: 'MeU13a89dLyxt13-kzIGTg',
        signalKey: '57117ad974d78751fc083df95da84f16c6905a4bc31c941ca88fd6735b4af568',
        signSeed: '9c62dc1e81807e8a4d1334e6d2943737a1f9b391261a8b313d9f4a956e2c2a36',
      },
    ],
  ])('of %s is known', (secret, known) => {
    const { view, room, signalKey, signSeed } = editKeys(secret)
    expect({ view, room, signalKey: hex(signalKey), signSeed: hex(signSeed) }).toEqual(known)
  })

  test('is HKDF-SHA256 as others compute it', () => {
    for (let k = 0; k < 50; k++) {
      const secret = mintSecret(createHmac('sha256', 'seed').update(String(k)).digest().subarray(0, 16))
      const { view, room, signalKey, signSeed } = editKeys(secret)
      expect({ view, room, signalKey: hex(signalKey), signSeed: hex(signSeed) }).toEqual(chain(secret))
    }
  })

  test('who may look finds the same room and signals as who may edit', () => {
    const { view, room, signalKey } = editKeys(COUNTING)
    expect(viewKeys(view)).toEqual({ room, signalKey })
    expect(roomOf(COUNTING)).toBe(room)
  })

  test('a secret is its bytes in base64url', () => {
    for (let k = 0; k < 200; k++) {
      const bytes = createHmac('sha256', 'bytes').update(String(k)).digest().subarray(0, 16)
      expect(mintSecret(bytes)).toBe(bytes.toString('base64url'))
      expect(isSecret(mintSecret(bytes))).toBe(true)
    }
    expect(() => mintSecret(new Uint8Array(15))).toThrow('16 bytes')
    expect(() => editKeys('short')).toThrow('not a secret')
  })

  test.each([
    ['', 'nothing'],
    [ZERO.slice(1), '21 characters'],
    [`${ZERO}A`, '23 characters'],
    [`${ZERO.slice(1)}=`, 'padding'],
    [`+${ZERO.slice(1)}`, 'the other base64'],
    [`${ZERO.slice(1)} `, 'a space'],
    [`é${ZERO.slice(1)}`, 'another letter'],
    [`${ZERO.slice(1)}B`, 'another spelling of the same bytes'],
  ])('%j is no secret: %s', (text) => {
    expect(isSecret(text)).toBe(false)
    expect(parseFragment(`#${text}`)).toBe(null)
  })
})

describe('DESIGN 8: the link', () => {
  test.each(['list', 'cluster'] as const)('of the %s is read as it was written', (page) => {
    const link = formatLink({ secret: COUNTING, page })
    expect(link).toBe(page === 'list' ? `/#${COUNTING}` : `/#${COUNTING}/cluster`)
    expect(parseFragment(new URL(link, 'https://example.org').hash)).toEqual({ secret: COUNTING, page })
    expect(parseFragment(link.slice(2))).toEqual({ secret: COUNTING, page })
  })

  test.each([
    '',
    '#',
    '#/',
    `##${ZERO}`,
    `#${ZERO}/`,
    `#${ZERO}/other`,
    `#${ZERO}/cluster/`,
    `#${ZERO}/cluster/x`,
    `#/${ZERO}`,
    `#${ZERO}?x`,
    `# ${ZERO}`,
  ])('%j is none of ours', (fragment) => {
    expect(parseFragment(fragment)).toBe(null)
  })
})
