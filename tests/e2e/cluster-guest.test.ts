/** A tab that came by plain http from elsewhere: a guest, who looks, edits and follows, and neither votes nor stores (DESIGN 6). */
import { afterAll, expect, test } from 'vitest'
import { startChromium } from '../support/browser.ts'
import { serveSite } from '../support/site.ts'
import { Stage } from '../support/stage.ts'

// Browsers trust localhost by its name; by any other name the same server is a stranger on plain http.
const ELSEWHERE = 'flotilla.test'
const stage = new Stage(serveSite, () => startChromium({ args: [`--host-resolver-rules=MAP ${ELSEWHERE} 127.0.0.1`] }))
afterAll(() => stage.close())

function fromElsewhere(link: string): string {
  const url = new URL(link)
  url.hostname = ELSEWHERE
  return url.href
}

test('a guest sees the list and edits it, says why it only follows, never votes, and is nobody new after a reload', () =>
  stage.play(async (scene) => {
    const voter = await scene.found('A', 'A1', 'Potluck')
    await voter.add('Bread')
    const guest = await scene.open('B', 'guest', fromElsewhere(voter.link))
    expect(await guest.page.evaluate(() => [isSecureContext, 'locks' in navigator])).toEqual([false, false])
    await scene.until('the guest is a learner', async () => {
      const { learners, voters } = (await voter.status())!
      const { id } = (await guest.status())!
      return id !== null && learners.includes(id) && !voters.includes(id)
    })
    await guest.slip('This tab can only follow from here').waitFor()
    await guest.add('Cake')
    expect((await scene.agree()).toSorted()).toEqual(['Bread', 'Cake'])

    const before = (await guest.status())!.id
    await guest.reload()
    await scene.until('a new learner came for it, and the old one went', async () => {
      const { learners, voters } = (await voter.status())!
      const { id } = (await guest.status())!
      return id !== null && id !== before && learners.length === 1 && learners[0] === id && voters.length === 1
    })
    expect((await scene.agree()).toSorted()).toEqual(['Bread', 'Cake'])

    // The voter alone is a majority, whatever becomes of the guest.
    await guest.crash()
    await voter.add('Salad')
    expect(await scene.agree([voter])).toHaveLength(3)
  }))

test('who would begin a list as a guest is told why that cannot be', () =>
  stage.play(async (scene) => {
    const guest = await scene.open('B', 'guest', fromElsewhere(scene.url))
    await guest.found('Potluck')
    await guest.page.getByRole('alert').filter({ hasText: 'A list cannot begin here: the address is not https' }).waitFor()
    expect(await guest.status()).toBeNull()
  }))
