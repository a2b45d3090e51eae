/**
 * Which sections of a long list are laid out whole: those near the screen. The browser leaves out what is in the others, and takes
 * them to be as high as they were last, or as all rows with one line.
 */
import { settle, type Places } from './motion.ts'

/** Above the screen and below it, in screens; more than where browsers begin by themselves. */
const MARGIN = 2

export class Near {
  readonly #places: () => Places | null
  readonly #observer: IntersectionObserver

  /** `places`: where rows are now; what the person looks at stays there while sections above it turn out higher. */
  constructor(places: () => Places | null) {
    this.#places = places
    this.#observer = new IntersectionObserver((changes) => this.#mark(changes), { rootMargin: `${MARGIN * 100}% 0px` })
  }

  /** From when a section is in the page; returns how to stop. */
  readonly watch = (section: HTMLElement): (() => void) => {
    this.#observer.observe(section)
    return () => this.#observer.unobserve(section)
  }

  /** After a jump: before the next frame, when the browser would lay out what is there now, and move what is in sight. */
  look(sections: Iterable<Element>): void {
    const [from, to] = [-MARGIN * window.innerHeight, (1 + MARGIN) * window.innerHeight]
    const changes = [...sections].map((target) => {
      const { top, bottom } = target.getBoundingClientRect()
      return { target, isIntersecting: bottom > from && top < to }
    })
    this.#mark(changes)
  }

  #mark(sections: readonly Pick<IntersectionObserverEntry, 'target' | 'isIntersecting'>[]): void {
    const before = this.#places()
    for (const { target, isIntersecting } of sections) target.toggleAttribute('data-near', isIntersecting)
    if (before !== null) settle(before, false, true)
  }
}
