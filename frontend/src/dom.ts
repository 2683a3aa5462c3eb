/** Small words for the document. */

/** The nearest element at or above the event's target that matches. */
export function nearest<T extends Element = HTMLElement>(event: Event, selector: string): T | null {
  return event.target instanceof Element ? event.target.closest<T>(selector) : null
}

/** Dispatch a DOM event with a detail. */
export function announce(name: string, detail: object = {}, on: EventTarget = document): boolean {
  return on.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, cancelable: true }))
}

/** Call `work` with every part of the page: now with the whole, later with each part htmx brings. */
export function onContent(work: (root: ParentNode) => void): void {
  work(document)
  document.addEventListener('htmx:after:process', event => {
    if (event.target instanceof Element && event.target !== document.body) work(event.target)
  })
}

/** All elements at or below `root` that match. */
export function all<T extends Element = HTMLElement>(root: ParentNode, selector: string): T[] {
  const found = [...root.querySelectorAll<T>(selector)]
  if (root instanceof Element && root.matches(selector)) found.unshift(root as unknown as T)
  return found
}

/** A key no other form has; crypto.randomUUID exists on secure origins only, and a LAN address is none. */
export function uniqueKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('')
}

/** Run `work` once things have been quiet for `wait` milliseconds. */
export function debounce<A extends unknown[]>(wait: number, work: (...args: A) => void): (...args: A) => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  return (...args) => {
    clearTimeout(timer)
    timer = setTimeout(() => work(...args), wait)
  }
}
