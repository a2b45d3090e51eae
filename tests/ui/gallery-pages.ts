/** A gallery for the tests of one file: built before them, and every page of it closed after its test without an error. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { Gallery } from './gallery-site.ts'

const BUILD_MS = 120_000

export type OpenPage = (query: string, phone?: boolean) => Promise<Page>

/** Called where the tests of the file are declared. One page at a time. */
export function galleryPages(): OpenPage {
  let gallery: Gallery
  let page: Page
  let troubles: string[] = []

  beforeAll(async () => {
    gallery = await Gallery.build()
  }, BUILD_MS)

  afterAll(() => gallery?.close())

  afterEach(async () => {
    await page.close()
    expect(troubles).toEqual([])
  })

  return async (query, phone = false) => {
    troubles = []
    page = await gallery.open(query, phone, (trouble) => troubles.push(trouble))
    return page
  }
}
